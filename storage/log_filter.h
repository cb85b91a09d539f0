/* SPDX-License-Identifier: MIT */
/*
 * Which telegrams of the log somebody wants, and which of their readings: lists of names,
 * each empty for "all". A telegram is wanted when every list that is not empty holds one
 * of its names. Pure.
 */
#ifndef READOUT_STORAGE_LOG_FILTER_H
#define READOUT_STORAGE_LOG_FILTER_H

#include <stdbool.h>
#include <stddef.h>

struct log_filter_list {
	const char *const *texts;
	size_t count;
};

struct log_filter {
	struct log_filter_list terminals;  /* identity or name */
	struct log_filter_list meters;     /* address of 16 digits or name */
	struct log_filter_list media;      /* as in the view readings */
	struct log_filter_list places;     /* name */
	struct log_filter_list quantities; /* of readings; a telegram without one is not
					      wanted */
};

/* Either of two names; NULL counts as "". */
bool log_filter_has(const struct log_filter_list *list, const char *name,
		    const char *other);

/* A deep copy. false when memory is out; nothing is held then. */
bool log_filter_copy(const struct log_filter *from, struct log_filter *ret_copy);
void log_filter_free(struct log_filter *filter); /* a copy; all zero is fine */

#endif
