/* SPDX-License-Identifier: MIT */
#include "protocol/scdata/scdata.h"

#include "protocol/at/at_fields.h"
#include "protocol/at/at_text.h"

static const char PREFIX[] = "^SCDATA:";

/* The fields that every form begins with. */
enum { TYPE, STAMP, SEQUENCE };

enum {
	AMS_PROTOCOL = SEQUENCE + 1,
	AMS_INDEX,
	AMS_ERROR,
	AMS_DEVICE,
	AMS_DATA,
	AMS_COUNT,
};

enum {
	WMBUS_RSSI = SEQUENCE + 1,
	WMBUS_LENGTH,
	WMBUS_DATA,
	WMBUS_COUNT,
};

static const char *const KIND_TEXTS[] = {
	[SCDATA_MBUS] = "mbus",
	[SCDATA_WMBUS] = "wmbus",
	[SCDATA_IEC62056] = "iec62056-21",
	[SCDATA_INPUT] = "input",
	[SCDATA_UNKNOWN] = "unknown",
};

static enum scdata_kind protocol_kind(struct span protocol)
{
	static const struct {
		const char *name;
		enum scdata_kind kind;
	} PROTOCOLS[] = {
		{ "MBUS", SCDATA_MBUS },
		{ "IEC62056-21", SCDATA_IEC62056 },
		{ "AIN_DIN", SCDATA_INPUT },
	};
	for (size_t i = 0; i < sizeof(PROTOCOLS) / sizeof(PROTOCOLS[0]); i++) {
		if (at_text_equal(protocol, PROTOCOLS[i].name))
			return PROTOCOLS[i].kind;
	}
	return SCDATA_UNKNOWN;
}

static bool ams_read(const struct at_field fields[AMS_COUNT],
		     struct scdata_record *ret_record)
{
	if (fields[AMS_PROTOCOL].kind != AT_FIELD_QUOTED ||
	    fields[AMS_DEVICE].kind != AT_FIELD_QUOTED ||
	    fields[AMS_DATA].kind != AT_FIELD_QUOTED)
		return false;
	ret_record->kind = protocol_kind(fields[AMS_PROTOCOL].text);
	ret_record->protocol = fields[AMS_PROTOCOL].text;
	ret_record->device = fields[AMS_DEVICE].text;
	ret_record->data = fields[AMS_DATA].text;
	return at_field_integer(&fields[AMS_INDEX], 0, UINT32_MAX, &ret_record->index) &&
	       at_field_integer(&fields[AMS_ERROR], 0, UINT32_MAX,
				&ret_record->error_code);
}

/* The length is a copy of what the payload says itself, and how it counts is inferred
 * from one example: it is asked to be a number, no more. */
static bool wmbus_read(const struct at_field fields[WMBUS_COUNT],
		       struct scdata_record *ret_record)
{
	int64_t length;
	if (fields[WMBUS_DATA].kind != AT_FIELD_QUOTED)
		return false;
	ret_record->kind = SCDATA_WMBUS;
	ret_record->data = fields[WMBUS_DATA].text;
	ret_record->has_rssi = at_field_integer(&fields[WMBUS_RSSI], INT16_MIN, INT16_MAX,
						&ret_record->rssi_dbm);
	return ret_record->has_rssi &&
	       at_field_integer(&fields[WMBUS_LENGTH], 0, UINT32_MAX, &length);
}

static const struct form {
	const char *type;
	size_t field_count;
	bool (*read)(const struct at_field *fields, struct scdata_record *ret_record);
} FORMS[] = {
	{ "AMS", AMS_COUNT, ams_read },
	{ "WMBUS", WMBUS_COUNT, wmbus_read },
};

static bool stamp_read(const struct at_field *fields, size_t count,
		       struct scdata_record *ret_record)
{
	int64_t stamp;
	int64_t sequence;
	if (count <= SEQUENCE ||
	    !at_field_integer(&fields[STAMP], 0, UINT32_MAX, &stamp) ||
	    !at_field_integer(&fields[SEQUENCE], 0, INT64_MAX, &sequence))
		return false;
	ret_record->has_stamp = true;
	ret_record->stamp = stamp;
	ret_record->sequence = sequence;
	return true;
}

static bool form_read(const struct at_field *fields, size_t count,
		      struct scdata_record *ret_record)
{
	if (fields[TYPE].kind != AT_FIELD_QUOTED)
		return false;
	for (size_t i = 0; i < sizeof(FORMS) / sizeof(FORMS[0]); i++) {
		if (at_text_equal(fields[TYPE].text, FORMS[i].type))
			return count >= FORMS[i].field_count &&
			       FORMS[i].read(fields, ret_record);
	}
	return false;
}

void scdata_parse(struct span line, struct scdata_record *ret_record)
{
	struct scdata_record record = { .kind = SCDATA_UNKNOWN, .data = line };
	*ret_record = record;
	struct span text = at_text_trim(line);
	if (!at_text_begins_with(text, PREFIX))
		return;

	struct at_field fields[AMS_COUNT];
	size_t count =
		at_fields_read(at_text_skip(text, strlen(PREFIX)), fields, AMS_COUNT);
	if (!stamp_read(fields, count, &record))
		return;
	*ret_record = record;
	if (form_read(fields, count, &record))
		*ret_record = record;
}

const char *scdata_kind_text(enum scdata_kind kind)
{
	return KIND_TEXTS[kind];
}
