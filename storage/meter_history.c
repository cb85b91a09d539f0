/* SPDX-License-Identifier: MIT */
#include "storage/meter_history.h"

#include <stdlib.h>

#include "storage/counter_digits.h"
#include "storage/json_array.h"

/*
 * A boundary depends on RHYTHM_AROUND readings on both sides and on the neighbours of its
 * counter. So much is read around a stretch, without a search without end for a counter
 * that is no longer sent; and so far a new reading makes itself felt.
 */
enum { DEPENDS_ON = RHYTHM_AROUND + 2, AROUND = 2 * DEPENDS_ON };
enum { NEIGHBOURS_MAX = 1000, TERMINALS_MAX = 16 };

/* Floats are cut off six digits below the unit they are sent in. */
enum { REAL_PLACES = 6, EXPONENT_MIN = -18 };

/* Where a layout has a counter, and how it sends it. */
struct history_source {
	int64_t position;
	size_t counter;
	int exponent;
	int64_t factor;
	int64_t modulus; /* in digits as sent; 0 not known */
};

/* ---- memory ---- */

/* Doubles what items has room for, up to HISTORY_POINTS_MAX. */
static int make_room(void **items, size_t *capacity, size_t count, size_t size)
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

static int add_time(struct meter_history *history, int64_t at)
{
	void *items = history->times;
	int rc = make_room(&items, &history->time_capacity, history->time_count,
			   sizeof *history->times);
	history->times = items;
	if (rc == SQLITE_OK)
		history->times[history->time_count++] = at;
	return rc;
}

int history_counter_add(struct history_counter *counter,
			const struct counter_point *point)
{
	void *items = counter->curve.points;
	int rc = make_room(&items, &counter->capacity, counter->curve.count,
			   sizeof *point);
	counter->curve.points = items;
	if (rc == SQLITE_OK)
		counter->curve.points[counter->curve.count++] = *point;
	return rc;
}

void meter_history_free(struct meter_history *history)
{
	for (size_t i = 0; i < history->counter_count; i++)
		free(history->counters[i].curve.points);
	free(history->times);
	free(history->periods);
	free(history->sources);
	*history = (struct meter_history){ 0 };
}

/* ---- counters of a layout ---- */

