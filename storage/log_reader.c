/* SPDX-License-Identifier: MIT */
#include "storage/log_reader.h"

#include <stdio.h>
#include <stdlib.h>

#include "storage/database.h"
#include "storage/json_array.h"
#include "storage/layout.h"
#include "storage/log_layout.h"

#define LOG_ROWS                                                                         \
	"SELECT terminal.identity, terminal.name, meter.address, meter.name,"            \
	" (SELECT place.path FROM meter_place JOIN place ON place.id = "                 \
	"meter_place.place"                                                              \
	"  WHERE meter_place.meter = o.meter AND from_at <= coalesce(t.read_at, "        \
	"t.stamp)"                                                                       \
	"  AND (to_at IS NULL OR coalesce(t.read_at, t.stamp) < to_at)"                  \
	"  ORDER BY from_at DESC LIMIT 1),"                                              \
	" meter.medium_name, kind.text, quality.text, status.text,"                      \
	" t.id, t.revision, t.stamp, t.sequence, o.error_code, t.received_at,"           \
	" coalesce(t.read_at, t.stamp), o.layout, t.vals, t.remarks, t.raw"              \
	" FROM telegram t JOIN origin o ON o.id = t.origin"                              \
	" JOIN terminal ON terminal.id = t.terminal"                                     \
	" LEFT JOIN meter ON meter.id = o.meter"                                         \
	" LEFT JOIN word kind ON kind.id = o.kind"                                       \
	" LEFT JOIN word quality ON quality.id = o.time_quality"                         \
	" LEFT JOIN word status ON status.id = o.decode_status"

#define LOG_RANGE " WHERE t.id > ?1 AND t.id <= ?2"
#define LOG_ORDER " ORDER BY t.id LIMIT ?3"

static const char log_sql[] = LOG_ROWS LOG_RANGE LOG_ORDER;

static const char dead_sql[] = LOG_ROWS LOG_RANGE
	" AND t.id IN (SELECT telegram FROM dead_letter WHERE exporter = ?4)" LOG_ORDER;

/* Columns of LOG_ROWS; the texts come first. */
enum {
	COLUMN_TERMINAL,
	COLUMN_TERMINAL_NAME,
	COLUMN_METER,
	COLUMN_METER_NAME,
	COLUMN_PLACE,
	COLUMN_MEDIUM,
	COLUMN_KIND,
	COLUMN_TIME_QUALITY,
	COLUMN_DECODE_STATUS,
	COLUMN_ID,
	COLUMN_REVISION,
	COLUMN_STAMP,
	COLUMN_SEQUENCE,
	COLUMN_ERROR_CODE,
	COLUMN_RECEIVED_AT,
	COLUMN_READ_AT,
	COLUMN_LAYOUT,
	COLUMN_VALS,
	COLUMN_REMARKS,
	COLUMN_RAW,
	COLUMN_TEXTS = COLUMN_ID,
};

struct log_reader {
	sqlite3 *db;
	sqlite3_stmt *query; /* the one that is stepped through */
	sqlite3_stmt *all, *dead;
	const struct log_filter *filter; /* of the query under way */
	struct log_layouts layouts;
	struct text_arena arena;
	struct log_telegram *telegrams;
	uint32_t room;
	char error[LOG_READER_ERROR_MAX];
};

_Static_assert((int)LOG_READER_ERROR_MAX == (int)STORE_ERROR_MAX,
	       "database.h writes its messages into a reader's buffer");

static bool prepare(struct log_reader *reader, const char *sql,
		    sqlite3_stmt **ret_statement)
{
	return sqlite3_prepare_v3(reader->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
				  ret_statement, NULL) == SQLITE_OK;
}

