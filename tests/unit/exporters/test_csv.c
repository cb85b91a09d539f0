/* SPDX-License-Identifier: MIT */
/* The plugin "csv" as the core sees it: loaded, made, given batches. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "exporters/plugin.h"

enum { CONTENT_MAX = 1 << 20 };

#define HEADER                                                                           \
	"id,revision,terminal,terminal_name,meter,meter_name,place,medium,quantity,"     \
	"modifiers,function,storage,tariff,subunit,occurrence,unit,value,no_value_"      \
	"reason,"                                                                        \
	"read_at,valid_at,received_at,time_quality,obis\r\n"

struct exporter_delivery {
	char unused;
};

static uv_loop_t loop;
static struct exporter_host host;
static struct exporter_module *module;
static const struct exporter_plugin *plugin;
static void *instance;
static char **values;
static char directory[64];
static char error[EXPORTER_ERROR_MAX];
static char content[CONTENT_MAX];

static uint32_t answer_count;
static enum exporter_verdict verdict;
static char reason[EXPORTER_ERROR_MAX];

static void on_log(const struct exporter_host *self, const char *severity,
		   const char *text)
{
	(void)self;
	cr_assert_fail("%s: %s", severity, text);
}

static void on_answer(struct exporter_delivery *delivery, uint32_t first, uint32_t count,
		      enum exporter_verdict given, uint64_t retry_after_ms,
		      const char *why)
{
	(void)delivery;
	(void)retry_after_ms;
	cr_expect_eq(first, 0);
	answer_count += count;
	verdict = given;
	snprintf(reason, sizeof reason, "%s", why ? why : "");
}

static void setup(void)
{
	uv_loop_init(&loop);
	host = (struct exporter_host){ sizeof host, &loop, on_log, on_answer };
	module = exporter_module_open(READOUT_MODULES, "csv", error);
	cr_assert_not_null(module, "%s", error);
	plugin = exporter_module_plugin(module);
	snprintf(directory, sizeof directory, "/tmp/csv-XXXXXX");
	cr_assert_not_null(mkdtemp(directory));
}

static int on_entry(const char *path, const struct stat *status, int type,
		    struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

static void unmake(void)
{
	if (instance)
		plugin->destroy(instance);
	instance = NULL;
	uv_run(&loop, UV_RUN_DEFAULT);
	exporter_values_free(values);
	values = NULL;
}

static void teardown(void)
{
	unmake();
	cr_expect_eq(uv_loop_close(&loop), 0);
	exporter_module_close(module);
	nftw(directory, on_entry, 8, FTW_DEPTH | FTW_PHYS);
}

TestSuite(csv, .init = setup, .fini = teardown);

static bool make_in(const char *path, const char *name, const char *text)
{
	const struct exporter_setting settings[] = {
		{ "directory", path, "here" },
		{ name, text, "here" },
	};
	unmake();
	values = exporter_values_new(plugin, settings, name ? 2 : 1, error);
	cr_assert_not_null(values, "%s", error);
	instance = plugin->create(&host, (const char *const *)values, error);
	return instance != NULL;
}

static void make(void)
{
	cr_assert(make_in(directory, NULL, NULL), "%s", error);
}

static void deliver(const struct exporter_telegram *telegrams, uint32_t count,
		    int64_t first_id, int64_t last_id)
{
	static struct exporter_delivery delivery;
	struct exporter_batch batch = { first_id, last_id, telegrams, count };
	answer_count = 0;
	plugin->deliver(instance, &batch, &delivery);
	uv_run(&loop, UV_RUN_DEFAULT);
	cr_expect_eq(answer_count, count);
}

static const char *read_file(const char *name)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", directory, name);
	FILE *file = fopen(path, "rb");
	cr_assert_not_null(file, "no file %s", path);
	size_t size = fread(content, 1, sizeof content - 1, file);
	content[size] = '\0';
	fclose(file);
	return content;
}

static void touch(const char *name)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", directory, name);
	FILE *file = fopen(path, "wb");
	cr_assert_not_null(file);
	fputs("torn", file);
	fclose(file);
}

static int file_count(void)
{
	int count = 0;
	DIR *entries = opendir(directory);
	for (struct dirent *entry; (entry = readdir(entries));)
		count += strcmp(entry->d_name, ".") != 0 &&
			 strcmp(entry->d_name, "..") != 0;
	closedir(entries);
	return count;
}

static const struct exporter_reading volume = {
	"volume", "m3", "", "instantaneous", 0, 0, 0, 0, "1.891", true, "", "", "",
};

static struct exporter_telegram
telegram_of(int64_t id, const struct exporter_reading *readings, uint32_t count)
{
	return (struct exporter_telegram){
		.id = id,
		.terminal = "T1",
		.terminal_name = "",
		.meter = "0653329968088E07",
		.meter_name = "",
		.place = "",
		.medium = "water",
		.kind = "MBUS",
		.received_at_ms = 1795368032123,
		.read_at = 1795367700,
		.time_quality = "terminal",
		.decode_status = "ok",
		.readings = readings,
		.reading_count = count,
	};
}

/* ---- content ---- */

