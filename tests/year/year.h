/* SPDX-License-Identifier: MIT */
/*
 * A year of a small fleet: terminals with memory, clock, meters and troubles of their
 * own; a network that delays, breaks and lies; and the real server above the socket with
 * the real store. Everything happens by the dice of one seed in simulated time.
 *
 * Real: session, driver, settings, health, intake, store, database. Simulated: what is
 * below server/links/link.h (network.c), and time (clock.c).
 *
 * Taken for granted, as the driver does (server/smartcom/smartcom.h): a terminal reads
 * its meters at most once a minute, and a DEL_OLDEST still on its way when a link ends
 * arrives within the settling time or never.
 */
#ifndef READOUT_TESTS_YEAR_YEAR_H
#define READOUT_TESTS_YEAR_YEAR_H

#include <semaphore.h>
#include <sqlite3.h>

#include "server/fleet.h"
#include "tests/simulator/dice.h"

enum {
	TERMINALS_MAX = 64,
	METERS_MAX = 6,
	LATE_MAX = 8,
	COMMAND_MAX = 128,
	SERIAL_MAX = 16,
	FRAME_BYTES = 27,
	SETTLE_MS = 60000,
};

#define SECOND_MS UINT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS   (60 * MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)
#define YEAR_MS   (365 * DAY_MS)

/* What became of a record in the terminal's memory. */
enum fate { FATE_HELD, FATE_DELETED, FATE_OVERWRITTEN, FATE_CLEARED };

struct record {
	int64_t stamp; /* by the terminal's clock */
	uint32_t sequence;
	uint32_t counter; /* of the meter, different in each telegram; 0: a failed read */
	uint8_t meter;
	uint8_t status;
	uint8_t fate;
	bool is_stored;     /* the books: it is in the database, */
	uint8_t neighbours; /* ... and so are so many of those around it */
};

/* What may go wrong with a terminal; a set of bits. */
enum trouble {
	TROUBLE_LINK = 1,    /* it breaks often, at any byte */
	TROUBLE_MEMORY = 2,  /* it is small, and sometimes cleared */
	TROUBLE_CLOCK = 4,   /* set wrong, unset after a power failure */
	TROUBLE_LIES = 8,    /* replies of other commands, stale halves, commands twice */
	TROUBLE_TWIN = 16,   /* a second device with the serial number of another */
	TROUBLE_SUMMER = 32, /* keeps local time, with summer time */
};

#define FAULTS(X)                                                                        \
	X(OUTAGES)                                                                       \
	X(FLEET_OUTAGES)                                                                 \
	X(BROKEN_REPLIES)                                                                \
	X(LOST_COMMANDS)                                                                 \
	X(LATE_DELETIONS)                                                                \
	X(SWALLOWED_REPLIES)                                                             \
	X(HALF_OPEN_LINKS)                                                               \
	X(WRONG_REPLIES)                                                                 \
	X(STALE_HALVES)                                                                  \
	X(DOUBLE_COMMANDS)                                                               \
	X(POWER_FAILURES)                                                                \
	X(UNSET_CLOCKS)                                                                  \
	X(CLOCKS_SET_WRONG)                                                              \
	X(CLEARED_MEMORIES)                                                              \
	X(OVERWRITTEN_RECORDS)                                                           \
	X(FAILED_READS)                                                                  \
	X(DAEMON_KILLS)                                                                  \
	X(DAEMON_RESTARTS)                                                               \
	X(WALL_CLOCK_JUMPS)                                                              \
	X(SLOW_COMMITS)

enum fault {
#define FAULT_NAME(name) FAULT_##name,
	FAULTS(FAULT_NAME)
#undef FAULT_NAME
		FAULT_COUNT
};

struct year;

struct terminal_sim {
	struct year *year;
	struct dice dice;
	char serial[SERIAL_MAX];
	uint32_t number;
	unsigned troubles;

	/* memory: records[oldest..made) */
	struct record *records;
	uint32_t made, capacity, oldest;
	uint32_t memory_bytes, held_bytes;
	uint32_t sequence; /* of the next record */
	uint32_t counter;

	/* clock: its time is true time and this */
	int64_t clock_error_s;
	bool is_clock_unset;

