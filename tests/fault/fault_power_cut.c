/* SPDX-License-Identifier: MIT */
/*
 * Cuts the power of the machine under the store again and again, at any moment: while it
 * creates and migrates its database, recovers from the cut before, commits, checkpoints
 * and closes. After each cut the store opens what the disk has kept, and everything it
 * has ever acknowledged must be there.
 *
 * One disk lives through some cuts, then the next begins; each has a seed of its own, so
 * a disk that fails can be played again alone.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "storage/schema.h"
#include "tests/fault/checks.h"
#include "tests/fault/disk_vfs.h"
#include "tests/fault/place.h"
#include "tests/fault/workload.h"

enum {
	CUTS = 2000,
	CUTS_LONG = 10000,
	CUTS_OF_NORMAL = 200, /* at most until the first loss */
	LIVES = 10,           /* of one disk */
	STEPS_MAX = 6,
	CHANGES_MAX = 150,     /* until the power goes */
	CHANGES_TO_MAKE = 130, /* a database, about */
	CHANGES_OF_CLOSE = 12,
};

/* Where the cuts were, over all disks. */
struct tally {
	uint32_t cuts, opening, working, closing, idle, after_loss;
	uint64_t committed, checkpoints;
};

struct machine {
	struct disk *disk;
	struct book *book;
	const char *path;
	struct dice dice;
	struct tally *tally;
	bool has_opened; /* the database was made at least once */
};

static void cut_after(const struct machine *machine, uint32_t changes)
{
	disk_lock(machine->disk);
	machine->disk->changes_left = changes;
	disk_unlock(machine->disk);
}

/* The writer has work of its own, and must not end the power while we look. */
static void look_with_power(const struct machine *machine)
{
	disk_lock(machine->disk);
	uint32_t changes_left = machine->disk->changes_left;
	machine->disk->changes_left = 0;
	disk_unlock(machine->disk);
	if (disk_is_off(machine->disk))
		return;
	check_database(machine->book, machine->path);
	cut_after(machine, changes_left);
}

static void run_steps(struct machine *machine, struct workload *workload)
{
	uint32_t steps = 1 + dice_below(&machine->dice, STEPS_MAX);
	for (uint32_t i = 0; i < steps && !disk_is_off(machine->disk); i++)
		workload_step(workload);
	if (disk_is_off(machine->disk))
		machine->tally->working++;
}

/* One life of the machine, until its power goes. */
static void live(struct machine *machine)
{
	struct dice *dice = &machine->dice;
	struct workload workload = { .book = machine->book,
				     .disk = machine->disk,
				     .path = machine->path,
				     .is_reading = dice_permille(dice, 500),
				     .is_pinning = dice_permille(dice, 200) };
	dice_init(&workload.dice, dice_below(dice, UINT32_MAX));
	bool is_new = !machine->has_opened;
	bool is_cut_early = dice_permille(dice, is_new ? 700 : 200);
	if (is_cut_early)
		cut_after(machine,
			  1 + dice_below(dice, is_new ? CHANGES_TO_MAKE : CHANGES_MAX));
	if (!workload_open(&workload)) {
		if (!disk_is_off(machine->disk))
			book_complain(machine->book, "the store does not open: %s",
				      workload.error);
		machine->tally->opening++;
		return;
	}
	machine->has_opened = true;
	look_with_power(machine);
	if (!is_cut_early)
		cut_after(machine, 1 + dice_below(dice, CHANGES_MAX));
	run_steps(machine, &workload);
	bool was_on = !disk_is_off(machine->disk);
	if (was_on)
		cut_after(machine, 1 + dice_below(dice, CHANGES_OF_CLOSE));
	workload_close(&workload);
	if (was_on && disk_is_off(machine->disk))
		machine->tally->closing++;
	else if (was_on)
		machine->tally->idle++;
}

/* A database of an older version, so that its migration meets cuts. */
static void make_old(struct machine *machine)
{
	char sql[128];
	sqlite3 *db = NULL;
	int version = (int)dice_below(&machine->dice, (uint32_t)schema_version);
	if (version == 0)
		return;
	int rc = sqlite3_open(machine->path, &db);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
	for (int i = 0; rc == SQLITE_OK && i < version; i++)
		rc = sqlite3_exec(db, schema_migrations[i], NULL, NULL, NULL);
	snprintf(sql, sizeof sql,
		 "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
		 SCHEMA_APPLICATION_ID, version);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		book_complain(machine->book, "an old database: %s", sqlite3_errmsg(db));
	sqlite3_close(db);
	disk_lock(machine->disk);
	disk_sync_directory(machine->disk);
	disk_unlock(machine->disk);
}

