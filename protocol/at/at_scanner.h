/* SPDX-License-Identifier: MIT */
/*
 * Cuts what a terminal sends into logical lines. Quotes protect line breaks: an
 * IEC 62056-21 block is one logical line of many kilobytes. CR, LF and CRLF all end a
 * line; empty lines are passed over.
 *
 * The caller keeps the bytes in a buffer of its own, whose size is the limit of a line,
 * and shows the unconsumed ones again with more behind them: the scanner remembers how
 * far it has looked, so each byte is looked at once however small the pieces are. Pure:
 * no copy, no allocation; one scanner per stream, any thread.
 */
#ifndef READOUT_PROTOCOL_AT_SCANNER_H
#define READOUT_PROTOCOL_AT_SCANNER_H

#include "protocol/span.h"

#ifdef __cplusplus
extern "C" {
#endif

struct at_scanner {
	size_t scanned;    /* bytes of the unconsumed buffer already looked at */
	bool is_in_quotes; /* the byte at scanned is inside quotes */
};

void at_scanner_init(struct at_scanner *scanner);

/*
 * Looks for the first complete logical line in buffer. true: *ret_line is the line
 * without its terminator (never empty). false: more bytes are needed, *ret_line is
 * untouched. Either way the caller must take *ret_consumed bytes off the front of its
 * buffer (on false these are the ends of empty lines) before the next call, and show the
 * rest again.
 */
bool at_scanner_line(struct at_scanner *scanner, struct span buffer,
		     struct span *ret_line, size_t *ret_consumed);

/* True while the scanner stands inside quotes: a reply that ends here was broken. */
bool at_scanner_is_in_quotes(const struct at_scanner *scanner);

#ifdef __cplusplus
}
#endif

#endif