struct log_reader *log_reader_open(const char *path, char error[LOG_READER_ERROR_MAX])
{
	struct log_reader *reader = calloc(1, sizeof *reader);
	if (reader == NULL) {
		snprintf(error, LOG_READER_ERROR_MAX, "out of memory opening %s", path);
		return NULL;
	}
	reader->db = database_open_reader(path, error);
	if (reader->db == NULL)
		goto out;
	if (prepare(reader, log_sql, &reader->all) &&
	    prepare(reader, dead_sql, &reader->dead) &&
	    log_layouts_open(&reader->layouts, reader->db) == SQLITE_OK)
		return reader;
	snprintf(error, LOG_READER_ERROR_MAX, "cannot read the log of %s: %s", path,
		 sqlite3_errmsg(reader->db));
out:
	log_reader_close(reader);
	return NULL;
}

void log_reader_close(struct log_reader *reader)
{
	if (reader == NULL)
		return;
	log_layouts_close(&reader->layouts);
	sqlite3_finalize(reader->all);
	sqlite3_finalize(reader->dead);
	sqlite3_close(reader->db);
	text_arena_free(&reader->arena);
	free(reader->telegrams);
	free(reader);
}

static struct span column_span(sqlite3_stmt *row, int column)
{
	const void *data = sqlite3_column_blob(row, column);
	return span_of(data, (size_t)sqlite3_column_bytes(row, column));
}

/* The elements of a JSON array by position; what is missing is null. */
static void split(struct span text, struct json_element ret_elements[], uint32_t count)
{
	struct json_array array = json_array_open(text);
	for (uint32_t i = 0; i < count; i++)
		if (!json_array_next(&array, &ret_elements[i]))
			ret_elements[i] = (struct json_element){ JSON_NULL, { 0 } };
}

/* Text of an element as SQL's ->> gives it: a string's characters, a number as it is. */
static const char *element_text(struct text_arena *arena,
				const struct json_element *element)
{
	if (element->kind == JSON_NULL)
		return "";
	if (element->kind == JSON_NUMBER)
		return text_arena_copy(arena, element->text);
	char *text = text_arena_take(arena, element->text.size + 1);
	if (text != NULL)
		json_unescape(element->text, text);
	return text;
}

static const char *value_text(struct text_arena *arena,
			      const struct json_element *element,
			      const struct reading_scale *scale)
{
	char text[DECIMAL_TEXT_MAX];
	if (element->kind != JSON_NUMBER)
		return element_text(arena, element);
	size_t size = reading_text_write(element->text, scale, text);
	return text_arena_copy(arena, span_of(text, size));
}

static bool read_reading(struct text_arena *arena, const struct log_register *reg,
			 const struct json_element *vals,
			 const struct json_element *remark,
			 const struct json_element *value,
			 struct log_reading *ret_reading)
{
	static const struct json_element nothing = { JSON_NULL, { NULL, 0 } };
	const struct json_element *date =
		reg->valid_at < 0 ? &nothing : &vals[reg->valid_at];
	struct log_reading reading = reg->reading;
	reading.is_number = value->kind == JSON_NUMBER;
	reading.value_text = value_text(arena, value, &reg->scale);
	reading.no_value_reason =
		element_text(arena, value->kind == JSON_NULL ? remark : &nothing);
	reading.has_valid_at = date->kind != JSON_NULL;
	reading.valid_at = element_text(arena, date);
	*ret_reading = reading;
	return reading.value_text != NULL && reading.no_value_reason != NULL &&
	       reading.valid_at != NULL;
}

static bool wants_reading(const struct log_filter *filter,
			  const struct log_reading *reading)
{
	return filter == NULL ||
	       log_filter_has(&filter->quantities, reading->quantity, NULL);
}

static int read_readings(struct log_reader *reader, sqlite3_stmt *row,
			 struct log_telegram *telegram)
{
	struct json_element vals[LAYOUT_REGISTERS_MAX], remarks[LAYOUT_REGISTERS_MAX];
	const struct log_layout *layout = NULL;
	int rc = log_layouts_get(&reader->layouts,
				 sqlite3_column_int64(row, COLUMN_LAYOUT), &layout);
	if (rc != SQLITE_OK)
		return rc;
	struct log_reading *readings = text_arena_take(
		&reader->arena, layout->register_count * sizeof *readings);
	if (readings == NULL)
		return SQLITE_NOMEM;
	split(column_span(row, COLUMN_VALS), vals, layout->register_count);
	split(column_span(row, COLUMN_REMARKS), remarks, layout->register_count);
	telegram->readings = readings;
	for (uint32_t i = 0; i < layout->register_count; i++) {
		if (!wants_reading(reader->filter, &layout->registers[i].reading))
			continue;
		if (!read_reading(&reader->arena, &layout->registers[i], vals,
				  &remarks[i], &vals[i],
				  &readings[telegram->reading_count++]))
			return SQLITE_NOMEM;
	}
	return SQLITE_OK;
}

