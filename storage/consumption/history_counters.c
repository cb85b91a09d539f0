/* SPDX-License-Identifier: MIT */
/* Which counters a layout has, and the rows of the table counter they belong to. */
#include <stdlib.h>

#include "storage/consumption/counter_digits.h"
#include "storage/consumption/meter_history_parts.h"

/* Floats are cut off six digits below the unit they are sent in. */
enum { REAL_PLACES = 6, EXPONENT_MIN = -18 };

int history_make_room(void **items, size_t *capacity, size_t count, size_t size)
{
	if (count < *capacity)
		return SQLITE_OK;
	size_t wanted = *capacity == 0 ? 64 : *capacity * 2;
	if (wanted > HISTORY_POINTS_MAX * 2)
		return SQLITE_TOOBIG;
	void *grown = realloc(*items, wanted * size);
	if (grown == NULL)
		return SQLITE_NOMEM;
	*items = grown;
	*capacity = wanted;
	return SQLITE_OK;
}

int history_counter_add(struct history_counter *counter,
			const struct counter_point *point)
{
	void *items = counter->curve.points;
	if (point->digits > COUNTER_DIGITS_MAX || point->digits < -COUNTER_DIGITS_MAX ||
	    counter->curve.count >= HISTORY_POINTS_MAX)
		return SQLITE_OK;
	int rc = history_make_room(&items, &counter->capacity, counter->curve.count,
				   sizeof *point);
	counter->curve.points = items;
	if (rc == SQLITE_OK)
		counter->curve.points[counter->curve.count++] = *point;
	return rc;
}

/* Whether what is there may get so many more places. */
static int is_scalable(struct store_writer *writer, const struct history_counter *counter,
		       int64_t scale, bool *ret_is_scalable)
{
	sqlite3_stmt *row = writer->statements[STATEMENT_CONSUMPTION_IS_LARGE];
	const int64_t most = COUNTER_DIGITS_MAX / scale;
	bool is_large = false;
	sqlite3_bind_int64(row, 1, counter->id);
	sqlite3_bind_int64(row, 2, most);
	int rc = statement_find(row, &is_large, &(int64_t){ 0 });
	for (size_t i = 0; i < counter->curve.count; i++)
		is_large |= counter->curve.points[i].digits > most ||
			    counter->curve.points[i].digits < -most ||
			    counter->curve.points[i].modulus > most;
	*ret_is_scalable = !is_large;
	return rc;
}

/*
 * A register with more places than all before it: what is there gets them, too. Where
 * they would not fit, the places are cut off instead.
 */
static int refine(struct store_writer *writer, struct history_counter *counter,
		  int exponent)
{
	sqlite3_stmt *rows = writer->statements[STATEMENT_CONSUMPTION_SCALE];
	sqlite3_stmt *set = writer->statements[STATEMENT_COUNTER_SCALE];
	int64_t scale = 1;
	bool fits = counter_digits_scale(1, counter->exponent, exponent, &scale);
	int rc = fits ? is_scalable(writer, counter, scale, &fits) : SQLITE_OK;
	if (rc != SQLITE_OK || !fits)
		return rc;
	for (size_t i = 0; i < counter->curve.count; i++) {
		counter->curve.points[i].digits *= scale;
		counter->curve.points[i].modulus *= scale;
	}
	counter->exponent = exponent;
	sqlite3_bind_int64(rows, 1, counter->id);
	sqlite3_bind_int64(rows, 2, scale);
	rc = statement_run(rows);
	sqlite3_bind_int64(set, 1, counter->id);
	sqlite3_bind_int(set, 2, exponent);
	return rc != SQLITE_OK ? rc : statement_run(set);
}

