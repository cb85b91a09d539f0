/* SPDX-License-Identifier: MIT */
/*
 * Reads the committed log forward, telegram by telegram, each with its readings: what the
 * exporters and `readout watch` live on. A read-only connection of its own, which never
 * checkpoints; every batch is one short read transaction by key pages. One reader per
 * thread.
 */
#ifndef READOUT_STORAGE_LOG_READER_H
#define READOUT_STORAGE_LOG_READER_H

#include "protocol/reading.h"
#include "storage/log_filter.h"

enum { LOG_READER_ERROR_MAX = 256 };

/* One telegram of the log. Everything points into memory of the reader and lives until
 * its next call. */
struct log_telegram {
	int64_t id;                /* position in the log */
	int64_t revision;          /* 0, or how often it was decoded again */
	const char *terminal;      /* identity */
	const char *terminal_name; /* "" none */
	const char *meter;         /* 16 digits, "" none */
	const char *meter_name;    /* "" none */
	const char *place;         /* "" none */
	const char *medium;        /* "" none */
	const char *kind;
	int64_t stamp, sequence, error_code;
	int64_t received_at_ms, read_at;
	const char *time_quality;
	const char *decode_status;
	struct span raw;
	bool raw_is_text;
	const struct log_reading *readings;
	uint32_t reading_count;
};

struct log_reading {
	const char *quantity, *unit, *modifiers, *function; /* "" none */
	uint64_t storage;
	uint32_t tariff, subunit, occurrence;
	const char *value_text;      /* exact, plain; "" no value */
	bool is_number;              /* value_text is a number */
	const char *no_value_reason; /* "" there is one */
	bool has_valid_at;
	const char *valid_at; /* ISO local date or time that the telegram gives a stored
				 value */
	const char *obis;     /* "" none */
};

struct log_reader;

/* Opens an existing database. NULL and a message in error when that fails. */
struct log_reader *log_reader_open(const char *path, char error[LOG_READER_ERROR_MAX]);
void log_reader_close(struct log_reader *reader); /* NULL is fine */

/*
 * Reads up to limit telegrams with after < id <= until (until < 0: no bound), oldest
 * first. Returns their number (0 at the end of the log), or -1 with log_reader_error().
 */
int log_reader_next(struct log_reader *reader, int64_t after, int64_t until,
		    uint32_t limit, const struct log_telegram **ret_telegrams);

/* What log_reader_find() looks for; what is 0 or NULL does not limit. */
struct log_query {
	int64_t after, until; /* after < id <= until; until < 0: no bound */
	uint32_t limit;       /* telegrams, at least 1 */
	uint64_t byte_limit;  /* of their data as they stand in the database; one telegram
				 is always taken */
	uint32_t scan_limit;  /* rows looked at; at least limit */
	const struct log_filter *filter;
	const char *dead_of; /* only telegrams that are dead letters of this exporter */
};

struct log_found {
	const struct log_telegram *telegrams;
	uint32_t count;
	int64_t last; /* the log is looked through up to here; after if it has no more */
	uint64_t bytes; /* of their data */
	bool is_full;   /* one of the limits was reached: there may be more behind last */
};

/* The same with more to ask for. false with log_reader_error(). */
bool log_reader_find(struct log_reader *reader, const struct log_query *query,
		     struct log_found *ret_found);

/* The last position in the log; 0 when empty, -1 on error. */
int64_t log_reader_last(struct log_reader *reader);

const char *log_reader_error(const struct log_reader *reader);

#endif