static bool read_texts(struct text_arena *arena, sqlite3_stmt *row,
		       struct log_telegram *telegram)
{
	const char **const texts[COLUMN_TEXTS] = {
		[COLUMN_TERMINAL] = &telegram->terminal,
		[COLUMN_TERMINAL_NAME] = &telegram->terminal_name,
		[COLUMN_METER] = &telegram->meter,
		[COLUMN_METER_NAME] = &telegram->meter_name,
		[COLUMN_PLACE] = &telegram->place,
		[COLUMN_MEDIUM] = &telegram->medium,
		[COLUMN_KIND] = &telegram->kind,
		[COLUMN_TIME_QUALITY] = &telegram->time_quality,
		[COLUMN_DECODE_STATUS] = &telegram->decode_status,
	};
	for (int i = 0; i < COLUMN_TEXTS; i++) {
		*texts[i] = text_arena_column(arena, row, i);
		if (*texts[i] == NULL)
			return false;
	}
	return true;
}

static int read_telegram(struct log_reader *reader, struct log_telegram *telegram)
{
	sqlite3_stmt *row = reader->query;
	struct span raw = column_span(row, COLUMN_RAW);
	*telegram = (struct log_telegram){
		.id = sqlite3_column_int64(row, COLUMN_ID),
		.revision = sqlite3_column_int64(row, COLUMN_REVISION),
		.stamp = sqlite3_column_int64(row, COLUMN_STAMP),
		.sequence = sqlite3_column_int64(row, COLUMN_SEQUENCE),
		.error_code = sqlite3_column_int64(row, COLUMN_ERROR_CODE),
		.received_at_ms = sqlite3_column_int64(row, COLUMN_RECEIVED_AT),
		.read_at = sqlite3_column_int64(row, COLUMN_READ_AT),
		.raw_is_text = sqlite3_column_type(row, COLUMN_RAW) == SQLITE_TEXT,
	};
	const char *copy = text_arena_copy(&reader->arena, raw);
	if (copy == NULL || !read_texts(&reader->arena, row, telegram))
		return SQLITE_NOMEM;
	telegram->raw = span_of(copy, raw.size);
	if (sqlite3_column_int64(row, COLUMN_LAYOUT) == 0)
		return SQLITE_OK;
	return read_readings(reader, row, telegram);
}

static int fail(struct log_reader *reader, int rc)
{
	snprintf(reader->error, sizeof reader->error,
		 "cannot read the log: %s (SQLite error %d)", sqlite3_errstr(rc), rc);
	return -1;
}

static bool make_room(struct log_reader *reader, uint32_t limit)
{
	if (limit <= reader->room)
		return true;
	struct log_telegram *telegrams =
		realloc(reader->telegrams, limit * sizeof *telegrams);
	if (telegrams == NULL)
		return false;
	reader->telegrams = telegrams;
	reader->room = limit;
	return true;
}

static bool has_column(const struct log_filter_list *list, sqlite3_stmt *row, int column,
		       int other)
{
	return list->count == 0 ||
	       log_filter_has(list, (const char *)sqlite3_column_text(row, column),
			      (const char *)sqlite3_column_text(row, other));
}

/* By what the row says at first sight, before its values are taken apart. */
static bool wants_row(const struct log_filter *filter, sqlite3_stmt *row)
{
	return filter == NULL ||
	       (has_column(&filter->terminals, row, COLUMN_TERMINAL,
			   COLUMN_TERMINAL_NAME) &&
		has_column(&filter->meters, row, COLUMN_METER, COLUMN_METER_NAME) &&
		has_column(&filter->media, row, COLUMN_MEDIUM, COLUMN_MEDIUM) &&
		has_column(&filter->places, row, COLUMN_PLACE, COLUMN_PLACE));
}

