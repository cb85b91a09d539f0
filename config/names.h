/* SPDX-License-Identifier: MIT */
/* A list of texts in the configuration. */
#ifndef READOUT_CONFIG_NAMES_H
#define READOUT_CONFIG_NAMES_H

#include "config/reader.h"

/* Replaces what names holds; a complaint says what was expected and changes nothing. */
void names_read(const struct reader_value *value, const char *expected,
		struct config_names *names);
void names_free(struct config_names *names);

#endif
