/* SPDX-License-Identifier: MIT */
#include "storage/query/query_subject.h"

#include <stdio.h>

/* Each finds its rows by an index: tests/unit/storage/test_query_plan.c. */
#define METERS                                                                           \
	"(SELECT id FROM meter WHERE address = upper(:meter)"                            \
	" UNION ALL SELECT id FROM meter WHERE address > upper(:meter) || '@'"           \
	" AND address < upper(:meter) || 'A'"                                            \
	" UNION ALL SELECT id FROM meter WHERE identification = upper(:meter)"           \
	" UNION ALL SELECT id FROM meter WHERE name = :meter)"
#define TERMINALS                                                                        \
	"(SELECT id FROM terminal WHERE identity = :terminal"                            \
	" UNION ALL SELECT id FROM terminal WHERE name = :terminal)"
#define PLACES                                                                           \
	"(SELECT id FROM place WHERE path = :place UNION ALL SELECT id FROM place"       \
	" WHERE path > :place || '/' AND path < :place || '0')"
#define METERS_EVER_THERE "(SELECT meter FROM meter_place WHERE place IN " PLACES ")"
#define METERS_NOW_THERE                                                                 \
	"(SELECT meter FROM meter_place WHERE to_at IS NULL AND place IN " PLACES ")"
#define HEARS(meters)     "(SELECT terminal FROM origin WHERE meter IN " meters ")"
#define HEARD_BY_TERMINAL "(SELECT meter FROM origin WHERE terminal IN " TERMINALS ")"
#define ORIGINS(meters)   "(SELECT id FROM origin WHERE meter IN " meters ")"

/* Position in the one index of the log. */
#define LOG_KEYS "stamp, sequence, epoch, variant, origin"
#define LOG_HEAD "SELECT id, (1"
#define LOG_TAIL                                                                         \
	"), " LOG_KEYS " FROM telegram t WHERE terminal = :outer"                        \
	" AND (" LOG_KEYS ") > (:k1, :k2, :k3, :k4, :k5) AND stamp < :until"             \
	" ORDER BY " LOG_KEYS " LIMIT :scan"
/* Times that are not the stamp have an index of their own. */
#define CORRECTED_TAIL                                                                   \
	"), read_at, id FROM telegram t WHERE terminal = :outer AND read_at IS NOT NULL" \
	" AND (read_at, id) > (:k1, :k2) AND read_at < :until"                           \
	" ORDER BY read_at, id LIMIT :scan"

#define READING_COLUMNS                                                                  \
	"read_at,terminal,meter,meter_name,place,quantity,modifiers,function,storage,"   \
	"tariff,value_text,unit"
#define ISO(seconds) "strftime('%Y-%m-%dT%H:%M:%SZ', " seconds ", 'unixepoch')"

/* A walk by row id. */
#define BY_ID(table)                                                                     \
	{                                                                                \
		"SELECT id, 1, id FROM " table " WHERE id > :k1",                        \
			" ORDER BY id LIMIT :scan"                                       \
	}