static int find_or_add_counter(struct store_writer *writer, int64_t meter,
			       struct history_counter *counter)
{
	sqlite3_stmt *find = writer->statements[STATEMENT_COUNTER_FIND];
	sqlite3_stmt *add = writer->statements[STATEMENT_COUNTER_ADD];
	sqlite3_bind_int64(find, 1, meter);
	sqlite3_bind_int64(find, 2, counter->series);
	bool is_found = sqlite3_step(find) == SQLITE_ROW;
	if (is_found) {
		counter->id = sqlite3_column_int64(find, 0);
		counter->exponent = sqlite3_column_int(find, 1);
	}
	int rc = sqlite3_reset(find);
	if (rc != SQLITE_OK || is_found)
		return rc;
	sqlite3_bind_int64(add, 1, meter);
	sqlite3_bind_int64(add, 2, counter->series);
	sqlite3_bind_int(add, 3, counter->exponent);
	rc = statement_run(add);
	counter->id = sqlite3_last_insert_rowid(writer->db);
	return rc;
}

/* The counter of a series, ready for digits at exponent. */
static int take_counter(struct store_writer *writer, struct meter_history *history,
			int64_t series, int exponent, size_t *ret_counter)
{
	size_t n = 0;
	int rc = SQLITE_OK;
	while (n < history->counter_count && history->counters[n].series != series)
		n++;
	*ret_counter = n;
	if (n == HISTORY_COUNTERS_MAX)
		return SQLITE_OK;
	struct history_counter *counter = &history->counters[n];
	if (n == history->counter_count) {
		*counter = (struct history_counter){ .series = series,
						     .exponent = exponent };
		rc = find_or_add_counter(writer, history->range.meter, counter);
		history->counter_count++;
	}
	if (rc == SQLITE_OK && exponent < counter->exponent)
		rc = refine(writer, counter, exponent);
	return rc;
}

static int64_t modulus_of(int digits)
{
	int64_t modulus = 0;
	if (digits > 0)
		(void)counter_digits_scale(1, digits, 0, &modulus);
	return modulus;
}

static int add_source(struct store_writer *writer, struct meter_history *history,
		      sqlite3_stmt *row)
{
	struct history_source source = {
		.position = sqlite3_column_int64(row, 0),
		.exponent = sqlite3_column_int(row, 2),
		.factor = sqlite3_column_int64(row, 3),
		.modulus = modulus_of(sqlite3_column_int(row, 5)),
	};
	bool is_real = sqlite3_column_int(row, 4) == READING_TYPE_REAL;
	int exponent = source.exponent - (is_real ? REAL_PLACES : 0);
	if (exponent < EXPONENT_MIN)
		return SQLITE_OK;
	int rc = take_counter(writer, history, sqlite3_column_int64(row, 1), exponent,
			      &source.counter);
	void *items = history->sources;
	if (rc == SQLITE_OK)
		rc = history_make_room(&items, &history->source_capacity,
				       history->source_count, sizeof source);
	history->sources = items;
	if (rc == SQLITE_OK && source.counter < HISTORY_COUNTERS_MAX)
		history->sources[history->source_count++] = source;
	return rc;
}

static int read_layout(struct store_writer *writer, struct meter_history *history,
		       int64_t id, struct history_layout *ret_layout)
{
	sqlite3_stmt *row = writer->statements[STATEMENT_LAYOUT_COUNTERS];
	struct history_layout layout = { .layout = id, .begin = history->source_count };
	int rc = SQLITE_OK;
	sqlite3_bind_int64(row, 1, id);
	while (rc == SQLITE_OK && sqlite3_step(row) == SQLITE_ROW)
		rc = add_source(writer, history, row);
	int reset = sqlite3_reset(row);
	layout.end = history->source_count;
	*ret_layout = layout;
	return rc != SQLITE_OK ? rc : reset;
}

int history_find_layout(struct store_writer *writer, struct meter_history *history,
			int64_t id, const struct history_layout **ret_layout)
{
	size_t n = 0;
	int rc = SQLITE_OK;
	while (n < history->layout_count && history->layouts[n].layout != id)
		n++;
	*ret_layout = NULL;
	if (n == HISTORY_LAYOUTS_MAX)
		return SQLITE_OK;
	if (n == history->layout_count) {
		rc = read_layout(writer, history, id, &history->layouts[n]);
		history->layout_count++;
	}
	*ret_layout = &history->layouts[n];
	return rc;
}
