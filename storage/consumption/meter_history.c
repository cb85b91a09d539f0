/* SPDX-License-Identifier: MIT */
#include "storage/consumption/meter_history_parts.h"

#include <stdlib.h>

#include "storage/consumption/counter_digits.h"
#include "storage/housekeeping/gone_record.h"
#include "storage/json_array.h"

/*
 * A boundary depends on RHYTHM_AROUND readings on both sides and on the neighbours of its
 * counter. So much is read around a stretch, without a search without end for a counter
 * that is no longer sent; and so far a new reading makes itself felt.
 */
enum { DEPENDS_ON = RHYTHM_AROUND + 2, AROUND = 2 * DEPENDS_ON };
enum { NEIGHBOURS_MAX = 1000, TERMINALS_MAX = 16 };

/* ---- memory ---- */

static int add_time(struct meter_history *history, int64_t at)
{
	void *items = history->times;
	if (history->time_count >= HISTORY_POINTS_MAX)
		return SQLITE_OK;
	int rc = history_make_room(&items, &history->time_capacity, history->time_count,
				   sizeof *history->times);
	history->times = items;
	if (rc == SQLITE_OK)
		history->times[history->time_count++] = at;
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
	if (__builtin_mul_overflow(source->modulus, source->factor, &point.modulus) ||
	    !counter_digits_scale(point.modulus, source->exponent, counter->exponent,
				  &point.modulus) ||
	    point.modulus > COUNTER_DIGITS_MAX)
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
	int rc = history_find_layout(writer, history, sqlite3_column_int64(row, 1),
				     &layout);
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

/* A day earlier than it may be, for days of the zone are not those of UTC. */
static int find_cut(struct store_writer *writer, const struct history_range *range,
		    bool *ret_is_cut)
{
	sqlite3_stmt *row = writer->statements[STATEMENT_METER_IS_CUT];
	sqlite3_bind_int64(row, 1, range->meter);
	sqlite3_bind_int64(row, 2, gone_record_day(range->from_at) - 1);
	return statement_find(row, ret_is_cut, &(int64_t){ 0 });
}

int meter_history_read(struct store_writer *writer, const struct history_range *range,
		       struct meter_history *ret_history)
{
	int64_t terminals[TERMINALS_MAX];
	size_t count = 0;
	*ret_history = (struct meter_history){ .range = *range };
	int rc = read_terminals(writer, range->meter, terminals, &count);
	if (rc == SQLITE_OK)
		rc = find_cut(writer, range, &ret_history->is_cut);
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
