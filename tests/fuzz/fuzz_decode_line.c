/* SPDX-License-Identifier: MIT */
/* A line of input to readout decode, and the walk over what it holds. */
#include "server/commands/decode/decode_line.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct decode_line line;
	static uint8_t buffer[WMBUS_BUFFER_SIZE];
	struct telegram_context context = { .buffer = buffer };
	struct decode_item item;
	struct decode_record record;
	char diagnosis[DECODE_PROBLEM_MAX];
	size_t count = 0;

	if (!decode_line_read(&line, span_of(data, size), &item))
		return 0;
	decode_item_open(&item, &context);
	while (decode_item_next(&item, &record))
		if (++count > size)
			abort();
	decode_item_diagnosis(&item, diagnosis);
	if (decode_item_status(&item)[0] == '\0' ||
	    (!decode_item_is_decoded(&item) && diagnosis[0] == '\0' &&
	     !decode_item_is_mbus(&item)))
		abort();
	return 0;
}
