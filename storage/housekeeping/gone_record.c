/* SPDX-License-Identifier: MIT */
#include "storage/housekeeping/gone_record.h"

enum { DAY_S = 86400, DIGEST_SIZE = 8 };

int64_t gone_record_day(int64_t stamp)
{
	return stamp / DAY_S - (stamp % DAY_S < 0);
}

/* FNV-1a; what is of variable size goes in with its size. */
static uint64_t add_bytes(uint64_t hash, const void *data, size_t size)
{
	const uint8_t *bytes = data;
	for (size_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static uint64_t add_number(uint64_t hash, uint64_t number)
{
	uint8_t bytes[8];
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(number >> 8 * i);
	return add_bytes(hash, bytes, sizeof bytes);
}

static uint64_t add_span(uint64_t hash, struct span span)
{
	return add_bytes(add_number(hash, span.size), span.data, span.size);
}

uint64_t gone_record_digest(const struct store_telegram *telegram)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	hash = add_number(hash, (uint64_t)telegram->stamp);
	hash = add_number(hash, (uint64_t)telegram->sequence);
	hash = add_number(hash, (uint64_t)telegram->error_code);
	hash = add_span(hash, span_text(telegram->kind));
	hash = add_span(hash, telegram->device);
	hash = add_number(hash, telegram->raw_is_text && telegram->raw.size > 0);
	return add_span(hash, telegram->raw);
}

static void write_digest(uint64_t digest, uint8_t ret_bytes[DIGEST_SIZE])
{
	for (int i = 0; i < DIGEST_SIZE; i++)
		ret_bytes[i] = (uint8_t)(digest >> 8 * i);
}

int gone_record_add(struct store_writer *writer, int64_t terminal, int64_t day,
		    const uint64_t *digests, size_t count)
{
	sqlite3_stmt *row = writer->statements[STATEMENT_GONE_ADD];
	sqlite3_blob *blob = NULL;
	uint8_t bytes[DIGEST_SIZE];
	sqlite3_bind_int64(row, 1, terminal);
	sqlite3_bind_int64(row, 2, day);
	sqlite3_bind_int64(row, 3, (int64_t)(count * DIGEST_SIZE));
	int rc = statement_run(row);
	if (rc == SQLITE_OK)
		rc = sqlite3_blob_open(writer->db, "main", "gone", "digests",
				       sqlite3_last_insert_rowid(writer->db), 1, &blob);
	for (size_t i = 0; rc == SQLITE_OK && i < count; i++) {
		write_digest(digests[i], bytes);
		rc = sqlite3_blob_write(blob, bytes, DIGEST_SIZE, (int)(i * DIGEST_SIZE));
	}
	int end = sqlite3_blob_close(blob);
	return rc != SQLITE_OK ? rc : end;
}

int gone_record_end(struct store_writer *writer, int64_t terminal, int64_t *ret_day)
{
	sqlite3_stmt *row = writer->statements[STATEMENT_GONE_END];
	bool is_found = false;
	int64_t day = INT64_MIN;
	sqlite3_bind_int64(row, 1, terminal);
	int rc = statement_find(row, &is_found, &day);
	if (rc == SQLITE_OK)
		*ret_day = is_found ? day : INT64_MIN;
	return rc;
}

static bool has_digest(const uint8_t *digests, size_t size, const uint8_t *wanted)
{
	for (size_t i = 0; i + DIGEST_SIZE <= size; i += DIGEST_SIZE)
		if (memcmp(digests + i, wanted, DIGEST_SIZE) == 0)
			return true;
	return false;
}

int gone_record_find(struct store_writer *writer, int64_t terminal,
		     const struct store_telegram *telegram, bool *ret_is_gone)
{
	sqlite3_stmt *row = writer->statements[STATEMENT_GONE_FIND];
	uint8_t wanted[DIGEST_SIZE];
	bool is_gone = false;
	write_digest(gone_record_digest(telegram), wanted);
	sqlite3_bind_int64(row, 1, terminal);
	sqlite3_bind_int64(row, 2, gone_record_day(telegram->stamp));
	while (!is_gone && sqlite3_step(row) == SQLITE_ROW) {
		const uint8_t *digests = sqlite3_column_blob(row, 0);
		is_gone =
			has_digest(digests, (size_t)sqlite3_column_bytes(row, 0), wanted);
	}
	int rc = sqlite3_reset(row);
	if (rc == SQLITE_OK)
		*ret_is_gone = is_gone;
	return rc;
}