Test(csv, one_batch_is_one_file_with_a_row_per_reading)
{
	const struct exporter_reading readings[] = {
		volume,
		{ "energy", "Wh", "", "maximum", 17, 2, 1, 3, "-1500", true, "",
		  "2026-10-31", "1-0:1.8.0" },
		{ "date", "", "", "instantaneous", 0, 0, 0, 0, "", false, "date invalid",
		  "", "" },
	};
	struct exporter_telegram telegrams[] = {
		telegram_of(41, readings, 3),
		telegram_of(42, NULL, 0),
		telegram_of(44, readings, 1),
	};
	telegrams[2].revision = 2;
	telegrams[2].terminal_name = "Cellar, left";
	telegrams[2].meter_name = "the \"big\" one";
	telegrams[2].place = "two\r\nlines";
	make();
	deliver(telegrams, 3, 40, 44);
	cr_expect_eq(verdict, EXPORTER_DELIVERED);
	cr_expect_str_eq(
		read_file("readings_000000000040-000000000044.csv"), HEADER
		"41,0,T1,,0653329968088E07,,,water,volume,,instantaneous,0,0,0,0,m3,1."
		"891,,"
		"2026-11-22T17:15:00Z,,2026-11-22T17:20:32.123Z,terminal,\r\n"
		"41,0,T1,,0653329968088E07,,,water,energy,,maximum,17,2,1,3,Wh,-1500,,"
		"2026-11-22T17:15:00Z,2026-10-31,2026-11-22T17:20:32.123Z,terminal,"
		"1-0:1.8.0\r\n"
		"41,0,T1,,0653329968088E07,,,water,date,,instantaneous,0,0,0,0,,,date "
		"invalid,"
		"2026-11-22T17:15:00Z,,2026-11-22T17:20:32.123Z,terminal,\r\n"
		"44,2,T1,\"Cellar, left\",0653329968088E07,\"the \"\"big\"\" one\","
		"\"two\r\nlines\",water,volume,,instantaneous,0,0,0,0,m3,1.891,,"
		"2026-11-22T17:15:00Z,,2026-11-22T17:20:32.123Z,terminal,\r\n");
	cr_expect_eq(file_count(), 1);
}

/* The value cell of a reading, as written after its unit "u". */
static void expect_value(const char *text, bool is_number, const char *cell)
{
	struct exporter_reading reading = volume;
	reading.unit = "u";
	reading.value_text = text;
	reading.is_number = is_number;
	struct exporter_telegram telegram = telegram_of(1, &reading, 1);
	char expected[256];
	snprintf(expected, sizeof expected, ",u,%s,,2026-", cell);
	deliver(&telegram, 1, 1, 1);
	cr_expect_not_null(
		strstr(read_file("readings_000000000001-000000000001.csv"), expected),
		"%s is not in %s", expected, content);
}

