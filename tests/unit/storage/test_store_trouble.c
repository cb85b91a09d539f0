/* SPDX-License-Identifier: MIT */
/* Files that go, disks that refuse, rivals and readers: all of them real. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store_fixture.h"

static struct store_fixture f;

static void setup(void)
{
	fixture_begin(&f);
}

static void teardown(void)
{
	fixture_end(&f);
}

TestSuite(trouble, .init = setup, .fini = teardown, .timeout = 120);

static struct store_status status(void)
{
	struct store_status status;
	store_status(f.store, &status);
	return status;
}

static struct telegram_batch *one(int64_t sequence)
{
	struct store_telegram telegram =
		fixture_telegram(STAMP_TRUE + sequence, sequence, "raw");
	struct telegram_batch *batch = fixture_batch(&f);
	telegram_batch_add(batch, &telegram);
	return batch;
}

/* Meanwhile nothing may be acknowledged. */
static void wait_trouble(enum store_trouble trouble)
{
	while (status().trouble != trouble) {
		usleep(1000);
		store_port_dispatch(f.port);
		cr_assert(!f.is_answered, "answered though nothing is on disk");
	}
}

static void wait_answer(void)
{
	fixture_wait(&f, &f.is_answered);
	cr_assert_eq(f.result, STORE_COMMITTED);
	cr_assert_eq(status().state, STORE_RUNNING);
	cr_assert_eq(status().trouble, STORE_TROUBLE_NONE);
}

/* Skips notices until one of this kind comes; its detail must hold the part. */
static void expect_notice(const char *kind, const char *part)
{
	struct store_notice notice = { .kind = "" };
	while (strcmp(notice.kind, kind) != 0)
		if (!store_next_notice(f.store, &notice))
			usleep(1000);
	cr_assert_not_null(strstr(notice.detail, part), "%s is not in: %s", part,
			   notice.detail);
}

static const char *beside(const char *suffix)
{
	static char path[256];
	snprintf(path, sizeof path, "%s%s", f.path, suffix);
	return path;
}

static void move(const char *from, const char *to)
{
	char source[256];
	snprintf(source, sizeof source, "%s", beside(from));
	cr_assert_eq(rename(source, beside(to)), 0);
}

/* ---- the file is gone ---- */

Test(trouble, acknowledges_nothing_while_the_database_is_gone)
{
	move("", ".away");
	fixture_submit(&f, one(1));
	wait_trouble(STORE_TROUBLE_MOVED);
	expect_notice("store_trouble_began", "No such file");
	cr_assert_eq(access(f.path, F_OK), -1, "a new file was made");
	move(".away", "");
	wait_answer();
	expect_notice("store_trouble_ended", "writing again");
	cr_assert_eq(f.outcomes[0], TELEGRAM_NEW);
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM telegram"), 1);
}

/* A job that takes the file away in the middle of its first transaction. */
struct thief {
	struct store_job job;
	int runs;
};

static int run_thief(struct store_job *job, struct store_writer *writer)
{
	struct thief *thief = (struct thief *)job;
	(void)writer;
	if (thief->runs++ == 0)
		move("", ".away");
	return 0;
}

static void on_thief_done(struct store_job *job, enum store_result result)
{
	(void)job;
	f.is_answered = true;
	f.result = result;
}

Test(trouble, does_not_acknowledge_a_commit_into_a_file_that_is_gone)
{
	struct thief thief = { .job = { .run = run_thief,
					.done = on_thief_done,
					.port = f.port,
					.bytes = sizeof thief } };
	f.is_answered = false;
	store_submit(f.store, &thief.job);
	wait_trouble(STORE_TROUBLE_MOVED);
	move(".away", "");
	wait_answer();
	cr_assert_eq(thief.runs, 2);
}

Test(trouble, does_not_write_into_another_file_in_the_place_of_the_database)
{
	struct stat before, after;
	fixture_exec(beside(".other"), "CREATE TABLE foreign_table (a)");
	move("", ".away");
	move(".other", "");
	cr_assert_eq(stat(f.path, &before), 0);
	fixture_submit(&f, one(1));
	wait_trouble(STORE_TROUBLE_MOVED);
	expect_notice("store_trouble_began", "another file");
	cr_assert_eq(stat(f.path, &after), 0);
	cr_assert_eq(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	move(".away", "");
	wait_answer();
}

Test(trouble, notices_with_nothing_to_write_that_the_database_is_gone_and_back)
{
	f.is_answered = false;
	move("", ".away");
	wait_trouble(STORE_TROUBLE_MOVED);
	move(".away", "");
	wait_trouble(STORE_TROUBLE_NONE);
	expect_notice("store_trouble_ended", "");
	cr_assert_eq(status().state, STORE_RUNNING);
}

Test(trouble, saves_what_is_only_in_the_wal_when_the_wal_is_removed)
{
	struct store_telegram telegram = fixture_telegram(STAMP_TRUE, 1, "raw");
	fixture_store(&f, &telegram);
	cr_assert_eq(unlink(beside("-wal")), 0);
	fixture_submit(&f, one(2));
	wait_trouble(STORE_TROUBLE_MOVED);
	fixture_close(&f);
	cr_assert_eq(f.result, STORE_ABANDONED);
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM telegram WHERE sequence = 1"),
		     1);
	fixture_open(&f);
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM telegram"), 1);
}

Test(trouble, makes_no_new_database_and_abandons_when_it_is_closed_without_its_file)
{
	move("", ".away");
	fixture_submit(&f, one(1));
	wait_trouble(STORE_TROUBLE_MOVED);
	fixture_close(&f);
	cr_assert_eq(f.result, STORE_ABANDONED);
	cr_assert_eq(access(f.path, F_OK), -1);
	move(".away", "");
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM telegram"), 0);
}

