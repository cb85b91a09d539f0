/* SPDX-License-Identifier: MIT */
#include "server/commands/decode/decode_format.h"

const char decode_format_names[] = "text, json, jsonl, csv, xml or explain";

static const struct decode_format formats[] = {
	{ "text", false, NULL, decode_text_item, NULL },
	{ "json", true, NULL, decode_json_item, NULL },
	{ "jsonl", true, NULL, decode_jsonl_item, NULL },
	{ "csv", false, decode_csv_begin, decode_csv_item, NULL },
	{ "xml", false, NULL, decode_xml_item, decode_xml_end },
	{ "explain", true, NULL, decode_explain_item, NULL },
};

const struct decode_format *decode_format_find(const char *name)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}

static void append(char text[DECODE_REMARK_MAX], const char *words)
{
	size_t used = strlen(text);

	(void)snprintf(text + used, DECODE_REMARK_MAX - used, "%s%s",
		       used == 0 ? "" : ", ", words);
}

void decode_remark(const struct reading_register *reg, const struct value *value,
		   char ret_text[DECODE_REMARK_MAX])
{
	ret_text[0] = '\0';
	if (value->no_value != NO_VALUE_REASON_NONE)
		append(ret_text, value_no_value_text(value->no_value));
	if (reg->record_error != 0)
		append(ret_text, telegram_record_error_text(reg->record_error));
	if (value->is_suspect)
		append(ret_text, "suspect");
	if (value->is_summertime)
		append(ret_text, "summer time");
	if (value->is_periodic)
		append(ret_text, "periodic");
}

const char *decode_frame_text(const struct decode_item *item)
{
	static const char *const texts[] = {
		[MBUS_FRAME_NONE] = "none",   [MBUS_FRAME_ACK] = "acknowledgement",
		[MBUS_FRAME_SHORT] = "short", [MBUS_FRAME_CONTROL] = "control",
		[MBUS_FRAME_LONG] = "long",
	};

	if (item->kind != DECODE_WIRED)
		return decode_item_kind_text(item);
	return texts[item->telegram.frame.kind];
}

bool decode_is_number(const struct reading_register *reg, const struct value *value)
{
	(void)reg;
	return value->kind == VALUE_INTEGER || value->kind == VALUE_REAL ||
	       (value->kind == VALUE_TEXT && value->is_wide);
}

void decode_obis(const struct reading_register *reg,
		 char ret_text[READING_HEADER_MAX + 1])
{
	size_t size = 0;

	while (reg->source == READING_SOURCE_IEC62056 && size < reg->header_size &&
	       reg->header[size] != '(') {
		ret_text[size] = (char)reg->header[size];
		size++;
	}
	ret_text[size] = '\0';
}
