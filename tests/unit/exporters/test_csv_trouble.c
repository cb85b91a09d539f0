/* SPDX-License-Identifier: MIT */
/* What the plugin "csv" does after crashes and in trouble with the disk. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/exporters/csv_fixture.h"

TestSuite(csv_trouble, .init = csv_setup, .fini = csv_teardown);

Test(csv_trouble, the_same_range_again_is_the_same_file)
{
	struct exporter_telegram telegram = csv_telegram(7, &csv_volume, 1);
	char first[1000];
	csv_make();
	csv_deliver(&telegram, 1, 7, 7);
	snprintf(first, sizeof first, "%s",
		 csv_read_file("readings_000000000007-000000000007.csv"));
	csv_make();
	csv_deliver(&telegram, 1, 7, 7);
	cr_expect_str_eq(csv_read_file("readings_000000000007-000000000007.csv"), first);
	cr_expect_eq(csv_file_count(), 1);
}

Test(csv_trouble, a_part_left_by_a_crash_is_removed_and_nothing_else)
{
	csv_touch(".readings_000000000001-000000000002.csv.part");
	csv_touch(".readings_9-10.csv.part");
	csv_touch(".readings_x_000000000001-000000000002.csv.part");
	csv_touch(".readings_000000000001-.csv.part");
	csv_touch(".other_000000000001-000000000002.csv.part");
	csv_touch("readings_000000000001-000000000002.csv");
	struct exporter_telegram telegram = csv_telegram(1, NULL, 0);
	csv_make();
	cr_expect_eq(csv_file_count(), 6);
	csv_deliver(&telegram, 1, 1, 1);
	cr_expect_eq(csv_file_count(), 3);
	cr_expect_str_eq(csv_read_file("readings_000000000001-000000000002.csv"), "torn");
}

Test(csv_trouble, a_directory_that_is_missing_is_refused_with_what_to_do)
{
	cr_expect_not(csv_make_in("/nowhere/at/all", NULL, NULL));
	cr_expect_str_eq(csv.error,
			 "directory /nowhere/at/all: No such file or directory: create "
			 "it for the user readout runs as");
}

Test(csv_trouble, a_directory_that_is_a_file_is_refused)
{
	char path[128];
	csv_touch("file");
	snprintf(path, sizeof path, "%s/file", csv.directory);
	cr_expect_not(csv_make_in(path, NULL, NULL));
	cr_expect_not_null(strstr(csv.error, "Not a directory"), "%s", csv.error);
}

Test(csv_trouble, a_directory_that_cannot_be_written_is_refused)
{
	/* Root may write anywhere but on a file system that is read-only. */
	const char *path = geteuid() == 0 ? "/proc/self" : csv.directory;
	chmod(csv.directory, 0500);
	cr_expect_not(csv_make_in(path, NULL, NULL));
	cr_expect_not_null(strstr(csv.error, "let the user readout runs as write there"),
			   "%s", csv.error);
	chmod(csv.directory, 0700);
}

Test(csv_trouble, odd_prefixes_and_delimiters_are_refused)
{
	static const char *const prefixes[] = { "", "a/b", "..", ".x", "a b" };
	static const char *const delimiters[] = { "", ",,", ".", "\"", "x", "-" };
	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
		cr_expect_not(csv_make_in(csv.directory, "prefix", prefixes[i]));
	for (size_t i = 0; i < sizeof delimiters / sizeof delimiters[0]; i++)
		cr_expect_not(csv_make_in(csv.directory, "delimiter", delimiters[i]));
}

Test(csv_trouble, a_directory_that_has_vanished_is_tried_again)
{
	char path[128];
	struct exporter_telegram telegram = csv_telegram(1, &csv_volume, 1);
	snprintf(path, sizeof path, "%s/out", csv.directory);
	mkdir(path, 0700);
	cr_assert(csv_make_in(path, NULL, NULL));
	rmdir(path);
	csv_deliver(&telegram, 1, 1, 1);
	cr_expect_eq(csv.verdict, EXPORTER_RETRY);
	char expected[EXPORTER_ERROR_MAX];
	snprintf(expected, sizeof expected,
		 "cannot write %s/.readings_000000000001.csv.part: No such file or "
		 "directory",
		 path);
	cr_expect_str_eq(csv.reason, expected);
	mkdir(path, 0700);
	csv_deliver(&telegram, 1, 1, 1);
	cr_expect_eq(csv.verdict, EXPORTER_DELIVERED);
}

Test(csv_trouble, a_full_disk_is_tried_again_and_leaves_no_torn_file)
{
	/* A limit on file size fails in the same place as a full disk. */
	enum { ROWS = 2000 };
	static struct exporter_reading readings[ROWS];
	for (int i = 0; i < ROWS; i++)
		readings[i] = csv_volume;
	struct exporter_telegram telegram = csv_telegram(1, readings, ROWS);
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigaction(SIGXFSZ, &ignore, NULL);
	struct rlimit before;
	getrlimit(RLIMIT_FSIZE, &before);
	struct rlimit small = { 100000, before.rlim_max };
	csv_make();
	setrlimit(RLIMIT_FSIZE, &small);
	csv_deliver(&telegram, 1, 1, 1);
	setrlimit(RLIMIT_FSIZE, &before);
	cr_expect_eq(csv.verdict, EXPORTER_RETRY);
	cr_expect_not_null(strstr(csv.reason, "File too large"), "%s", csv.reason);
	cr_expect_eq(csv_file_count(), 0);
	csv_deliver(&telegram, 1, 1, 1);
	cr_expect_eq(csv.verdict, EXPORTER_DELIVERED);
	cr_expect_eq(csv_file_count(), 1);
}

Test(csv_trouble, destroyed_while_writing_it_ends_without_an_answer)
{
	static struct exporter_delivery delivery;
	struct exporter_telegram telegram = csv_telegram(1, &csv_volume, 1);
	struct exporter_batch batch = { 1, 1, &telegram, 1, true, false };
	csv_make();
	csv.plugin->deliver(csv.instance, &batch, &delivery);
	csv.plugin->destroy(csv.instance);
	csv.instance = NULL;
	uv_run(&csv.loop, UV_RUN_DEFAULT);
	cr_expect_eq(csv.answer_count, 0);
}
