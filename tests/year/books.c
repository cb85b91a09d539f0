/* SPDX-License-Identifier: MIT */
/*
 * The books of the year: every record that a terminal made against every row of the
 * database.
 *  - No row is doubled or invented.
 *  - What a terminal still holds, and what was deleted on command, is in the database. (A
 *    link that lies can have a terminal delete what it never sent; that is a loss.)
 *  - Every loss, by the ring or by a lie, is told: the record behind it has an event
 *    overlap_missing with its sequence number, or the memory was told to be empty. Where
 *    that event names the record before the loss, its number is that of the lost ones.
 */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/year/year.h"

/* Of a record: all that its terminal says of it. Compared as bytes. */
struct key {
	char serial[SERIAL_MAX];
	int64_t stamp;
	int64_t sequence;
	uint8_t meter; /* of a failed read, which has no frame */
	uint8_t frame[FRAME_BYTES];
};

struct entry {
	struct key key;
	struct record *record; /* NULL: a row of the database */
};

struct entries {
	struct entry *list;
	size_t count, capacity;
};

/* An event overlap_missing. */
struct told {
	char serial[SERIAL_MAX];
	bool is_empty; /* the whole memory was */
	bool has_numbers;
	int64_t from, to; /* sequence numbers around the gap; to -1: not told */
	int64_t most;     /* -1: not told */
	bool is_used;
};

struct books {
	struct year *year;
	struct entries made, rows;
	struct told *told;
	size_t told_count, told_capacity;
	uint64_t stored, lost, gaps, sized, before_first, pieces;
};

static void defect(struct books *books, const char *what, const char *serial,
		   const struct record *record)
{
	if (books->year->defects++ >= 20)
		return;
	(void)printf("not ok: %s: terminal %s, stamp %" PRId64
		     ", sequence %u, counter %u\n",
		     what, serial, record != NULL ? record->stamp : 0,
		     record != NULL ? record->sequence : 0,
		     record != NULL ? record->counter : 0);
}

/* ---- what was made and what is there ---- */

static struct entry *add(struct entries *entries)
{
	if (entries->count == entries->capacity) {
		entries->capacity = entries->capacity * 2 + 1024;
		entries->list =
			realloc(entries->list, entries->capacity * sizeof(struct entry));
		if (entries->list == NULL)
			abort();
	}
	struct entry *entry = &entries->list[entries->count++];
	memset(entry, 0, sizeof(*entry)); /* the gaps between the fields, too */
	return entry;
}

static void add_made(struct books *books, const struct terminal_sim *terminal)
{
	for (uint32_t i = 0; i < terminal->made; i++) {
		struct record *record = &terminal->records[i];
		struct entry *entry = add(&books->made);
		memcpy(entry->key.serial, terminal->serial, SERIAL_MAX);
		entry->key.stamp = record->stamp;
		entry->key.sequence = record->sequence;
		if (record->counter == 0)
			entry->key.meter = record->meter;
		else
			record_frame(terminal, record, entry->key.frame);
		entry->record = record;
	}
}

static void each_row(struct books *books, sqlite3 *db, const char *sql,
		     void (*take)(struct books *books, sqlite3_stmt *row))
{
	sqlite3_stmt *rows;

	if (sqlite3_prepare_v2(db, sql, -1, &rows, NULL) != SQLITE_OK) {
		(void)fprintf(stderr, "year: %s: %s\n", sql, sqlite3_errmsg(db));
		abort();
	}
	while (sqlite3_step(rows) == SQLITE_ROW)
		take(books, rows);
	(void)sqlite3_finalize(rows);
}

static void copy_serial(char *ret_serial, sqlite3_stmt *row)
{
	(void)snprintf(ret_serial, SERIAL_MAX, "%s",
		       (const char *)sqlite3_column_text(row, 0));
}

/* Half a line of a stale reply is kept as the text it came as, like all that is not
 * understood. Only liars send such. */
static bool is_piece(const struct books *books, const char *serial, sqlite3_stmt *row)
{
	const struct year *year = books->year;

	if (strcmp((const char *)sqlite3_column_text(row, 5), "unknown") != 0)
		return false;
	for (uint32_t i = 0; i < year->terminal_count; i++)
		if (strcmp(year->terminals[i].serial, serial) == 0 &&
		    year->terminals[i].troubles & TROUBLE_LIES)
			return true;
	return false;
}

