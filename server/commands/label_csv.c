/* SPDX-License-Identifier: MIT */
#include "server/commands/label_csv.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "config/suggestion.h"
#include "server/chores/label_change_json.h"
#include "server/clock.h"
#include "server/commands/csv_record.h"
#include "server/commands/query_time.h"
#include "server/commands/row_text.h"

enum column {
	COLUMN_KIND,
	COLUMN_ID,
	COLUMN_NAME,
	COLUMN_PLACE,
	COLUMN_PLACE_KIND,
	COLUMN_FROM,
	COLUMN_TO,
	COLUMN_START_READING,
	COLUMN_END_READING,
	COLUMN_COUNT
};

static const char *const columns[COLUMN_COUNT] = {
	"kind", "id", "name",          "place",       "place_kind",
	"from", "to", "start_reading", "end_reading",
};

struct label_csv {
	const char *file;
	struct csv_record record;
	enum column order[COLUMN_COUNT]; /* of the fields in this file */
	size_t column_count;
	struct label_change *changes;
	uint32_t count, room;
	uint32_t complaints;
};

static void complain(struct label_csv *csv, const char *text, const char *what)
{
	csv->complaints++;
	(void)fprintf(stderr, "%s:%zu: %s%s\n", csv->file, csv->record.line, text, what);
}

/* ---- the line of names ---- */

static bool find_column(const char *name, enum column *ret_column)
{
	for (int i = 0; i < COLUMN_COUNT; i++) {
		if (strcmp(columns[i], name) == 0) {
			*ret_column = (enum column)i;
			return true;
		}
	}
	return false;
}

static void complain_column(struct label_csv *csv, const char *name)
{
	const char *meant = suggestion_find(name, columns, COLUMN_COUNT);
	char text[200];

	if (meant != NULL)
		(void)snprintf(text, sizeof(text),
			       "there is no column %.60s; did you mean ", name);
	else
		(void)snprintf(
			text, sizeof(text),
			"there is no column %.60s; there are kind, id, name, place, "
			"place_kind, from, to, start_reading, end_reading",
			name);
	complain(csv, text, meant != NULL ? meant : "");
}

static void take_names(struct label_csv *csv)
{
	bool is_there[COLUMN_COUNT] = { false };

	for (size_t i = 0; i < csv->record.count && csv->complaints == 0; i++) {
		enum column column;
		if (!find_column(csv->record.fields[i], &column)) {
			complain_column(csv, csv->record.fields[i]);
		} else if (is_there[column]) {
			complain(csv, "this column is there twice: ", columns[column]);
		} else {
			is_there[column] = true;
			csv->order[csv->column_count++] = column;
		}
	}
	if (csv->complaints == 0 && (!is_there[COLUMN_KIND] || !is_there[COLUMN_ID]))
		complain(csv,
			 "the first line names the columns, and kind and id are "
			 "needed, as in ",
			 "kind,id,name,place");
}

/* ---- the other lines ---- */

/* "-" takes away, nothing leaves as it is. */
static const char *text_of(const char *field)
{
	if (field == NULL || field[0] == '\0')
		return NULL;
	return strcmp(field, "-") == 0 ? "" : field;
}

static void take_time(struct label_csv *csv, const char *field, bool *ret_has,
		      int64_t *ret_at)
{
	int64_t ms;

	if (field == NULL || field[0] == '\0')
		return;
	if (!query_time_parse(field, clock_wall_ms(), &ms)) {
		complain(csv, "this is no time: ", field);
		return;
	}
	*ret_has = true;
	*ret_at = ms / 1000;
}

