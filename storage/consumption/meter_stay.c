/* SPDX-License-Identifier: MIT */
#include "storage/consumption/meter_stay.h"

#include <stdio.h>

#include "storage/consumption/counter_digits.h"

static void take_reading(sqlite3_stmt *row, int column, char ret_text[STAY_READING_MAX])
{
	const unsigned char *text = sqlite3_column_text(row, column);
	snprintf(ret_text, STAY_READING_MAX, "%s",
		 text == NULL ? "" : (const char *)text);
}

int meter_stays_read(struct store_writer *writer, int64_t meter,
		     struct meter_stays *ret_stays)
{
	sqlite3_stmt *row = writer->statements[STATEMENT_PLACES];
	size_t count = 0;
	sqlite3_bind_int64(row, 1, meter);
	while (count < STAYS_MAX && sqlite3_step(row) == SQLITE_ROW) {
		struct meter_stay *stay = &ret_stays->stays[count++];
		bool is_over = sqlite3_column_type(row, 2) != SQLITE_NULL;
		stay->place = sqlite3_column_int64(row, 0);
		stay->from_at = sqlite3_column_int64(row, 1);
		stay->to_at = is_over ? sqlite3_column_int64(row, 2) : INT64_MAX;
		take_reading(row, 3, stay->start_reading);
		take_reading(row, 4, stay->end_reading);
	}
	ret_stays->count = count;
	return sqlite3_reset(row);
}

/* The unit of a series; *ret_unit is "" if it is none that a person would note down. */
static int read_unit(struct store_writer *writer, int64_t series,
		     char ret_unit[READING_UNIT_MAX])
{
	sqlite3_stmt *row = writer->statements[STATEMENT_SERIES_UNIT];
	ret_unit[0] = '\0';
	sqlite3_bind_int64(row, 1, series);
	if (sqlite3_step(row) == SQLITE_ROW)
		snprintf(ret_unit, READING_UNIT_MAX, "%s",
			 (const char *)sqlite3_column_text(row, 0));
	return sqlite3_reset(row);
}

/* A point among those of the log: what lies beyond the nearest one is for another run. */
static bool is_within(const struct meter_history *history, int64_t at)
{
	const struct history_range *range = &history->range;
	size_t last = history->time_count - 1;
	bool is_after_first = range->from_at <= range->first_at;
	bool is_before_last = range->to_at > range->last_at;
	if (history->time_count == 0)
		return is_after_first && is_before_last;
	return (is_after_first || at >= history->times[0]) &&
	       (is_before_last || at <= history->times[last]);
}

static int add_reading(struct store_writer *writer, struct meter_history *history,
		       int64_t at, const char *text)
{
	char unit[READING_UNIT_MAX];
	int rc = SQLITE_OK;
	if (text[0] == '\0' || at <= 0 || !is_within(history, at))
		return SQLITE_OK;
	for (size_t i = 0; rc == SQLITE_OK && i < history->counter_count; i++) {
		struct history_counter *counter = &history->counters[i];
		struct counter_point point = { .at = at };
		rc = read_unit(writer, counter->series, unit);
		if (rc != SQLITE_OK || unit[0] == '\0' ||
		    !counter_digits_parse(text, unit, counter->exponent, &point.digits))
			continue;
		return history_counter_add(counter, &point);
	}
	return rc;
}

int meter_stays_add_readings(struct store_writer *writer, const struct meter_stays *stays,
			     struct meter_history *history)
{
	int rc = SQLITE_OK;
	for (size_t i = 0; rc == SQLITE_OK && i < stays->count; i++) {
		const struct meter_stay *stay = &stays->stays[i];
		rc = add_reading(writer, history, stay->from_at, stay->start_reading);
		if (rc == SQLITE_OK && stay->to_at != INT64_MAX)
			rc = add_reading(writer, history, stay->to_at, stay->end_reading);
	}
	return rc;
}

int64_t meter_stays_place(const struct meter_stays *stays, int64_t at, int64_t *ret_until)
{
	int64_t place = 0;
	*ret_until = INT64_MAX;
	for (size_t i = 0; i < stays->count; i++) {
		const struct meter_stay *stay = &stays->stays[i];
		if (stay->from_at > at) {
			if (stay->from_at < *ret_until)
				*ret_until = stay->from_at;
		} else if (at < stay->to_at) {
			place = stay->place;
			*ret_until = stay->to_at;
		}
	}
	return place;
}
