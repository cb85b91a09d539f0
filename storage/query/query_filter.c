/* SPDX-License-Identifier: MIT */
/* Names that people give: are they anybody's? An empty answer is no answer to a typo. */
#include <stdio.h>

#include "storage/labels/place_name.h"
#include "storage/query/query_private.h"

static const struct {
	unsigned filter;
	const char *option;
} options[] = {
	{ QUERY_BY_METER, "--meter" },         { QUERY_BY_TERMINAL, "--terminal" },
	{ QUERY_BY_PLACE, "--place" },         { QUERY_BY_QUANTITY, "--quantity" },
	{ QUERY_BY_TIME, "--since, --until" },
};

static const char meter_sql[] =
	"SELECT 1 FROM meter WHERE address = upper(?1) OR identification = upper(?1)"
	" OR name = ?1 OR (address > upper(?1) || '@' AND address < upper(?1) || 'A')"
	" LIMIT 1";
static const char terminal_sql[] =
	"SELECT 1 FROM terminal WHERE identity = ?1 OR name = ?1 LIMIT 1";
static const char quantity_sql[] = "SELECT 1 FROM series WHERE quantity = ?1 LIMIT 1";

static bool check_subject(const struct query *query, unsigned given,
			  char error[QUERY_ERROR_MAX])
{
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		if ((options[i].filter & given & ~query->subject->filters) == 0)
			continue;
		snprintf(error, QUERY_ERROR_MAX, "%s cannot be filtered by %s",
			 query->subject->name, options[i].option);
		return false;
	}
	return true;
}

static bool check_name(struct query *query, const char *sql, const char *name,
		       const char *advice, char error[QUERY_ERROR_MAX])
{
	sqlite3_stmt *row = NULL;
	if (name == NULL)
		return true;
	if (!query_prepare(query, sql, &row, error))
		return false;
	sqlite3_bind_text(row, 1, name, -1, SQLITE_STATIC);
	bool is_found = sqlite3_step(row) == SQLITE_ROW;
	int rc = sqlite3_finalize(row);
	if (rc != SQLITE_OK)
		snprintf(error, QUERY_ERROR_MAX, "cannot read the database: %s",
			 sqlite3_errstr(rc));
	else if (!is_found)
		snprintf(error, QUERY_ERROR_MAX, "%.60s is not known: %s", name, advice);
	return is_found;
}

bool query_check_filter(struct query *query, const struct query_filter *filter,
			char ret_place[QUERY_PLACE_MAX], char error[QUERY_ERROR_MAX])
{
	return check_subject(query, query_filter_bits(filter), error) &&
	       check_name(
		       query, meter_sql, filter->meter,
		       "a meter is named by its 16 digits, the 8 printed on it, or the "
		       "name it was given; `readout meters` lists them",
		       error) &&
	       check_name(query, terminal_sql, filter->terminal,
			  "a terminal is named by its serial number or the name it was "
			  "given; `readout terminals` lists those that have called",
			  error) &&
	       check_name(query, quantity_sql, filter->quantity,
			  "no meter measures such a quantity so far; `readout readings "
			  "--latest` shows what they do measure",
			  error) &&
	       (filter->place == NULL ||
		place_name_find(query->db, filter->place, ret_place, error));
}
