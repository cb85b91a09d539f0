/* SPDX-License-Identifier: MIT */
/*
 * Takes the commands of telnet (IAC, interpret as command) out of what a terminal sends,
 * byte by byte, and says what to answer: it may echo and need not wait for go-aheads;
 * everything else is refused, on both sides. Only a change of state is answered, so no
 * two ends can talk for ever. Pure; any thread.
 *
 * Source: RFC 854, 855, 857 (echo), 858 (suppress go-ahead), 1143 (answering).
 */
#ifndef READOUT_PROTOCOL_TELNET_H
#define READOUT_PROTOCOL_TELNET_H

#include "protocol/span.h"

enum { TELNET_IAC = 255, TELNET_ANSWER_SIZE = 3 };

enum telnet_result {
	TELNET_DATA,   /* the byte is the terminal's own */
	TELNET_DROP,   /* it belongs to a command */
	TELNET_ANSWER, /* it ends a command, which is to be answered */
};

/* All zero at the beginning of a connection. */
struct telnet {
	uint8_t state;     /* of the scanner */
	uint8_t verb;      /* WILL, WONT, DO or DONT of the command being read */
	uint8_t theirs;    /* options they perform, by bit; see telnet.c */
	uint8_t ours;      /* options we perform */
	uint32_t commands; /* read so far, for a limit */
};

/* TELNET_ANSWER fills ret_answer. */
enum telnet_result telnet_read(struct telnet *telnet, uint8_t byte,
			       uint8_t ret_answer[TELNET_ANSWER_SIZE]);

/* How many of bytes may be passed on without telnet_read(): up to an IAC or CR. */
size_t telnet_plain(const struct telnet *telnet, struct span bytes);

#endif
