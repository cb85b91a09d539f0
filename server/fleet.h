/* SPDX-License-Identifier: MIT */
/*
 * What all links of the daemon share: the loop, the store's port, the decoder, the
 * terminals, the settings and the counts. Filled in by the daemon before the first link,
 * read by the sessions. Loop thread only.
 */
#ifndef READOUT_SERVER_FLEET_H
#define READOUT_SERVER_FLEET_H

#include <uv.h>

#include "config/config.h"
#include "exporters/runner.h"
#include "server/address_count.h"
#include "server/intake.h"
#include "server/links/link.h"
#include "server/log.h"
#include "server/record_counts.h"
#include "server/terminal.h"
#include "server/terminal_settings.h"

struct session;

struct fleet_limits {
	uint32_t connections;
	uint32_t connections_per_address;
	size_t line_bytes;
	size_t reply_bytes;
	size_t large_bytes; /* of a record that fits neither */
};

/* What becomes of terminals never seen before. */
enum fleet_unknown { UNKNOWN_ACCEPTED, UNKNOWN_QUARANTINED, UNKNOWN_REFUSED };

struct fleet_counts {
	uint64_t accepted;
	uint64_t dialled;
	uint64_t accept_pauses; /* times a listener's rate made a connection wait */
	uint64_t closed[CLOSE_REASON_COUNT];
	uint64_t identified;
	uint64_t stray_lines;
	uint64_t conditions[CONDITION_KIND_COUNT]; /* open ones */
};

struct fleet {
	uv_loop_t *loop;
	uint64_t started_at_ms; /* by its clock */
	struct log *log;
	struct store *store;
	struct store_port *port;
	struct intake *intake;
	struct runner *runner; /* NULL: no exporters */

	struct settings_table *settings; /* for new links */
	bool terminator_crlf;
	enum fleet_unknown unknown;
	struct fleet_limits limits;

	struct terminal_table *terminals;
	struct address_count *addresses;
	struct session *sessions; /* open ones, a list */
	uint32_t session_count;
	struct session *waiting_for_room; /* sessions whose driver waits for the store */
	struct session *last_waiting;     /* of that line */
	struct fleet_counts counts;
	struct record_counts records;
	struct link_hub hub; /* large: the buffer in which all links read */
};

/*
 * Takes what the configuration says of terminals and limits, at the start and again at
 * each reload: for new links at once, for others see session_renew_settings(). false: out
 * of memory, nothing has changed.
 */
bool fleet_take_settings(struct fleet *fleet, const struct config *config);

/*
 * Raises the limit of open files to what the limit of links needs, or lowers the latter:
 * without descriptors the kernel's pending connections are dropped and nobody is told.
 * false: there are too few for any work.
 */
bool fleet_raise_file_limit(struct fleet *fleet);

/* The store has given room back: lets the waiting drivers ask again, in order. */
void fleet_offer_room(struct fleet *fleet);

/* Asks every connected terminal for a round now. */
void fleet_collect(struct fleet *fleet);

/* Closes every link. They are gone when session_count is 0. */
void fleet_stop(struct fleet *fleet);

#endif