/* Takes the row in, if it is wanted. An SQLite error code. */
static int take_row(struct log_reader *reader, struct log_found *found)
{
	const struct log_filter *filter = reader->filter;
	struct log_telegram *telegram = &reader->telegrams[found->count];
	found->last = sqlite3_column_int64(reader->query, COLUMN_ID);
	if (!wants_row(filter, reader->query))
		return SQLITE_OK;
	int rc = read_telegram(reader, telegram);
	bool is_empty = filter != NULL && filter->quantities.count > 0 &&
			telegram->reading_count == 0;
	if (rc == SQLITE_OK && !is_empty)
		found->count++;
	return rc;
}

static uint64_t row_bytes(sqlite3_stmt *row)
{
	return (uint64_t)(sqlite3_column_bytes(row, COLUMN_RAW) +
			  sqlite3_column_bytes(row, COLUMN_VALS) +
			  sqlite3_column_bytes(row, COLUMN_REMARKS));
}

static void bind(struct log_reader *reader, const struct log_query *query,
		 uint32_t scan_limit)
{
	reader->filter = query->filter;
	reader->query = query->dead_of != NULL ? reader->dead : reader->all;
	sqlite3_bind_int64(reader->query, 1, query->after);
	sqlite3_bind_int64(reader->query, 2, query->until < 0 ? INT64_MAX : query->until);
	sqlite3_bind_int64(reader->query, 3, scan_limit);
	if (query->dead_of != NULL)
		sqlite3_bind_text(reader->query, 4, query->dead_of, -1, SQLITE_STATIC);
}

/* Steps through the rows until a limit is reached. An SQLite error code. */
static int take_rows(struct log_reader *reader, const struct log_query *query,
		     uint32_t scan_limit, struct log_found *found)
{
	int rc = SQLITE_OK;
	uint32_t scanned = 0;
	while (rc == SQLITE_OK && !found->is_full &&
	       sqlite3_step(reader->query) == SQLITE_ROW) {
		uint32_t before = found->count;
		rc = take_row(reader, found);
		found->bytes += found->count > before ? row_bytes(reader->query) : 0;
		found->is_full =
			++scanned == scan_limit || found->count == query->limit ||
			(query->byte_limit > 0 && found->bytes >= query->byte_limit);
	}
	int reset = sqlite3_reset(reader->query);
	return rc == SQLITE_OK ? reset : rc;
}

bool log_reader_find(struct log_reader *reader, const struct log_query *query,
		     struct log_found *ret_found)
{
	uint32_t scan_limit = query->filter != NULL && query->scan_limit > query->limit
				      ? query->scan_limit
				      : query->limit;
	struct log_found found = { .last = query->after };

	text_arena_reset(&reader->arena);
	log_layouts_trim(&reader->layouts);
	if (!make_room(reader, query->limit)) {
		fail(reader, SQLITE_NOMEM);
		return false;
	}
	bind(reader, query, scan_limit);
	int rc = take_rows(reader, query, scan_limit, &found);
	found.telegrams = reader->telegrams;
	if (rc != SQLITE_OK)
		fail(reader, rc);
	else
		*ret_found = found;
	return rc == SQLITE_OK;
}

int log_reader_next(struct log_reader *reader, int64_t after, int64_t until,
		    uint32_t limit, const struct log_telegram **ret_telegrams)
{
	struct log_query query = { .after = after, .until = until, .limit = limit };
	struct log_found found;
	if (!log_reader_find(reader, &query, &found))
		return -1;
	*ret_telegrams = found.telegrams;
	return (int)found.count;
}

int64_t log_reader_last(struct log_reader *reader)
{
	int64_t last = 0;
	int rc = database_query_int64(reader->db,
				      "SELECT coalesce(max(id), 0) FROM telegram", &last);
	return rc == SQLITE_OK ? last : fail(reader, rc);
}

const char *log_reader_error(const struct log_reader *reader)
{
	return reader->error;
}