static const struct query_subject subjects[] = {
	{
		.name = "readings",
		.columns = READING_COLUMNS,
		.filters = QUERY_BY_METER | QUERY_BY_TERMINAL | QUERY_BY_PLACE |
			   QUERY_BY_QUANTITY | QUERY_BY_TIME,
		.time_unit_ms = 1000,
		.rows = "FROM readings WHERE id = :key",
		.outer_filters = QUERY_BY_METER | QUERY_BY_TERMINAL | QUERY_BY_PLACE |
				 QUERY_BY_TIME,
		.outer = { "SELECT id FROM terminal WHERE id > :outer",
			   " ORDER BY id LIMIT 1" },
		.plain = BY_ID("telegram"),
		.untimed = { LOG_HEAD, LOG_TAIL },
		.timed = { { LOG_HEAD " AND read_at IS NULL", LOG_TAIL },
			   { LOG_HEAD, CORRECTED_TAIL } },
		.conditions = {
			{ QUERY_BY_TERMINAL, { " AND id IN " TERMINALS, "", "" } },
			{ QUERY_BY_QUANTITY, { "", "", " AND quantity = :quantity" } },
			{ QUERY_BY_METER, { " AND id IN " HEARS(METERS),
			  " AND origin IN " ORIGINS(METERS), "" } },
			{ QUERY_BY_PLACE, { " AND id IN " HEARS(METERS_EVER_THERE),
			  " AND origin IN " ORIGINS(METERS_EVER_THERE)
			  " AND EXISTS (SELECT 1 FROM origin o"
			  " JOIN meter_place there ON there.meter = o.meter"
			  " WHERE o.id = t.origin AND there.place IN " PLACES
			  " AND from_at <= coalesce(read_at, stamp)"
			  " AND (to_at IS NULL OR coalesce(read_at, stamp) < to_at))", "" } },
		},
	},
	{
		/* By meter; 0 are the sources without an address. */
		.name = "latest_readings",
		.columns = READING_COLUMNS,
		.filters = QUERY_BY_METER | QUERY_BY_TERMINAL | QUERY_BY_PLACE |
			   QUERY_BY_QUANTITY,
		.rows = "FROM (SELECT * FROM latest_readings WHERE :key > 0"
			" AND meter = (SELECT address FROM meter WHERE id = :key)"
			" UNION ALL SELECT * FROM latest_readings WHERE :key = 0"
			" AND meter IS NULL) WHERE true",
		.plain = { "SELECT id, 1, id FROM (SELECT 0 AS id UNION ALL"
			   " SELECT id FROM meter) WHERE id > :k1",
			   " ORDER BY id LIMIT :scan" },
		.conditions = {
			{ QUERY_BY_METER, { "", " AND id IN " METERS, "" } },
			{ QUERY_BY_TERMINAL, { "",
			  " AND (id = 0 OR id IN " HEARD_BY_TERMINAL ")",
			  " AND (terminal = :terminal OR terminal_name = :terminal)" } },
			{ QUERY_BY_PLACE, { "", " AND id IN " METERS_NOW_THERE, "" } },
			{ QUERY_BY_QUANTITY, { "", "", " AND quantity = :quantity" } },
		},
	},
	{
		.name = "gaps",
		.columns = "meter,meter_name,place,from_at,to_at,missing,period_s",
		.filters = QUERY_BY_METER | QUERY_BY_TERMINAL | QUERY_BY_PLACE |
			   QUERY_BY_TIME,
		.rows = "FROM gaps WHERE meter = (SELECT address FROM meter"
			" WHERE id = :key)",
		.plain = BY_ID("meter"),
		.conditions = {
			{ QUERY_BY_METER, { "", " AND id IN " METERS, "" } },
			{ QUERY_BY_TERMINAL, { "", " AND id IN " HEARD_BY_TERMINAL, "" } },
			{ QUERY_BY_PLACE, { "", " AND id IN " METERS_NOW_THERE, "" } },
			{ QUERY_BY_TIME, { "", "",
			  " AND (to_at IS NULL OR to_at > " ISO(":since") ")"
			  " AND from_at < " ISO(":until") } },
		},
	},
	{
		.name = "meters",
		.columns = "meter,meter_name,place,manufacturer,medium,product,"
			   "first_seen",
		.filters = QUERY_BY_METER | QUERY_BY_TERMINAL | QUERY_BY_PLACE,
		.rows = "FROM meters WHERE id = :key",
		.plain = BY_ID("meter"),
		.conditions = {
			{ QUERY_BY_METER, { "", " AND id IN " METERS, "" } },
			{ QUERY_BY_TERMINAL, { "", " AND id IN " HEARD_BY_TERMINAL, "" } },
			{ QUERY_BY_PLACE, { "", " AND id IN " METERS_NOW_THERE, "" } },
		},
	},
	{
		.name = "terminals",
		.columns = "terminal,terminal_name,remote,firmware,first_seen,last_seen",
		.filters = QUERY_BY_METER | QUERY_BY_TERMINAL | QUERY_BY_PLACE,
		.rows = "FROM terminals WHERE id = :key",
		.plain = BY_ID("terminal"),
		.conditions = {
			{ QUERY_BY_METER, { "", " AND id IN " HEARS(METERS), "" } },
			{ QUERY_BY_TERMINAL, { "", " AND id IN " TERMINALS, "" } },
			{ QUERY_BY_PLACE, { "", " AND id IN " HEARS(METERS_NOW_THERE), "" } },
		},
	},
	{
		.name = "places",
		.columns = "place,kind,meters",
		.filters = QUERY_BY_PLACE,
		.rows = "FROM places WHERE id = :key",
		.plain = BY_ID("place"),
		.conditions = { { QUERY_BY_PLACE, { "", " AND id IN " PLACES, "" } } },
	},
	{
		.name = "events",
		.columns = "at,severity,kind,terminal,terminal_name,detail",
		.filters = QUERY_BY_METER | QUERY_BY_TERMINAL | QUERY_BY_PLACE |
			   QUERY_BY_TIME,
		.time_unit_ms = 1,
		.rows = "FROM events WHERE id = :key",
		.plain = { "SELECT id, (1",
			   "), at_ms, id FROM event"
			   " WHERE (at_ms, id) > (:k1, :k2) AND at_ms < :until"
			   " ORDER BY at_ms, id LIMIT :scan" },
		.conditions = {
			{ QUERY_BY_METER, { "", " AND terminal IN " HEARS(METERS), "" } },
			{ QUERY_BY_TERMINAL, { "", " AND terminal IN " TERMINALS, "" } },
			{ QUERY_BY_PLACE, { "",
			  " AND terminal IN " HEARS(METERS_NOW_THERE), "" } },
		},
	},
};