Test(csv, what_a_spreadsheet_takes_for_a_formula_is_made_text)
{
	make();
	expect_value("=1+1", false, "'=1+1");
	expect_value("+1", false, "'+1");
	expect_value("-1", false, "'-1");
	expect_value("@SUM(A1)", false, "'@SUM(A1)");
	expect_value("\tx", false, "'\tx");
	expect_value("\rx", false, "\"'\rx\"");
	expect_value("=A1,\"x\"", false, "\"'=A1,\"\"x\"\"\"");
	expect_value("a=1", false, "a=1");
	expect_value(" =1", false, " =1");
}

Test(csv, numbers_stand_exactly_as_they_are)
{
	make();
	expect_value("-0.001", true, "-0.001");
	expect_value("18446744073709551615.000000000000000001", true,
		     "18446744073709551615.000000000000000001");
}

Test(csv, the_delimiter_decides_what_is_quoted)
{
	cr_assert(make_in(directory, "delimiter", ";"));
	struct exporter_reading reading = volume;
	reading.modifiers = "a,b";
	reading.unit = "c;d";
	struct exporter_telegram telegram = telegram_of(1, &reading, 1);
	deliver(&telegram, 1, 1, 1);
	const char *text = read_file("readings_000000000001-000000000001.csv");
	cr_expect_not_null(strstr(text, "id;revision;terminal;"));
	cr_expect_not_null(strstr(text, ";a,b;instantaneous;0;0;0;0;\"c;d\";1.891;;"));
}

Test(csv, a_cell_larger_than_the_buffer_and_many_rows_come_out_whole)
{
	enum { ROWS = 3000, LONG = 200000 };
	static struct exporter_reading readings[ROWS];
	static char text[LONG + 1];
	memset(text, 'x', LONG);
	for (int i = 0; i < ROWS; i++)
		readings[i] = volume;
	readings[1].value_text = text;
	struct exporter_telegram telegram = telegram_of(1, readings, ROWS);
	make();
	deliver(&telegram, 1, 1, 1);
	const char *at = read_file("readings_000000000001-000000000001.csv");
	size_t lines = 0;
	for (; (at = strstr(at, "\r\n")); at += 2)
		lines++;
	cr_expect_eq(lines, ROWS + 1);
	const char *cell = strchr(content, 'x');
	cr_assert_not_null(cell);
	cr_expect_eq(strspn(cell, "x"), LONG);
}

Test(csv, a_batch_without_readings_writes_no_file)
{
	struct exporter_telegram telegrams[] = {
		telegram_of(1, NULL, 0),
		telegram_of(2, NULL, 0),
	};
	make();
	deliver(telegrams, 2, 1, 2);
	cr_expect_eq(verdict, EXPORTER_DELIVERED);
	cr_expect_eq(file_count(), 0);
}

Test(csv, ids_beyond_twelve_digits_lengthen_the_name)
{
	struct exporter_telegram telegram = telegram_of(INT64_MAX, &volume, 1);
	make();
	deliver(&telegram, 1, INT64_MAX, INT64_MAX);
	read_file("readings_9223372036854775807-9223372036854775807.csv");
}

/* ---- crashes and trouble ---- */

Test(csv, the_same_range_again_is_the_same_file)
{
	struct exporter_telegram telegram = telegram_of(7, &volume, 1);
	char first[1000];
	make();
	deliver(&telegram, 1, 7, 7);
	snprintf(first, sizeof first, "%s",
		 read_file("readings_000000000007-000000000007.csv"));
	make();
	deliver(&telegram, 1, 7, 7);
	cr_expect_str_eq(read_file("readings_000000000007-000000000007.csv"), first);
	cr_expect_eq(file_count(), 1);
}

Test(csv, a_part_left_by_a_crash_is_removed_and_nothing_else)
{
	touch(".readings_000000000001-000000000002.csv.part");
	touch(".readings_9-10.csv.part");
	touch(".readings_x_000000000001-000000000002.csv.part");
	touch(".readings_000000000001-.csv.part");
	touch(".other_000000000001-000000000002.csv.part");
	touch("readings_000000000001-000000000002.csv");
	make();
	cr_expect_eq(file_count(), 4);
	cr_expect_str_eq(read_file("readings_000000000001-000000000002.csv"), "torn");
}