static void take_row(struct books *books, sqlite3_stmt *row)
{
	int size = sqlite3_column_bytes(row, 3);
	struct entry *entry;

	if (is_piece(books, (const char *)sqlite3_column_text(row, 0), row)) {
		books->pieces++;
		return;
	}
	entry = add(&books->rows);

	copy_serial(entry->key.serial, row);
	entry->key.stamp = sqlite3_column_int64(row, 1);
	entry->key.sequence = sqlite3_column_int64(row, 2);
	if (size == 0)
		entry->key.meter = (uint8_t)(sqlite3_column_int(row, 4) - 1);
	else if (size == FRAME_BYTES)
		memcpy(entry->key.frame, sqlite3_column_blob(row, 3), FRAME_BYTES);
}

/* Of equal records those are taken for stored which the terminal did not lose, and then
 * those whose neighbours are. */
static int compare(const void *a, const void *b)
{
	const struct entry *first = a, *second = b;
	int order = memcmp(&first->key, &second->key, sizeof(first->key));

	if (order != 0 || first->record == NULL || second->record == NULL)
		return order;
	if (first->record->fate != second->record->fate)
		return first->record->fate - second->record->fate;
	return second->record->neighbours - first->record->neighbours;
}

static void sort(struct entries *entries)
{
	if (entries->count > 0)
		qsort(entries->list, entries->count, sizeof(struct entry), compare);
}

static bool is_telegram_stored(const struct record *record)
{
	return record->counter != 0 && record->is_stored;
}

/* Telegrams are all different: those around a failed read say what became of it. */
static void ask_neighbours(const struct terminal_sim *terminal)
{
	struct record *records = terminal->records;
	uint8_t before = 0, behind = 0;

	for (uint32_t i = 0; i < terminal->made; i++) {
		if (records[i].counter != 0)
			before = is_telegram_stored(&records[i]);
		records[i].neighbours = before;
	}
	for (uint32_t i = terminal->made; i-- > 0;) {
		if (records[i].counter != 0)
			behind = is_telegram_stored(&records[i]);
		records[i].neighbours = (uint8_t)(records[i].neighbours + behind);
	}
}

static void forget_matches(struct books *books)
{
	for (size_t i = 0; i < books->made.count; i++)
		books->made.list[i].record->is_stored = false;
	books->stored = 0;
}

static void match(struct books *books, bool is_final)
{
	size_t made = 0;

	sort(&books->made);
	sort(&books->rows);
	for (size_t i = 0; i < books->rows.count; i++) {
		const struct entry *row = &books->rows.list[i];
		while (made < books->made.count &&
		       memcmp(&books->made.list[made].key, &row->key, sizeof(row->key)) <
			       0)
			made++;
		if (made < books->made.count &&
		    memcmp(&books->made.list[made].key, &row->key, sizeof(row->key)) ==
			    0) {
			books->made.list[made++].record->is_stored = true;
			books->stored++;
			continue;
		}
		if (!is_final)
			continue;
		struct record shown = { .stamp = row->key.stamp,
					.sequence = (uint32_t)row->key.sequence };
		defect(books, "a row that no terminal made, or a doubled one",
		       row->key.serial, &shown);
	}
}

/* ---- what was told ---- */

static int64_t number_behind(const char *text, const char *words)
{
	const char *found = strstr(text, words);
	return found != NULL ? strtoll(found + strlen(words), NULL, 10) : -1;
}

static void take_told(struct books *books, sqlite3_stmt *row)
{
	const char *detail = (const char *)sqlite3_column_text(row, 1);
	struct told told = { .is_empty = strstr(detail, "memory is empty") != NULL,
			     .to = -1 };

	if (books->told_count == books->told_capacity) {
		books->told_capacity = books->told_capacity * 2 + 64;
		books->told =
			realloc(books->told, books->told_capacity * sizeof(struct told));
		if (books->told == NULL)
			abort();
	}
	copy_serial(told.serial, row);
	told.most = number_behind(detail, "at most ");
	told.has_numbers = told.most >= 0;
	told.from = number_behind(detail, told.has_numbers ? "numbers " : "went from ");
	told.to = number_behind(detail, told.has_numbers ? " and " : " to ");
	books->told[books->told_count++] = told;
}

static struct told *find_told(struct books *books, const char *serial, int64_t sequence)
{
	struct told *empty = NULL;

	for (size_t i = 0; i < books->told_count; i++) {
		struct told *told = &books->told[i];
		if (told->is_used || strcmp(told->serial, serial) != 0)
			continue;
		if (told->to == sequence)
			return told;
		if (told->is_empty && empty == NULL)
			empty = told;
	}
	return empty;
}

