/* SPDX-License-Identifier: MIT */
#include "tests/fault/checks.h"

#include <inttypes.h>
#include <stdio.h>

#include "storage/database.h"
#include "storage/log_reader.h"

enum { PAGE = 200 };

static int find_terminal(const struct book *book, const char *identity)
{
	for (int i = 0; i < BOOK_TERMINALS; i++)
		if (strcmp(book->terminals[i].identity, identity) == 0)
			return i;
	return -1;
}

/* The values went through the layout: a wrong id of one shows here. */
static void check_values(struct book *book, const struct log_telegram *telegram,
			 const struct book_record *record)
{
	char address[MBUS_ADDRESS_TEXT_SIZE] = "", text[BOOK_TEXT_MAX] = "";
	if (record->layout >= 0) {
		mbus_address_text(&record->meter, address);
		book_value_text(record, text);
	}
	if (telegram->raw_is_text != record->is_text ||
	    strcmp(telegram->meter, address) != 0 ||
	    telegram->reading_count != (record->layout < 0 ? 0u : 2u) ||
	    (record->layout >= 0 && strcmp(telegram->readings[0].value_text, text) != 0))
		book_complain(book,
			      "telegram %" PRId64 " of %s: meter %s instead of %s, "
			      "%" PRIu32 " values, the first %s instead of %s",
			      telegram->id, telegram->terminal, telegram->meter, address,
			      telegram->reading_count,
			      telegram->reading_count == 0
				      ? "none"
				      : telegram->readings[0].value_text,
			      text);
}

static void check_telegram(struct book *book, const struct log_telegram *telegram)
{
	struct book_record record;
	int terminal = find_terminal(book, telegram->terminal);
	int number = terminal < 0 ? -1
				  : book_find(book, (uint32_t)terminal, telegram->stamp,
					      telegram->sequence, telegram->raw);
	if (number < 0) {
		book_complain(book, "telegram %" PRId64 " of %s was never made",
			      telegram->id, telegram->terminal);
		return;
	}
	book_record((uint32_t)terminal, (uint32_t)number, &record);
	check_values(book, telegram, &record);
	book->terminals[terminal].found[number]++;
}

static void check_found(struct book *book, struct book_terminal *terminal)
{
	for (uint32_t i = 0; i < terminal->made; i++) {
		if (terminal->is_acknowledged[i] && terminal->found[i] == 0)
			book_complain(book,
				      "record %" PRIu32 " of %s was acknowledged and is "
				      "lost",
				      i, terminal->identity);
		if (terminal->found[i] > 1)
			book_complain(book,
				      "record %" PRIu32 " of %s is stored %" PRIu32
				      " times",
				      i, terminal->identity, terminal->found[i]);
		terminal->found[i] = 0;
	}
}

static void check_log(struct book *book, const char *path)
{
	char error[LOG_READER_ERROR_MAX];
	const struct log_telegram *telegrams = NULL;
	struct log_reader *reader = log_reader_open(path, error);
	if (reader == NULL) {
		book_complain(book, "the log cannot be read: %s", error);
		return;
	}
	int64_t after = 0;
	int count;
	while ((count = log_reader_next(reader, after, -1, PAGE, &telegrams)) > 0) {
		for (int i = 0; i < count; i++)
			check_telegram(book, &telegrams[i]);
		after = telegrams[count - 1].id;
	}
	if (count < 0)
		book_complain(book, "the log cannot be read: %s",
			      log_reader_error(reader));
	for (int i = 0; i < BOOK_TERMINALS; i++)
		check_found(book, &book->terminals[i]);
	log_reader_close(reader);
}

static void expect_text(struct book *book, sqlite3 *db, const char *sql,
			const char *expected)
{
	sqlite3_stmt *row = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &row, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(row);
	const unsigned char *text = rc == SQLITE_ROW ? sqlite3_column_text(row, 0) : NULL;
	if (text == NULL || strcmp((const char *)text, expected) != 0)
		book_complain(book, "%s: %s instead of %s", sql,
			      text == NULL ? sqlite3_errmsg(db) : (const char *)text,
			      expected);
	sqlite3_finalize(row);
}

void check_database(struct book *book, const char *path)
{
	char error[STORE_ERROR_MAX];
	char sql[BOOK_TEXT_MAX];
	check_log(book, path);
	sqlite3 *db = database_open_reader(path, error);
	if (db == NULL) {
		book_complain(book, "%s", error);
		return;
	}
	expect_text(book, db, "PRAGMA integrity_check", "ok");
	expect_text(book, db, "SELECT count(*) - count(DISTINCT detail) FROM event", "0");
	snprintf(sql, sizeof sql,
		 "SELECT coalesce(max(position), 0) >= %" PRId64 " FROM cursor",
		 book->cursor);
	expect_text(book, db, sql, "1");
	sqlite3_close(db);
}