Test(csv, a_directory_that_is_missing_is_refused_with_what_to_do)
{
	cr_expect_not(make_in("/nowhere/at/all", NULL, NULL));
	cr_expect_str_eq(error,
			 "directory /nowhere/at/all: No such file or directory: create "
			 "it for the user readout runs as");
}

Test(csv, a_directory_that_is_a_file_is_refused)
{
	char path[128];
	touch("file");
	snprintf(path, sizeof path, "%s/file", directory);
	cr_expect_not(make_in(path, NULL, NULL));
	cr_expect_not_null(strstr(error, "Not a directory"), "%s", error);
}

Test(csv, a_directory_that_cannot_be_written_is_refused)
{
	/* Root may write anywhere but on a file system that is read-only. */
	const char *path = geteuid() == 0 ? "/proc/self" : directory;
	chmod(directory, 0500);
	cr_expect_not(make_in(path, NULL, NULL));
	cr_expect_not_null(strstr(error, "let the user readout runs as write there"),
			   "%s", error);
	chmod(directory, 0700);
}

Test(csv, odd_prefixes_and_delimiters_are_refused)
{
	static const char *const prefixes[] = { "", "a/b", "..", ".x", "a b" };
	static const char *const delimiters[] = { "", ",,", ".", "\"", "x", "-" };
	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
		cr_expect_not(make_in(directory, "prefix", prefixes[i]));
	for (size_t i = 0; i < sizeof delimiters / sizeof delimiters[0]; i++)
		cr_expect_not(make_in(directory, "delimiter", delimiters[i]));
}

Test(csv, a_directory_that_has_vanished_is_tried_again)
{
	char path[128];
	struct exporter_telegram telegram = telegram_of(1, &volume, 1);
	snprintf(path, sizeof path, "%s/out", directory);
	mkdir(path, 0700);
	cr_assert(make_in(path, NULL, NULL));
	rmdir(path);
	deliver(&telegram, 1, 1, 1);
	cr_expect_eq(verdict, EXPORTER_RETRY);
	char expected[EXPORTER_ERROR_MAX];
	snprintf(
		expected, sizeof expected,
		"cannot write %s/readings_000000000001-000000000001.csv: No such file or "
		"directory",
		path);
	cr_expect_str_eq(reason, expected);
	mkdir(path, 0700);
	deliver(&telegram, 1, 1, 1);
	cr_expect_eq(verdict, EXPORTER_DELIVERED);
}

Test(csv, a_full_disk_is_tried_again_and_leaves_no_torn_file)
{
	/* A limit on file size fails in the same place as a full disk. */
	enum { ROWS = 2000 };
	static struct exporter_reading readings[ROWS];
	for (int i = 0; i < ROWS; i++)
		readings[i] = volume;
	struct exporter_telegram telegram = telegram_of(1, readings, ROWS);
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigaction(SIGXFSZ, &ignore, NULL);
	struct rlimit before;
	getrlimit(RLIMIT_FSIZE, &before);
	struct rlimit small = { 100000, before.rlim_max };
	make();
	setrlimit(RLIMIT_FSIZE, &small);
	deliver(&telegram, 1, 1, 1);
	setrlimit(RLIMIT_FSIZE, &before);
	cr_expect_eq(verdict, EXPORTER_RETRY);
	cr_expect_not_null(strstr(reason, "File too large"), "%s", reason);
	cr_expect_eq(file_count(), 0);
	deliver(&telegram, 1, 1, 1);
	cr_expect_eq(verdict, EXPORTER_DELIVERED);
	cr_expect_eq(file_count(), 1);
}

Test(csv, destroyed_while_writing_it_ends_without_an_answer)
{
	static struct exporter_delivery delivery;
	struct exporter_telegram telegram = telegram_of(1, &volume, 1);
	struct exporter_batch batch = { 1, 1, &telegram, 1 };
	make();
	plugin->deliver(instance, &batch, &delivery);
	plugin->destroy(instance);
	instance = NULL;
	uv_run(&loop, UV_RUN_DEFAULT);
	cr_expect_eq(answer_count, 0);
}
