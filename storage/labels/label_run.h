/* SPDX-License-Identifier: MIT */
/* What the files behind label.h share: a list of changes as the writer carries it out. */
#ifndef READOUT_STORAGE_LABEL_RUN_H
#define READOUT_STORAGE_LABEL_RUN_H

#include "storage/labels/label.h"
#include "storage/small_sql.h"
#include "storage/writer.h"

struct label_run {
	struct store_writer *writer;
	sqlite3 *db;
	struct label_options options;
	struct label_result *result;
	const struct label_change *change; /* the line in hand */
	bool is_wrong;                     /* it has a complaint, or was skipped */
};

/* Each carries one change out. SQLITE_OK also after a complaint; an SQLite error code. */
int label_place(struct label_run *run, const struct label_change *change);
int label_terminal(struct label_run *run, const struct label_change *change);
int label_meter(struct label_run *run, const struct label_change *change);
int label_exchange(struct label_run *run, const struct label_change *change);
int label_split(struct label_run *run, const struct label_change *change);
int label_join(struct label_run *run, const struct label_change *change);

/* Notes what is wrong with the line in hand. Always SQLITE_OK. */
int label_complain(struct label_run *run, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * The one meter that is meant by text; one that was never heard is made when its 16
 * digits are given. Complains otherwise.
 */
int label_find_meter(struct label_run *run, const char *text, int64_t *ret_meter);

/* The place called text. Complains otherwise. */
int label_find_place(struct label_run *run, const char *text, int64_t *ret_place);

/*
 * Writes a reading as the table has it, "123.456 m3": exact, in the base unit of a
 * register that meter, or else other (0: none), is known to have. *ret_reading is buffer,
 * "" for no reading; NULL if text is.
 */
enum { LABEL_READING_MAX = 96 };
int label_reading(struct label_run *run, int64_t meter, int64_t other, const char *text,
		  char buffer[LABEL_READING_MAX], const char **ret_reading);

/* Puts a meter at a place; from and to as in the table. Complains of overlaps. */
struct label_stay {
	int64_t meter, place;
	bool has_from, has_to;
	int64_t from_at, to_at;
	const char *start_reading, *end_reading; /* NULL: as it is; "" none */
};
int label_stay(struct label_run *run, const struct label_stay *stay);

#endif
