/* SPDX-License-Identifier: MIT */
/*
 * One terminal without its link: who it is, its meters, its clock, its sequence counter
 * and its memory. The caller brings the time, so tests need no clock.
 */
#ifndef READOUT_SIMULATOR_TERMINAL_H
#define READOUT_SIMULATOR_TERMINAL_H

#include "tests/simulator/dice.h"
#include "tests/simulator/options.h"
#include "tests/simulator/ring.h"
#include "tests/simulator/text.h"

enum {
	SERIAL_SIZE = 16, /* "50-1945-0125" and a NUL */
	IMEI_SIZE = 16,   /* 15 digits and a NUL */
	/* A record line with its line ends; an IEC block is the longest. */
	RECORD_LINE_MAX = 1024,
};

struct terminal {
	const struct options *options;
	uint32_t number; /* of the serial number */
	struct dice dice;
	struct ring ring;
	uint32_t sequence;       /* of the last record */
	uint32_t reading;        /* number of the last round */
	int64_t started_at;      /* Unix seconds; a clock that lost its time shows none */
	int64_t clock_behind_s;  /* true time minus what the clock shows */
	uint32_t wrong_rounds;   /* left until the clock is set again */
	uint64_t reset_position; /* of the first record after the last reset */
	int64_t reset_at;
	bool is_ended;           /* whatever the options say, no more records */
	bool is_round_since_get; /* readings were made since the last GET_OLDEST */
	uint64_t fault_counts[FAULT_COUNT]; /* how often each happened here */
};

/* Makes the history as well. left_cb and owner are the ring's. */
void terminal_init(struct terminal *terminal, const struct options *options,
		   uint32_t number, int64_t now_s, record_left_cb *left_cb, void *owner);
void terminal_free(struct terminal *terminal);

/* Rolls for a fault and counts it when it happens. */
bool terminal_fault(struct terminal *terminal, enum fault fault);

/* Reads every meter once, unless finished. is_table_only leaves out those that are heard
 * by radio, so that at most as many records are made as AT^SCAMS? lists devices. */
void terminal_make_round(struct terminal *terminal, int64_t now_s, bool is_table_only);

/* Bytes that one round of all meters takes. */
uint32_t terminal_round_space(const struct terminal *terminal);

/* No more records will be made: there is no interval, the total is reached, or it ended.
 */
bool terminal_is_finished(const struct terminal *terminal);

/* Everything made so far was sent and at most one record is left. */
bool terminal_is_drained(const struct terminal *terminal);

/* Meters count from 0, the rows of AT^SCAMS? from 1, and wireless meters have none. */
uint32_t terminal_table_index(const struct terminal *terminal, uint32_t index);
struct meter terminal_meter(const struct terminal *terminal, uint32_t index);

uint32_t terminal_error_code(const struct record *record);

/* The payload of a record; empty for a failed read. */
void terminal_payload(const struct terminal *terminal, const struct record *record,
		      struct payload *ret_payload);

/* Appends "^SCDATA: ..." without its line end. */
void terminal_put_record(const struct terminal *terminal, const struct record *record,
			 struct text *text);

void terminal_serial(const struct terminal *terminal, char ret_serial[SERIAL_SIZE]);
void terminal_imei(const struct terminal *terminal, char ret_imei[IMEI_SIZE]);

#endif