/* ---- the disk refuses ---- */

/* Makes a file immutable or not; false where the file system or the user cannot. */
static bool set_immutable(const char *path, bool is_immutable)
{
	int flags = 0;
	int file = open(path, O_RDONLY | O_CLOEXEC);
	bool is_set = file >= 0 && ioctl(file, FS_IOC_GETFLAGS, &flags) == 0;
	flags = is_immutable ? flags | FS_IMMUTABLE_FL : flags & ~FS_IMMUTABLE_FL;
	is_set = is_set && ioctl(file, FS_IOC_SETFLAGS, &flags) == 0;
	if (file >= 0)
		close(file);
	return is_set;
}

/* The WAL is not one of the files whose locks a close would drop. */
Test(trouble, waits_while_its_files_are_read_only_and_goes_on_by_itself)
{
	if (!set_immutable(beside("-wal"), true))
		cr_skip_test("no immutable files here: %s", strerror(errno));
	fixture_submit(&f, one(1));
	wait_trouble(STORE_TROUBLE_READ_ONLY);
	expect_notice("store_trouble_began", "read-only");
	cr_assert(set_immutable(beside("-wal"), false));
	wait_answer();
	expect_notice("store_trouble_ended", "read-only");
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM telegram"), 1);
}

Test(trouble, waits_while_another_program_locks_the_database)
{
	sqlite3 *rival = NULL;
	cr_assert_eq(sqlite3_open(f.path, &rival), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(rival, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	fixture_submit(&f, one(1));
	wait_trouble(STORE_TROUBLE_LOCKED);
	expect_notice("store_trouble_began", "locked");
	sqlite3_close(rival);
	wait_answer();
}

/* ---- readers and rivals ---- */

Test(trouble, tells_of_a_foreign_writer)
{
	struct store_status before = status();
	fixture_exec(f.path, "INSERT INTO event (at_ms, kind, severity, detail) "
			     "VALUES (1, 'k', 's', 'd')");
	expect_notice("foreign_writer", "another program");
	cr_assert_eq(status().foreign_writes - before.foreign_writes, 1);
	cr_assert_neq(status().foreign_write_ms, 0);
}

Test(trouble, does_not_trust_its_caches_after_a_foreign_write)
{
	struct store_telegram telegram = fixture_telegram(STAMP_TRUE, 1, "raw");
	telegram.has_meter = true;
	telegram.meter = (struct mbus_address){ "08031768", 0x3265, 0x99, 0x06 };
	fixture_store(&f, &telegram);
	fixture_exec(f.path, "DELETE FROM meter; DELETE FROM origin");
	telegram.sequence = 2;
	fixture_store(&f, &telegram);
	cr_assert_eq(fixture_int(&f,
				 "SELECT count(*) FROM telegram t JOIN origin o "
				 "ON o.id = t.origin JOIN meter ON meter.id = o.meter "
				 "WHERE sequence = 2"),
		     1);
}

Test(trouble, does_not_take_its_own_writes_for_foreign_ones)
{
	for (int i = 1; i <= 3; i++) {
		struct store_telegram telegram = fixture_telegram(STAMP_TRUE, i, "raw");
		fixture_store(&f, &telegram);
	}
	cr_assert_eq(status().foreign_writes, 0);
}

static void write_much(void)
{
	static char raw[60000];
	memset(raw, 'x', sizeof raw - 1);
	struct telegram_batch *batch = fixture_batch(&f);
	for (int i = 0; i < 4; i++) {
		struct store_telegram telegram = fixture_telegram(STAMP_TRUE, i, raw);
		cr_assert(telegram_batch_add(batch, &telegram));
	}
	cr_assert_eq(fixture_commit(&f, batch), STORE_COMMITTED);
}

Test(trouble, tells_of_a_reader_that_pins_the_wal_and_cuts_it_off_afterwards)
{
	sqlite3 *reader = NULL;
	struct stat wal;
	fixture_close(&f);
	f.wal_limit_bytes = 100000;
	fixture_open(&f);
	cr_assert_eq(sqlite3_open(f.path, &reader), SQLITE_OK);
	sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM telegram", NULL, NULL, NULL);
	write_much();
	expect_notice("wal_pinned_began", "one long transaction");
	cr_assert_neq(status().wal_pinned_since_ms, 0);
	cr_assert_gt(status().wal_bytes, 100000);
	sqlite3_close(reader);
	expect_notice("wal_pinned_ended", "");
	cr_assert_eq(status().wal_pinned_since_ms, 0);
	cr_assert_eq(stat(beside("-wal"), &wal), 0);
	cr_assert_eq(wal.st_size, 0);
}

Test(trouble, cuts_off_a_large_wal_that_nobody_reads_without_a_word)
{
	struct store_notice notice;
	fixture_close(&f);
	f.wal_limit_bytes = 100000;
	fixture_open(&f);
	write_much();
	struct stat wal = { .st_size = 1 };
	while (wal.st_size > 0) {
		usleep(1000);
		cr_assert_eq(stat(beside("-wal"), &wal), 0);
	}
	while (store_next_notice(f.store, &notice))
		cr_assert_null(strstr(notice.kind, "wal"), "%s", notice.kind);
}

Test(trouble, says_how_much_of_the_disk_is_free)
{
	while (status().disk_bytes == 0)
		usleep(1000);
	cr_assert_gt(status().disk_bytes, status().disk_free_bytes);
}
