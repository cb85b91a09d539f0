/* SPDX-License-Identifier: MIT */
/* A store in a directory of its own, one port, and a thread that waits for answers. */
#ifndef READOUT_TESTS_STORE_FIXTURE_H
#define READOUT_TESTS_STORE_FIXTURE_H

#include <limits.h>
#include <semaphore.h>

#include "storage/store.h"
#include "storage/telegram_batch.h"
#include "storage/terminal_record.h"

#define STAMP_TRUE INT64_C(1700000000)

struct store_fixture {
	char directory[64];
	char path[128];
	uint64_t wal_limit_bytes; /* for fixture_open(); 0: the usual one */
	struct store *store;
	struct store_port *port;
	sem_t woken;
	int64_t terminal;
	/* of the last answer */
	bool is_answered;
	enum store_result result;
	enum telegram_outcome outcomes[64];
	struct terminal_state state;
	char error[STORE_ERROR_MAX];
};

void fixture_begin(struct store_fixture *f); /* opens, and makes terminal "T1" */
void fixture_end(struct store_fixture *f);   /* closes, removes the directory */
void fixture_open(struct store_fixture *f);
void fixture_close(struct store_fixture *f);
void fixture_wait(struct store_fixture *f, const bool *is_answered);
void fixture_contact(struct store_fixture *f, const char *identity);

/* A telegram that is plain in every field. */
struct store_telegram fixture_telegram(int64_t stamp, int64_t sequence, const char *raw);
struct telegram_batch *fixture_batch(struct store_fixture *f);
void fixture_submit(struct store_fixture *f, struct telegram_batch *batch);
/* Submits one batch, waits, frees it; returns the result, outcomes in the fixture. */
enum store_result fixture_commit(struct store_fixture *f, struct telegram_batch *batch);
/* One telegram in a batch of its own; returns its outcome. */
enum telegram_outcome fixture_store(struct store_fixture *f,
				    const struct store_telegram *telegram);

/* Runs SQL on a connection of its own. */
int64_t fixture_int(const struct store_fixture *f, const char *sql);
void fixture_text(const struct store_fixture *f, const char *sql, char ret_text[512]);
void fixture_exec(const char *path, const char *sql);

#endif
