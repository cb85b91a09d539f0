/* SPDX-License-Identifier: MIT */
#include "protocol/scdata/scams.h"

#include "protocol/at/at_fields.h"
#include "protocol/at/at_text.h"

static const char PREFIX[] = "^SCAMS:";

/* Fields of a row: "1> 2","MBUS","*15020416@2400","1M" */
enum { ROW_AND_PORT, PROTOCOL, ADDRESS, INTERVAL, FIELD_COUNT };

/* Rows, counts and ports of real tables have at most four digits. */
static const int64_t NUMBER_MAX = UINT32_MAX;

/* Takes "1> 2" apart. */
static bool row_and_port_read(const struct at_field *field, struct scams_line *ret_line)
{
	const uint8_t *mark = field->text.size == 0
				      ? NULL
				      : memchr(field->text.data, '>', field->text.size);
	if (mark == NULL)
		return false;
	size_t size = (size_t)(mark - field->text.data);
	struct span row = at_text_trim(span_of(field->text.data, size));
	struct span port = at_text_trim(at_text_skip(field->text, size + 1));
	return at_field_integer(&(struct at_field){ field->kind, row }, 1, NUMBER_MAX,
				&ret_line->number) &&
	       at_field_integer(&(struct at_field){ field->kind, port }, 0, NUMBER_MAX,
				&ret_line->port);
}

/* Both leave *ret_line alone when the fields are something else. */
static void device_read(const struct at_field fields[FIELD_COUNT],
			struct scams_line *ret_line)
{
	for (size_t i = PROTOCOL; i < FIELD_COUNT; i++) {
		if (fields[i].kind != AT_FIELD_QUOTED)
			return;
	}
	struct scams_line line = {
		.kind = SCAMS_DEVICE,
		.protocol = fields[PROTOCOL].text,
		.address = fields[ADDRESS].text,
		.interval = fields[INTERVAL].text,
	};
	if (row_and_port_read(&fields[ROW_AND_PORT], &line))
		*ret_line = line;
}

static void count_read(const struct at_field *fields, struct scams_line *ret_line)
{
	struct scams_line line = { .kind = SCAMS_COUNT };
	if (fields[0].kind == AT_FIELD_QUOTED &&
	    at_text_equal(fields[0].text, "DEV_CNT") &&
	    at_field_integer(&fields[1], 0, NUMBER_MAX, &line.number))
		*ret_line = line;
}

void scams_parse(struct span line, struct scams_line *ret_line)
{
	*ret_line = (struct scams_line){ .kind = SCAMS_OTHER };
	struct span text = at_text_trim(line);
	if (!at_text_begins_with(text, PREFIX))
		return;

	struct span info = at_text_trim(at_text_skip(text, strlen(PREFIX)));
	struct at_field fields[FIELD_COUNT];
	size_t count = at_fields_read(info, fields, FIELD_COUNT);
	if (at_text_equal(info, "NO DEVICE"))
		ret_line->kind = SCAMS_NO_DEVICE;
	else if (count == FIELD_COUNT)
		device_read(fields, ret_line);
	else if (count >= 2)
		count_read(fields, ret_line);
}
