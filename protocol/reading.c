/* SPDX-License-Identifier: MIT */
#include "protocol/reading.h"

static const char *const no_value_texts[] = {
	[NO_VALUE_REASON_NONE] = "",
	[NO_VALUE_NO_DATA] = "no data",
	[NO_VALUE_BCD_ERROR] = "bcd error",
	[NO_VALUE_NOT_A_NUMBER] = "not a number",
	[NO_VALUE_INFINITE] = "infinite",
	[NO_VALUE_DATE_INVALID] = "date invalid",
	[NO_VALUE_RECORD_ERROR] = "record error",
	[NO_VALUE_TOO_LONG] = "too long",
};

static const char *const function_texts[] = {
	[READING_INSTANTANEOUS] = "instantaneous",
	[READING_MAXIMUM] = "maximum",
	[READING_MINIMUM] = "minimum",
	[READING_ERROR] = "error",
	[READING_MANUFACTURER] = "manufacturer",
};

static const char *const source_texts[] = {
	[READING_SOURCE_MBUS] = "mbus",
	[READING_SOURCE_IEC62056] = "iec62056-21",
	[READING_SOURCE_INPUT] = "input",
};

static const char *text_at(const char *const *texts, size_t count, size_t index)
{
	return index < count && texts[index] != NULL ? texts[index] : "";
}

const char *value_no_value_text(enum value_no_value reason)
{
	return text_at(no_value_texts, sizeof no_value_texts / sizeof *no_value_texts,
		       (size_t)reason);
}

const char *reading_function_text(enum reading_function function)
{
	return text_at(function_texts, sizeof function_texts / sizeof *function_texts,
		       (size_t)function);
}

const char *reading_source_text(enum reading_source source)
{
	return text_at(source_texts, sizeof source_texts / sizeof *source_texts,
		       (size_t)source);
}
