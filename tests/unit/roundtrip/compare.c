/* SPDX-License-Identifier: MIT */
#include "tests/unit/roundtrip/compare.h"

#include <string.h>

struct check {
	const char *name;
	bool is_right;
};

static const char *first_wrong(const struct check *checks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!checks[i].is_right)
			return checks[i].name;
	return NULL;
}

#define FIRST_WRONG(checks) first_wrong((checks), sizeof(checks) / sizeof(checks)[0])

static const char *compare_place(const struct telegram_record *record,
				 const struct expectation *expected)
{
	const struct check checks[] = {
		{ "offset", record->offset == expected->offset },
		{ "header size", record->header.size == expected->header_size },
		{ "end of data", record->data.data + record->data.size ==
					 record->header.data + expected->size },
	};

	return FIRST_WRONG(checks);
}

static const char *compare_register(const struct reading_register *reg,
				    const struct expectation *expected)
{
	const struct check checks[] = {
		{ "source", reg->source == READING_SOURCE_MBUS },
		{ "function", reg->function == expected->function },
		{ "storage", reg->storage == expected->storage },
		{ "tariff", reg->tariff == expected->tariff },
		{ "subunit", reg->subunit == expected->subunit },
		{ "quantity", strcmp(reg->quantity, expected->quantity) == 0 },
		{ "unit", strcmp(reg->unit, expected->unit) == 0 },
		{ "type", reg->type == expected->type },
		{ "exponent", reg->exponent == expected->exponent },
		{ "factor", reg->factor == expected->factor },
		{ "months", reg->is_duration_months == expected->is_duration_months },
		{ "modifiers", strcmp(reg->modifiers, expected->modifiers) == 0 },
		{ "record error", reg->record_error == 0 },
		{ "addend", reg->addend == 0 },
	};

	return FIRST_WRONG(checks);
}

static const char *compare_value(const struct value *value, const struct value *expected)
{
	const struct check checks[] = {
		{ "kind of value", value->kind == expected->kind },
		{ "reason of no value", value->no_value == expected->no_value },
		{ "suspect", value->is_suspect == expected->is_suspect },
		{ "summertime", value->is_summertime == expected->is_summertime },
		{ "periodic", value->is_periodic == expected->is_periodic },
		{ "wide", value->is_wide == expected->is_wide },
		{ "digits",
		  value->kind != VALUE_INTEGER || value->digits == expected->digits },
		{ "real",
		  value->kind != VALUE_REAL || memcmp(&value->real, &expected->real,
						      sizeof value->real) == 0 },
		{ "text",
		  value->kind != VALUE_TEXT || strcmp(value->text, expected->text) == 0 },
	};

	return FIRST_WRONG(checks);
}

const char *compare_record(const struct telegram_record *record,
			   const struct reading_register *reg,
			   const struct expectation *expected)
{
	struct value value;
	const char *wrong = compare_place(record, expected);

	if (wrong == NULL)
		wrong = compare_register(reg, expected);
	if (wrong != NULL)
		return wrong;
	telegram_value(record, reg, &value);
	return compare_value(&value, &expected->value);
}
