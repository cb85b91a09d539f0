/* SPDX-License-Identifier: MIT */
/*
 * Puts a layout into the database: its registers (how values are sent), their series
 * (what is measured) and which date says when a stored value was valid. Happens once per
 * layout; a layout of an earlier run is found by its key.
 */
#include "storage/writer.h"

enum { NO_POSITION = -1 };

static bool is_same_meaning(const struct reading_register *a,
			    const struct reading_register *b)
{
	return a->function == b->function && a->storage == b->storage &&
	       a->tariff == b->tariff && a->subunit == b->subunit &&
	       strcmp(a->quantity, b->quantity) == 0 && strcmp(a->unit, b->unit) == 0 &&
	       strcmp(a->modifiers, b->modifiers) == 0;
}

/*
 * Two headers of one telegram may mean the same (a volume in litres and in cubic metres);
 * counted by meaning, they stay two series.
 */
static int series_occurrence(const struct layout *layout, uint32_t position)
{
	int occurrence = 0;
	for (uint32_t i = 0; i < position; i++)
		occurrence += is_same_meaning(&layout->registers[i],
					      &layout->registers[position]);
	return occurrence;
}

static bool is_date(const struct reading_register *reg)
{
	return (strcmp(reg->quantity, "date") == 0 ||
		strcmp(reg->quantity, "date time") == 0) &&
	       reg->modifiers[0] == '\0' && reg->function == READING_INSTANTANEOUS &&
	       reg->subunit == 0;
}

/* Position of the date of a stored value: same storage number, no modifiers. */
static int valid_at_position(const struct layout *layout, uint32_t position)
{
	const struct reading_register *reg = &layout->registers[position];
	if (reg->storage == 0 || is_date(reg))
		return NO_POSITION;
	for (uint32_t i = 0; i < layout->register_count; i++)
		if (layout->registers[i].storage == reg->storage &&
		    is_date(&layout->registers[i]))
			return (int)i;
	return NO_POSITION;
}

/* Binds factor * 10^power: an integer as long as it is one, then the nearest double. */
static void bind_scale(sqlite3_stmt *statement, int parameter, int64_t factor, int power)
{
	int64_t scale = factor;
	double nearest = (double)factor;
	bool is_integer = true;
	for (int i = 0; i < power; i++) {
		is_integer = is_integer && !__builtin_mul_overflow(scale, 10, &scale);
		nearest *= 10.0;
	}
	if (is_integer)
		sqlite3_bind_int64(statement, parameter, scale);
	else
		sqlite3_bind_double(statement, parameter, nearest);
}

/* A divisor is a real, so that SQL does not divide integers; 1 leaves integers alone. */
static void bind_divisor(sqlite3_stmt *statement, int parameter, int power)
{
	double divisor = 1.0;
	for (int i = 0; i < power; i++)
		divisor *= 10.0;
	if (power > 0)
		sqlite3_bind_double(statement, parameter, divisor);
	else
		sqlite3_bind_int(statement, parameter, 1);
}

static int find_or_add(struct store_writer *writer, sqlite3_stmt *find, sqlite3_stmt *add,
		       int64_t *ret_id)
{
	bool is_found = false;
	int rc = statement_find(find, &is_found, ret_id);
	if (rc != SQLITE_OK || is_found)
		return rc;
	rc = statement_run(add);
	*ret_id = sqlite3_last_insert_rowid(writer->db);
	return rc;
}

static void bind_register_key(sqlite3_stmt *statement, const struct reading_register *reg)
{
	sqlite3_bind_int(statement, 1, (int)reg->source);
	sqlite3_bind_blob(statement, 2, reg->header, reg->header_size, SQLITE_STATIC);
	sqlite3_bind_int(statement, 3, reg->occurrence);
	sqlite3_bind_int(statement, 4, DECODER_VERSION);
}

/* A BCD register of n bytes shows 2n digits and then begins again. */
static void bind_modulus_digits(sqlite3_stmt *statement, int parameter,
				const struct reading_register *reg)
{
	bool is_known = reg->source == READING_SOURCE_MBUS &&
			reg->type == READING_TYPE_BCD && reg->data_size <= 6;
	if (is_known && reg->data_size > 0)
		sqlite3_bind_int(statement, parameter, 2 * reg->data_size);
	else
		sqlite3_bind_null(statement, parameter);
}

