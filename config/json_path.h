/* SPDX-License-Identifier: MIT */
/*
 * JSON paths as they stand in messages: "$.terminals.identify[1]", and for keys that are
 * no plain words $.exporters["my sink"]. The same key always gives the same text, so
 * paths are also what lines are looked up by.
 */
#ifndef READOUT_CONFIG_JSON_PATH_H
#define READOUT_CONFIG_JSON_PATH_H

#include <stddef.h>

#define JSON_PATH_ROOT "$"

/* The path of a member or an element of parent. Freed by the caller; NULL: no memory. */
char *json_path_member(const char *parent, const char *key);
char *json_path_element(const char *parent, size_t index);

#endif
