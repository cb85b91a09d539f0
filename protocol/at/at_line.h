/* SPDX-License-Identifier: MIT */
/*
 * What a logical line means to the command in flight: its echo, its information, the
 * final result, or a stray line that nobody asked for. Pure; any thread.
 */
#ifndef READOUT_PROTOCOL_AT_LINE_H
#define READOUT_PROTOCOL_AT_LINE_H

#include "protocol/at/at_command.h"

#ifdef __cplusplus
extern "C" {
#endif

enum at_line_kind {
	AT_LINE_ECHO,  /* the command, sent back */
	AT_LINE_INFO,  /* belongs to the command's answer */
	AT_LINE_OK,    /* final result: success */
	AT_LINE_ERROR, /* final result: ERROR, ERROR n, +CME ERROR: n, +CMS ERROR: n */
	AT_LINE_STRAY, /* anything else */
};

struct at_line {
	enum at_line_kind kind;
	struct span
		info;  /* AT_LINE_INFO: the whole line, trimmed of blanks at both ends */
	bool has_code; /* AT_LINE_ERROR: a number followed */
	int64_t code;
};

/*
 * Reads line as an answer to command. A line that begins with the command's prefix is
 * information; for a command without prefix (ATI4) every line that is no echo, no result,
 * and does not begin with '^' or '+' is. Case does not matter for OK, ERROR, prefix and
 * echo.
 */
void at_line_read(struct span line, const struct at_command *command,
		  struct at_line *ret_line);

/*
 * The first integer after the colon that is not inside quotes, as in ^SCDATA:
 * "GET_SPACE",1000 and ^SCDATA: 1000. Returns false if there is none.
 */
bool at_line_number(struct span line, int64_t *ret_number);

#ifdef __cplusplus
}
#endif

#endif
