/* SPDX-License-Identifier: MIT */
/*
 * Telegrams a second through the whole store (batch, queue, writer thread, identity,
 * origins, commit, back to the submitter) against a bare SQLite loop that inserts the
 * same rows, 1000 a transaction, into a copy of the same database. Both go by turns, a
 * chunk each, so that the phases of the disk meet both.
 *
 *     bench_store DIRECTORY [--before TELEGRAMS] [--telegrams TELEGRAMS]
 *
 * --before: what the database holds when the clock starts. Making telegrams is not timed.
 */
#include <inttypes.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "bare.h"
#include "bench_load.h"
#include "bench_sync.h"
#include "storage/terminal_record.h"

enum { CHUNK_ROUNDS = 10, WINDOW = 2 * BARE_BATCH, LAYOUT_LIMIT = 64 };

/* As storage/database.c sets up the writer. */
static const char bare_pragmas[] = "PRAGMA journal_mode = WAL;"
				   "PRAGMA synchronous = FULL;"
				   "PRAGMA wal_autocheckpoint = 16000;"
				   "PRAGMA cell_size_check = ON;"
				   "PRAGMA journal_size_limit = 67108864;";

/* Fast and unsafe: the telegrams before are only there to be there. */
static const char fill_pragmas[] = "PRAGMA journal_mode = OFF;"
				   "PRAGMA synchronous = OFF;"
				   "PRAGMA cache_size = -400000;";

struct chunk {
	struct load_telegram telegrams[CHUNK_ROUNDS * LOAD_ROUND];
};

static struct bench {
	char store_path[4096], bare_path[4096];
	struct load load;
	struct chunk chunk;
	struct layout_table *layouts;
	const struct layout *layout;

	struct store *store;
	struct store_port *port;
	sem_t woken;
	uint32_t outstanding; /* telegrams on their way to the disk */

	struct bare_ids ids;
	struct bare bare;
} bench;

