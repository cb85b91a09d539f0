/* SPDX-License-Identifier: MIT */
/*
 * The inside of a runner, shared by runner.c (the thread) and runner_slots.c (which
 * lanes there are), and nobody else.
 */
#ifndef READOUT_EXPORTERS_RUNNER_INNER_H
#define READOUT_EXPORTERS_RUNNER_INNER_H

#include <uv.h>

#include "exporters/lane.h"

enum slot_state {
	SLOT_NEW, /* starts when no other of its name has anything in flight */
	SLOT_RUNS,
	SLOT_ENDS,   /* not configured any more: told to stop */
	SLOT_CLOSED, /* at rest until the runner ends: its requests may still be with the
			loop, its jobs with the store */
};

struct runner_slot {
	struct lane *lane;
	enum slot_state state;
	bool is_wanted; /* in a reload: in the new list */
};

/* A new list of exporters on its way to the thread. */
struct runner_reload {
	const struct runner_exporter *exporters;
	size_t count;
	bool is_good;
	char *error;
};

struct runner {
	struct lane_env env;
	char *module_directory, *database_path; /* of env */
	uv_loop_t loop;
	uv_async_t wake;
	uv_timer_t grace;      /* until lanes are closed as they are */
	uv_timer_t look_again; /* after the log could not be read */
	uv_thread_t thread;

	bool is_running;  /* the thread exists; the caller's */
	bool is_stopping; /* the thread's own, as is the next */
	bool is_finished;

	uv_mutex_t lock;           /* of all below */
	struct runner_slot *slots; /* changed by the thread only, which reads without lock
				    */
	size_t slot_count;
	bool is_awake; /* wake may be sent */
	bool has_grown, has_orders, must_stop;
	uint64_t grace_ms;
	struct runner_reload *reload; /* asked for and not yet done */
	uv_cond_t reloaded;
};

/* Whether the slot counts as an exporter: runs, or will. */
bool slot_is_active(const struct runner_slot *slot);

/* Makes the active lanes those of the list. While no loop runs, or on its thread. */
bool slots_set(struct runner *runner, const struct runner_exporter *exporters,
	       size_t count, char error[EXPORTER_ERROR_MAX]);

/* Closes what has ended and starts what may start. Loop thread. */
void slots_settle(struct runner *runner);

/* All that is not closed yet has nothing in flight. Loop thread. */
bool slots_are_idle(const struct runner *runner);

#endif
