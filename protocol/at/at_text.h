/* SPDX-License-Identifier: MIT */
/*
 * What the readers of AT lines do with a run of characters: trim it, compare it without
 * regard to case, read it as a number. ASCII only, never by the process's locale. Pure;
 * any thread.
 */
#ifndef READOUT_PROTOCOL_AT_TEXT_H
#define READOUT_PROTOCOL_AT_TEXT_H

#include "protocol/span.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The text without the blanks and tabs, line breaks and other controls at its ends. */
struct span at_text_trim(struct span text);

/* The text behind its first count bytes; empty when it has fewer. */
struct span at_text_skip(struct span text, size_t count);

bool at_text_equal(struct span text, const char *word);
bool at_text_begins_with(struct span text, const char *prefix);

/*
 * Reads text as a decimal integer: an optional minus and digits, nothing else. Returns
 * false for any other text and for a number that an int64_t cannot hold; *ret_number is
 * then untouched.
 */
bool at_text_integer(struct span text, int64_t *ret_number);

#ifdef __cplusplus
}
#endif

#endif
