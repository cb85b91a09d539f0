/* SPDX-License-Identifier: MIT */
/*
 * A driver of a SmartCom terminal with an embedder that only writes down what it is asked
 * for, one word or two a line, and answers as the test tells it to.
 */
#ifndef READOUT_TESTS_UNIT_SERVER_SMARTCOM_BENCH_H
#define READOUT_TESTS_UNIT_SERVER_SMARTCOM_BENCH_H

#include <criterion/criterion.h>

#include "server/smartcom/smartcom.h"

#define GET(n)   "AT^SCDATA=\"GET_OLDEST\"," #n
#define DEL(n)   "AT^SCDATA=\"DEL_OLDEST\"," #n
#define SPACE    "AT^SCDATA=\"GET_SPACE\""
#define PLENTY   "^SCDATA: \"GET_SPACE\",1000000|OK"
#define NO_SPACE "^SCDATA: \"GET_SPACE\",10|OK"

enum { BENCH_TRACE_MAX = 8192 };

struct bench {
	struct smartcom driver;
	struct smartcom_settings settings;
	uint64_t now_ms;
	uint64_t armed_ms; /* 0 off */
	bool has_room;
	bool takes_records;
	uint64_t interval_ms;
	uint64_t quiet_ms;
	const char *link_identity;
	char trace[BENCH_TRACE_MAX]; /* what was asked for since it was last looked at */
	size_t trace_size;
};

extern const struct smartcom_ops bench_ops;

/* Memories of terminals that were never met, and that left records behind. */
extern const struct smartcom_memory bench_first_ever;
extern const struct smartcom_memory bench_seen_before;
struct smartcom_memory bench_unknown_since(uint64_t since_ms);

/* A driver with serial and IMEI probes, batches of 4, and these times in ms: exchange
 * 1000, identify 5000, settle 60000, interval 900000. Not started. */
void bench_init(struct bench *bench);

/* Shows lines (separated by '|') to the driver; false if one was stray. */
bool bench_say(struct bench *bench, const char *lines);

/* Shows count records and OK. */
void bench_say_records(struct bench *bench, uint32_t count);

/* Answers the store's question with count records, all new but the head if known. */
void bench_commit(struct bench *bench, uint32_t count, bool is_head_known);

/* Brings a new driver to the first GET_OLDEST of a terminal with two meters; forgets the
 * trace. */
void bench_start(struct bench *bench, const struct smartcom_memory *memory);

/* The same, to the state after the first GET_SPACE of a reply of 4 records. */
void bench_start_to_space(struct bench *bench, const struct smartcom_memory *memory);

/* Compares what was asked for since the last call, lines joined by ", ". */
#define bench_expect(bench, expected)                                                    \
	do {                                                                             \
		cr_expect_str_eq((bench)->trace, (expected));                            \
		bench_forget(bench);                                                     \
	} while (0)

void bench_forget(struct bench *bench);

#endif
