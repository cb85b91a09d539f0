/* SPDX-License-Identifier: MIT */
/* A block of IEC 62056-21: the walk ends, spans stay inside, texts end. */
#include "protocol/decimal.h"
#include "protocol/iec62056/iec62056.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct iec62056_block block;
	struct iec62056_reading reading;
	struct reading_register reg;
	struct value value;
	char text[READING_TEXT_MAX];

	iec62056_open(span_of(data, size), &block);
	while (iec62056_next(&block, &reading)) {
		if (reading.offset + reading.content.size > size ||
		    reading.number >= size)
			abort();
		iec62056_register(&reading, &reg);
		iec62056_value(&reading, &reg, &value);
		if (value_write(&value, &reg, text) >= sizeof text)
			abort();
		if (reg.header_size < 2 || reg.header[reg.header_size - 1] != ')')
			abort();
	}
	return 0;
}