static void take_change(struct label_csv *csv, struct label_change *change)
{
	const char *fields[COLUMN_COUNT] = { NULL };

	for (size_t i = 0; i < csv->record.count; i++)
		fields[csv->order[i]] = csv->record.fields[i];
	*change = (struct label_change){
		.line = (uint32_t)csv->record.line,
		.id = text_of(fields[COLUMN_ID]),
		.name = text_of(fields[COLUMN_NAME]),
		.place = text_of(fields[COLUMN_PLACE]),
		.place_kind = text_of(fields[COLUMN_PLACE_KIND]),
		.start_reading = text_of(fields[COLUMN_START_READING]),
		.end_reading = text_of(fields[COLUMN_END_READING]),
	};
	take_time(csv, fields[COLUMN_FROM], &change->has_from, &change->from_at);
	take_time(csv, fields[COLUMN_TO], &change->has_to, &change->to_at);
	if (!label_kind_find(fields[COLUMN_KIND], &change->kind) ||
	    change->kind > LABEL_METER)
		complain(csv, "kind is place, terminal or meter, not ",
			 fields[COLUMN_KIND] != NULL ? fields[COLUMN_KIND] : "nothing");
	else if (change->id == NULL || change->id[0] == '\0')
		complain(csv, "id is needed: which one is it?", "");
}

static bool make_room(struct label_csv *csv)
{
	if (csv->count < csv->room)
		return true;
	uint32_t room = csv->room * 2 + 64;
	struct label_change *grown = realloc(csv->changes, room * sizeof(*grown));
	if (grown == NULL)
		return false;
	csv->changes = grown;
	csv->room = room;
	return true;
}

static bool is_blank(const struct csv_record *record)
{
	return record->count == 1 && record->fields[0][0] == '\0';
}

static void take_lines(struct label_csv *csv)
{
	while (csv_record_next(&csv->record)) {
		if (is_blank(&csv->record))
			continue;
		if (csv->count >= LABEL_CHANGES_MAX || !make_room(csv)) {
			complain(csv, "too many lines; split the file", "");
			return;
		}
		if (csv->record.count != csv->column_count)
			complain(csv, "this line has more or fewer fields than the first",
				 "");
		else
			take_change(csv, &csv->changes[csv->count++]);
	}
}

struct label_csv *label_csv_read(FILE *file, const char *name)
{
	struct label_csv *csv = calloc(1, sizeof(*csv));

	if (csv == NULL)
		return NULL;
	csv->file = name;
	if (!csv_record_open(&csv->record, file))
		complain(csv, "cannot be read, or is longer than 1 MiB: split it", "");
	else if (!csv_record_next(&csv->record))
		complain(csv, "the file is empty", "");
	else
		take_names(csv);
	if (csv->complaints == 0)
		take_lines(csv);
	if (csv->record.complaint != NULL)
		complain(csv, csv->record.complaint, "");
	if (csv->complaints == 0)
		return csv;
	label_csv_free(csv);
	return NULL;
}

void label_csv_free(struct label_csv *csv)
{
	if (csv == NULL)
		return;
	csv_record_close(&csv->record);
	free(csv->changes);
	free(csv);
}

const struct label_change *label_csv_changes(const struct label_csv *csv,
					     uint32_t *ret_count)
{
	*ret_count = csv->count;
	return csv->changes;
}

/* ---- writing ---- */

static void put(FILE *out, const char *text, bool is_last)
{
	const struct query_cell cell = { .type = QUERY_TEXT,
					 .bytes = span_text(text != NULL ? text : "") };
	row_text_csv(out, &cell);
	(void)fputs(is_last ? "\r\n" : ",", out);
}

static void put_time(FILE *out, bool has_time, int64_t at)
{
	char text[CLOCK_TEXT_SIZE] = "";
	time_t seconds = (time_t)at;
	struct tm date;

	if (has_time && gmtime_r(&seconds, &date) != NULL)
		(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &date);
	put(out, text, false);
}

void label_csv_write_names(FILE *out)
{
	for (int i = 0; i < COLUMN_COUNT; i++)
		put(out, columns[i], i + 1 == COLUMN_COUNT);
}

void label_csv_write(FILE *out, const struct label_change *change)
{
	put(out, label_kind_text(change->kind), false);
	put(out, change->id, false);
	put(out, change->name, false);
	put(out, change->place, false);
	put(out, change->place_kind, false);
	put_time(out, change->has_from, change->from_at);
	put_time(out, change->has_to, change->to_at);
	put(out, change->start_reading, false);
	put(out, change->end_reading, true);
}