static int register_id(struct store_writer *writer, const struct reading_register *reg,
		       int64_t *ret_id)
{
	sqlite3_stmt *find = writer->statements[STATEMENT_REGISTER_FIND];
	sqlite3_stmt *add = writer->statements[STATEMENT_REGISTER_ADD];
	int power = reg->exponent;
	bind_register_key(find, reg);
	bind_register_key(add, reg);
	sqlite3_bind_int(add, 5, (int)reg->type);
	sqlite3_bind_int(add, 6, reg->record_error);
	sqlite3_bind_int(add, 7, power);
	sqlite3_bind_int(add, 8, reg->factor);
	bind_scale(add, 9, reg->factor, power);
	bind_divisor(add, 10, -power);
	bind_modulus_digits(add, 11, reg);
	return find_or_add(writer, find, add, ret_id);
}

static void bind_series(sqlite3_stmt *statement, const struct reading_register *reg,
			int occurrence)
{
	sqlite3_bind_text(statement, 1, reg->quantity, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, reg->unit, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, reading_function_text(reg->function), -1,
			  SQLITE_STATIC);
	sqlite3_bind_int64(statement, 4, (int64_t)reg->storage);
	sqlite3_bind_int64(statement, 5, reg->tariff);
	sqlite3_bind_int(statement, 6, reg->subunit);
	sqlite3_bind_text(statement, 7, reg->modifiers, -1, SQLITE_STATIC);
	sqlite3_bind_int(statement, 8, occurrence);
}

static int add_register(struct store_writer *writer, int64_t id,
			const struct layout *layout, uint32_t position)
{
	const struct reading_register *reg = &layout->registers[position];
	sqlite3_stmt *find = writer->statements[STATEMENT_SERIES_FIND];
	sqlite3_stmt *add = writer->statements[STATEMENT_SERIES_ADD];
	sqlite3_stmt *link = writer->statements[STATEMENT_LAYOUT_REGISTER_ADD];
	int64_t register_row = 0, series_row = 0;
	int occurrence = series_occurrence(layout, position);
	bind_series(find, reg, occurrence);
	bind_series(add, reg, occurrence);
	int rc = find_or_add(writer, find, add, &series_row);
	if (rc == SQLITE_OK)
		rc = register_id(writer, reg, &register_row);
	if (rc != SQLITE_OK)
		return rc;
	int valid_at = valid_at_position(layout, position);
	sqlite3_bind_int64(link, 1, id);
	sqlite3_bind_int64(link, 2, position);
	sqlite3_bind_int64(link, 3, register_row);
	sqlite3_bind_int64(link, 4, series_row);
	if (valid_at == NO_POSITION)
		sqlite3_bind_null(link, 5);
	else
		sqlite3_bind_int(link, 5, valid_at);
	return statement_run(link);
}

static void bind_layout(sqlite3_stmt *statement, const struct layout *layout)
{
	sqlite3_bind_blob64(statement, 1, layout->key.data, layout->key.size,
			    SQLITE_STATIC);
	sqlite3_bind_int(statement, 2, DECODER_VERSION);
}

static int add_layout(struct store_writer *writer, const struct layout *layout,
		      int64_t *ret_id)
{
	sqlite3_stmt *add = writer->statements[STATEMENT_LAYOUT_ADD];
	bind_layout(add, layout);
	int rc = statement_run(add);
	*ret_id = sqlite3_last_insert_rowid(writer->db);
	for (uint32_t i = 0; rc == SQLITE_OK && i < layout->register_count; i++)
		rc = add_register(writer, *ret_id, layout, i);
	return rc;
}

int writer_layout_id(struct store_writer *writer, const struct layout *layout,
		     int64_t *ret_id)
{
	bool is_cachable = layout->number < writer->layout_limit;
	if (is_cachable && writer->layout_ids[layout->number] != 0) {
		*ret_id = writer->layout_ids[layout->number];
		return SQLITE_OK;
	}
	sqlite3_stmt *find = writer->statements[STATEMENT_LAYOUT_FIND];
	bool is_found = false;
	bind_layout(find, layout);
	int rc = statement_find(find, &is_found, ret_id);
	if (rc == SQLITE_OK && !is_found)
		rc = add_layout(writer, layout, ret_id);
	if (rc == SQLITE_OK && is_cachable)
		writer->layout_ids[layout->number] = *ret_id;
	return rc;
}
