/* SPDX-License-Identifier: MIT */
#include "storage/consumption/consumption_days.h"

#include <inttypes.h>
#include <stdio.h>

#include "protocol/decimal.h"

enum { HOUR_S = 3600, A_DAY_S = 86400, HOURS_TEXT_MAX = DAY_HOURS_MAX * 22 + 2 };

int day_list_read(struct store_writer *writer, int64_t from_at, int64_t to_at, int limit,
		  struct day_list *ret_days)
{
	sqlite3_stmt *row = writer->statements[STATEMENT_DAY_LIST];
	size_t count = 0;
	sqlite3_bind_int64(row, 1, from_at);
	sqlite3_bind_int64(row, 2, to_at);
	sqlite3_bind_int(row, 3, limit);
	while (count < STRETCH_DAYS_MAX && sqlite3_step(row) == SQLITE_ROW) {
		struct calendar_day *day = &ret_days->days[count++];
		snprintf(day->date, sizeof day->date, "%s",
			 (const char *)sqlite3_column_text(row, 0));
		day->start_at = sqlite3_column_int64(row, 1);
		day->end_at = sqlite3_column_int64(row, 2);
	}
	ret_days->count = count;
	return sqlite3_reset(row);
}

/* ---- one part of one day ---- */

struct part {
	const struct history_counter *counter;
	const struct calendar_day *day;
	int number;
	int64_t place;
	int64_t from_at, to_at;
	struct counter_value from, to;
	bool is_whole;
};

/* What is covered of it: from the first reading on, and to the last one. */
static bool cover(struct part *part)
{
	const struct counter_curve *curve = &part->counter->curve;
	part->from = counter_curve_value(curve, part->from_at);
	part->to = counter_curve_value(curve, part->to_at);
	part->is_whole =
		part->from.place != COUNTER_BEFORE && part->to.place != COUNTER_AFTER;
	if (part->from.place == COUNTER_BEFORE && curve->count > 0) {
		part->from_at = curve->points[0].at;
		part->from = counter_curve_value(curve, part->from_at);
	}
	if (part->to.place == COUNTER_AFTER && curve->count > 0) {
		part->to_at = curve->points[curve->count - 1].at;
		part->to = counter_curve_value(curve, part->to_at);
	}
	return curve->count > 1 && part->from_at < part->to_at;
}

/* Writes one element of the array and says whether an end of it is interpolated. */
static bool write_hour(const struct part *part, int64_t from_at, int64_t to_at,
		       char *ret_text, size_t size)
{
	int64_t digits = 0;
	from_at = from_at < part->from_at ? part->from_at : from_at;
	to_at = to_at > part->to_at ? part->to_at : to_at;
	snprintf(ret_text, size, "null");
	if (from_at >= to_at)
		return false;
	struct counter_value from = counter_curve_value(&part->counter->curve, from_at);
	struct counter_value to = counter_curve_value(&part->counter->curve, to_at);
	if (counter_difference(&from, &to, &digits))
		snprintf(ret_text, size, "%" PRId64, digits);
	return from.is_interpolated || to.is_interpolated;
}

static int64_t write_hours(const struct part *part, char ret_text[HOURS_TEXT_MAX])
{
	char hour[24];
	size_t size = 0;
	int64_t interpolated = 0;
	int64_t at = part->day->start_at;
	for (int i = 0; i < DAY_HOURS_MAX && at < part->day->end_at; i++, at += HOUR_S) {
		int64_t end = at + HOUR_S;
		end = end > part->day->end_at ? part->day->end_at : end;
		if (write_hour(part, at, end, hour, sizeof hour))
			interpolated |= INT64_C(1) << i;
		size += (size_t)snprintf(ret_text + size, HOURS_TEXT_MAX - size, "%c%s",
					 i == 0 ? '[' : ',', hour);
	}
	snprintf(ret_text + size, HOURS_TEXT_MAX - size, "]");
	return interpolated;
}