static void run_disk(uint64_t seed, const char *path, uint32_t lives, struct tally *tally,
		     struct book *book)
{
	struct machine machine = {
		.disk = disk_new(), .book = book, .path = path, .tally = tally
	};
	book_init(book);
	dice_init(&machine.dice, seed);
	disk_vfs_use(machine.disk);
	make_old(&machine);
	for (uint32_t i = 0; i < lives && book->complaint[0] == '\0'; i++) {
		live(&machine);
		struct disk_harm harm = disk_harm_draw(&machine.dice);
		tally->after_loss += disk_unsynced(machine.disk) > 0;
		disk_cut(machine.disk, &harm, &machine.dice);
		disk_vfs_use(machine.disk);
		tally->cuts++;
	}
	struct workload workload = { .book = book, .disk = machine.disk, .path = path };
	if (workload_open(&workload)) {
		check_database(book, path);
		workload_close(&workload);
	} else {
		book_complain(book, "the store does not open: %s", workload.error);
	}
	disk_lock(machine.disk);
	const struct disk_file *file = disk_find(machine.disk, "readout.db");
	tally->checkpoints += file == NULL ? 0 : file->syncs;
	disk_unlock(machine.disk);
	tally->committed += book->committed;
	disk_free(machine.disk);
}

/* Disk after disk until so many cuts or a complaint; returns the seed of the last. */
static uint64_t run_cuts(uint64_t seed, uint32_t cuts, const char *path,
			 struct tally *tally, struct book *book)
{
	while (true) {
		uint32_t left = cuts - tally->cuts;
		run_disk(seed, path, left < LIVES ? left : LIVES, tally, book);
		if (tally->cuts >= cuts || book->complaint[0] != '\0')
			return seed;
		seed++;
	}
}

static bool test_full(const struct options *options, const char *path, struct book *book)
{
	const struct disk_pragma often[2] = { { "wal_autocheckpoint", "24" } };
	struct tally tally = { 0 };
	uint32_t cuts = (options->is_long ? CUTS_LONG : CUTS) / options->share;
	disk_vfs_pragmas(often);
	uint64_t seed = run_cuts(options->seed, cuts, path, &tally, book);
	bool is_ok = book->complaint[0] == '\0';
	printf("# seed %" PRIu64 ": %" PRIu32 " cuts: %" PRIu32 " opening, %" PRIu32
	       " working, %" PRIu32 " closing, %" PRIu32 " when all was closed; %" PRIu32
	       " of them with unsynced data; %" PRIu64 " records acknowledged, %" PRIu64
	       " syncs of the database\n",
	       options->seed, tally.cuts, tally.opening, tally.working, tally.closing,
	       tally.idle, tally.after_loss, tally.committed, tally.checkpoints);
	if (!is_ok)
		printf("# to see it again: --seed %" PRIu64 "\n", seed);
	report(is_ok, "a power cut loses nothing that was acknowledged", book->complaint);
	return is_ok;
}

/* A test of cuts that NORMAL passes would be worthless. */
static bool test_normal(const struct options *options, const char *path,
			struct book *book)
{
	const struct disk_pragma normal[2] = { { "wal_autocheckpoint", "24" },
					       { "synchronous", "1" } };
	struct tally tally = { 0 };
	disk_vfs_pragmas(normal);
	run_cuts(options->seed, CUTS_OF_NORMAL, path, &tally, book);
	bool is_ok = strstr(book->complaint, "lost") != NULL ||
		     strstr(book->complaint, "not known any more") != NULL;
	printf("# after %" PRIu32 " cuts: %s\n", tally.cuts, book->complaint);
	report(is_ok, "with synchronous=NORMAL acknowledged records are lost",
	       "no loss was noticed");
	return is_ok;
}

int main(int count, char **arguments)
{
	struct options options;
	char path[PLACE_MAX];
	struct book *book = malloc(sizeof *book);
	if (book == NULL || !options_read(&options, count, arguments) ||
	    !place_make(path))
		return 2;
	puts("1..2");
	disk_vfs_register();
	bool is_ok = test_full(&options, path, book);
	is_ok = test_normal(&options, path, book) && is_ok;
	place_remove(path);
	free(book);
	return is_ok ? 0 : 1;
}
