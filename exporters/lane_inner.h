/* SPDX-License-Identifier: MIT */
/*
 * The inside of a lane, shared by lane.c (birth, death, status), lane_read.c
 * (when to read the log) and lane_steps.c (the state machine), and nobody else.
 */
#ifndef READOUT_EXPORTERS_LANE_INNER_H
#define READOUT_EXPORTERS_LANE_INNER_H

#include "exporters/delivery.h"
#include "exporters/lane.h"
#include "exporters/log_batch.h"
#include "storage/cursor.h"
#include "storage/remote_id.h"

enum lane_state {
	LANE_CREATED,
	LANE_OPENING,
	LANE_READING,
	LANE_WAITING,
	LANE_ANNOUNCING,
	LANE_DELIVERING,
	LANE_MOVING,
	LANE_BACKING_OFF,
	LANE_STOPPED,
	LANE_CLOSED, /* told to stop, nothing in flight */
	LANE_STATES, /* how many there are */
};

/* What the plugin has asked to remember and the store has not committed yet. */
struct lane_memory {
	struct cursor_note *notes; /* key and remote of each are one block */
	size_t count, capacity;
	size_t in_flight;             /* of them, on their way to the store */
	struct remote_ids *committed; /* opened when first asked */
};

struct lane {
	struct exporter_host host; /* first: the plugin's pointer to it leads back here */
	const struct lane_env *env;
	char name[sizeof((struct runner_status *)0)->name];
	uint32_t batch_count;
	uint64_t batch_age_ms;

	struct exporter_module *module;
	const struct exporter_plugin *plugin;
	char **values;
	void *instance;

	enum lane_state state;
	bool is_open;     /* the cursor is known */
	bool is_stopping; /* no new batch */
	bool is_due;      /* the oldest telegram has waited long enough */
	bool is_asking;   /* inside deliver() */
	struct cursor_state cursor;
	int64_t settled;             /* the cursor may move up to here */
	enum exporter_verdict pause; /* after this batch: RETRY, STOP, or none */
	uint64_t retry_after_ms;     /* floor of the next wait */
	uint32_t attempt;            /* failures in a row */
	uint64_t random;
	uv_timer_t timer; /* WAITING: the age of a batch; BACKING_OFF: the pause */

	struct log_batch batch;
	struct delivery delivery;
	struct lane_memory memory;
	int64_t log_end;
	int64_t empty_to;  /* nothing was found up to here */
	int64_t full_at;   /* a batch may be full when the log reaches this position */
	int64_t oldest_ms; /* receipt of the first telegram behind the cursor, 0 unknown
			    */
	char rejection[EXPORTER_ERROR_MAX]; /* last reason logged for a dead letter */

	struct runner_status status; /* the thread's own */
	uv_mutex_t lock;             /* of the two below */
	struct runner_status shown;
	int64_t shown_oldest_ms;
};

/* The step that follows from the lane's data. */
void lane_advance(struct lane *lane);

/* Takes the next batch from the log; waits when there is none yet. */
void lane_read(struct lane *lane);

/* The log has grown, or the lane has just begun to wait: reads when a batch is there. */
void lane_look(struct lane *lane);

/* Goes to state, which the present one must allow, and shows it. */
void lane_enter(struct lane *lane, enum lane_state state);

/* A trouble of our own side: noted, then backing off. */
void lane_fail(struct lane *lane, const char *text);

/* Nothing is held up any more. */
void lane_recover(struct lane *lane);

int64_t lane_now_ms(void); /* Unix time */

/* Makes the lane's counters visible to lane_status(). */
void lane_show(struct lane *lane);

/* The host's answer(): see exporter.h. */
void lane_answer(struct exporter_delivery *token, uint32_t first, uint32_t count,
		 enum exporter_verdict verdict, uint64_t retry_after_ms,
		 const char *reason);
void lane_reject(struct exporter_delivery *token, uint32_t telegram, const char *reason,
		 const char *payload, const char *reply);

/* The host's remember() and recall(). */
bool lane_remember(const struct exporter_host *host, const char *key, const char *remote);
bool lane_recall(const struct exporter_host *host, const char *key, char *ret_remote,
		 size_t size);

/* The first count notes are committed. */
void lane_memory_forget(struct lane_memory *memory, size_t count);
void lane_memory_close(struct lane_memory *memory);

#endif
