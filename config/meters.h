/* SPDX-License-Identifier: MIT */
/* "meters": one object per meter, by its address; what Readout must know of a meter. */
#ifndef READOUT_CONFIG_METERS_H
#define READOUT_CONFIG_METERS_H

#include "config/reader.h"

/* For a reader_key; target is the struct config. What was there before is replaced. */
void read_meters(const struct reader_value *value, void *target);

/* For the reader_key "key"; target is the struct config_meter. */
void read_meter_key(const struct reader_value *value, void *target);

void meters_free(struct config *config);

#endif
