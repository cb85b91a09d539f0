/* SPDX-License-Identifier: MIT */
/*
 * SQLite's check is one long read; ours goes over the telegrams in slices of the log, so
 * that it does not hold the write-ahead log for long. A file that SQLite cannot even open
 * as a database is a finding as well, not a failure to look.
 */
#include "storage/housekeeping/verify.h"

#include <stdio.h>
#include <unistd.h>

#include "storage/database.h"
#include "storage/schema.h"

enum { SLICE_TELEGRAMS = 5000, STEP_OPERATIONS = 100000 };

struct verify {
	sqlite3 *db;
	const struct verify_options *options;
	const struct progress *progress;
	const char *phase;
	int64_t pages;
	bool is_stopped;
	struct verify_result *result;
};

/* Each gives a text per problem, and none when all is well. */
static const char *const table_checks[] = {
	"SELECT 'row ' || rowid || ' of ' || \"table\" || ' names a row of ' || parent ||"
	" ' that does not exist' FROM pragma_foreign_key_check",

	"SELECT 'the log ends at ' || max(id) || ' but its counter stands at ' ||"
	" coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'telegram'), 0)"
	" FROM telegram HAVING max(id) >"
	" coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'telegram'), 0)",

	"SELECT 'the exporter ' || exporter || ' stands at ' || max(position, announced)"
	" || ', beyond the end of the log' FROM cursor WHERE max(position, announced) >"
	" coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'telegram'), 0)",

	"SELECT 'the exporter ' || exporter || ' has announced less than it delivered'"
	" FROM cursor WHERE announced < position",

	"SELECT 'layout ' || layout || ' has gaps in its registers' FROM layout_register"
	" GROUP BY layout HAVING max(position) + 1 <> count(*) OR min(position) < 0"
	" OR max(valid_at) >= count(*) OR min(valid_at) < 0",
};

static const char telegram_check[] =
	"SELECT 'telegram ' || id || ': ' || problem FROM (SELECT t.id, CASE"
	" WHEN NOT EXISTS (SELECT 1 FROM terminal WHERE terminal.id = t.terminal)"
	"  THEN 'its terminal does not exist'"
	" WHEN o.id IS NULL THEN 'its origin does not exist'"
	" WHEN o.meter <> 0 AND NOT EXISTS (SELECT 1 FROM meter WHERE meter.id = o.meter)"
	"  THEN 'its meter does not exist'"
	" WHEN o.layout = 0 THEN NULL"
	" WHEN NOT EXISTS (SELECT 1 FROM layout WHERE layout.id = o.layout)"
	"  THEN 'its layout does not exist'"
	" WHEN NOT json_valid(t.vals) OR t.vals IS NULL THEN 'its values are no JSON "
	"array'"
	" WHEN json_array_length(t.vals) <>"
	"  (SELECT count(*) FROM layout_register WHERE layout_register.layout = o.layout)"
	"  THEN 'it has ' || json_array_length(t.vals) || ' values, not as many as its"
	" layout has registers'"
	" WHEN t.remarks IS NOT NULL AND CASE WHEN json_valid(t.remarks) THEN"
	"  json_array_length(t.remarks) > json_array_length(t.vals) ELSE 1 END"
	"  THEN 'its remarks do not go with its values'"
	" END AS problem FROM telegram t LEFT JOIN origin o ON o.id = t.origin WHERE "
	"t.id > ?1 AND t.id <= ?2)"
	" WHERE problem IS NOT NULL";

static void note(struct verify *verify, const char *problem)
{
	struct verify_result *result = verify->result;
	if (result->problem_count < VERIFY_PROBLEMS_MAX)
		snprintf(result->problems[result->problem_count], VERIFY_TEXT_MAX, "%s",
			 problem);
	result->problem_count++;
}

