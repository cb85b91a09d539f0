/* SPDX-License-Identifier: MIT */
/* Collects what is wrong with a configuration; freed with config_errors_free(). */
#ifndef READOUT_CONFIG_ERRORS_H
#define READOUT_CONFIG_ERRORS_H

#include "config/config.h"

/* Adds "where: text". The hundredth says only that more follow. */
__attribute__((format(printf, 3, 4))) void
errors_add(struct config_errors *errors, const char *where, const char *format, ...);

#endif
