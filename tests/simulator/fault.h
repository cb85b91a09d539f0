/* SPDX-License-Identifier: MIT */
/*
 * The unpleasant things a terminal and its link can do, each with a probability. Every
 * one of them is something a correct reader survives without losing, doubling or wrongly
 * deleting a record.
 */
#ifndef READOUT_SIMULATOR_FAULT_H
#define READOUT_SIMULATOR_FAULT_H

#include <stdbool.h>
#include <stdint.h>

enum fault {
	FAULT_SPLIT,       /* reply: written in pieces cut at random bytes */
	FAULT_SLOW,        /* reply: its first bytes one by one */
	FAULT_SILENCE,     /* command: no answer for silence-ms, then the answer */
	FAULT_DROP_QUOTE,  /* GET: link dropped inside the quotes of a record */
	FAULT_DROP_REPLY,  /* reply: link dropped at any byte */
	FAULT_DELETE_LOST, /* DEL: executed, link dropped before the OK */
	FAULT_DELETE_LATE, /* DEL: link dropped, executed up to late-delete-ms later */
	FAULT_DUPLICATE, /* command: a second link is opened; the first may fall silent */
	FAULT_OVERWRITE, /* DEL: a round of readings is made just before it */
	FAULT_GAP,       /* record: the sequence skips some numbers */
	FAULT_RESET,     /* round: the sequence starts again at 1 */
	FAULT_CLOCK_RESET,  /* round: so does the clock, at 1970, for two rounds */
	FAULT_ERROR_RECORD, /* record: the read failed; error_code and no data */
	FAULT_STRAY,        /* AT^SCDATA: a line that answers nothing, before or inside */
	FAULT_KEEP_ECHO,    /* ATE0: refused */
	FAULT_ERROR,        /* command: not executed, ERROR with or without a number */
	FAULT_GARBAGE,      /* connect: random bytes */
	FAULT_COUNT,
};

const char *fault_name(enum fault fault);

/* "all", or NAME=PERMILLE,NAME,... (a name alone: its default; "all" may stand among
 * them, later items win). False with *ret_bad at the item that is not understood. */
bool fault_parse(const char *list, uint16_t permille[FAULT_COUNT], const char **ret_bad);

/* The names, their defaults under "all" and their meaning, for --help. */
void fault_print_help(void);

#endif
