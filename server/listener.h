/* SPDX-License-Identifier: MIT */
/*
 * A TCP port on which terminals dial in. Every pending connection is accepted sooner or
 * later: what is over a limit is closed at once by session_accept(), what comes faster
 * than the listener's rate waits in the kernel until accepting goes on. Loop thread only.
 */
#ifndef READOUT_SERVER_LISTENER_H
#define READOUT_SERVER_LISTENER_H

#include "config/config.h"
#include "server/fleet.h"

enum { LISTENER_ERROR_MAX = 512 };

struct listener;

/*
 * Binds and listens; reads certificates and keys if it has TLS. config need not outlive
 * the call. NULL and a message (what, where, what to do) in error on failure.
 */
struct listener *listener_new(struct fleet *fleet, const struct config_listener *config,
			      char error[LISTENER_ERROR_MAX]);

/*
 * Takes the limits, the proxies and TLS of a configuration that was read again, with the
 * files it names (renewed certificates, keys, revocations): for links accepted from now
 * on; those that are open keep what they have. Name, address and port stay. false and a
 * message: nothing was changed.
 */
bool listener_reload(struct listener *listener, const struct config_listener *config,
		     char error[LISTENER_ERROR_MAX]);

/* Whether config is of the same name, address and port. */
bool listener_is_same(const struct listener *listener,
		      const struct config_listener *config);

/* The port it listens on (the system's choice for port 0). */
uint16_t listener_port(const struct listener *listener);

/* Stops listening; its links live on, and it frees itself with the last of them. NULL is
 * fine. */
void listener_close(struct listener *listener);

#endif
