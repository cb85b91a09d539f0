/* SPDX-License-Identifier: MIT */
/* Which known name somebody may have meant. Pure; any thread. */
#ifndef READOUT_CONFIG_SUGGESTION_H
#define READOUT_CONFIG_SUGGESTION_H

#include <stddef.h>

/*
 * The closest of count names to text, or NULL if none is close: letters inserted, left
 * out or changed, at most one for every three of the name, and a plain swap of neighbours
 * counts as two. Longer texts than 63 bytes are never close.
 */
const char *suggestion_find(const char *text, const char *const *names, size_t count);

#endif
