/* SPDX-License-Identifier: MIT */
/*
 * The orders a running daemon takes through its control socket, as one table. Loop
 * thread only.
 */
#ifndef READOUT_SERVER_ORDERS_H
#define READOUT_SERVER_ORDERS_H

#include "server/chores/housekeeping.h"
#include "server/collect.h"
#include "server/control.h"
#include "server/loop_delay.h"
#include "server/reload.h"

struct orders {
	struct fleet *fleet; /* NULL: not begun */
	const char *database_path;
	struct reload *reload;
	const struct loop_delay *loop_delay;
	int64_t started_ms; /* Unix time */
	struct collect collect;
	struct housekeeping housekeeping;
};

/* For control_new(); its context is a struct orders. */
extern const struct control_command orders_table[];

/* The daemon starts now. What it is given must outlive the orders. false: out of memory.
 */
bool orders_init(struct orders *orders, struct fleet *fleet,
		 struct config_snapshot *snapshot, struct reload *reload,
		 const struct loop_delay *loop_delay);

/* Answers whoever still waits and closes the handles. */
void orders_close(struct orders *orders);

/* Waits for what still runs on a thread of its own; after store_close(). */
void orders_end(struct orders *orders);

#endif
