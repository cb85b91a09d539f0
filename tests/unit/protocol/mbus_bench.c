/* SPDX-License-Identifier: MIT */
#include "tests/unit/protocol/mbus_bench.h"

#include "protocol/decimal.h"
#include "protocol/hex.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

size_t bench_hex(const char *hex, uint8_t *ret_bytes)
{
	char digits[2 * BENCH_BYTES_MAX];
	size_t size = 0;

	for (; *hex != '\0'; hex++)
		if (*hex != ' ')
			digits[size++] = *hex;
	cr_assert(hex_decode(span_of(digits, size), ret_bytes), "odd hex in a test");
	return size / 2;
}

void bench_decode(struct bench *bench, const uint8_t *bytes, size_t size)
{
	uint8_t *copy = malloc(size == 0 ? 1 : size);

	if (size != 0)
		memcpy(copy, bytes, size);
	bench->count = 0;
	if (telegram_open(span_of(copy, size), &bench->telegram)) {
		struct telegram_record record;

		while (telegram_next(&bench->telegram, &record)) {
			size_t i = bench->count++ % BENCH_RECORDS_MAX;

			bench->records[i] = record;
			telegram_register(&record, &bench->registers[i]);
			telegram_value(&record, &bench->registers[i], &bench->values[i]);
		}
	}
	free(copy);
}

void bench_frame(struct bench *bench, const char *hex)
{
	bench->size = bench_hex(hex, bench->bytes);
	bench_decode(bench, bench->bytes, bench->size);
}

void bench_payload(struct bench *bench, const char *ci_and_payload)
{
	uint8_t *p = bench->bytes;
	size_t size = 2 + bench_hex(ci_and_payload, p + 6);
	uint8_t sum = 0;

	cr_assert_leq(size, 255);
	memcpy(p, (uint8_t[]){ 0x68, (uint8_t)size, (uint8_t)size, 0x68, 0x08, 0x01 }, 6);
	for (size_t i = 0; i < size; i++)
		sum = (uint8_t)(sum + p[4 + i]);
	p[4 + size] = sum;
	p[5 + size] = 0x16;
	bench->size = size + 6;
	bench_decode(bench, bench->bytes, bench->size);
}

void bench_records(struct bench *bench, const char *records)
{
	char payload[2 * BENCH_BYTES_MAX];

	snprintf(payload, sizeof payload, "72 78563412 2440 01 07 55 00 0000 %s",
		 records);
	bench_payload(bench, payload);
}

const char *bench_value(struct bench *bench, const char *record)
{
	static char text[READING_TEXT_MAX];

	bench_records(bench, record);
	cr_assert_eq(bench->telegram.status, TELEGRAM_OK, "%s", record);
	cr_assert_eq(bench->count, 1, "%s", record);
	value_write(&bench->values[0], &bench->registers[0], text);
	return text;
}
