/* SPDX-License-Identifier: MIT */
/*
 * Where a meter is and when: its stays. They never overlap. Moving a meter ends the stay
 * it has; a meter that never had a place was always at its first one. An exchange ends
 * the stay of the old meter with its last reading and begins that of the new one with its
 * first, at the same place and moment: that is what makes one consumption of both.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "protocol/decimal.h"
#include "protocol/iec62056/iec62056_units.h"
#include "storage/labels/label_run.h"

enum { TIME_TEXT_SIZE = 32 };

static const char *time_text(int64_t at, char text[TIME_TEXT_SIZE])
{
	time_t seconds = (time_t)at;
	struct tm date;
	if (at <= 0 || gmtime_r(&seconds, &date) == NULL ||
	    strftime(text, TIME_TEXT_SIZE, "%Y-%m-%dT%H:%M:%SZ", &date) == 0)
		snprintf(text, TIME_TEXT_SIZE, "the beginning");
	return text;
}

/* ---- readings ---- */

/* The number in front, as digits and exponent. Returns what is behind it; NULL: none. */
static const char *take_number(const char *text, char digits[LABEL_READING_MAX],
			       int *ret_exponent)
{
	size_t size = 0;
	bool has_point = false;
	*ret_exponent = 0;
	for (; (*text >= '0' && *text <= '9') || (*text == '.' && !has_point); text++) {
		if (*text == '.') {
			has_point = true;
			continue;
		}
		if (size + 1 >= 40)
			return NULL;
		digits[size++] = *text;
		*ret_exponent -= has_point;
	}
	digits[size] = '\0';
	return size > 0 ? text : NULL;
}

/* Counters whose readings people write down: what a bill is made from. */
#define COUNTERS                                                                         \
	"SELECT DISTINCT unit FROM origin JOIN layout_register lr"                       \
	" ON lr.layout = origin.layout JOIN series ON series.id = lr.series"             \
	" WHERE origin.meter IN (?1, ?2) AND origin.meter <> 0 AND function ="           \
	" 'instantaneous' AND storage = 0 AND tariff = 0 AND quantity IN"                \
	" ('energy', 'volume', 'mass', 'reactive energy', 'apparent energy')"

/* The base unit: sent's own, or that of the only counter there is. Complains. */
static int find_unit(struct label_run *run, int64_t meter, int64_t other,
		     const char *sent, const struct iec62056_unit **ret_unit)
{
	const struct sql_value meters[] = { SQL_NUMBER(meter), SQL_NUMBER(other) };
	char unit[LABEL_READING_MAX];
	int64_t count = 0;
	bool is_found = false;
	int rc = small_sql_find(run->db, "SELECT count(*) FROM (" COUNTERS ")", meters, 2,
				&is_found, &count);
	if (rc == SQLITE_OK)
		rc = small_sql_text(run->db,
				    "SELECT group_concat(unit, ', ') FROM (" COUNTERS ")",
				    meters, 2, unit, sizeof unit);
	if (rc != SQLITE_OK)
		return rc;
	if (sent[0] == '\0' && count != 1)
		return label_complain(run,
				      "say the unit of the reading (\"123.4 m3\"): the "
				      "meter counts %.60s",
				      count == 0 ? "in units not known yet" : unit);
	*ret_unit = iec62056_unit_find(span_text(sent[0] == '\0' ? unit : sent));
	if (*ret_unit == NULL)
		return label_complain(run,
				      "%.20s is no unit of a reading; try m3, kWh, "
				      "MWh or GJ",
				      sent);
	const struct sql_value both[] = { meters[0], meters[1],
					  SQL_TEXT((*ret_unit)->unit) };
	rc = small_sql_find(run->db, "SELECT 1 FROM (" COUNTERS ") WHERE unit = ?3", both,
			    3, &is_found, &(int64_t){ 0 });
	if (rc == SQLITE_OK && count > 0 && !is_found)
		return label_complain(run, "the meter counts in %.60s, not in %.20s",
				      unit, sent);
	return rc;
}

int label_reading(struct label_run *run, int64_t meter, int64_t other, const char *text,
		  char buffer[LABEL_READING_MAX], const char **ret_reading)
{
	char digits[LABEL_READING_MAX], number[DECIMAL_TEXT_MAX];
	const struct iec62056_unit *unit = NULL;
	int exponent = 0;
	buffer[0] = '\0';
	*ret_reading = text != NULL ? buffer : NULL;
	if (text == NULL || text[0] == '\0')
		return SQLITE_OK;
	const char *sent = take_number(text, digits, &exponent);
	if (sent == NULL || (*sent != ' ' && *sent != '\0'))
		return label_complain(run,
				      "%.40s is no reading; write \"123.456 m3\" with a "
				      "point, or the number alone",
				      text);
	int rc = find_unit(run, meter, other, sent + strspn(sent, " "), &unit);
	if (rc != SQLITE_OK || run->is_wrong)
		return rc;
	decimal_write_digits(digits, exponent + unit->exponent, unit->factor, number);
	snprintf(buffer, LABEL_READING_MAX, "%.60s %.20s", number, unit->unit);
	return SQLITE_OK;
}

