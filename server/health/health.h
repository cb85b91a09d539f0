/* SPDX-License-Identifier: MIT */
/*
 * The health of terminals, from what their links tell: last contact, fill of the memory,
 * clock, error buffer, reconnects. What lasts becomes
 * a condition, what happens becomes an event. Meters are in meter_health.h.
 *
 * Nothing here waits for the wall clock: it is only compared with the terminal's. Loop
 * thread only.
 */
#ifndef READOUT_SERVER_HEALTH_HEALTH_H
#define READOUT_SERVER_HEALTH_HEALTH_H

#include "protocol/span.h"
#include "server/smartcom/smartcom.h"

struct fleet;
struct session;
struct terminal;
struct telegram_batch;

/* At the start of the daemon: when its terminal was last heard, by Unix time. */
void health_last_heard(const struct fleet *fleet, struct terminal *terminal,
		       int64_t wall_ms);

/* Whether it is not connected and was not heard for longer than its settings allow. */
bool health_is_silent(const struct fleet *fleet, const struct terminal *terminal);

/* Its terminal is known and let in. */
void health_connected(struct session *session);

void health_measured(struct session *session, enum smartcom_measure what, int64_t value);

/* A line of AT^SCERR?. */
void health_terminal_error(struct session *session, struct span line);

/* What a committed reply says. */
void health_committed(struct session *session, const struct telegram_batch *batch);

void health_round_ended(struct session *session);

/* The look at all terminals that is due every few seconds: who is silent, which meters
 * are missing, what is over. */
void health_look(struct fleet *fleet);

enum { HEALTH_LOOK_MS = 10000 };

#endif
