/* SPDX-License-Identifier: MIT */
/*
 * The commands Readout sends to a terminal, as text without terminator, and the prefix
 * with which the lines of their answers begin. Pure; any thread.
 */
#ifndef READOUT_PROTOCOL_AT_COMMAND_H
#define READOUT_PROTOCOL_AT_COMMAND_H

#include "protocol/span.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The UDF chapter of the manual caps a command at 80 characters; ours stay below. */
enum { AT_COMMAND_MAX = 80 };

struct at_command {
	char text[AT_COMMAND_MAX];
	uint8_t size;       /* of text, without NUL */
	const char *prefix; /* static: "^SCDATA:", "^SCAMS:"; "" for plain answers such as
			       ATI4's */
};

/* A fixed command such as "ATE0" or "ATI4", answered by lines with prefix. text < 80
 * bytes. */
void at_command_plain(struct at_command *ret_command, const char *text,
		      const char *prefix);

void at_command_get_oldest(struct at_command *ret_command, uint32_t count);
void at_command_del_oldest(struct at_command *ret_command, uint32_t count);
void at_command_get_space(struct at_command *ret_command);
void at_command_message_count(struct at_command *ret_command);
void at_command_device_table(struct at_command *ret_command); /* AT^SCAMS? */

#ifdef __cplusplus
}
#endif

#endif