/* ---- stays ---- */

/* The stay that a moment falls into. */
struct found_stay {
	bool is_found, is_open;
	int64_t place, from_at, to_at;
};

static int find_stay(struct label_run *run, int64_t meter, int64_t at,
		     struct found_stay *ret_stay)
{
	sqlite3_stmt *row = NULL;
	*ret_stay = (struct found_stay){ 0 };
	const struct sql_value values[] = { SQL_NUMBER(meter), SQL_NUMBER(at) };
	int rc = small_sql_prepare(run->db,
				   "SELECT place, from_at, to_at FROM meter_place"
				   " WHERE meter = ?1 AND from_at <= ?2"
				   " ORDER BY from_at DESC LIMIT 1",
				   values, 2, &row);
	if (rc != SQLITE_OK)
		return rc;
	if (sqlite3_step(row) == SQLITE_ROW) {
		ret_stay->place = sqlite3_column_int64(row, 0);
		ret_stay->from_at = sqlite3_column_int64(row, 1);
		ret_stay->is_open = sqlite3_column_type(row, 2) == SQLITE_NULL;
		ret_stay->to_at = sqlite3_column_int64(row, 2);
		ret_stay->is_found = ret_stay->is_open || ret_stay->to_at > at ||
				     ret_stay->from_at == at;
	}
	return sqlite3_finalize(row);
}

/* A moment not given: that of the place it has, else now; the first is for ever. */
static int find_beginning(struct label_run *run, struct label_stay *stay)
{
	int64_t count = 0;
	bool is_found = false;
	struct found_stay last;
	const int64_t now = run->options.now_ms / 1000;
	int rc = small_sql_find(run->db,
				"SELECT count(*) FROM meter_place WHERE meter = ?1",
				(const struct sql_value[]){ SQL_NUMBER(stay->meter) }, 1,
				&is_found, &count);
	if (rc == SQLITE_OK)
		rc = find_stay(run, stay->meter, now, &last);
	if (rc != SQLITE_OK)
		return rc;
	if (last.is_found && last.place == stay->place)
		stay->from_at = last.from_at;
	else
		stay->from_at = count == 0 ? 0 : now;
	return SQLITE_OK;
}

/* Columns as they are stay so unless something was said: what is so is not written. */
static int write_stay(struct label_run *run, const struct label_stay *stay)
{
	const struct sql_value values[] = {
		SQL_NUMBER(stay->meter),
		SQL_NUMBER(stay->from_at),
		SQL_NUMBER(stay->place),
		stay->has_to ? SQL_NUMBER(stay->to_at) : SQL_NULL,
		SQL_TEXT(stay->start_reading),
		SQL_TEXT(stay->end_reading),
	};
	return small_sql_run(
		run->db,
		"INSERT INTO meter_place (meter, from_at, place, to_at, start_reading,"
		" end_reading) VALUES (?1, ?2, ?3, ?4, nullif(?5, ''), nullif(?6, ''))"
		" ON CONFLICT (meter, from_at) DO UPDATE SET place = ?3,"
		" to_at = coalesce(?4, to_at),"
		" start_reading = CASE WHEN ?5 IS NULL THEN start_reading"
		" ELSE nullif(?5, '') END,"
		" end_reading = CASE WHEN ?6 IS NULL THEN end_reading"
		" ELSE nullif(?6, '') END"
		" WHERE place <> ?3 OR to_at IS NOT coalesce(?4, to_at)"
		" OR (?5 IS NOT NULL AND start_reading IS NOT nullif(?5, ''))"
		" OR (?6 IS NOT NULL AND end_reading IS NOT nullif(?6, ''))",
		values, 6);
}

static int end_stay(struct label_run *run, int64_t meter, int64_t from_at, int64_t to_at,
		    const char *end_reading)
{
	const struct sql_value values[] = { SQL_NUMBER(meter), SQL_NUMBER(from_at),
					    SQL_NUMBER(to_at), SQL_TEXT(end_reading) };
	return small_sql_run(run->db,
			     "UPDATE meter_place SET to_at = ?3, end_reading ="
			     " CASE WHEN ?4 IS NULL THEN end_reading"
			     " ELSE nullif(?4, '') END WHERE meter = ?1 AND from_at = ?2"
			     " AND (to_at IS NOT ?3 OR (?4 IS NOT NULL"
			     " AND end_reading IS NOT nullif(?4, '')))",
			     values, 4);
}

static int check_overlap(struct label_run *run, const struct label_stay *stay)
{
	char text[TIME_TEXT_SIZE];
	bool is_found = false;
	int64_t next = 0;
	const struct sql_value values[] = { SQL_NUMBER(stay->meter) };
	int rc = small_sql_find(
		run->db,
		"SELECT b.from_at FROM meter_place a JOIN meter_place b ON b.meter ="
		" a.meter AND b.from_at > a.from_at AND b.from_at <"
		" coalesce(a.to_at, b.from_at + 1) WHERE a.meter = ?1 LIMIT 1",
		values, 1, &is_found, &next);
	if (rc == SQLITE_OK && is_found)
		return label_complain(
			run,
			"the meter has a place from %s on already: say from "
			"when to when it was here (from, to)",
			time_text(next, text));
	return rc;
}

