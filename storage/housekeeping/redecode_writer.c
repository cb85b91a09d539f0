/* SPDX-License-Identifier: MIT */
/* The writer's side of decoding anew: what has changed moves to the end of the log. */
#include "storage/housekeeping/redecode_private.h"

enum statement_of_slice {
	SLICE_FIND,
	SLICE_COMPARE,
	SLICE_NOTE,
	SLICE_STALE,
	SLICE_MOVE,
	SLICE_COUNT_UP,
	SLICE_KEEP_ORDER,
	SLICE_DROP_ORDER,
	SLICE_DROP_LETTERS,
	SLICE_STATE,
	SLICE_STATEMENTS,
};

#define SAME_REGISTERS(A, B)                                                             \
	"NOT EXISTS (SELECT position, series, valid_at, source, header, occurrence, "    \
	"type,"                                                                          \
	" record_error, exponent, factor FROM layout_register JOIN register"             \
	" ON register.id = register WHERE layout = " A                                   \
	" EXCEPT SELECT position, series, valid_at, source, header, occurrence, type,"   \
	" record_error, exponent, factor FROM layout_register JOIN register"             \
	" ON register.id = register WHERE layout = " B ")"

#define NEXT_ID "(SELECT seq + 1 FROM sqlite_sequence WHERE name = 'telegram')"

/* The statements take what they need by the same numbers. */
static const char *const slice_sql[SLICE_STATEMENTS] = {
	[SLICE_FIND] = "SELECT origin, vals, remarks, access_number, meter_status"
		       " FROM telegram WHERE id = ?1",
	[SLICE_COMPARE] =
		"SELECT a.meter = b.meter AND a.decode_status = b.decode_status"
		" AND a.decode_diagnosis = b.decode_diagnosis AND " SAME_REGISTERS(
			"a.layout",
			"b.layout") " AND " SAME_REGISTERS("b.layout",
							   "a.layout") " FROM origin a, "
								       "origin b WHERE "
								       "a.id = ?1 AND "
								       "b.id = ?2",
	[SLICE_NOTE] = "UPDATE telegram SET origin = ?2 WHERE id = ?1",
	/* Consumption of the meter it was about; that of today's it gets by the log. */
	[SLICE_STALE] =
		"INSERT INTO stale (meter, from_at, to_at)"
		" SELECT meter, coalesce(read_at, stamp), coalesce(read_at, stamp)"
		" FROM telegram t JOIN origin o ON o.id = t.origin WHERE t.id = ?1"
		" AND o.meter <> 0 AND o.layout <> 0"
		" ON CONFLICT (meter) DO UPDATE SET is_widened = 0,"
		" from_at = min(from_at, excluded.from_at),"
		" to_at = max(to_at, excluded.to_at)",
	[SLICE_MOVE] = "UPDATE telegram SET id = " NEXT_ID ", revision = revision + 1,"
		       " origin = ?2, vals = ?3, remarks = ?4, access_number = ?5,"
		       " meter_status = ?6 WHERE id = ?1 RETURNING id",
	[SLICE_COUNT_UP] =
		"UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'telegram'",
	[SLICE_KEEP_ORDER] =
		"INSERT INTO log_order (telegram, place) VALUES (?2,"
		" coalesce((SELECT place FROM log_order WHERE telegram = ?1),"
		" ?1))",
	[SLICE_DROP_ORDER] = "DELETE FROM log_order WHERE telegram = ?1",
	[SLICE_DROP_LETTERS] = "DELETE FROM dead_letter WHERE telegram = ?1",
	[SLICE_STATE] = "UPDATE redecode SET position = ?1, changed = ?2, unchanged = ?3",
};

struct slice {
	struct redecode_job *job;
	struct store_writer *writer;
	sqlite3_stmt *statements[SLICE_STATEMENTS];
};

/* Runs a statement with up to two numbers. */
static int run_with(const struct slice *slice, enum statement_of_slice name, int64_t one,
		    int64_t two)
{
	sqlite3_stmt *statement = slice->statements[name];
	sqlite3_bind_int64(statement, 1, one);
	if (sqlite3_bind_parameter_count(statement) > 1)
		sqlite3_bind_int64(statement, 2, two);
	return statement_run(statement);
}

