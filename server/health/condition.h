/* SPDX-License-Identifier: MIT */
/*
 * The conditions of a terminal and its meters that are open just now: begun once, ended
 * once, each with one event in the database and one line in the log. Kept with the
 * terminal, so that asking costs nothing where there are none. Loop thread only.
 */
#ifndef READOUT_SERVER_HEALTH_CONDITION_H
#define READOUT_SERVER_HEALTH_CONDITION_H

#include <stdbool.h>
#include <stdint.h>

struct fleet;
struct terminal;

/* X(name, word of the published schema, severity) from worst to least */
#define CONDITION_KINDS(X)                                                               \
	X(CONDITION_MEMORY_FULL, "memory_full", "error")                                 \
	X(CONDITION_UNREADABLE, "record_unreadable", "error")                            \
	X(CONDITION_UNREACHED, "records_unreached", "error")                             \
	X(CONDITION_SILENT, "terminal_silent", "error")                                  \
	X(CONDITION_NAME_TAKEN, "name_taken", "error")                                   \
	X(CONDITION_CLOCK_WRONG, "clock_wrong", "warning")                               \
	X(CONDITION_STORM, "reconnect_storm", "warning")                                 \
	X(CONDITION_READ_FAILED, "read_failed", "warning")                               \
	X(CONDITION_METER_MISSING, "meter_missing", "warning")                           \
	X(CONDITION_PERMANENT_ERROR, "meter_permanent_error", "warning")                 \
	X(CONDITION_ALARM, "meter_alarm", "warning")                                     \
	X(CONDITION_ERROR_FLAGS, "meter_error_flags", "warning")                         \
	X(CONDITION_APPLICATION_ERROR, "meter_application_error", "warning")             \
	X(CONDITION_POWER_LOW, "meter_power_low", "warning")                             \
	X(CONDITION_TEMPORARY_ERROR, "meter_temporary_error", "info")                    \
	X(CONDITION_MANUFACTURER, "meter_manufacturer_status", "info")

enum condition_kind {
#define CONDITION_NAME(name, text, severity) name,
	CONDITION_KINDS(CONDITION_NAME)
#undef CONDITION_NAME
		CONDITION_KIND_COUNT
};

enum {
	CONDITION_SUBJECT_MAX = 40, /* with NUL: a meter's address */
	CONDITION_DETAIL_MAX = 400, /* with NUL */
	CONDITIONS_A_TERMINAL = 300,
};

struct condition {
	struct condition *next; /* of its terminal */
	enum condition_kind kind;
	int64_t begun_ms;                    /* Unix time */
	uint64_t seen_at_ms;                 /* loop time at which it was last found */
	char subject[CONDITION_SUBJECT_MAX]; /* "" the terminal itself */
	char detail[];
};

const char *condition_text(enum condition_kind kind);
const char *condition_severity(enum condition_kind kind);

/* The open one, or NULL. */
struct condition *condition_find(const struct terminal *terminal,
				 enum condition_kind kind, const char *subject);

/* It is so: begins it unless it is open, in which case only seen_at_ms changes. */
void condition_is(struct fleet *fleet, struct terminal *terminal,
		  enum condition_kind kind, const char *subject, const char *detail);

/* It is not so, or no longer: ends it if it is open. detail: how it is now. */
void condition_is_not(struct fleet *fleet, struct terminal *terminal,
		      enum condition_kind kind, const char *subject, const char *detail);

/* Takes one up that the database has as open. Unknown words are passed over. */
void condition_restore(struct fleet *fleet, struct terminal *terminal, const char *word,
		       const char *subject, const char *detail, int64_t begun_ms);

/* Frees them without ending them: the daemon stops. */
void condition_forget_all(struct terminal *terminal);

#endif
