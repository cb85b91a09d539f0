/* SPDX-License-Identifier: MIT */
/*
 * The input is what a long frame carries (C, A, CI and the rest); the frame around it is
 * made right, so that every byte reaches the application layer. With a header memory that
 * remembers and without, the records must be the same.
 */
#include "protocol/mbus/mbus_application.h"
#include "protocol/mbus/mbus_profile.h"
#include "protocol/mbus/register_memory.h"

#include <stdlib.h>

static struct register_memory memory;

static void check_profile(const struct telegram_record *record,
			  const struct reading_register *reg)
{
	struct mbus_profile profile;
	struct value value;
	size_t count = 0;

	if (!mbus_profile_open(record, reg, &profile))
		return;
	while (mbus_profile_next(&profile, &value))
		count++;
	if (count != profile.count)
		abort();
}

static void check_same(struct span bytes)
{
	struct telegram plain;
	struct telegram quick;
	struct telegram_record a;
	struct telegram_record b;
	const struct reading_register *reg;
	bool is_open = telegram_open(bytes, &plain);

	quick = plain;
	(void)mbus_application_text(&plain);
	while (is_open) {
		bool is_more = telegram_next(&plain, &a);

		reg = register_memory_next(&memory, &quick, &b);
		if (is_more != (reg != NULL))
			abort();
		if (!is_more)
			break;
		if (!span_equal(a.header, b.header) || !span_equal(a.data, b.data) ||
		    a.vib.size != b.vib.size || a.lvar != b.lvar)
			abort();
		check_profile(&b, reg);
	}
	if (plain.status != quick.status)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t frame[255 + 6] = { 0x68, (uint8_t)size, (uint8_t)size, 0x68 };
	uint8_t sum = 0;

	if (size < 3 || size > 255)
		return 0;
	if (memory.epoch == 0)
		register_memory_init(&memory);
	for (size_t i = 0; i < size; i++) {
		frame[4 + i] = data[i];
		sum = (uint8_t)(sum + data[i]);
	}
	frame[4 + size] = sum;
	frame[5 + size] = 0x16;
	check_same(span_of(frame, size + 6));
	return 0;
}