static bool is_same_text(sqlite3_stmt *row, int column, struct span text)
{
	const void *data = sqlite3_column_blob(row, column);
	return span_equal(span_of(data, (size_t)sqlite3_column_bytes(row, column)), text);
}

static bool is_same_number(sqlite3_stmt *row, int column, int number)
{
	bool is_null = sqlite3_column_type(row, column) == SQLITE_NULL;
	return is_null ? number < 0 : sqlite3_column_int(row, column) == number;
}

/* *ret_origin: 0 when the row is gone. */
static int compare_row(const struct slice *slice, int64_t id,
		       const struct store_telegram *telegram, int64_t *ret_origin,
		       bool *ret_is_same)
{
	sqlite3_stmt *row = slice->statements[SLICE_FIND];
	*ret_origin = 0;
	sqlite3_bind_int64(row, 1, id);
	if (sqlite3_step(row) == SQLITE_ROW) {
		*ret_origin = sqlite3_column_int64(row, 0);
		*ret_is_same = is_same_text(row, 1, telegram->vals) &&
			       is_same_text(row, 2, telegram->remarks) &&
			       is_same_number(row, 3, telegram->access_number) &&
			       is_same_number(row, 4, telegram->meter_status);
	}
	return sqlite3_reset(row);
}

/* A better decoder makes new layouts: whether they say something else counts. */
static int compare_origins(const struct slice *slice, int64_t before, int64_t now,
			   bool *ret_is_same)
{
	uint64_t hash = ((uint64_t)before * 31 + (uint64_t)now) % REDECODE_PAIRS;
	struct redecode_pair *pair = &slice->job->pairs[hash];
	int64_t is_same = 0;
	bool is_found = false;
	if (pair->before == before && pair->now == now) {
		*ret_is_same = pair->is_same;
		return SQLITE_OK;
	}
	sqlite3_stmt *compare = slice->statements[SLICE_COMPARE];
	sqlite3_bind_int64(compare, 1, before);
	sqlite3_bind_int64(compare, 2, now);
	int rc = statement_find(compare, &is_found, &is_same);
	*ret_is_same = is_found && is_same != 0;
	*pair = (struct redecode_pair){ before, now, *ret_is_same };
	return rc;
}

static void bind_optional(sqlite3_stmt *statement, int parameter, int value)
{
	if (value >= 0)
		sqlite3_bind_int(statement, parameter, value);
	else
		sqlite3_bind_null(statement, parameter);
}

static int move(const struct slice *slice, int64_t id, int64_t origin,
		const struct store_telegram *telegram)
{
	sqlite3_stmt *update = slice->statements[SLICE_MOVE];
	int64_t moved = 0;
	int rc = run_with(slice, SLICE_STALE, id, 0);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(update, 1, id);
	sqlite3_bind_int64(update, 2, origin);
	statement_bind_text(update, 3, telegram->vals);
	statement_bind_text(update, 4, telegram->remarks);
	bind_optional(update, 5, telegram->access_number);
	bind_optional(update, 6, telegram->meter_status);
	if (sqlite3_step(update) == SQLITE_ROW)
		moved = sqlite3_column_int64(update, 0);
	rc = sqlite3_reset(update);
	if (rc == SQLITE_OK)
		rc = run_with(slice, SLICE_COUNT_UP, 0, 0);
	if (rc == SQLITE_OK)
		rc = run_with(slice, SLICE_KEEP_ORDER, id, moved);
	if (rc == SQLITE_OK)
		rc = run_with(slice, SLICE_DROP_ORDER, id, 0);
	if (rc == SQLITE_OK)
		rc = run_with(slice, SLICE_DROP_LETTERS, id, 0);
	slice->writer->log_position = moved;
	return rc;
}

static int do_row(const struct slice *slice, uint32_t n)
{
	const struct redecode_row *row = &slice->job->rows[n];
	const struct store_telegram *telegram = telegram_batch_get(slice->job->batch, n);
	int64_t before = 0, origin = 0;
	bool is_same = false;
	int rc = compare_row(slice, row->id, telegram, &before, &is_same);
	if (rc != SQLITE_OK || before == 0)
		return rc;
	rc = writer_origin_id(slice->writer, row->terminal, telegram, &origin);
	if (rc == SQLITE_OK && is_same && origin != before)
		rc = compare_origins(slice, before, origin, &is_same);
	if (rc != SQLITE_OK)
		return rc;
	slice->job->next_state.changed += !is_same;
	slice->job->next_state.unchanged += is_same;
	if (!is_same)
		return move(slice, row->id, origin, telegram);
	return origin != before ? run_with(slice, SLICE_NOTE, row->id, origin)
				: SQLITE_OK;
}

