/* SPDX-License-Identifier: MIT */
#include "server/decode_print.h"

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

const char *decode_frame_text(enum mbus_frame_kind kind)
{
	static const char *const texts[] = {
		[MBUS_FRAME_NONE] = "none",   [MBUS_FRAME_ACK] = "acknowledgement",
		[MBUS_FRAME_SHORT] = "short", [MBUS_FRAME_CONTROL] = "control",
		[MBUS_FRAME_LONG] = "long",   [MBUS_FRAME_WIRELESS] = "wireless",
	};

	return texts[kind];
}
