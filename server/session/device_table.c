/* SPDX-License-Identifier: MIT */
#include "server/session/device_table.h"

#include <stdio.h>
#include <stdlib.h>

#include "protocol/scdata/scams.h"
#include "server/json_text.h"

enum { TABLE_BYTES_MAX = 128 * 1024, ROW_BYTES_MAX = 1024 };

static void put_span(struct json_text *json, const char *key, struct span value)
{
	json_text_raw(json, key, strlen(key));
	json_text_string(json, (const char *)value.data, value.size);
}

/* One row as a JSON object; returns its size, 0 if it is none or too long. */
static size_t write_row(struct span line, char *buffer, size_t limit)
{
	struct scams_line row;
	struct json_text json;
	char head[80];

	scams_parse(line, &row);
	if (row.kind != SCAMS_DEVICE)
		return 0;
	json_text_init(&json, buffer, limit);
	int size = snprintf(head, sizeof(head), "{\"index\":%lld,\"port\":%lld",
			    (long long)row.number, (long long)row.port);
	json_text_raw(&json, head, (size_t)size);
	put_span(&json, ",\"protocol\":", row.protocol);
	put_span(&json, ",\"address\":", row.address);
	put_span(&json, ",\"interval\":", row.interval);
	json_text_raw(&json, "}", 1);
	return json.is_full ? 0 : json.size;
}

void device_table_add(struct device_table *table, struct span line)
{
	char row[ROW_BYTES_MAX];
	size_t size = write_row(line, row, sizeof(row));
	size_t needed = table->size + size + 2; /* the comma before, the bracket behind */

	if (size == 0 || needed > TABLE_BYTES_MAX)
		return;
	char *grown = realloc(table->text, needed);
	if (grown == NULL)
		return;
	table->text = grown;
	grown[table->size] = table->size == 0 ? '[' : ',';
	memcpy(grown + table->size + 1, row, size);
	table->size += size + 1;
}

struct span device_table_json(struct device_table *table)
{
	if (table->size > 0)
		table->text[table->size++] = ']';
	return span_of(table->text, table->size);
}

void device_table_clear(struct device_table *table)
{
	free(table->text);
	*table = (struct device_table){ 0 };
}
