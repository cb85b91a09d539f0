/* SPDX-License-Identifier: MIT */
/*
 * "exporters": one object per exporter, by name, and in it "options" that only the
 * plugin understands. Secrets of enabled exporters are resolved here; a disabled one
 * gets an empty text, so that it can wait for its secret.
 */
#ifndef READOUT_CONFIG_EXPORTERS_H
#define READOUT_CONFIG_EXPORTERS_H

#include "config/reader.h"

/* For a reader_key; target is the struct config. What was there before is replaced. */
void read_exporters(const struct reader_value *value, void *target);

/* For a reader_key; target is the struct config_exporter. */
void read_options(const struct reader_value *value, void *target);

/* For a reader_key; target is a struct config_names. */
void read_name_list(const struct reader_value *value, void *target);

void exporters_free(struct config *config);

#endif