const struct query_subject *query_subject_find(const char *name)
{
	for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++)
		if (strcmp(subjects[i].name, name) == 0)
			return &subjects[i];
	return NULL;
}

const char *query_subject_columns(const struct query_subject *subject)
{
	return subject->columns;
}

unsigned query_filter_bits(const struct query_filter *filter)
{
	return (filter->meter != NULL ? QUERY_BY_METER : 0u) |
	       (filter->terminal != NULL ? QUERY_BY_TERMINAL : 0u) |
	       (filter->place != NULL ? QUERY_BY_PLACE : 0u) |
	       (filter->quantity != NULL ? QUERY_BY_QUANTITY : 0u) |
	       (filter->has_since || filter->has_until ? QUERY_BY_TIME : 0u);
}

/* Appends to a text of QUERY_SQL_MAX bytes. false: it does not fit. */
static bool append(char sql[QUERY_SQL_MAX], const char *text)
{
	size_t size = strlen(sql), more = strlen(text);
	if (size + more >= QUERY_SQL_MAX)
		return false;
	memcpy(sql + size, text, more + 1);
	return true;
}

static bool append_conditions(const struct query_subject *subject, unsigned filters,
			      enum query_text which, char sql[QUERY_SQL_MAX])
{
	bool fits = true;
	for (int i = 0; fits && i < QUERY_CONDITIONS_MAX; i++)
		if ((subject->conditions[i].filter & filters) != 0)
			fits = append(sql, subject->conditions[i].texts[which]);
	return fits;
}

static bool compose(const struct query_subject *subject, const struct query_walk *walk,
		    unsigned filters, enum query_text which, char ret_sql[QUERY_SQL_MAX])
{
	ret_sql[0] = '\0';
	return walk->head == NULL ||
	       (append(ret_sql, walk->head) &&
		append_conditions(subject, filters, which, ret_sql) &&
		append(ret_sql, walk->tail));
}

/* Names of columns: letters, digits, underscores, with commas between them. */
static bool are_columns(const char *columns)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	size_t size = strspn(columns, letters);
	while (size > 0 && columns[size] == ',') {
		columns += size + 1;
		size = strspn(columns, letters);
	}
	return size > 0 && columns[size] == '\0';
}

static bool compose_rows(const struct query_subject *subject, unsigned filters,
			 const char *columns, char ret_sql[QUERY_SQL_MAX])
{
	ret_sql[0] = '\0';
	return append(ret_sql, "SELECT ") &&
	       append(ret_sql, columns != NULL ? columns : "*") && append(ret_sql, " ") &&
	       append(ret_sql, subject->rows) &&
	       append_conditions(subject, filters, TEXT_ROWS, ret_sql);
}

bool query_subject_sql(const struct query_subject *subject, unsigned filters,
		       const char *columns, struct query_sql *ret_sql)
{
	static const struct query_walk none = { NULL, NULL };
	const struct query_walk *outer = &none;
	const struct query_walk *walks[QUERY_WALKS_MAX] = { &subject->plain, &none };
	if ((subject->outer_filters & filters) != 0) {
		outer = &subject->outer;
		walks[0] = &subject->untimed;
	}
	if (outer != &none && (filters & QUERY_BY_TIME) != 0) {
		walks[0] = &subject->timed[0];
		walks[1] = &subject->timed[1];
	}
	return (columns == NULL || are_columns(columns)) &&
	       compose(subject, outer, filters, TEXT_OUTER, ret_sql->outer) &&
	       compose(subject, walks[0], filters, TEXT_WALK, ret_sql->walks[0]) &&
	       compose(subject, walks[1], filters, TEXT_WALK, ret_sql->walks[1]) &&
	       compose_rows(subject, filters, columns, ret_sql->rows);
}
