/* SPDX-License-Identifier: MIT */
#include "server/commands/csv_record.h"

#include <stdlib.h>
#include <string.h>

bool csv_record_open(struct csv_record *record, FILE *file)
{
	*record = (struct csv_record){ .line = 1, .next_line = 1, .separator = ',' };
	record->text = calloc(1, CSV_FILE_MAX + 1);
	if (record->text == NULL)
		return false;
	size_t size = fread(record->text, 1, CSV_FILE_MAX, file);
	record->text[size] = '\0';
	record->next = record->text;
	if (strncmp(record->next, "\xef\xbb\xbf", 3) == 0)
		record->next += 3;
	size_t first_line = strcspn(record->next, "\r\n");
	if (memchr(record->next, ';', first_line) != NULL &&
	    memchr(record->next, ',', first_line) == NULL)
		record->separator = ';';
	return size < CSV_FILE_MAX && !ferror(file) && strlen(record->text) == size;
}

void csv_record_close(struct csv_record *record)
{
	free(record->text);
	record->text = NULL;
}

/* Takes the quotes off in place. Returns what stands behind the field; NULL: never
 * closed.
 */
static char *take_quoted(struct csv_record *record, char *at)
{
	char *end = at;

	record->fields[record->count++] = at;
	at++;
	while (*at != '\0') {
		if (*at == '"' && at[1] != '"') {
			*end = '\0';
			return at + 1;
		}
		at += *at == '"';
		record->next_line += *at == '\n';
		*end++ = *at++;
	}
	return NULL;
}

static char *take_plain(struct csv_record *record, char *at)
{
	record->fields[record->count++] = at;
	while (*at != '\0' && *at != record->separator && *at != '\n' && *at != '\r')
		at++;
	return at;
}

/* Ends the field before at. Returns where the next begins; NULL: the record is over. */
static char *end_field(struct csv_record *record, char *at)
{
	char ending = *at;

	if (ending == record->separator) {
		*at = '\0';
		return at + 1;
	}
	if (ending == '\r' && at[1] == '\n')
		*at++ = '\0';
	if (*at == '\n') {
		*at++ = '\0';
		record->next_line++;
	} else if (*at != '\0') {
		record->complaint =
			"something stands behind the closing quote of a field";
	}
	record->next = at;
	return NULL;
}

bool csv_record_next(struct csv_record *record)
{
	char *at = record->next;

	record->count = 0;
	record->line = record->next_line;
	if (*at == '\0' || record->complaint != NULL)
		return false;
	while (at != NULL && record->count < CSV_FIELDS_MAX) {
		at = *at == '"' ? take_quoted(record, at) : take_plain(record, at);
		if (at == NULL)
			record->complaint = "a quote is opened and never closed";
		else
			at = end_field(record, at);
	}
	if (at != NULL)
		record->complaint = "more than 64 fields";
	return record->complaint == NULL;
}
