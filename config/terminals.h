/* SPDX-License-Identifier: MIT */
/* "terminals.identify": the order in which a terminal is asked who it is; quiet hours. */
#ifndef READOUT_CONFIG_TERMINALS_H
#define READOUT_CONFIG_TERMINALS_H

#include "config/reader.h"

/* For a reader_key; target is the struct config_terminals. Replaces what was there. */
void read_identify(const struct reader_value *value, void *target);

/* For a reader_key; target is a struct config_hours. */
void read_hours(const struct reader_value *value, void *target);

void identify_free(struct config_terminals *terminals);

#endif
