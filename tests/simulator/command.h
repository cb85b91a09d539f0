/* SPDX-License-Identifier: MIT */
/*
 * The AT commands a terminal understands, as a table. A command is executed without
 * reference to any link: the result says what to print, which records to list and how
 * many to delete, and whoever carries the answer decides when (and, with faults, whether
 * its OK arrives). Forms: 2N SmartCOM, AT^SCDATA, AT^SCAMS, AT^SCPORT2, AT^SCERR.
 */
#ifndef READOUT_SIMULATOR_COMMAND_H
#define READOUT_SIMULATOR_COMMAND_H

#include "tests/simulator/terminal.h"

enum command_kind {
	COMMAND_PLAIN,  /* lines and a result code */
	COMMAND_DATA,   /* the same, of AT^SCDATA */
	COMMAND_GET,    /* the oldest count records between */
	COMMAND_DELETE, /* the oldest count records are to be deleted */
	COMMAND_ECHO_ON,
	COMMAND_ECHO_OFF,
};

struct command_result {
	enum command_kind kind;
	uint32_t count;    /* for GET and DELETE; UINT32_MAX: all */
	const char *final; /* result code */
};

/* Executes a line without its terminator, upper or lower case. Lines of the answer are
 * appended to text, each with its line end; the result code and records are not. */
void command_run(const struct terminal *terminal, const char *line, size_t size,
		 struct text *text, struct command_result *ret_result);

/* One line of an answer, with what the style puts around it. */
void command_put_line(const struct style *style, struct text *text, const char *line);

#endif
