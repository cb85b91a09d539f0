/* SPDX-License-Identifier: MIT */
/*
 * What operators call things: names of meters and terminals, the tree of places, which
 * meter was where and when, exchanges, and addresses that are two meters' at once. One
 * list of changes is one job of the writer: all of them are made or none, and what is so
 * already is not touched, so the same list may come again. The views and the readers of
 * the log join the names as they stand, so everybody sees them from the next row on.
 *
 * Operators' mistakes do not end a list: every line is tried, so that all complaints come
 * at once, and then nothing is kept.
 */
#ifndef READOUT_STORAGE_LABEL_H
#define READOUT_STORAGE_LABEL_H

#include "storage/store_caller.h"

enum label_kind {
	LABEL_PLACE,    /* id is its path; made when it is new */
	LABEL_TERMINAL, /* id is its identity or name */
	LABEL_METER,    /* id is its address, identification or name */
	LABEL_EXCHANGE, /* id is the old meter, other the new one */
	LABEL_SPLIT,    /* the wired address id is one meter per terminal from now on */
	LABEL_JOIN,     /* the opposite */
	LABEL_KIND_COUNT
};

/* One line of a list. Texts: NULL leaves it as it is, "" takes it away. */
struct label_change {
	enum label_kind kind;
	uint32_t line; /* for complaints */
	const char *id, *name;
	const char *place;                       /* of a meter: path or last names */
	const char *place_kind;                  /* of a place: "building" */
	const char *other;                       /* of an exchange */
	const char *start_reading, *end_reading; /* "123.456", "123.456 m3" */
	bool has_from, has_to;
	int64_t from_at, to_at; /* Unix time in seconds; of an exchange: from_at */
};

enum { LABEL_COMPLAINTS_MAX = 20, LABEL_CHANGES_MAX = 100000 };

struct label_result {
	uint32_t changed, unchanged, skipped; /* lines */
	uint32_t complaint_count;             /* of them the first are in complaints */
	struct label_complaint {
		uint32_t line;
		char text[STORE_ERROR_MAX];
	} complaints[LABEL_COMPLAINTS_MAX];
};

struct label_options {
	bool is_dry_run;    /* look, and keep nothing */
	bool skips_unknown; /* meters and terminals that were never heard */
	int64_t now_ms;     /* Unix time */
};

/*
 * Makes the changes and waits until that is on disk. false and a message in error when
 * they cannot be stored; true with complaints: nothing was changed.
 */
bool label_apply(struct store_caller *caller, const struct label_change *changes,
		 uint32_t count, const struct label_options *options,
		 struct label_result *ret_result, char error[STORE_ERROR_MAX]);

/*
 * All labels of the database at path as changes that would make them: places from the
 * top, terminals, meters with where they were, in order. Calls visit for each. false and
 * a message in error when reading fails or visit says so.
 */
bool label_export(const char *path,
		  bool (*visit)(const struct label_change *change, void *context),
		  void *context, char error[STORE_ERROR_MAX]);

#endif
