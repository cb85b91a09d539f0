/* SPDX-License-Identifier: MIT */
/* A value of the configuration that says where a secret is: {"env": ...} or {"file":
 * ...}. */
#ifndef READOUT_CONFIG_SECRET_VALUE_H
#define READOUT_CONFIG_SECRET_VALUE_H

#include "config/reader.h"

/* True for an object that names a source of secrets, in its right form or not. */
bool secret_value_is(const json_t *json);

/*
 * The secret, freed by the caller; NULL after a complaint. is_wanted false: only the form
 * is checked, and the text is "".
 */
char *secret_value_read(const struct reader *reader, const char *path, json_t *json,
			bool is_wanted);

#endif
