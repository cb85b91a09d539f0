/* SPDX-License-Identifier: MIT */
/*
 * The inside of a lane, shared by the lane_*.c files and nobody else: lane.c (birth,
 * death, status), lane_read.c (when to read the log), lane_steps.c (the state machine),
 * lane_cursor.c (jobs of the store), lane_deliver.c (the plugin), lane_order.c (the
 * operator), lane_memory.c (what sinks call things).
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
	LANE_PUBLISHING,
	LANE_MOVING,
	LANE_SETTING, /* an order changes the cursor */
	LANE_BACKING_OFF,
	LANE_REFUSED,
	LANE_PAUSED,
	LANE_CLOSED, /* told to stop, nothing in flight */
	LANE_STATES, /* how many there are */
};

/* Where the telegrams of a batch come from. */
enum lane_source {
	LANE_LOG,      /* behind the cursor, or behind what was delivered ahead of it */
	LANE_BACKFILL, /* between the cursor and what was delivered ahead of it */
	LANE_DEAD,     /* dead letters, once more */
};

/* What the plugin has asked to remember and the store has not committed yet. */
struct lane_memory {
	struct cursor_note *notes; /* key and remote of each are one block */
	size_t count, capacity;
	size_t in_flight;             /* of them, on their way to the store */
	struct remote_ids *committed; /* opened when first asked */
};

/* What an operator has asked for and is not done yet. */
struct lane_orders {
	bool must_pause, must_resume, must_reset, must_retry, must_purge;
	int64_t reset_to;
};

struct lane {
	struct exporter_host host; /* first: the plugin's pointer to it leads back here */
	const struct lane_env *env;
	char name[sizeof((struct runner_status *)0)->name];
	char *fingerprint; /* all of its configuration, for comparison */
	uint32_t batch_count;
	uint64_t batch_bytes, batch_age_ms;
	bool is_newest_first;
	bool has_filter;
	struct log_filter filter;

	struct exporter_module *module;
	const struct exporter_plugin *plugin;
	char **values;
	void *instance;

	enum lane_state state;
	bool is_open;     /* the cursor is known */
	bool is_stopping; /* no new batch */
	bool is_due;      /* the oldest telegram has waited long enough */
	bool is_asking;   /* inside deliver() or publish() */
	bool is_ending;   /* the range that was taken is to be published */
	bool is_broken;   /* failed too often: one telegram is tried, then all */
	struct cursor_state cursor;
	enum lane_source source;     /* of the batch */
	int64_t settled;             /* the cursor may move up to here */
	int64_t taken;               /* portions were taken up to here */
	uint64_t taken_count;        /* telegrams in them */
	enum exporter_verdict pause; /* after this batch: RETRY, STOP, or none */
	uint64_t retry_after_ms;     /* floor of the next wait */
	uint32_t attempt;            /* failures in a row */
	uint64_t random;
	uv_timer_t timer; /* WAITING: the age of a batch; BACKING_OFF, REFUSED: the pause
			   */

	struct log_batch batch;
	struct exporter_batch offered; /* what of it the plugin has */
	struct delivery delivery;
	struct lane_memory memory;
	struct lane_orders orders;
	int64_t dead_after, dead_until; /* letters to be tried; none when equal */
	int64_t log_end;
	int64_t passed;    /* the log holds nothing wanted up to here */
	int64_t empty_to;  /* nothing was found up to here */
	int64_t full_at;   /* a batch may be full when the log reaches this position */
	int64_t oldest_ms; /* receipt of the first telegram behind the cursor, 0 unknown
			    */
	char rejection[EXPORTER_ERROR_MAX]; /* last reason logged for a dead letter */

	struct runner_status status; /* the thread's own */
	uv_mutex_t lock;             /* of all below */
	struct runner_status shown;
	int64_t shown_oldest_ms;
	struct lane_orders wishes; /* given and not yet seen */
	bool has_wishes;
};

/* ---- lane_steps.c ---- */

/* The step that follows from the lane's data. */
void lane_advance(struct lane *lane);

/* Goes to state, which the present one must allow, and shows it. */
void lane_enter(struct lane *lane, enum lane_state state);

/* A trouble of our own side: noted, then backing off. */
void lane_fail(struct lane *lane, const char *text);

/* Notes a trouble; logs it when it is not the one that lasts already. */
void lane_note_trouble(struct lane *lane, const char *severity, const char *text);

/* Nothing is held up any more. */
void lane_recover(struct lane *lane);

void lane_log(const struct lane *lane, const char *severity, const char *text);

/* ---- lane_read.c ---- */

/* Takes the next batch from the log; waits when there is none yet. */
void lane_read(struct lane *lane);

/* The log has grown, or the lane has just begun to wait: reads when a batch is there. */
void lane_look(struct lane *lane);

/* ---- lane_cursor.c ---- */

/* Delivered up to here, as far as the source goes. */
int64_t lane_base(const struct lane *lane, enum lane_source source);
/* A range was announced and not left behind: of which source. */
bool lane_is_again(const struct lane *lane, enum lane_source *ret_source);
/* Telegrams the plugin does not have yet, in positions of the log. */
int64_t lane_lag(const struct lane *lane);

void lane_open_cursor(struct lane *lane);
void lane_announce(struct lane *lane, int64_t until);
void lane_move(struct lane *lane);
/* Makes the cursor another one, for an order or a leap ahead. */
void lane_set_cursor(struct lane *lane, const struct cursor_state *cursor);

/* ---- lane_deliver.c ---- */

void lane_deliver(struct lane *lane);
void lane_publish(struct lane *lane);

/* The host's functions: see exporter.h. */
void lane_answer(struct exporter_delivery *token, uint32_t first, uint32_t count,
		 enum exporter_verdict verdict, uint64_t retry_after_ms,
		 const char *reason);
void lane_reject(struct exporter_delivery *token, uint32_t telegram, const char *reason,
		 const char *payload, const char *reply);
void lane_end_range(const struct exporter_host *host);

/* ---- lane_order.c ---- */

/* Carries out what was ordered. true: the lane is under way with it. */
bool lane_obey(struct lane *lane);

/* ---- lane.c ---- */

int64_t lane_now_ms(void); /* Unix time */

/* Makes the lane's counters visible to lane_status(). */
void lane_show(struct lane *lane);

/* ---- lane_memory.c ---- */

/* The host's remember() and recall(). */
bool lane_remember(const struct exporter_host *host, const char *key, const char *remote);
bool lane_recall(const struct exporter_host *host, const char *key, char *ret_remote,
		 size_t size);

/* The first count notes are committed. */
void lane_memory_forget(struct lane_memory *memory, size_t count);
void lane_memory_close(struct lane_memory *memory);

#endif
