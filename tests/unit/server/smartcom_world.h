/* SPDX-License-Identifier: MIT */
/*
 * A small world for the driver of a SmartCom terminal: a terminal with a ring memory, a
 * wire that delays and loses, a store that commits when it likes, and a daemon that may
 * be killed. Everything happens by the dice of one seed, so a failing seed fails again.
 *
 * Records are numbers from 0, of different sizes. The ring is first in, first out, so
 * what it holds is always a run of numbers, and so is every reply. A record's line is as
 * long as what it takes of the memory, or up to twice as long (bytes sent as hex digits).
 *
 * What the world takes for granted, as the driver does (server/smartcom/smartcom.h): a
 * terminal reads its meters at most once a minute, and a DEL_OLDEST still on its way when
 * a link ends arrives within the settling time or never.
 */
#ifndef READOUT_TESTS_UNIT_SERVER_SMARTCOM_WORLD_H
#define READOUT_TESTS_UNIT_SERVER_SMARTCOM_WORLD_H

#include "server/smartcom/smartcom.h"

enum {
	WORLD_RECORDS_MAX = 16384,
	WORLD_REPLY_MAX = 1024, /* of the lines that are no records */
	WORLD_LINE_MAX = 1024,
	WORLD_LATE_MAX = 8,
	WORLD_JOBS_MAX = 64,
	WORLD_ROUND_MS = 60000, /* the shortest reading interval of a terminal */
	WORLD_SETTLE_MS = 60000,
};

/* Safeguards taken away from outside the driver, to see that the world finds it out. */
struct world_weakness {
	bool forgets_unknown;  /* a link does not learn what the one before left open */
	bool forgets_mark;     /* a restarted daemon does not find the durable mark */
	bool ignores_settling; /* the settling time is 0 */
	bool lies_about_space; /* GET_SPACE: plenty, so that one record is kept back */
	bool takes_any_head;   /* the store calls every first record known */
	bool hides_refusals;   /* the driver is not told what the store refused */
};

enum world_job_kind { WORLD_JOB_OPEN, WORLD_JOB_COMMIT, WORLD_JOB_END_DELETION };

struct world_job {
	enum world_job_kind kind;
	uint32_t link;  /* who waits for the answer; 0 nobody */
	uint32_t first; /* COMMIT: the records */
	uint32_t count;
	bool is_marking; /* COMMIT: with the deletion mark */
};

struct world {
	uint64_t dice;
	struct world_weakness weakness;
	bool is_calm; /* no faults, no new records: only progress */
	uint64_t now_ms;

	/* the terminal */
	uint32_t oldest;
	uint32_t next;
	uint32_t capacity_bytes;
	uint32_t held_bytes;
	uint32_t meters;
	bool is_wire_slow; /* a DEL comes as late as it may */
	bool has_table;    /* it answers AT^SCAMS? */
	uint64_t next_round_ms;
	uint64_t round_ms;

	/* the wire */
	bool is_open;
	uint32_t link;
	char command[AT_COMMAND_MAX]; /* not executed yet; "" none */
	uint32_t reply_first; /* records of the reply not shown yet, before its text */
	uint32_t reply_count;
	char reply[WORLD_REPLY_MAX];
	size_t reply_size;
	size_t reply_sent;
	struct {
		uint64_t at_ms;
		uint32_t count;
	} late[WORLD_LATE_MAX]; /* DELs of links that are gone */
	uint32_t late_count;

	/* the store */
	bool committed[WORLD_RECORDS_MAX];
	uint32_t refuses_every; /* one record in so many cannot be stored; 0 none */
	bool has_refused;       /* in the last reply, and which was the first */
	uint32_t refused_first;
	bool has_records;
	bool is_marked;
	struct world_job jobs[WORLD_JOBS_MAX];
	uint32_t job_count;

	/* the daemon */
	struct smartcom_settings settings;
	struct smartcom driver;
	struct smartcom_memory memory;
	bool is_memory_valid;
	uint64_t timer_at_ms; /* 0 off */
	bool waits_for_room;
	uint32_t batch_first;
	uint32_t batch_count;
	uint64_t gaps_told;

	/* what is to be judged */
	uint32_t deleted_unsent;
	uint32_t gaps_untold;
	uint32_t deleted;
	uint32_t overwritten_unsent;
};

uint32_t world_roll(struct world *world, uint32_t sides); /* 0..sides-1 */

void world_init(struct world *world, uint64_t seed,
		const struct world_weakness *weakness);

/* One event, chosen by the dice among those that can happen. */
void world_step(struct world *world);

/* No more faults and records: steps until all is committed, or max_steps are over. */
bool world_settles(struct world *world, uint32_t max_steps);

/* ---- the terminal and the wire: smartcom_world_terminal.c ---- */

/* What a record takes of the memory, and how long its line is. */
uint32_t world_record_bytes(uint32_t record);
uint32_t world_line_bytes(uint32_t record);
/* Records are made until the memory is as full as it gets. */
void world_fill(struct world *world);
/* Executes the command in flight and writes its reply. */
void world_execute(struct world *world);
bool world_has_reply(const struct world *world);
void world_drop_reply(struct world *world);
/* A DEL that was on its way when its link ended arrives later, or never. */
void world_leave_command(struct world *world);
/* Time passes: timers, rounds of reading and late DELs in their order. */
void world_advance(struct world *world, uint64_t duration_ms);

/* ---- the daemon and its store: smartcom_world_daemon.c ---- */

void world_connect(struct world *world);
void world_end_link(struct world *world);
void world_kill_daemon(struct world *world);
void world_run_job(struct world *world);
/* Shows the driver the next line of the reply. */
void world_show_line(struct world *world);

#endif