static void bind_value(sqlite3_stmt *row, int parameter,
		       const struct counter_value *value)
{
	if (value->place == COUNTER_KNOWN)
		sqlite3_bind_int64(row, parameter, value->shown);
	else
		sqlite3_bind_null(row, parameter);
}

static int write_part(struct store_writer *writer, struct part *part)
{
	sqlite3_stmt *row = writer->statements[STATEMENT_CONSUMPTION_ADD];
	char hours[HOURS_TEXT_MAX];
	int64_t digits = 0;
	if (!cover(part))
		return SQLITE_OK;
	sqlite3_bind_int64(row, 1, part->counter->id);
	sqlite3_bind_text(row, 2, part->day->date, -1, SQLITE_STATIC);
	sqlite3_bind_int(row, 3, part->number);
	sqlite3_bind_int64(row, 4, part->place);
	sqlite3_bind_int64(row, 5, part->from_at);
	sqlite3_bind_int64(row, 6, part->to_at);
	bind_value(row, 7, &part->from);
	bind_value(row, 8, &part->to);
	if (counter_difference(&part->from, &part->to, &digits))
		sqlite3_bind_int64(row, 9, digits);
	else
		sqlite3_bind_null(row, 9);
	sqlite3_bind_int(row, 10, part->is_whole);
	sqlite3_bind_int(row, 11,
			 part->from.is_interpolated + 2 * part->to.is_interpolated);
	int64_t interpolated = write_hours(part, hours);
	sqlite3_bind_text(row, 12, hours, -1, SQLITE_STATIC);
	sqlite3_bind_int64(row, 13, interpolated);
	return statement_run(row);
}

/* A part for each place the meter was at. */
static int write_day(struct store_writer *writer, const struct history_counter *counter,
		     const struct meter_stays *stays, const struct calendar_day *day)
{
	int rc = SQLITE_OK;
	int64_t at = day->start_at;
	for (int number = 0; rc == SQLITE_OK && at < day->end_at; number++) {
		int64_t until;
		struct part part = { .counter = counter, .day = day, .number = number };
		part.place = meter_stays_place(stays, at, &until);
		part.from_at = at;
		part.to_at = until < day->end_at ? until : day->end_at;
		at = part.to_at;
		rc = write_part(writer, &part);
	}
	return rc;
}

/* ---- a counter ---- */

/*
 * A whole day from before the oldest telegram that is left in the log was worked out when
 * the log had more, and stays as it is.
 */
static int remove_days(struct store_writer *writer, const struct meter_history *history,
		       const struct history_counter *counter, const struct day_list *days)
{
	sqlite3_stmt *remove = writer->statements[STATEMENT_CONSUMPTION_REMOVE];
	const char *oldest = "";
	bool is_cut_off = history->is_cut &&
			  (history->time_count == 0 ||
			   history->range.first_at + A_DAY_S < history->times[0]);
	for (size_t i = 0; is_cut_off && i < days->count; i++)
		if (counter->curve.count == 0 ||
		    days->days[i].start_at <= counter->curve.points[0].at)
			oldest = days->days[i].date;
	sqlite3_bind_int64(remove, 1, counter->id);
	sqlite3_bind_text(remove, 2, days->days[0].date, -1, SQLITE_STATIC);
	sqlite3_bind_text(remove, 3, days->days[days->count - 1].date, -1, SQLITE_STATIC);
	sqlite3_bind_text(remove, 4, oldest, -1, SQLITE_STATIC);
	return statement_run(remove);
}

