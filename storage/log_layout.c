/* SPDX-License-Identifier: MIT */
#include "storage/log_layout.h"

#include "storage/layout.h"

enum { LAYOUTS_MAX = 4096 };

static const char layout_sql[] =
	"SELECT quantity, unit, modifiers, function,"
	/* Up to the bracket the header is the OBIS code; see the view readings. */
	" CASE source WHEN 2 THEN substr(CAST(header AS TEXT), 1,"
	" instr(CAST(header AS TEXT), '(') - 1) ELSE '' END,"
	" storage, tariff, subunit, series.occurrence, type, exponent, factor, valid_at"
	" FROM layout_register JOIN register ON register.id = layout_register.register"
	" JOIN series ON series.id = layout_register.series"
	" WHERE layout = ?1 ORDER BY position";

/* Columns of layout_sql. */
enum {
	COLUMN_QUANTITY,
	COLUMN_UNIT,
	COLUMN_MODIFIERS,
	COLUMN_FUNCTION,
	COLUMN_OBIS,
	COLUMN_STORAGE,
	COLUMN_TARIFF,
	COLUMN_SUBUNIT,
	COLUMN_OCCURRENCE,
	COLUMN_TYPE,
	COLUMN_EXPONENT,
	COLUMN_FACTOR,
	COLUMN_VALID_AT,
};

int log_layouts_open(struct log_layouts *layouts, sqlite3 *db)
{
	return sqlite3_prepare_v3(db, layout_sql, -1, SQLITE_PREPARE_PERSISTENT,
				  &layouts->query, NULL);
}

void log_layouts_close(struct log_layouts *layouts)
{
	text_arena_free(&layouts->arena);
	sqlite3_finalize(layouts->query);
}

void log_layouts_trim(struct log_layouts *layouts)
{
	if (layouts->count < LAYOUTS_MAX)
		return;
	memset(layouts->buckets, 0, sizeof layouts->buckets);
	text_arena_reset(&layouts->arena);
	layouts->count = 0;
}

static bool read_register(struct log_layouts *layouts, struct log_register *reg)
{
	sqlite3_stmt *row = layouts->query;
	const char *texts[COLUMN_STORAGE];
	for (int i = 0; i < COLUMN_STORAGE; i++) {
		texts[i] = text_arena_column(&layouts->arena, row, i);
		if (texts[i] == NULL)
			return false;
	}
	reg->reading = (struct log_reading){
		.quantity = texts[COLUMN_QUANTITY],
		.unit = texts[COLUMN_UNIT],
		.modifiers = texts[COLUMN_MODIFIERS],
		.function = texts[COLUMN_FUNCTION],
		.obis = texts[COLUMN_OBIS],
		.storage = (uint64_t)sqlite3_column_int64(row, COLUMN_STORAGE),
		.tariff = (uint32_t)sqlite3_column_int64(row, COLUMN_TARIFF),
		.subunit = (uint32_t)sqlite3_column_int64(row, COLUMN_SUBUNIT),
		.occurrence = (uint32_t)sqlite3_column_int64(row, COLUMN_OCCURRENCE),
	};
	reg->scale = (struct reading_scale){
		.is_real = sqlite3_column_int(row, COLUMN_TYPE) == READING_TYPE_REAL,
		.exponent = sqlite3_column_int(row, COLUMN_EXPONENT),
		.factor = sqlite3_column_int(row, COLUMN_FACTOR),
	};
	reg->valid_at = sqlite3_column_type(row, COLUMN_VALID_AT) == SQLITE_NULL
				? -1
				: sqlite3_column_int(row, COLUMN_VALID_AT);
	return true;
}

static int read_registers(struct log_layouts *layouts, struct log_layout *layout)
{
	bool has_memory = true;
	sqlite3_bind_int64(layouts->query, 1, layout->id);
	while (has_memory && layout->register_count < LAYOUT_REGISTERS_MAX &&
	       sqlite3_step(layouts->query) == SQLITE_ROW)
		has_memory = read_register(layouts,
					   &layout->registers[layout->register_count++]);
	int rc = sqlite3_reset(layouts->query);
	return has_memory ? rc : SQLITE_NOMEM;
}

/* Reads into scratch first: how many registers there are is known afterwards. */
static int read_layout(struct log_layouts *layouts, int64_t id,
		       struct log_layout **ret_layout)
{
	struct log_register scratch[LAYOUT_REGISTERS_MAX];
	struct log_layout read = { .id = id, .registers = scratch };
	int rc = read_registers(layouts, &read);
	if (rc != SQLITE_OK)
		return rc;
	size_t size = read.register_count * sizeof *scratch;
	struct log_layout *layout = text_arena_take(&layouts->arena, sizeof *layout);
	struct log_register *registers = text_arena_take(&layouts->arena, size);
	if (layout == NULL || registers == NULL)
		return SQLITE_NOMEM;
	memcpy(registers, scratch, size);
	*layout = read;
	layout->registers = registers;
	for (uint32_t i = 0; i < read.register_count; i++)
		if (registers[i].valid_at >= (int)read.register_count)
			registers[i].valid_at = -1;
	*ret_layout = layout;
	return SQLITE_OK;
}

int log_layouts_get(struct log_layouts *layouts, int64_t id,
		    const struct log_layout **ret_layout)
{
	struct log_layout **bucket = &layouts->buckets[(uint64_t)id % LOG_LAYOUT_BUCKETS];
	struct log_layout *layout = *bucket;
	while (layout != NULL && layout->id != id)
		layout = layout->next;
	if (layout == NULL) {
		int rc = read_layout(layouts, id, &layout);
		if (rc != SQLITE_OK)
			return rc;
		layout->next = *bucket;
		*bucket = layout;
		layouts->count++;
	}
	*ret_layout = layout;
	return SQLITE_OK;
}
