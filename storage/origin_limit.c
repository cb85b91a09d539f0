/* SPDX-License-Identifier: MIT */
#include "storage/origin_limit.h"

enum { DAY_MS = 86400 * 1000 };

static int64_t today(const struct store_telegram *telegram)
{
	return telegram->received_at_ms / DAY_MS;
}

int origin_limit_reached(struct store_writer *writer, int64_t terminal,
			 const struct store_telegram *telegram, bool *ret_is_reached)
{
	sqlite3_stmt *row = writer->statements[STATEMENT_ORIGIN_LIMIT];
	bool is_found = false;
	int64_t count = 0;
	sqlite3_bind_int64(row, 1, terminal);
	sqlite3_bind_int64(row, 2, today(telegram));
	int rc = statement_find(row, &is_found, &count);
	*ret_is_reached = count >= ORIGINS_A_DAY_MAX;
	return rc;
}

int origin_limit_count(struct store_writer *writer, int64_t terminal,
		       const struct store_telegram *telegram)
{
	sqlite3_stmt *count = writer->statements[STATEMENT_ORIGIN_COUNT];
	sqlite3_stmt *event = writer->statements[STATEMENT_ORIGIN_LIMIT_EVENT];
	sqlite3_bind_int64(count, 1, terminal);
	sqlite3_bind_int64(count, 2, today(telegram));
	int rc = statement_run(count);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(event, 1, terminal);
	sqlite3_bind_int64(event, 2, telegram->received_at_ms);
	sqlite3_bind_int(event, 3, ORIGINS_A_DAY_MAX);
	return statement_run(event);
}

struct store_telegram origin_limit_bare(const struct store_telegram *telegram,
					const char *status)
{
	struct store_telegram bare = *telegram;
	bare.has_meter = false;
	bare.layout = NULL;
	bare.vals = span_of(NULL, 0);
	bare.remarks = span_of(NULL, 0);
	bare.decode_status = status;
	bare.decode_diagnosis = "";
	return bare;
}

int origin_limit_shared(struct store_writer *writer, int64_t terminal,
			const struct store_telegram *telegram,
			struct store_telegram *ret_bare, int64_t *ret_origin)
{
	*ret_bare = origin_limit_bare(telegram, "origin_limit");
	ret_bare->device = span_of(NULL, 0);
	ret_bare->device_index = ret_bare->error_code = 0;
	writer->has_origin_limit = false;
	int rc = writer_origin_id(writer, terminal, ret_bare, ret_origin);
	writer->has_origin_limit = true;
	return rc;
}

int origin_limit_note(struct store_writer *writer, int64_t id,
		      const struct store_telegram *telegram)
{
	sqlite3_stmt *note = writer->statements[STATEMENT_TELEGRAM_NOTE];
	sqlite3_bind_int64(note, 1, id);
	sqlite3_bind_text64(
		note, 2,
		telegram->device.size > 0 ? (const char *)telegram->device.data : "",
		telegram->device.size, SQLITE_STATIC, SQLITE_UTF8);
	sqlite3_bind_int64(note, 3, telegram->device_index);
	sqlite3_bind_int64(note, 4, telegram->error_code);
	return statement_run(note);
}