/* A register with more places than all before it: what is there gets them, too. */
static int refine(struct store_writer *writer, struct history_counter *counter,
		  int exponent)
{
	sqlite3_stmt *rows = writer->statements[STATEMENT_CONSUMPTION_SCALE];
	sqlite3_stmt *set = writer->statements[STATEMENT_COUNTER_SCALE];
	int64_t scale = 1;
	if (!counter_digits_scale(1, counter->exponent, exponent, &scale))
		return SQLITE_OK;
	for (size_t i = 0; i < counter->curve.count; i++) {
		counter->curve.points[i].digits *= scale;
		counter->curve.points[i].modulus *= scale;
	}
	counter->exponent = exponent;
	sqlite3_bind_int64(rows, 1, counter->id);
	sqlite3_bind_int64(rows, 2, scale);
	int rc = statement_run(rows);
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
		rc = make_room(&items, &history->source_capacity, history->source_count,
			       sizeof source);
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

static int find_layout(struct store_writer *writer, struct meter_history *history,
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

/* ---- telegrams ---- */

static int take_value(struct meter_history *history, const struct history_source *source,
		      int64_t at, struct span number)
{
	struct history_counter *counter = &history->counters[source->counter];
	struct counter_point point = { .at = at };
	if (!counter_digits_read(number, source->exponent, counter->exponent,
				 &point.digits) ||
	    __builtin_mul_overflow(point.digits, source->factor, &point.digits))
		return SQLITE_OK;
	if (!counter_digits_scale(source->modulus * source->factor, source->exponent,
				  counter->exponent, &point.modulus))
		point.modulus = 0;
	return history_counter_add(counter, &point);
}

/* Sources are in order of their positions. */
static int take_values(struct meter_history *history, const struct history_layout *layout,
		       int64_t at, struct span vals)
{
	struct json_array array = json_array_open(vals);
	struct json_element element;
	size_t next = layout->begin;
	int rc = SQLITE_OK;
	for (int64_t position = 0;
	     rc == SQLITE_OK && next < layout->end && json_array_next(&array, &element);
	     position++) {
		if (history->sources[next].position != position)
			continue;
		if (element.kind == JSON_NUMBER)
			rc = take_value(history, &history->sources[next], at,
					element.text);
		next++;
	}
	return rc;
}

static int take_telegram(struct store_writer *writer, struct meter_history *history,
			 sqlite3_stmt *row)
{
	int64_t at = sqlite3_column_int64(row, 0);
	const struct history_layout *layout = NULL;
	int rc = find_layout(writer, history, sqlite3_column_int64(row, 1), &layout);
	if (rc == SQLITE_OK)
		rc = add_time(history, at);
	const void *vals = sqlite3_column_text(row, 2);
	size_t size = (size_t)sqlite3_column_bytes(row, 2);
	if (rc == SQLITE_OK && layout != NULL && vals != NULL)
		rc = take_values(history, layout, at, span_of(vals, size));
	return rc;
}

static sqlite3_stmt *bind_range(struct store_writer *writer, enum statement statement,
				int64_t terminal, const struct history_range *range,
				int64_t from_at, int64_t to_at)
{
	sqlite3_stmt *row = writer->statements[statement];
	sqlite3_bind_int64(row, 1, terminal);
	sqlite3_bind_int64(row, 2, range->meter);
	sqlite3_bind_int64(row, 3, from_at);
	sqlite3_bind_int64(row, 4, to_at);
	sqlite3_bind_int64(row, 5, range->clock_slack_s);
	return row;
}

/* Before and after: until every counter has a point there. */
static bool has_all(const struct meter_history *history, const size_t *counts,
		    size_t known)
{
	if (history->counter_count != known)
		return false;
	for (size_t i = 0; i < known; i++)
		if (history->counters[i].curve.count == counts[i])
			return false;
	return true;
}

static int take_neighbours(struct store_writer *writer, struct meter_history *history,
			   sqlite3_stmt *row, size_t least)
{
	size_t counts[HISTORY_COUNTERS_MAX];
	size_t known = history->counter_count;
	size_t taken = 0;
	int rc = SQLITE_OK;
	for (size_t i = 0; i < known; i++)
		counts[i] = history->counters[i].curve.count;
	while (rc == SQLITE_OK && taken < NEIGHBOURS_MAX &&
	       (taken < least || !has_all(history, counts, known)) &&
	       sqlite3_step(row) == SQLITE_ROW) {
		rc = take_telegram(writer, history, row);
		for (; known < history->counter_count; known++)
			counts[known] = 0;
		taken++;
	}
	int reset = sqlite3_reset(row);
	return rc != SQLITE_OK ? rc : reset;
}

static int take_window(struct store_writer *writer, struct meter_history *history,
		       sqlite3_stmt *row)
{
	int rc = SQLITE_OK;
	while (rc == SQLITE_OK && sqlite3_step(row) == SQLITE_ROW)
		rc = take_telegram(writer, history, row);
	int reset = sqlite3_reset(row);
	return rc != SQLITE_OK ? rc : reset;
}

static int read_terminal(struct store_writer *writer, struct meter_history *history,
			 int64_t terminal)
{
	const struct history_range *range = &history->range;
	int rc = take_window(writer, history,
			     bind_range(writer, STATEMENT_HISTORY_WINDOW, terminal, range,
					range->from_at, range->to_at));
	if (rc == SQLITE_OK && range->first_at < range->from_at)
		rc = take_neighbours(writer, history,
				     bind_range(writer, STATEMENT_HISTORY_BEFORE,
						terminal, range, range->from_at,
						range->first_at),
				     AROUND);
	if (rc == SQLITE_OK && range->last_at >= range->to_at)
		rc = take_neighbours(writer, history,
				     bind_range(writer, STATEMENT_HISTORY_AFTER, terminal,
						range, range->to_at, range->last_at),
				     AROUND);
	return rc;
}

static int read_terminals(struct store_writer *writer, int64_t meter,
			  int64_t ret_terminals[TERMINALS_MAX], size_t *ret_count)
{
	sqlite3_stmt *row = writer->statements[STATEMENT_HISTORY_TERMINALS];
	size_t count = 0;
	sqlite3_bind_int64(row, 1, meter);
	while (count < TERMINALS_MAX && sqlite3_step(row) == SQLITE_ROW)
		ret_terminals[count++] = sqlite3_column_int64(row, 0);
	*ret_count = count;
	return sqlite3_reset(row);
}

/* ---- the whole ---- */

static int compare_times(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left;
	int64_t b = *(const int64_t *)right;
	return (a > b) - (a < b);
}

static int find_rhythm(struct meter_history *history)
{
	size_t count = history->time_count;
	history->periods = malloc((count + 1) * sizeof *history->periods);
	if (history->periods == NULL)
		return SQLITE_NOMEM;
	if (count > 0)
		qsort(history->times, count, sizeof *history->times, compare_times);
	for (size_t i = 0; i < count; i++)
		history->periods[i] = rhythm_at(history->times, count, i);
	while (history->times_before < count &&
	       history->times[history->times_before] < history->range.from_at)
		history->times_before++;
	for (size_t i = 0; i < history->counter_count; i++)
		history->counters[i].curve.rhythm =
			(struct counter_rhythm){ history->times, history->periods,
						 count };
	return SQLITE_OK;
}

int meter_history_read(struct store_writer *writer, const struct history_range *range,
		       struct meter_history *ret_history)
{
	int64_t terminals[TERMINALS_MAX];
	size_t count = 0;
	*ret_history = (struct meter_history){ .range = *range };
	int rc = read_terminals(writer, range->meter, terminals, &count);
	for (size_t i = 0; rc == SQLITE_OK && i < count; i++)
		rc = read_terminal(writer, ret_history, terminals[i]);
	return rc != SQLITE_OK ? rc : find_rhythm(ret_history);
}

/* The time of the last of DEPENDS_ON readings; *ret_at is left alone if there is none. */
static int find_farthest(sqlite3_stmt *row, int64_t *ret_at)
{
	for (int i = 0; i < DEPENDS_ON && sqlite3_step(row) == SQLITE_ROW; i++)
		*ret_at = sqlite3_column_int64(row, 0);
	return sqlite3_reset(row);
}

int meter_history_widen(struct store_writer *writer, struct history_range *range)
{
	int64_t terminals[TERMINALS_MAX];
	size_t count = 0;
	struct history_range old = *range;
	int rc = read_terminals(writer, range->meter, terminals, &count);
	for (size_t i = 0; rc == SQLITE_OK && i < count; i++) {
		int64_t before_at = old.from_at, after_at = old.to_at;
		rc = find_farthest(bind_range(writer, STATEMENT_HISTORY_BEFORE,
					      terminals[i], &old, old.from_at,
					      old.first_at),
				   &before_at);
		if (rc == SQLITE_OK)
			rc = find_farthest(bind_range(writer, STATEMENT_HISTORY_AFTER,
						      terminals[i], &old, old.to_at + 1,
						      old.last_at),
					   &after_at);
		range->from_at = before_at < range->from_at ? before_at : range->from_at;
		range->to_at = after_at > range->to_at ? after_at : range->to_at;
	}
	return rc;
}
