/* SPDX-License-Identifier: MIT */
/* "listeners": one object per listener, by name. */
#ifndef READOUT_CONFIG_LISTENERS_H
#define READOUT_CONFIG_LISTENERS_H

#include "config/reader.h"

/* For a reader_key; target is the struct config. What was there before is replaced. */
void read_listeners(const struct reader_value *value, void *target);

/* The same; target is the struct config_listener. */
void read_proxies(const struct reader_value *value, void *target);

void listeners_free(struct config *config);

/* Complains of listeners that want the same port of the same address. */
void listeners_check(const struct reader *reader, const struct config *config);

#endif