/* Corruption that stops a statement is a finding; anything else stops us. */
static bool note_failure(struct verify *verify, int rc)
{
	bool is_finding = (rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB;
	if (is_finding)
		note(verify, sqlite3_errmsg(verify->db));
	return is_finding;
}

static bool take_problems(struct verify *verify, sqlite3_stmt *statement)
{
	while (sqlite3_step(statement) == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(statement, 0);
		if (text != NULL && strcmp(text, "ok") != 0)
			note(verify, text);
	}
	int rc = sqlite3_reset(statement);
	return rc == SQLITE_OK || note_failure(verify, rc);
}

static bool check(struct verify *verify, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	int rc = sqlite3_prepare_v2(verify->db, sql, -1, &statement, NULL);
	bool is_checked = rc == SQLITE_OK ? take_problems(verify, statement)
					  : note_failure(verify, rc);
	sqlite3_finalize(statement);
	return is_checked;
}

/*
 * How many pages were read is all there is to see of SQLite's check: it reads the tables
 * page by page, then goes over their rows again.
 */
static int on_operations(void *context)
{
	struct verify *verify = context;
	int misses = 0, highest = 0;
	sqlite3_db_status(verify->db, SQLITE_DBSTATUS_CACHE_MISS, &misses, &highest, 0);
	int64_t total = 2 * verify->pages;
	verify->is_stopped =
		!progress_tell(verify->progress, "checking the structure", "pages",
			       misses < total ? misses : total, total);
	return verify->is_stopped;
}

static bool check_structure(struct verify *verify)
{
	int64_t version = 0;
	int rc = database_query_int64(verify->db, "PRAGMA page_count", &verify->pages);
	if (rc == SQLITE_OK)
		rc = database_query_int64(verify->db, "PRAGMA user_version", &version);
	if (rc != SQLITE_OK)
		return note_failure(verify, rc);
	verify->result->version = version;
	verify->result->is_older = version < schema_version;
	sqlite3_progress_handler(verify->db, STEP_OPERATIONS, on_operations, verify);
	bool is_checked =
		on_operations(verify) == 0 &&
		check(verify, verify->options->is_quick ? "PRAGMA quick_check(20)"
							: "PRAGMA integrity_check(20)");
	sqlite3_progress_handler(verify->db, 0, NULL, NULL);
	return is_checked;
}

/* The first telegram behind *at, for positions have gaps; 0 there is none. */
static bool find_next(struct verify *verify, int64_t *at)
{
	char sql[96];
	snprintf(sql, sizeof sql,
		 "SELECT coalesce(min(id), 0) FROM telegram WHERE id > %lld",
		 (long long)*at);
	int rc = database_query_int64(verify->db, sql, at);
	return rc == SQLITE_OK || note_failure(verify, rc);
}

static bool check_slices(struct verify *verify, sqlite3_stmt *statement, int64_t last)
{
	int64_t at = 0;
	bool is_checked = find_next(verify, &at);
	while (is_checked && at != 0 && at <= last) {
		sqlite3_bind_int64(statement, 1, at - 1);
		sqlite3_bind_int64(statement, 2, at - 1 + SLICE_TELEGRAMS);
		is_checked = take_problems(verify, statement);
		at += SLICE_TELEGRAMS - 1;
		verify->is_stopped =
			!progress_tell(verify->progress, "checking telegrams",
				       "telegrams", at < last ? at : last, last);
		is_checked = is_checked && !verify->is_stopped && find_next(verify, &at);
	}
	return is_checked;
}

static bool check_telegrams(struct verify *verify)
{
	sqlite3_stmt *statement = NULL;
	int64_t last = 0;
	int rc = database_query_int64(verify->db,
				      "SELECT coalesce(max(id), 0) FROM telegram", &last);
	if (rc == SQLITE_OK)
		rc = database_query_int64(verify->db, "SELECT count(*) FROM telegram",
					  &verify->result->telegrams);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(verify->db, telegram_check, -1, &statement, NULL);
	bool is_checked = rc == SQLITE_OK ? check_slices(verify, statement, last)
					  : note_failure(verify, rc);
	sqlite3_finalize(statement);
	return is_checked;
}

static bool check_tables(struct verify *verify)
{
	for (size_t i = 0; i < sizeof table_checks / sizeof *table_checks; i++)
		if (!check(verify, table_checks[i]))
			return false;
	return check_telegrams(verify);
}

static bool check_all(struct verify *verify)
{
	if (!check_structure(verify))
		return false;
	/* What a damaged structure says of our tables is worth nothing. */
	return verify->options->is_structure_only || verify->result->is_older ||
	       verify->result->problem_count > 0 || check_tables(verify);
}

bool verify_database(const char *path, const struct verify_options *options,
		     const struct progress *progress, struct verify_result *ret_result,
		     char error[STORE_ERROR_MAX])
{
	struct verify verify = { .options = options,
				 .progress = progress,
				 .result = ret_result };
	int rc = SQLITE_OK;
	*ret_result = (struct verify_result){ 0 };
	verify.db = database_open_any(path, &rc, error);
	if (verify.db == NULL &&
	    ((rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB)) {
		note(&verify, error);
		return true;
	}
	if (verify.db == NULL)
		return false;
	bool is_checked = check_all(&verify);
	if (!is_checked)
		snprintf(error, STORE_ERROR_MAX,
			 "%.120s was not checked to its end: %.100s", path,
			 verify.is_stopped ? "stopped" : sqlite3_errmsg(verify.db));
	sqlite3_close(verify.db);
	return is_checked;
}
