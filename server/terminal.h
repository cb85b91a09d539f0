/* SPDX-License-Identifier: MIT */
/*
 * The terminals this daemon knows, connected or not: what must outlive a link but not the
 * daemon, and what `readout status` tells. (What must outlive the daemon is in the store,
 * storage/terminal_record.h.) Loop thread only. The number of terminals is limited at
 * creation.
 */
#ifndef READOUT_SERVER_TERMINAL_H
#define READOUT_SERVER_TERMINAL_H

#include "server/health/condition.h"
#include "server/health/meter_health.h"
#include "server/smartcom/smartcom.h"
#include "storage/terminal_record.h"

struct session;

/* What health.c needs between two looks. Times ending in _at_ms are the loop's. */
struct terminal_health {
	uint64_t heard_at_ms;       /* its link opened or ended, or a round */
	uint64_t drained_at_ms;     /* its memory was last read to the end; 0 never */
	int64_t clock_error_s;      /* at least, as found last; 0 none since the start */
	uint32_t clock_right_count; /* records since then that fit a right clock */
	double link_score;          /* links lately, halved every few minutes */
	uint64_t scored_at_ms;
	int64_t last_sequence; /* of the record committed last */
	int64_t last_stamp;
	bool has_last;
	int64_t error_listed; /* highest number in the listing of its error buffer */
	uint32_t errors_told; /* of that listing */
};

struct terminal {
	char identity[SMARTCOM_IDENTITY_MAX];
	int64_t id;                    /* in the store; 0 not looked up yet */
	int64_t row;                   /* the same, known from the start on; 0 new */
	struct session *session;       /* its link; NULL when not connected */
	struct session *claimant;      /* another one that claims its name; NULL none */
	struct smartcom_memory memory; /* for its next link; valid once id is set */
	int64_t last_contact_ms;       /* Unix time of the last byte or link, 0 never */
	int64_t last_round_ms;         /* Unix time of the last whole round, 0 never */
	uint64_t round_ended_at_ms;    /* the same by the loop's clock */
	uint64_t rounds;               /* whole rounds since the daemon started */
	int64_t measures[SMARTCOM_MEASURES]; /* what was last found out; see smartcom.h */
	struct condition *conditions;        /* open ones */
	uint32_t condition_count;
	struct terminal_kept kept; /* as the store has it */
	struct terminal_health health;
	struct meter_list meters;
	uint64_t records_new;
	uint64_t records_known;
	uint64_t links;
	/* Records of its last reply that the store could take in no form, and which. */
	uint32_t refused_count;
	struct terminal_refused {
		int64_t stamp;
		int64_t sequence;
	} refused_first, refused_last;
	struct terminal *next; /* in its bucket */
};

struct terminal_table;

/* For at most limit terminals. NULL when out of memory. */
struct terminal_table *terminal_table_new(uint32_t limit);
void terminal_table_free(struct terminal_table *table); /* NULL is fine */

/* From now on at most limit; those beyond it stay. */
void terminal_table_limit(struct terminal_table *table, uint32_t limit);

/* The terminal with this identity, or NULL. */
struct terminal *terminal_table_find(const struct terminal_table *table,
				     const char *identity);

/* Makes one. NULL when the limit is reached or memory is out. */
struct terminal *terminal_table_add(struct terminal_table *table, const char *identity);

uint32_t terminal_table_count(const struct terminal_table *table);

/* Calls visit for each terminal, in no order. */
void terminal_table_each(const struct terminal_table *table,
			 void (*visit)(struct terminal *terminal, void *context),
			 void *context);

#endif