static int write_fall(struct store_writer *writer, const struct history_counter *counter,
		      const struct counter_point *before,
		      const struct counter_point *after)
{
	sqlite3_stmt *add = writer->statements[STATEMENT_FALL_ADD];
	sqlite3_stmt *event = writer->statements[STATEMENT_FALL_EVENT];
	char from[DECIMAL_TEXT_MAX], to[DECIMAL_TEXT_MAX];
	sqlite3_bind_int64(add, 1, counter->id);
	sqlite3_bind_int64(add, 2, after->at);
	int rc = statement_run(add);
	if (rc != SQLITE_OK || sqlite3_changes(writer->db) == 0)
		return rc;
	size_t from_size = decimal_write(before->digits, counter->exponent, 1, from);
	size_t to_size = decimal_write(after->digits, counter->exponent, 1, to);
	sqlite3_bind_int64(event, 1, counter->id);
	sqlite3_bind_int64(event, 2, after->at * 1000);
	sqlite3_bind_text(event, 3, from, (int)from_size, SQLITE_STATIC);
	sqlite3_bind_text(event, 4, to, (int)to_size, SQLITE_STATIC);
	sqlite3_bind_int64(event, 5, before->at);
	sqlite3_bind_int64(event, 6, after->at);
	return statement_run(event);
}

static int write_falls(struct store_writer *writer, const struct history_counter *counter)
{
	const struct counter_point *points = counter->curve.points;
	int rc = SQLITE_OK;
	for (size_t i = 1; rc == SQLITE_OK && i < counter->curve.count; i++)
		if (points[i].piece != points[i - 1].piece)
			rc = write_fall(writer, counter, &points[i - 1], &points[i]);
	return rc;
}

/* Also of counters that the meter has no more: telegrams were decoded otherwise. */
static int clear_days(struct store_writer *writer, const struct meter_history *history,
		      const struct day_list *days)
{
	sqlite3_stmt *clear = writer->statements[STATEMENT_METER_CLEAR];
	if (history->is_cut)
		return SQLITE_OK;
	sqlite3_bind_int64(clear, 1, history->range.meter);
	sqlite3_bind_text(clear, 2, days->days[0].date, -1, SQLITE_STATIC);
	sqlite3_bind_text(clear, 3, days->days[days->count - 1].date, -1, SQLITE_STATIC);
	return statement_run(clear);
}

int consumption_days_write(struct store_writer *writer, struct meter_history *history,
			   const struct meter_stays *stays, const struct day_list *days)
{
	int rc = clear_days(writer, history, days);
	for (size_t i = 0; rc == SQLITE_OK && i < history->counter_count; i++) {
		struct history_counter *counter = &history->counters[i];
		counter_curve_join(&counter->curve);
		rc = remove_days(writer, history, counter, days);
		if (rc == SQLITE_OK)
			rc = write_falls(writer, counter);
		for (size_t day = 0; rc == SQLITE_OK && day < days->count; day++)
			rc = write_day(writer, counter, stays, &days->days[day]);
	}
	return rc;
}

/* ---- gaps ---- */

static int write_gap(struct store_writer *writer, const struct meter_history *history,
		     size_t n)
{
	sqlite3_stmt *add = writer->statements[STATEMENT_GAP_ADD];
	int64_t from_at = history->times[n - 1], to_at = history->times[n];
	int64_t missing = rhythm_missing(to_at - from_at, history->periods[n]);
	if (missing == 0)
		return SQLITE_OK;
	sqlite3_bind_int64(add, 1, history->range.meter);
	sqlite3_bind_int64(add, 2, from_at);
	sqlite3_bind_int64(add, 3, to_at);
	sqlite3_bind_int64(add, 4, missing);
	return statement_run(add);
}

int gaps_write(struct store_writer *writer, const struct meter_history *history)
{
	sqlite3_stmt *remove = writer->statements[STATEMENT_GAP_REMOVE];
	size_t first = history->times_before > 0 ? history->times_before - 1 : 0;
	if (history->time_count == 0)
		return SQLITE_OK;
	sqlite3_bind_int64(remove, 1, history->range.meter);
	sqlite3_bind_int64(remove, 2, history->times[first]);
	/* Behind the last reading there is none, whatever was worked out before. */
	sqlite3_bind_int64(remove, 3,
			   history->range.to_at > history->range.last_at
				   ? INT64_MAX
				   : history->times[history->time_count - 1]);
	int rc = statement_run(remove);
	for (size_t i = first + 1; rc == SQLITE_OK && i < history->time_count; i++)
		rc = write_gap(writer, history, i);
	return rc;
}
