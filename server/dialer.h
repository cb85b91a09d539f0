/* SPDX-License-Identifier: MIT */
/*
 * A terminal that is dialled (Standalone mode): one link at a time, dialled again when it
 * has ended, after a pause that is drawn at random up to a limit which doubles with each
 * link that led to no terminal. Loop thread only.
 */
#ifndef READOUT_SERVER_DIALER_H
#define READOUT_SERVER_DIALER_H

#include "config/config.h"
#include "server/fleet.h"

enum { DIALER_ERROR_MAX = 512 };

struct dialer;

/*
 * Dials within config->reconnect_least_ms; config need not outlive the call. after, if
 * not NULL, is the dialer it takes the place of: that is closed, and when its link has
 * ended this one begins. NULL and a message (what, where, what to do) in error on
 * failure; then after goes on.
 */
struct dialer *dialer_new(struct fleet *fleet, const struct config_dial *config,
			  struct dialer *after, char error[DIALER_ERROR_MAX]);

const char *dialer_name(const struct dialer *dialer);

/* Dials no more; its link lives on, and it frees itself with it. NULL is fine. */
void dialer_close(struct dialer *dialer);

#endif
