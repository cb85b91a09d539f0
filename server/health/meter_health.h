/* SPDX-License-Identifier: MIT */
/*
 * The health of a terminal's meters, from what comes of them anyway: reads that failed,
 * meters of the device table that are not heard, the status byte of EN 13757-3 and the
 * meters' own error flags. Each becomes a condition of its terminal with the meter as its
 * subject. Loop thread only.
 */
#ifndef READOUT_SERVER_HEALTH_METER_HEALTH_H
#define READOUT_SERVER_HEALTH_METER_HEALTH_H

#include "protocol/span.h"
#include "server/health/condition.h"

struct store_telegram;

/* A row of the device table. */
struct listed_meter {
	int64_t index;
	uint64_t heard_at_ms; /* loop time of its last record or, before, of its listing;
				 0: listed just now */
	bool is_listed;       /* in the table as last read */
	char address[CONDITION_SUBJECT_MAX];
};

struct meter_list {
	struct listed_meter *meters;
	uint32_t count;
};

enum { METERS_LISTED_MAX = 1000 };

void meter_list_free(struct meter_list *list);

/* A table is about to be read: what is not listed again is forgotten at its end. */
void meter_health_device(struct terminal *terminal, struct span line);
void meter_health_table_begins(struct terminal *terminal);
void meter_health_table_ends(struct fleet *fleet, struct terminal *terminal);

/* A new record was committed. */
void meter_health_record(struct fleet *fleet, struct terminal *terminal,
			 const struct store_telegram *record);

/* Time has passed: whom has nobody heard? missing_ms 0: nobody asks. */
void meter_health_look(struct fleet *fleet, struct terminal *terminal,
		       uint64_t missing_ms);

#endif
