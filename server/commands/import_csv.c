/* SPDX-License-Identifier: MIT */
#include "server/commands/import_csv.h"

#include <strings.h>

#include "protocol/at/at_text.h"
#include "server/commands/query_time.h"

/* What a number is from which on it counts milliseconds: seconds in the year 5138. */
static const int64_t MILLISECONDS_FROM = INT64_C(100000000000);

static const char *const hex_names[] = { "hex",     "telegram", "raw", "data",
					 "payload", "frame",    NULL };
static const char *const time_names[] = { "time",  "timestamp", "read_at", "date",
					  "stamp", "datetime",  NULL };
static const char *const terminal_names[] = { "terminal", "serial", "gateway", "device",
					      NULL };

static char separator_of(struct span line)
{
	static const char separators[] = ";\t,";
	for (const char *separator = separators; *separator != '\0'; separator++)
		if (memchr(line.data, *separator, line.size) != NULL)
			return *separator;
	return ',';
}

/* Takes the field at *at to its end: writes its text over itself, and a NUL behind. */
static char *cut_field(char **at, char separator)
{
	char *field = *at, *to = *at, *from = *at;
	bool is_quoted = *from == '"';

	if (is_quoted)
		from++;
	while (*from != '\0' && (is_quoted || *from != separator)) {
		if (is_quoted && *from == '"' && *++from != '"') {
			is_quoted = false;
			continue;
		}
		*to++ = *from++;
	}
	*at = *from == '\0' ? NULL : from + 1;
	*to = '\0';
	return field;
}

static bool cut(struct import_csv *csv, struct span line)
{
	char *at = csv->row;
	if (line.size >= sizeof csv->row)
		return false;
	memcpy(csv->row, line.data, line.size);
	csv->row[line.size] = '\0';
	csv->field_count = 0;
	while (at != NULL && csv->field_count < IMPORT_CSV_COLUMNS_MAX)
		csv->fields[csv->field_count++] = cut_field(&at, csv->separator);
	return at == NULL;
}

static int find_one(const struct import_csv *csv, const char *name)
{
	for (int i = 0; i < csv->field_count; i++)
		if (strcasecmp(csv->fields[i], name) == 0)
			return i;
	return -1;
}

static int find_column(const struct import_csv *csv, const char *wanted,
		       const char *const *names)
{
	int column = wanted != NULL ? find_one(csv, wanted) : -1;
	for (; wanted == NULL && column < 0 && *names != NULL; names++)
		column = find_one(csv, *names);
	return column;
}

bool import_csv_header(struct import_csv *csv, struct span line,
		       const struct import_options *options,
		       char error[IMPORT_CSV_ERROR_MAX])
{
	csv->separator = separator_of(line);
	bool is_cut = cut(csv, line);
	csv->hex = find_column(csv, options->hex_column, hex_names);
	csv->time = find_column(csv, options->time_column, time_names);
	csv->terminal = find_column(csv, options->terminal_column, terminal_names);
	const char *missing = !is_cut || csv->hex < 0 ? "--hex-column"
			      : options->time_column != NULL && csv->time < 0
				      ? "--time-column"
			      : options->terminal_column != NULL && csv->terminal < 0
				      ? "--terminal-column"
				      : NULL;
	csv->has_hex = missing == NULL;
	if (missing != NULL)
		(void)snprintf(
			error, IMPORT_CSV_ERROR_MAX,
			"this is read as the header of a CSV file, and a column is "
			"missing in it; name it with %s",
			missing);
	return csv->has_hex;
}

static bool read_time(const char *text, int64_t now_ms, int64_t *ret_s)
{
	int64_t number, time_ms;
	if (at_text_integer(span_text(text), &number) && number >= 0) {
		*ret_s = number >= MILLISECONDS_FROM ? number / 1000 : number;
		return true;
	}
	if (!query_time_parse(text, now_ms, &time_ms))
		return false;
	*ret_s = time_ms / 1000;
	return true;
}

static const char *field(const struct import_csv *csv, int column)
{
	return column >= 0 && column < csv->field_count ? csv->fields[column] : "";
}

bool import_csv_row(struct import_csv *csv, struct span line, int64_t now_ms,
		    struct import_item *item, char error[IMPORT_CSV_ERROR_MAX])
{
	if (!cut(csv, line)) {
		(void)snprintf(error, IMPORT_CSV_ERROR_MAX,
			       "longer than %d bytes, or more than %d columns",
			       IMPORT_CSV_ROW_MAX, IMPORT_CSV_COLUMNS_MAX);
		return false;
	}
	const char *time = field(csv, csv->time), *terminal = field(csv, csv->terminal);
	item->text = span_text(field(csv, csv->hex));
	if (terminal[0] != '\0')
		item->terminal = terminal;
	if (time[0] != '\0' && !read_time(time, now_ms, &item->time_s)) {
		(void)snprintf(error, IMPORT_CSV_ERROR_MAX,
			       "%.40s is no time; give seconds since 1970 or %s", time,
			       QUERY_TIME_FORMS);
		return false;
	}
	item->has_time = item->has_time || time[0] != '\0';
	return true;
}