static double now_s(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- through the store ---- */

static void wake(void *context)
{
	(void)context;
	(void)sem_post(&bench.woken);
}

/* Waits until at most so many telegrams are on their way. */
static void wait_below(uint32_t limit)
{
	while (bench.outstanding > limit) {
		(void)sem_wait(&bench.woken);
		store_port_dispatch(bench.port);
	}
}

static void on_terminal(const struct terminal_state *state, enum store_result result,
			void *context)
{
	if (result != STORE_COMMITTED)
		bench_die("a terminal", "was not stored");
	*(int64_t *)context = state->id;
	bench.outstanding--;
}

static void open_terminals(void)
{
	for (int i = 0; i < LOAD_TERMINALS; i++) {
		char identity[TERMINAL_IDENTITY_MAX];
		(void)snprintf(identity, sizeof(identity), "bench-%03d", i);
		bench.outstanding++;
		if (!terminal_record_open(bench.store, bench.port, identity, "127.0.0.1",
					  "", 1, on_terminal, &bench.ids.terminals[i]))
			bench_die("a terminal", "out of memory");
	}
	wait_below(0);
}

static void open_store(void)
{
	struct store_options options = { .path = bench.store_path,
					 .queue_limit_bytes = 1 << 26,
					 .layout_limit = LAYOUT_LIMIT };
	char error[STORE_ERROR_MAX];
	bench.store = store_open(&options, error);
	if (bench.store == NULL)
		bench_die(bench.store_path, error);
	bench.port = store_port_new(bench.store, wake, NULL);
	if (bench.port == NULL)
		bench_die(bench.store_path, "out of memory");
	open_terminals();
}

static void close_store(void)
{
	store_close(bench.store);
	store_port_dispatch(bench.port);
	store_port_free(bench.port);
	store_free(bench.store);
}

static void on_batch(struct telegram_batch *batch, enum store_result result,
		     void *context)
{
	(void)context;
	if (result != STORE_COMMITTED)
		bench_die("a batch", telegram_batch_error(batch));
	if (telegram_batch_new_count(batch) != telegram_batch_count(batch))
		bench_die("a batch", "holds telegrams that the store knows");
	bench.outstanding -= telegram_batch_count(batch);
	telegram_batch_free(batch);
}

/* Stores what one visit brings. */
static void submit_visit(const struct load_telegram *telegrams)
{
	struct telegram_batch *batch = telegram_batch_new(
		bench.port, bench.ids.terminals[telegrams->terminal], 1 << 20);
	for (int i = 0; batch != NULL && i < LOAD_METERS; i++) {
		struct store_telegram telegram =
			load_as_stored(&telegrams[i], bench.layout);
		if (!telegram_batch_add(batch, &telegram))
			bench_die("a batch", "out of memory");
	}
	if (batch == NULL)
		bench_die("a batch", "out of memory");
	bench.outstanding += LOAD_METERS;
	telegram_batch_submit(batch, on_batch, NULL);
}

/* A window of two transactions: one that the writer runs and one that gathers. */
static void store_all(const struct load_telegram *telegrams, int count)
{
	for (int i = 0; i < count; i += LOAD_METERS) {
		wait_below(WINDOW - LOAD_METERS);
		submit_visit(&telegrams[i]);
	}
	wait_below(0);
}

/* ---- what is there before ---- */

/* The first round goes through the store: it makes terminals, meters and origins. */
static void begin(void)
{
	struct load *load = &bench.load;
	load_begin(load);
	open_store();
	load_next(load);
	store_all(load->telegrams, LOAD_ROUND);
	close_store();
}

static void read_origins(sqlite3 *db)
{
	sqlite3_stmt *row = bare_prepare(db, "SELECT origin FROM telegram ORDER BY id");
	for (int i = 0; i < LOAD_ROUND && sqlite3_step(row) == SQLITE_ROW; i++) {
		const struct load_telegram *telegram = &bench.load.telegrams[i];
		bench.ids.origins[telegram->terminal * LOAD_METERS + telegram->meter] =
			sqlite3_column_int64(row, 0);
	}
	(void)sqlite3_finalize(row);
}

static void fill(int64_t telegrams)
{
	struct bare bare = bare_open(bench.store_path, fill_pragmas);
	read_origins(bare.db);
	for (int64_t filled = LOAD_ROUND; filled < telegrams; filled += LOAD_ROUND) {
		load_next(&bench.load);
		bare_insert(&bare, &bench.ids, bench.load.telegrams, LOAD_ROUND);
	}
	bare_execute(
		bare.db,
		"UPDATE origin SET until = (SELECT max(stamp) / 86400 * 86400 + 86400"
		" FROM telegram WHERE terminal = origin.terminal)");
	bare_close(&bare);
}

static void copy(void)
{
	sqlite3 *from, *to;
	if (sqlite3_open_v2(bench.store_path, &from, SQLITE_OPEN_READONLY, NULL) !=
		    SQLITE_OK ||
	    sqlite3_open(bench.bare_path, &to) != SQLITE_OK)
		bench_die(bench.bare_path, "cannot be opened");
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	if (backup == NULL || sqlite3_backup_step(backup, -1) != SQLITE_DONE)
		bench_die(bench.bare_path, sqlite3_errmsg(to));
	(void)sqlite3_backup_finish(backup);
	(void)sqlite3_close(from);
	(void)sqlite3_close(to);
}

/* ---- the measurement ---- */

static void make_chunk(void)
{
	for (int i = 0; i < CHUNK_ROUNDS; i++) {
		load_next(&bench.load);
		memcpy(bench.chunk.telegrams + (size_t)i * LOAD_ROUND,
		       bench.load.telegrams, sizeof(bench.load.telegrams));
	}
}

static double time_store(void)
{
	double start_s = now_s();
	store_all(bench.chunk.telegrams, CHUNK_ROUNDS * LOAD_ROUND);
	return now_s() - start_s;
}

static double time_bare(void)
{
	double start_s = now_s();
	bare_insert(&bench.bare, &bench.ids, bench.chunk.telegrams,
		    CHUNK_ROUNDS * LOAD_ROUND);
	return now_s() - start_s;
}

static void measure(int64_t telegrams)
{
	double store_s = 0, bare_s = 0;
	int64_t done = 0;
	struct store_status before, after;

	open_store();
	bench.bare = bare_open(bench.bare_path, bare_pragmas);
	store_status(bench.store, &before);
	for (int turn = 0; done < telegrams; turn++, done += CHUNK_ROUNDS * LOAD_ROUND) {
		make_chunk();
		if (turn % 2 == 0)
			bare_s += time_bare();
		store_s += time_store();
		if (turn % 2 != 0)
			bare_s += time_bare();
	}
	store_status(bench.store, &after);
	close_store();
	bare_close(&bench.bare);
	(void)printf("telegrams=%" PRId64 "\ntelegrams_a_transaction=%.0f\n", done,
		     (double)done / (double)(after.transactions - before.transactions));
	(void)printf(
		"store_telegrams_per_s=%.0f\nbare_telegrams_per_s=%.0f\nratio=%.2f\n",
		(double)done / store_s, (double)done / bare_s, bare_s / store_s);
}

static void print_size(void)
{
	sqlite3 *db;
	if (sqlite3_open_v2(bench.store_path, &db, SQLITE_OPEN_READONLY, NULL) !=
	    SQLITE_OK)
		bench_die(bench.store_path, sqlite3_errmsg(db));
	sqlite3_stmt *row =
		bare_prepare(db, "SELECT count(*), (SELECT page_count * page_size FROM"
				 " pragma_page_count, pragma_page_size) FROM telegram");
	if (sqlite3_step(row) != SQLITE_ROW)
		bench_die(bench.store_path, sqlite3_errmsg(db));
	(void)printf("telegrams_in_all=%lld\nbytes_per_reading=%.2f\n",
		     sqlite3_column_int64(row, 0),
		     sqlite3_column_double(row, 1) / sqlite3_column_double(row, 0) /
			     LOAD_READINGS);
	(void)sqlite3_finalize(row);
	(void)sqlite3_close(db);
}

static bool read_options(int argc, char **argv, int64_t *ret_before,
			 int64_t *ret_telegrams)
{
	for (int i = 2; i + 1 < argc; i += 2) {
		bool is_before = strcmp(argv[i], "--before") == 0;
		if (!is_before && strcmp(argv[i], "--telegrams") != 0)
			return false;
		*(is_before ? ret_before : ret_telegrams) =
			strtoll(argv[i + 1], NULL, 10);
	}
	return argc >= 2 && argc % 2 == 0;
}

int main(int argc, char **argv)
{
	int64_t before = 0, telegrams = 400000;

	if (!read_options(argc, argv, &before, &telegrams)) {
		(void)fputs("usage: bench_store DIRECTORY [--before TELEGRAMS]"
			    " [--telegrams TELEGRAMS]\n",
			    stderr);
		return 2;
	}
	(void)snprintf(bench.store_path, sizeof(bench.store_path), "%s/store.db",
		       argv[1]);
	(void)snprintf(bench.bare_path, sizeof(bench.bare_path), "%s/bare.db", argv[1]);
	if (access(bench.store_path, F_OK) == 0 || access(bench.bare_path, F_OK) == 0)
		bench_die(argv[1], "holds databases already");
	(void)sem_init(&bench.woken, 0, 0);
	bench.layouts = layout_table_new(LAYOUT_LIMIT);
	bench.layout = bench.layouts != NULL ? load_layout(bench.layouts) : NULL;
	if (bench.layout == NULL)
		bench_die("the layout", "out of memory");
	begin();
	fill(before);
	copy();
	if (!sync_print(bench.store_path))
		bench_die(argv[1], "cannot write and sync a file there");
	measure(telegrams);
	print_size();
	layout_table_free(bench.layouts);
	return 0;
}
