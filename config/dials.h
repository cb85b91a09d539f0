/* SPDX-License-Identifier: MIT */
/* "dial": one object per terminal that is dialled, by name. */
#ifndef READOUT_CONFIG_DIALS_H
#define READOUT_CONFIG_DIALS_H

#include "config/reader.h"

/* For reader_keys; target is the struct config, and the password of a dial. */
void read_dials(const struct reader_value *value, void *target);
void read_password(const struct reader_value *value, void *target);

void dials_free(struct config *config);

#endif
