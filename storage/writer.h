/* SPDX-License-Identifier: MIT */
/*
 * The writer thread's side of the database: its connection, its prepared statements, its
 * caches of row ids, and the transaction. Everything here is called on one thread. Jobs
 * (store_job.run) reach the database through it.
 *
 * The caches hold ids of rows that may have been made in the open transaction, so every
 * rollback drops all of them: a rollback is rare, a wrong id would be for ever.
 */
#ifndef READOUT_STORAGE_WRITER_H
#define READOUT_STORAGE_WRITER_H

#include "protocol/mbus/mbus_address.h"
#include "storage/statements.h"
#include "storage/trouble.h"

struct store_telegram; /* storage/telegram_batch.h */

enum {
	WRITER_WORDS_MAX = 64,
	WRITER_METERS_MAX = 16384,
	WRITER_ORIGINS_MAX = 65536,
	ORIGIN_DEVICE_MAX = 32, /* bytes; a longer device is looked up each time */
};

/* Beside SQLite's codes, of which it is one that no longer occurs. */
enum { WRITER_ORIGIN_LIMIT = SQLITE_EMPTY };

/* What makes an origin (storage/origin_writer.c). Texts are static, layouts for ever. */
struct origin_key {
	int64_t terminal;
	uint64_t meter; /* writer_meter_key() */
	const struct layout *layout;
	const char *kind, *time_quality, *decode_status, *decode_diagnosis;
	int64_t device_index, error_code;
	size_t device_size;
	char device[ORIGIN_DEVICE_MAX];
	bool has_meter;
};

struct store_writer {
	sqlite3 *db;
	sqlite3_stmt *statements[STATEMENT_COUNT];

	int64_t *layout_ids; /* by layout->number; 0 not known */
	uint32_t layout_limit;
	struct writer_meter {
		uint64_t key;     /* the 8 bytes of the secondary address */
		int64_t terminal; /* whose it is, if the address is split; else 0 */
		int64_t id;       /* 0 free */
	} * meters;               /* direct-mapped by a hash of the key */
	struct writer_origin {
		struct origin_key key;
		int64_t id;           /* 0 free */
		int64_t since, until; /* as in the table */
	} * origins;                  /* direct-mapped by a hash of the key */
	struct writer_word {
		const char *text; /* static */
		int64_t id;
	} words[WRITER_WORDS_MAX];
	uint32_t word_count;

	bool has_origin_limit; /* a terminal's records are stored: see origin_limit.h */
	bool is_closed_to_new; /* names and origins are found, not made */

	/* of the transaction that is open or was just committed */
	bool is_isolating; /* a telegram that cannot be stored is undone alone */
	uint64_t telegrams_new, telegrams_known, telegrams_refused;
	int64_t log_position; /* id of the newest telegram it added, 0 none */

	int64_t data_version;    /* SQLite's count of what others have written */
	uint64_t foreign_writes; /* how often it was found changed */
};

/* Opens the database at path and prepares everything. NULL and a message on failure. */
struct store_writer *writer_new(const char *path, uint32_t layout_limit,
				char error[STORE_ERROR_MAX]);
void writer_free(struct store_writer *writer); /* NULL is fine */

/*
 * Closes the connection and leaves the files as they are: no checkpoint, nothing removed.
 * writer->db is NULL until writer_reopen() has opened the same database again; false: it
 * could not, and why.
 */
void writer_put_down(struct store_writer *writer);
bool writer_reopen(struct store_writer *writer, const char *path,
		   struct trouble *ret_trouble, char error[STORE_ERROR_MAX]);

/* SQLITE_OK or an SQLite error code. After a failure call writer_rollback(). */
int writer_begin(struct store_writer *writer, bool is_isolating);
int writer_commit(struct store_writer *writer);
void writer_rollback(struct store_writer *writer);

/*
 * A savepoint within the transaction; they nest. Kept or undone, it is gone; undoing
 * drops the caches.
 */
int writer_save(struct store_writer *writer);
int writer_keep(struct store_writer *writer);
int writer_undo(struct store_writer *writer);

/* Counts what other programs have written, and drops the caches if they have. */
int writer_look_for_rivals(struct store_writer *writer);

/* Drops the caches: rows they may know were changed behind them. */
void writer_forget(struct store_writer *writer);

/* Runs a statement that gives no row, and resets it. SQLITE_OK or an error code. */
int statement_run(sqlite3_stmt *statement);

/*
 * Runs a statement whose answer is at most one integer, and resets it. *ret_is_found says
 * whether there was a row; a NULL counts as none. SQLITE_OK or an error code.
 */
int statement_find(sqlite3_stmt *statement, bool *ret_is_found, int64_t *ret_value);

/* Binds bytes as text or blob without a copy; empty spans become NULL. */
void statement_bind_text(sqlite3_stmt *statement, int parameter, struct span text);
void statement_bind_blob(sqlite3_stmt *statement, int parameter, struct span bytes);

/* Row ids of things that telegrams name; made when they are new. An SQLite error code. */
int writer_word_id(struct store_writer *writer, const char *text, int64_t *ret_id);
int writer_layout_id(struct store_writer *writer, const struct layout *layout,
		     int64_t *ret_id);

/*
 * The meter that terminal means by address: one for all terminals, unless the address was
 * split (storage/labels/label_split.c). now_ms: when it was heard; 0: it is made, but was
 * not.
 */
int writer_meter_id(struct store_writer *writer, const struct mbus_address *address,
		    int64_t terminal, int64_t now_ms, int64_t *ret_id);
/*
 * The origin of a telegram, with everything that it names. The day of the stamp is within
 * its days afterwards: whoever gives a row an origin asks here for it.
 * WRITER_ORIGIN_LIMIT: the terminal may make no more of them today.
 */
int writer_origin_id(struct store_writer *writer, int64_t terminal,
		     const struct store_telegram *telegram, int64_t *ret_id);

/* The whole secondary address in a number: caches compare these, not texts. */
uint64_t writer_meter_key(const struct mbus_address *address);

#endif