	uint32_t meter_count;
	uint64_t read_every_ms, read_at_ms;
	uint64_t trouble_at_ms;
	uint64_t repair_at_ms; /* a wrong clock is set right; 0 it is right */
	uint8_t dead_meters;   /* a bit each: their reads fail */
	uint8_t low_meters;    /* ... their battery is low */

	/* link */
	struct link *link; /* NULL none */
	uint64_t connect_at_ms;
	char command[COMMAND_MAX];
	uint64_t command_at_ms; /* when it arrives; UINT64_MAX none */
	char *reply;            /* its own */
	size_t reply_size, reply_sent;
	uint64_t reply_at_ms; /* when its next bytes arrive; UINT64_MAX none */
	bool is_breaking;     /* the link breaks where the reply ends */
	char *last_reply;     /* of a liar: the one before; its own */
	struct {
		uint64_t at_ms;
		uint32_t count;
	} late[LATE_MAX]; /* DELs of links that are gone */
	uint32_t late_count;
};

struct year {
	uint64_t seed;
	struct dice dice;
	bool is_long;
	bool is_calm; /* the year is over: no faults, no new records */
	uint64_t end_ms;
	uint64_t events; /* how much happened */
	uint64_t faults[FAULT_COUNT];

	struct terminal_sim terminals[TERMINALS_MAX];
	uint32_t terminal_count;
	uint64_t offline_until_ms; /* all of them */

	char directory[64];
	char database[96];
	struct config config;
	struct link_way way;
	struct link *closing[4 * TERMINALS_MAX];
	size_t closing_count;
	uv_loop_t loop;
	struct fleet fleet;
	sem_t woken;
	uint64_t answer_at_ms; /* of the store; UINT64_MAX none awaited */
	uint64_t daemon_at_ms; /* when it is next stopped or killed */
	uint64_t look_at_ms;   /* at the fleet's health */
	uint64_t outage_at_ms;
	uint64_t jump_at_ms;

	uint32_t defects; /* what the books found */
};

/* ---- terminal.c ---- */

void terminal_sim_init(struct terminal_sim *terminal, struct year *year, uint32_t number);
void terminal_sim_free(struct terminal_sim *terminal);
/* A round of its meters. */
void terminal_sim_read(struct terminal_sim *terminal);
/* One of the things that go wrong with it. */
void terminal_sim_suffer(struct terminal_sim *terminal);
void terminal_sim_repair(struct terminal_sim *terminal);
void terminal_sim_delete(struct terminal_sim *terminal, uint32_t count);
uint32_t terminal_sim_space(const struct terminal_sim *terminal);
/* The telegram that a record holds. */
void record_frame(const struct terminal_sim *terminal, const struct record *record,
		  uint8_t ret_frame[FRAME_BYTES]);
/* The line in which it is sent; returns its size. */
size_t record_line(const struct terminal_sim *terminal, const struct record *record,
		   char *ret_line, size_t size);

/* ---- answer.c ---- */

/* Executes command; the reply is a new string. */
char *answer_command(struct terminal_sim *terminal, const char *command);

/* ---- network.c ---- */

void network_connect(struct terminal_sim *terminal);
/* Its link breaks; the daemon hears of it, or not. */
void network_break(struct terminal_sim *terminal, bool is_told);
void network_deliver_command(struct terminal_sim *terminal);
void network_deliver_reply(struct terminal_sim *terminal);
void network_deliver_late(struct terminal_sim *terminal, uint32_t late);
void network_run_closed(struct year *year);

/* ---- service.c ---- */

/* A directory for the database, in memory where that can be had. */
bool service_make_place(struct year *year);
void service_clear_place(const struct year *year);

bool service_start(struct year *year);
void service_stop(struct year *year);
/* Nothing of what it knew is written down any more. */
void service_kill(struct year *year);
/* Waits until the store has done all it was given, and gives the answers on. */
void service_answer(struct year *year);
/* Whether any session waits for the store. */
bool service_awaits_store(const struct year *year);

/* ---- books.c ---- */

/* Compares the database with what the terminals made; counts and prints defects. */
void books_check(struct year *year);

/* ---- conditions.c ---- */

void conditions_check(struct year *year, sqlite3 *db);

#endif
