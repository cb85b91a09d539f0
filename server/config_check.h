/* SPDX-License-Identifier: MIT */
/*
 * What a configuration names outside itself, tried without changing anything:
 * certificates and keys are read, exporters' modules loaded for the sake of their option
 * tables. What passes here can be used; addresses are known to be free only when they are
 * bound. Loop thread, or a command.
 */
#ifndef READOUT_SERVER_CONFIG_CHECK_H
#define READOUT_SERVER_CONFIG_CHECK_H

#include "config/config.h"

/* complain hears what is wrong, where, and what to do. false: something is. */
bool config_check(const struct config *config,
		  void (*complain)(void *context, const char *text), void *context);

#endif
