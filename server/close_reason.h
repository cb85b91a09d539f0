/* SPDX-License-Identifier: MIT */
/*
 * Why a link was closed. Every link that ends has exactly one of these, counted and
 * logged.
 */
#ifndef READOUT_SERVER_CLOSE_REASON_H
#define READOUT_SERVER_CLOSE_REASON_H

/* X(name, text, what it means) */
#define CLOSE_REASONS(X)                                                                 \
	X(CLOSE_PEER_CLOSED, "peer_closed", "the terminal hung up")                      \
	X(CLOSE_PEER_BROKE_OFF, "peer_broke_off", "the terminal hung up inside a reply") \
	X(CLOSE_NETWORK_ERROR, "network_error", "reading or writing the socket failed")  \
	X(CLOSE_EXCHANGE_TIMEOUT, "exchange_timeout",                                    \
	  "a command got no final result in time; a late one must not answer the next")  \
	X(CLOSE_IDENTIFY_TIMEOUT, "identify_timeout",                                    \
	  "it did not say who it is in time")                                            \
	X(CLOSE_NOT_IDENTIFIED, "not_identified",                                        \
	  "no probe gave an identity; see terminals.identify")                           \
	X(CLOSE_UNKNOWN_TERMINAL, "unknown_terminal",                                    \
	  "never seen before, and terminals.accept_unknown is false")                    \
	X(CLOSE_LINE_TOO_LONG, "line_too_long", "a line passed terminals.line_limit")    \
	X(CLOSE_REPLY_TOO_LONG, "reply_too_long",                                        \
	  "a reply passed terminals.reply_limit")                                        \
	X(CLOSE_UNASKED, "unasked", "it kept sending what nobody asked for")             \
	X(CLOSE_TOO_MANY_RECORDS, "too_many_records",                                    \
	  "it sent more records than asked for: nothing was deleted")                    \
	X(CLOSE_REPLACED, "replaced", "the same terminal has opened a newer link")       \
	X(CLOSE_LIMIT_CONNECTIONS, "limit_connections", "limits.connections reached")    \
	X(CLOSE_LIMIT_ADDRESS, "limit_address",                                          \
	  "limits.connections_per_address reached")                                      \
	X(CLOSE_LIMIT_TERMINALS, "limit_terminals", "limits.terminals reached")          \
	X(CLOSE_QUEUE_FULL, "queue_full",                                                \
	  "the reply outgrew the room in the store's queue")                             \
	X(CLOSE_STORE, "store", "the store could not take the terminal in")              \
	X(CLOSE_OUT_OF_MEMORY, "out_of_memory", "no memory")                             \
	X(CLOSE_SHUTDOWN, "shutdown", "Readout is stopping")

enum close_reason {
#define CLOSE_REASON_NAME(name, text, meaning) name,
	CLOSE_REASONS(CLOSE_REASON_NAME)
#undef CLOSE_REASON_NAME
		CLOSE_REASON_COUNT
};

const char *close_reason_text(enum close_reason reason);
const char *close_reason_meaning(enum close_reason reason);

#endif
