/* SPDX-License-Identifier: MIT */
/*
 * The command line of the simulator. Every option has a default, so that
 * `readout-simulator` alone is three terminals that dial in to 127.0.0.1:1560.
 */
#ifndef READOUT_SIMULATOR_OPTIONS_H
#define READOUT_SIMULATOR_OPTIONS_H

#include "tests/simulator/fault.h"
#include "tests/simulator/meter.h"

enum {
	OPTIONS_METERS_MAX = 64, /* the vendor's device table */
	OPTIONS_KINDS_MAX = 64,
};

/* What the vendor's pages leave open about the form of an answer. */
struct style {
	const char *line_end;
	bool has_blank_after_colon;
	bool has_blank_lines; /* an empty line before every line */
	bool has_plain_count; /* ^SCDATA: 12 instead of ^SCDATA: "MESS_CNT",12 */
	bool is_empty_error;  /* GET_OLDEST of an empty memory gives ERROR */
};

struct options {
	char host[256];
	char port[8];
	uint32_t terminals;
	uint32_t first_serial; /* counted through 50-1945-0001 .. 50-1955-9999 */
	uint32_t meters;       /* per terminal */
	enum meter_kind kinds[OPTIONS_KINDS_MAX];
	uint32_t kind_count;
	uint32_t history;        /* records in memory at start, per terminal */
	uint32_t history_step_s; /* between two readings of the history */
	uint32_t interval_ms;    /* between two live readings of a meter; 0 none */
	uint32_t memory;         /* bytes per terminal */
	uint32_t records_total;  /* per terminal, history included; 0 no end */
	uint32_t seed;
	uint32_t duration_s;   /* 0: until SIGTERM or SIGINT */
	uint32_t connect_rate; /* first connects per second; 0 all at once */
	uint32_t reconnect_ms;
	uint32_t silence_ms;
	uint32_t late_delete_ms;
	bool is_exit_when_drained;
	struct style style;
	uint16_t faults[FAULT_COUNT]; /* per mille */
	const char *report_path;      /* NULL: none */
	const char *ledger_path;      /* NULL: none */
};

enum options_verdict {
	OPTIONS_RUN,
	OPTIONS_HELP_SHOWN,
	OPTIONS_WRONG, /* said on stderr */
};

/* Paths in *ret_options point into argv. */
enum options_verdict options_parse(int argc, char **argv, struct options *ret_options);

void options_default(struct options *ret_options);

#endif
