/* SPDX-License-Identifier: MIT */
/*
 * Whatever the bytes, the walk over a telegram's records ends, each record lies inside
 * the telegram, and each has a register and a value that can be written.
 */
#include "protocol/mbus/telegram.h"

#include <stdlib.h>

#include "protocol/decimal.h"

static void check_inside(struct span part, struct span bytes)
{
	if (part.size == 0)
		return;
	if (part.data < bytes.data || part.size > bytes.size ||
	    (size_t)(part.data - bytes.data) > bytes.size - part.size)
		abort();
}

static void check_text(const char *text, size_t room)
{
	if (memchr(text, '\0', room) == NULL)
		abort();
}

static void check_record(const struct telegram_record *record, struct span bytes,
			 bool is_fixed)
{
	/* a counter of the fixed structure has a header of constants */
	if (!is_fixed)
		check_inside(record->header, bytes);
	check_inside(record->dib, record->header);
	check_inside(record->vib, record->header);
	check_inside(record->data, bytes);

	struct reading_register reg;
	telegram_register(record, &reg);
	check_text(reg.unit, sizeof(reg.unit));
	check_text(reg.modifiers, sizeof(reg.modifiers));
	if (reg.quantity == NULL || reg.header_size > sizeof(reg.header))
		abort();

	struct value value;
	char text[READING_TEXT_MAX];
	telegram_value(record, &reg, &value);
	if (value.kind == VALUE_TEXT)
		check_text(value.text, sizeof(value.text));
	if (value_write(&value, &reg, text) != strlen(text))
		abort();
	if ((value.kind == VALUE_NONE) != (value.no_value != NO_VALUE_REASON_NONE))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = span_of(data, size);
	struct telegram telegram;
	struct telegram_record record;
	size_t count = 0;
	if (telegram_open(bytes, &telegram)) {
		while (telegram_next(&telegram, &record)) {
			check_record(&record, bytes, telegram.is_fixed);
			if (++count > size)
				abort();
		}
	}
	if (telegram_status_text(telegram.status)[0] == '\0' ||
	    telegram.diagnosis_offset > size)
		abort();
	return 0;
}
