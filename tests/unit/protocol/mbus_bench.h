/* SPDX-License-Identifier: MIT */
/* Builds link frames around records given in hex and decodes them, for tests. */
#ifndef READOUT_TESTS_MBUS_BENCH_H
#define READOUT_TESTS_MBUS_BENCH_H

#include "protocol/mbus/telegram.h"

enum { BENCH_BYTES_MAX = 512, BENCH_RECORDS_MAX = 64 };

struct bench {
	uint8_t bytes[BENCH_BYTES_MAX];
	size_t size;
	struct telegram telegram;
	size_t count; /* of records found */
	struct telegram_record records[BENCH_RECORDS_MAX];
	struct reading_register registers[BENCH_RECORDS_MAX];
	struct value values[BENCH_RECORDS_MAX];
};

/* Hex with blanks allowed, appended to bytes; returns the number of bytes. */
size_t bench_hex(const char *hex, uint8_t *ret_bytes);

/* Decodes exactly these bytes. */
void bench_frame(struct bench *bench, const char *hex);

/* Wraps CI and payload into a long frame with correct length and checksum; decodes it. */
void bench_payload(struct bench *bench, const char *ci_and_payload);

/* The same with the long header of meter 12345678 PAD 1 07 (CI 72) before the records. */
void bench_records(struct bench *bench, const char *records);

/* Decodes size bytes of a copy that ends where they end, so that ASan sees every step. */
void bench_decode(struct bench *bench, const uint8_t *bytes, size_t size);

/* One record: its value as text, "" for none; asserts that there is one record. */
const char *bench_value(struct bench *bench, const char *record);

#endif