static int prepare(struct slice *slice)
{
	int rc = SQLITE_OK;
	for (int i = 0; rc == SQLITE_OK && i < SLICE_STATEMENTS; i++)
		rc = sqlite3_prepare_v2(slice->writer->db, slice_sql[i], -1,
					&slice->statements[i], NULL);
	return rc;
}

static int note_state(const struct slice *slice)
{
	const struct redecode_state *state = &slice->job->next_state;
	sqlite3_stmt *update = slice->statements[SLICE_STATE];
	sqlite3_bind_int64(update, 1, state->position);
	sqlite3_bind_int64(update, 2, state->changed);
	sqlite3_bind_int64(update, 3, state->unchanged);
	return statement_run(update);
}

int redecode_run_slice(struct store_job *job, struct store_writer *writer)
{
	struct redecode_job *self = (struct redecode_job *)job;
	struct slice slice = { .job = self, .writer = writer };
	/* Ids that the pairs name may be gone after a rollback. */
	memset(self->pairs, 0, sizeof self->pairs);
	self->next_state = self->state;
	int rc = prepare(&slice);
	for (uint32_t i = 0; rc == SQLITE_OK && i < telegram_batch_count(self->batch);
	     i++)
		rc = do_row(&slice, i);
	self->next_state.position = self->until;
	if (rc == SQLITE_OK)
		rc = note_state(&slice);
	for (int i = 0; i < SLICE_STATEMENTS; i++)
		sqlite3_finalize(slice.statements[i]);
	return rc;
}

static int read_state(struct redecode_job *self, sqlite3_stmt *row)
{
	struct redecode_state *state = &self->next_state;
	sqlite3_bind_text(row, 1, self->filter, -1, SQLITE_STATIC);
	if (sqlite3_step(row) == SQLITE_ROW) {
		state->is_resumed = true;
		state->position = sqlite3_column_int64(row, 0);
		state->last = sqlite3_column_int64(row, 1);
		state->changed = sqlite3_column_int64(row, 2);
		state->unchanged = sqlite3_column_int64(row, 3);
	}
	return sqlite3_finalize(row);
}

static int begin_anew(struct redecode_job *self, sqlite3_stmt *row)
{
	sqlite3_bind_text(row, 1, self->filter, -1, SQLITE_STATIC);
	if (sqlite3_step(row) == SQLITE_ROW) {
		self->next_state.position = sqlite3_column_int64(row, 0);
		self->next_state.last = sqlite3_column_int64(row, 1);
	}
	sqlite3_step(row);
	return sqlite3_finalize(row);
}

int redecode_run_begin(struct store_job *job, struct store_writer *writer)
{
	static const char read_sql[] =
		"SELECT position, last, changed, unchanged FROM redecode"
		" WHERE filter = ?1 AND position < last";
	static const char begin_sql[] =
		"INSERT OR REPLACE INTO redecode"
		" (id, filter, position, last, changed, unchanged) SELECT 1, ?1,"
		" coalesce(min(id) - 1, 0), coalesce(max(id), 0), 0, 0 FROM telegram"
		" RETURNING position, last";
	struct redecode_job *self = (struct redecode_job *)job;
	sqlite3_stmt *row = NULL;
	self->next_state = (struct redecode_state){ 0 };
	int rc = sqlite3_prepare_v2(writer->db, read_sql, -1, &row, NULL);
	if (rc == SQLITE_OK)
		rc = read_state(self, row);
	if (rc == SQLITE_OK && !self->next_state.is_resumed) {
		rc = sqlite3_prepare_v2(writer->db, begin_sql, -1, &row, NULL);
		if (rc == SQLITE_OK)
			rc = begin_anew(self, row);
	}
	self->next_state.first = self->next_state.position;
	return rc;
}
