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
	  "never seen before, and terminals.unknown is \"refuse\"")                      \
	X(CLOSE_FORBIDDEN, "forbidden", "known_terminals forbids it")                    \
	X(CLOSE_NOT_PROVEN, "not_proven",                                                \
	  "it claimed a name without the registration or TLS identity that it needs")    \
	X(CLOSE_NAME_TAKEN, "name_taken",                                                \
	  "it claimed a connected terminal's name, and that terminal answers")           \
	X(CLOSE_HALF_OPEN, "half_open", "nobody answered AT: the terminal is gone")      \
	X(CLOSE_LINE_TOO_LONG, "line_too_long", "a line passed terminals.line_limit")    \
	X(CLOSE_REPLY_TOO_LONG, "reply_too_long",                                        \
	  "a reply passed terminals.reply_limit")                                        \
	X(CLOSE_UNASKED, "unasked", "it kept sending what nobody asked for")             \
	X(CLOSE_TOO_MANY_RECORDS, "too_many_records",                                    \
	  "it sent more records than asked for: nothing was deleted")                    \
	X(CLOSE_REPLACED, "replaced", "the same terminal has opened a newer link")       \
	X(CLOSE_NOT_READING, "not_reading",                                              \
	  "what was sent to it piled up, for it does not read")                          \
	X(CLOSE_HANDSHAKE_TIMEOUT, "handshake_timeout",                                  \
	  "connect, PROXY header, TLS and login took longer than "                       \
	  "terminals.identify_timeout")                                                  \
	X(CLOSE_CONNECT_FAILED, "connect_failed", "the terminal could not be dialled")   \
	X(CLOSE_LOGIN_REFUSED, "login_refused",                                          \
	  "the terminal refused the user or password of dial.*.login")                   \
	X(CLOSE_PROXY_HEADER, "proxy_header",                                            \
	  "a listed proxy sent no PROXY header, or a broken one")                        \
	X(CLOSE_PROXY_NOT_LISTED, "proxy_not_listed",                                    \
	  "a PROXY header from an address that proxy_protocol.from does not list")       \
	X(CLOSE_TLS_PLAIN_TEXT, "tls_plain_text", "it spoke plain text on a TLS port")   \
	X(CLOSE_TLS_NOT_HERE, "tls_not_here", "it began with TLS on a port without TLS") \
	X(CLOSE_TLS_HANDSHAKE, "tls_handshake",                                          \
	  "TLS came to no agreement, or was broken off")                                 \
	X(CLOSE_TLS_REFUSED, "tls_refused",                                              \
	  "the other side refused our certificate or key")                               \
	X(CLOSE_TLS_NO_CERTIFICATE, "tls_no_certificate", "it showed no certificate")    \
	X(CLOSE_TLS_EXPIRED, "tls_expired",                                              \
	  "its certificate has expired, or is not valid yet")                            \
	X(CLOSE_TLS_WRONG_NAME, "tls_wrong_name", "its certificate is for another name") \
	X(CLOSE_TLS_SELF_SIGNED, "tls_self_signed",                                      \
	  "its certificate is signed by nobody we trust but itself")                     \
	X(CLOSE_TLS_REVOKED, "tls_revoked", "its certificate has been revoked")          \
	X(CLOSE_TLS_UNTRUSTED, "tls_untrusted", "its certificate could not be verified") \
	X(CLOSE_TLS_WRONG_PSK, "tls_wrong_psk",                                          \
	  "its identity has no key here, or another one")                                \
	X(CLOSE_LIMIT_LISTENER, "limit_listener",                                        \
	  "limits of its listener reached (connections or connections_per_address)")     \
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