int label_stay(struct label_run *run, const struct label_stay *given)
{
	struct label_stay stay = *given;
	struct found_stay before;
	int rc = SQLITE_OK;
	if (!stay.has_from)
		rc = find_beginning(run, &stay);
	if (rc == SQLITE_OK && stay.has_to && stay.to_at <= stay.from_at)
		return label_complain(run, "it ends before it begins (from, to)");
	if (rc == SQLITE_OK)
		rc = find_stay(run, stay.meter, stay.from_at, &before);
	if (rc == SQLITE_OK && before.is_found && before.from_at < stay.from_at)
		rc = end_stay(run, stay.meter, before.from_at, stay.from_at, NULL);
	if (rc == SQLITE_OK)
		rc = write_stay(run, &stay);
	return rc == SQLITE_OK ? check_overlap(run, &stay) : rc;
}

/* ---- exchange ---- */

/* The stay of the old meter that ends: also one that has ended at this very moment. */
static int find_old_stay(struct label_run *run, const struct label_change *change,
			 int64_t meter, struct found_stay *ret_stay)
{
	char text[TIME_TEXT_SIZE];
	int rc = find_stay(run, meter, change->from_at - 1, ret_stay);
	if (rc != SQLITE_OK)
		return rc;
	if (!ret_stay->is_found)
		return label_complain(
			run,
			"meter %.40s has no place at %s: say first where it "
			"was, readout label meter %.40s --place ...",
			change->id, time_text(change->from_at, text), change->id);
	if (!ret_stay->is_open && ret_stay->to_at != change->from_at)
		return label_complain(run,
				      "meter %.40s was taken away at %s: an exchange at "
				      "another time needs --at of that time",
				      change->id, time_text(ret_stay->to_at, text));
	return SQLITE_OK;
}

/* An exchange, step by step. */
struct exchange {
	int64_t old_meter, new_meter;
	struct found_stay old;
	const char *end_reading, *start_reading;
	char end[LABEL_READING_MAX], start[LABEL_READING_MAX];
};

static int find_old_meter(struct label_run *run, struct exchange *exchange)
{
	return label_find_meter(run, run->change->id, &exchange->old_meter);
}

static int find_new_meter(struct label_run *run, struct exchange *exchange)
{
	int rc = label_find_meter(run, run->change->other, &exchange->new_meter);
	if (rc == SQLITE_OK && exchange->old_meter == exchange->new_meter)
		return label_complain(run, "the old meter and the new one are the same");
	return rc;
}

static int read_readings(struct label_run *run, struct exchange *exchange)
{
	int rc = label_reading(run, exchange->old_meter, 0, run->change->end_reading,
			       exchange->end, &exchange->end_reading);
	return rc != SQLITE_OK || run->is_wrong
		       ? rc
		       : label_reading(run, exchange->new_meter, exchange->old_meter,
				       run->change->start_reading, exchange->start,
				       &exchange->start_reading);
}

static int end_old_stay(struct label_run *run, struct exchange *exchange)
{
	int rc = find_old_stay(run, run->change, exchange->old_meter, &exchange->old);
	return rc != SQLITE_OK || run->is_wrong
		       ? rc
		       : end_stay(run, exchange->old_meter, exchange->old.from_at,
				  run->change->from_at, exchange->end_reading);
}

static int begin_new_stay(struct label_run *run, struct exchange *exchange)
{
	const struct label_stay stay = {
		.meter = exchange->new_meter,
		.place = exchange->old.place,
		.has_from = true,
		.from_at = run->change->from_at,
		.start_reading = exchange->start_reading,
	};
	return label_stay(run, &stay);
}

/* What a meter is called is often what it is there for, and that goes on. */
static int inherit_name(struct label_run *run, struct exchange *exchange)
{
	const struct sql_value values[] = { SQL_NUMBER(exchange->old_meter),
					    SQL_NUMBER(exchange->new_meter) };
	return small_sql_run(run->db,
			     "UPDATE meter SET name = (SELECT name FROM meter WHERE id = "
			     "?1) WHERE id = ?2 AND name IS NULL AND (SELECT name FROM "
			     "meter WHERE id = ?1) IS NOT NULL",
			     values, 2);
}

int label_exchange(struct label_run *run, const struct label_change *change)
{
	static int (*const steps[])(struct label_run *, struct exchange *) = {
		find_old_meter, find_new_meter, read_readings,
		end_old_stay,   begin_new_stay, inherit_name,
	};
	struct exchange exchange = { 0 };
	int rc = SQLITE_OK;
	(void)change; /* it is run->change */
	for (size_t i = 0;
	     rc == SQLITE_OK && !run->is_wrong && i < sizeof steps / sizeof steps[0]; i++)
		rc = steps[i](run, &exchange);
	return rc;
}