/*
 * Equal failed reads of two lives of a clock cannot be told apart, here neither: which of
 * them is the stored one may be guessed wrong. So the event may name one of those that
 * stand around the end of the gap.
 */
static struct told *find_told_near(struct books *books,
				   const struct terminal_sim *terminal, uint32_t from,
				   uint32_t to)
{
	const struct record *records = terminal->records;
	struct told *told = find_told(books, terminal->serial, records[to].sequence);

	for (uint32_t i = to; told == NULL && i-- > from && records[i].counter == 0;)
		told = find_told(books, terminal->serial, records[i].sequence);
	for (uint32_t i = to + 1; told == NULL && i < terminal->made; i++) {
		if (records[i - 1].counter != 0)
			break;
		told = find_told(books, terminal->serial, records[i].sequence);
	}
	return told;
}

/* records[from..to) are lost, and records[to] is not. */
static void check_gap(struct books *books, const struct terminal_sim *terminal,
		      uint32_t from, uint32_t to)
{
	const struct record *before = &terminal->records[from - 1];
	const struct record *behind = &terminal->records[to];
	struct told *told = find_told_near(books, terminal, from, to);

	books->gaps++;
	if (told == NULL) {
		defect(books, "a loss that nobody was told of, before", terminal->serial,
		       behind);
		return;
	}
	told->is_used = true;
	bool is_one_life = before->sequence + (to - from) + 1 == behind->sequence;
	if (!told->has_numbers || !is_one_life || told->from != before->sequence ||
	    told->to != behind->sequence)
		return;
	books->sized++;
	if (told->most != (int64_t)(to - from))
		defect(books, "a loss told with a wrong size, before", terminal->serial,
		       behind);
}

static bool may_be_lost(const struct terminal_sim *terminal, const struct record *record)
{
	return record->fate == FATE_OVERWRITTEN || record->fate == FATE_CLEARED ||
	       (record->fate == FATE_DELETED && terminal->troubles & TROUBLE_LIES);
}

static void check_terminal(struct books *books, const struct terminal_sim *terminal)
{
	uint32_t lost_from = 0;
	bool has_stored = false;

	for (uint32_t i = 0; i < terminal->made; i++) {
		const struct record *record = &terminal->records[i];
		if (!record->is_stored) {
			books->lost++;
			books->before_first += !has_stored;
			if (!may_be_lost(terminal, record))
				defect(books, "a record that is not in the database",
				       terminal->serial, record);
			continue;
		}
		if (has_stored && lost_from < i)
			check_gap(books, terminal, lost_from, i);
		has_stored = true;
		lost_from = i + 1;
	}
}

/* ---- all of it ---- */

void books_check(struct year *year)
{
	struct books books = { .year = year };
	sqlite3 *db;

	if (sqlite3_open_v2(year->database, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		abort();
	for (uint32_t i = 0; i < year->terminal_count; i++)
		add_made(&books, &year->terminals[i]);
	each_row(&books, db,
		 "SELECT identity, t.stamp, t.sequence, t.raw, o.device_index,"
		 " (SELECT text FROM word WHERE word.id = o.kind) FROM telegram t"
		 " JOIN terminal ON terminal.id = t.terminal"
		 " JOIN origin o ON o.id = t.origin",
		 take_row);
	each_row(&books, db,
		 "SELECT terminal, detail FROM events WHERE kind = 'overlap_missing'"
		 " ORDER BY id",
		 take_told);
	match(&books, false);
	for (uint32_t i = 0; i < year->terminal_count; i++)
		ask_neighbours(&year->terminals[i]);
	forget_matches(&books);
	match(&books, true);
	for (uint32_t i = 0; i < year->terminal_count; i++)
		check_terminal(&books, &year->terminals[i]);
	conditions_check(year, db);
	(void)sqlite3_close(db);
	(void)printf(
		"# books: %zu records made, %" PRIu64 " stored once, %" PRIu64
		" lost in %" PRIu64 " gaps (%" PRIu64 " of them told with their size, "
		"%" PRIu64 " records before the first contact), %" PRIu64 " pieces of "
		"stale lines, %u defects\n",
		books.made.count, books.stored, books.lost, books.gaps, books.sized,
		books.before_first, books.pieces, year->defects);
	free(books.made.list);
	free(books.rows.list);
	free(books.told);
}
