/* SPDX-License-Identifier: MIT */
/*
 * A TCP port on which terminals dial in. Every pending connection is accepted, for libuv
 * stops watching a listener whose connection is left; what is over a limit is closed at
 * once by session_accept(). Loop thread only.
 */
#ifndef READOUT_SERVER_LISTENER_H
#define READOUT_SERVER_LISTENER_H

#include "config/config.h"
#include "server/fleet.h"

enum { LISTENER_ERROR_MAX = 256 };

struct listener;

/* Binds and listens. NULL and a message (what, where, what to do) in error on failure. */
struct listener *listener_new(struct fleet *fleet, const struct config_listener *config,
			      char error[LISTENER_ERROR_MAX]);

/* The port it listens on (the system's choice for port 0). */
uint16_t listener_port(const struct listener *listener);

/* Stops listening; its links live on, and it frees itself with the last of them. NULL is
 * fine. */
void listener_close(struct listener *listener);

#endif
