/* SPDX-License-Identifier: MIT */
/*
 * "groups" and "known_terminals": settings for some terminals that differ from those of
 * "terminals". They are read last, for they begin as copies: a group of the defaults, a
 * known terminal of its group.
 */
#ifndef READOUT_CONFIG_GROUPS_H
#define READOUT_CONFIG_GROUPS_H

#include "config/reader.h"

/* For reader_keys of these two: only checks that it is an object. */
void read_later(const struct reader_value *value, void *target);

/* For a reader_key; target is the struct config_group. */
void read_members(const struct reader_value *value, void *target);

/* For a reader_key; target is the char * for the secret. */
void read_registration(const struct reader_value *value, void *target);

/* Reads both from the root of the document, once config has the defaults. */
void groups_read(const struct reader *reader, json_t *root, struct config *config);

/* The group of this name or, for NULL, the first with a member pattern that fits
 * identity; NULL none. */
const struct config_group *group_find(const struct config *config, const char *name,
				      const char *identity);

void groups_free(struct config *config);

#endif
