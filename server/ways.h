/* SPDX-License-Identifier: MIT */
/*
 * All ways in: the listeners and the terminals that are dialled, as the configuration
 * names them. Loop thread only.
 */
#ifndef READOUT_SERVER_WAYS_H
#define READOUT_SERVER_WAYS_H

#include "config/config.h"
#include "server/fleet.h"

enum { WAYS_ERROR_MAX = 512 };

struct ways;

/* Opens all of them. NULL and a message in error when one cannot be opened. */
struct ways *ways_new(struct fleet *fleet, const struct config *config,
		      char error[WAYS_ERROR_MAX]);

/*
 * Takes over a configuration that was read again, without dropping a link: a listener of
 * the same name, address and port goes on, with its limits, proxies, certificates and
 * keys read anew; others are opened and closed. Dialled terminals are set up anew; one
 * that is connected is dialled by its new settings when its link has ended.
 * false: some could not be done; complain_cb has heard of each, and what was there goes
 * on.
 */
bool ways_reload(struct ways *ways, const struct config *config,
		 void (*complain_cb)(void *context, const char *text), void *context);

/* Opens no more links; those that are open live on. Frees ways. NULL is fine. */
void ways_close(struct ways *ways);

#endif
