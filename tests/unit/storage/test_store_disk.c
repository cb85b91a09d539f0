/* SPDX-License-Identifier: MIT */
/* What the store asks of the disk, and a disk that fails: SQLite's own system calls. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/syscall.h>
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

TestSuite(disk, .init = setup, .fini = teardown, .timeout = 60);

static atomic_int syncs;

/* In the place of libc's: SQLite calls this one. */
int fdatasync(int file)
{
	syncs++;
	return (int)syscall(SYS_fdatasync, file);
}

static struct telegram_batch *one(int64_t sequence)
{
	struct store_telegram telegram =
		fixture_telegram(STAMP_TRUE + sequence, sequence, "raw");
	struct telegram_batch *batch = fixture_batch(&f);
	telegram_batch_add(batch, &telegram);
	return batch;
}

Test(disk, syncs_once_for_a_lonely_telegram_before_it_is_acknowledged)
{
	fixture_commit(&f, one(1));
	for (int i = 2; i <= 5; i++) {
		int before = syncs;
		cr_assert_eq(fixture_commit(&f, one(i)), STORE_COMMITTED);
		cr_assert_eq(syncs - before, 1);
	}
}

static atomic_int failing;
static atomic_int failed;

static ssize_t pwrite_or_fail(int file, const void *data, size_t size, off_t offset)
{
	if (failing == 0)
		return pwrite(file, data, size, offset);
	failed++;
	errno = failing;
	return -1;
}

/* Whichever of the two names SQLite was built to use. */
static void take_over_writes(void)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	sqlite3_syscall_ptr call = (sqlite3_syscall_ptr)pwrite_or_fail;
	(void)vfs->xSetSystemCall(vfs, "pwrite", call);
	(void)vfs->xSetSystemCall(vfs, "pwrite64", call);
}

static struct store_status status(void)
{
	struct store_status status;
	store_status(f.store, &status);
	return status;
}

static void expect_trouble(int error, enum store_trouble trouble)
{
	take_over_writes();
	failing = error;
	fixture_submit(&f, one(1));
	while (status().trouble != trouble) {
		usleep(1000);
		store_port_dispatch(f.port);
		cr_assert(!f.is_answered, "answered though nothing is on disk");
	}
	int before = failed;
	while (failed < before + 2)
		usleep(1000);
	cr_assert_eq(status().trouble, trouble, "tried again, and it is the same");
	failing = 0;
	fixture_wait(&f, &f.is_answered);
	cr_assert_eq(f.result, STORE_COMMITTED);
	cr_assert_eq(status().state, STORE_RUNNING);
	cr_assert_eq(fixture_int(&f, "SELECT count(*) FROM telegram"), 1);
	cr_assert_eq(status().foreign_writes, 0);
}

Test(disk, opens_the_database_again_after_an_io_error_and_goes_on)
{
	expect_trouble(EIO, STORE_TROUBLE_IO);
}

Test(disk, waits_for_room_when_it_is_full)
{
	expect_trouble(ENOSPC, STORE_TROUBLE_FULL);
}

Test(disk, waits_for_room_when_the_quota_is_used_up)
{
	expect_trouble(EDQUOT, STORE_TROUBLE_FULL);
}

Test(disk, waits_while_the_file_system_is_read_only)
{
	expect_trouble(EROFS, STORE_TROUBLE_READ_ONLY);
}
