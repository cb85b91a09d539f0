/* SPDX-License-Identifier: MIT */
/* Meters by their secondary address: found in a cache, in the table, or made. */
#include "storage/writer.h"

static uint32_t hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return (uint32_t)(digit - '0');
	return ((uint32_t)digit - 'A' + 10) & 15;
}

uint64_t writer_meter_key(const struct mbus_address *address)
{
	uint64_t id = 0;
	for (int i = 0; i < 8; i++)
		id = id << 4 | hex_value(address->id[i]);
	return id << 32 | (uint64_t)address->manufacturer << 16 |
	       (uint64_t)address->version << 8 | address->medium;
}

static void bind_address(sqlite3_stmt *statement, const struct mbus_address *address)
{
	sqlite3_bind_text(statement, 1, address->id, -1, SQLITE_STATIC);
	sqlite3_bind_int(statement, 2, address->manufacturer);
	sqlite3_bind_int(statement, 3, address->version);
	sqlite3_bind_int(statement, 4, address->medium);
}

static int add(struct store_writer *writer, const struct mbus_address *address,
	       int64_t terminal, int64_t now_ms, int64_t *ret_id)
{
	sqlite3_stmt *statement = writer->statements[STATEMENT_METER_ADD];
	char text[MBUS_ADDRESS_TEXT_SIZE];
	mbus_address_text(address, text);
	bind_address(statement, address);
	sqlite3_bind_int64(statement, 5, terminal);
	sqlite3_bind_text(statement, 6, text, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 7, mbus_medium_text(address->medium), -1,
			  SQLITE_STATIC);
	statement_bind_text(statement, 8, span_text(mbus_product_text(address)));
	sqlite3_bind_int64(statement, 9, now_ms);
	int rc = statement_run(statement);
	*ret_id = sqlite3_last_insert_rowid(writer->db);
	return rc;
}

/* A meter may have been labelled before it was heard. */
static int note_heard(struct store_writer *writer, int64_t id, int64_t now_ms)
{
	sqlite3_stmt *statement = writer->statements[STATEMENT_METER_HEARD];
	sqlite3_bind_int64(statement, 1, id);
	sqlite3_bind_int64(statement, 2, now_ms);
	return now_ms == 0 ? SQLITE_OK : statement_run(statement);
}

/* *ret_meter has the terminal it belongs to if the address is split; id 0: none. */
static int find(struct store_writer *writer, const struct mbus_address *address,
		int64_t terminal, struct writer_meter *ret_meter)
{
	sqlite3_stmt *row = writer->statements[STATEMENT_METER_FIND];
	bind_address(row, address);
	sqlite3_bind_int64(row, 5, terminal);
	if (sqlite3_step(row) == SQLITE_ROW) {
		ret_meter->id = sqlite3_column_int64(row, 0);
		ret_meter->terminal = sqlite3_column_int64(row, 1);
	}
	return sqlite3_reset(row);
}

static int find_or_add(struct store_writer *writer, const struct mbus_address *address,
		       int64_t terminal, int64_t now_ms, struct writer_meter *ret_meter)
{
	bool is_split = false;
	int64_t one = 0;
	int rc = find(writer, address, terminal, ret_meter);
	if (rc != SQLITE_OK)
		return rc;
	if (ret_meter->id != 0)
		return note_heard(writer, ret_meter->id, now_ms);
	if (writer->is_closed_to_new)
		return WRITER_ORIGIN_LIMIT;
	sqlite3_stmt *row = writer->statements[STATEMENT_METER_IS_SPLIT];
	bind_address(row, address);
	rc = statement_find(row, &is_split, &one);
	ret_meter->terminal = is_split ? terminal : 0;
	return rc != SQLITE_OK ? rc
			       : add(writer, address, ret_meter->terminal, now_ms,
				     &ret_meter->id);
}

int writer_meter_id(struct store_writer *writer, const struct mbus_address *address,
		    int64_t terminal, int64_t now_ms, int64_t *ret_id)
{
	uint64_t key = writer_meter_key(address);
	uint64_t hash = key * UINT64_C(0x9e3779b97f4a7c15);
	struct writer_meter *cached = &writer->meters[hash >> 50];
	struct writer_meter meter = { .key = key };
	int rc = SQLITE_OK;
	if (cached->id != 0 && cached->key == key &&
	    (cached->terminal == 0 || cached->terminal == terminal)) {
		*ret_id = cached->id;
		return SQLITE_OK;
	}
	rc = find_or_add(writer, address, terminal, now_ms, &meter);
	if (rc == SQLITE_OK) {
		*cached = meter;
		*ret_id = meter.id;
	}
	return rc;
}

_Static_assert(WRITER_METERS_MAX == 1 << 14, "hash >> 50 gives 14 bits");
