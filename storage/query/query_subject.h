/* SPDX-License-Identifier: MIT */
/*
 * What can be asked for, as one table: for each subject the view its rows come from and
 * the walks that find them.
 *
 * A walk is a SELECT in the order of an index. Per entry it gives the key of the rows,
 * whether the filters let the entry pass, and the position in the index, from which the
 * next page goes on: it is bound as :k1 to :k5. :scan bounds the entries of one page,
 * :until the time. The text in the middle is where the conditions of the filters go.
 */
#ifndef READOUT_STORAGE_QUERY_SUBJECT_H
#define READOUT_STORAGE_QUERY_SUBJECT_H

#include "storage/query/query.h"

enum {
	QUERY_WALKS_MAX = 2,
	QUERY_KEYS_MAX = 5,
	QUERY_CONDITIONS_MAX = 5,
	QUERY_SQL_MAX = 4096
};

enum query_filter_bit {
	QUERY_BY_METER = 1,
	QUERY_BY_TERMINAL = 2,
	QUERY_BY_PLACE = 4,
	QUERY_BY_QUANTITY = 8,
	QUERY_BY_TIME = 16,
};

/* Where the condition of a filter may stand. */
enum query_text { TEXT_OUTER, TEXT_WALK, TEXT_ROWS };

struct query_walk {
	const char *head, *tail; /* the conditions stand in between */
};

struct query_subject {
	const char *name;
	const char *columns;  /* that fit a screen */
	unsigned filters;     /* those it has */
	int64_t time_unit_ms; /* of the first position of its walks; 0: that is no time */
	const char *rows;     /* behind SELECT and the columns; :key is the entry's */
	/*
	 * Walks are done for each row of the outer loop, bound as :outer, if there is one
	 * and at least one filter of these is given.
	 */
	unsigned outer_filters;
	struct query_walk outer;
	struct query_walk plain;   /* without the outer loop */
	struct query_walk untimed; /* inside it */
	struct query_walk
		timed[QUERY_WALKS_MAX]; /* inside it, when a time is asked for */
	struct {
		unsigned filter;
		const char *texts[3]; /* "AND ...", or "", by enum query_text */
	} conditions[QUERY_CONDITIONS_MAX];
};

/* What a query runs, as text. */
struct query_sql {
	char outer[QUERY_SQL_MAX]; /* "" none */
	char walks[QUERY_WALKS_MAX][QUERY_SQL_MAX];
	char rows[QUERY_SQL_MAX];
};

/* The filters given, as bits. */
unsigned query_filter_bits(const struct query_filter *filter);

/*
 * Puts the texts together; filters must be among those of the subject. false: the names
 * of the columns are too long, or are none.
 */
bool query_subject_sql(const struct query_subject *subject, unsigned filters,
		       const char *columns, struct query_sql *ret_sql);

#endif
