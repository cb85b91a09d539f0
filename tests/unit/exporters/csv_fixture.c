/* SPDX-License-Identifier: MIT */
#include "tests/unit/exporters/csv_fixture.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct csv_fixture csv;

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
	csv.answer_count += count;
	csv.verdict = given;
	snprintf(csv.reason, sizeof csv.reason, "%s", why ? why : "");
}

static void on_end_range(const struct exporter_host *self)
{
	(void)self;
	csv.is_ending = true;
}

void csv_setup(void)
{
	uv_loop_init(&csv.loop);
	csv.host = (struct exporter_host){ .size = sizeof csv.host,
					   .loop = &csv.loop,
					   .log = on_log,
					   .answer = on_answer,
					   .end_range = on_end_range };
	csv.module = exporter_module_open(READOUT_MODULES, "csv", csv.error);
	cr_assert_not_null(csv.module, "%s", csv.error);
	csv.plugin = exporter_module_plugin(csv.module);
	snprintf(csv.directory, sizeof csv.directory, "/tmp/csv-XXXXXX");
	cr_assert_not_null(mkdtemp(csv.directory));
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
	if (csv.instance)
		csv.plugin->destroy(csv.instance);
	csv.instance = NULL;
	uv_run(&csv.loop, UV_RUN_DEFAULT);
	exporter_values_free(csv.values);
	csv.values = NULL;
}

void csv_teardown(void)
{
	unmake();
	cr_expect_eq(uv_loop_close(&csv.loop), 0);
	exporter_module_close(csv.module);
	nftw(csv.directory, on_entry, 8, FTW_DEPTH | FTW_PHYS);
}

bool csv_make_in(const char *path, const char *name, const char *text)
{
	const struct exporter_setting settings[] = {
		{ "directory", path, "here" },
		{ name, text, "here" },
	};
	unmake();
	csv.values = exporter_values_new(csv.plugin, settings, name ? 2 : 1, csv.error);
	cr_assert_not_null(csv.values, "%s", csv.error);
	csv.instance =
		csv.plugin->create(&csv.host, (const char *const *)csv.values, csv.error);
	return csv.instance != NULL;
}

void csv_make(void)
{
	cr_assert(csv_make_in(csv.directory, NULL, NULL), "%s", csv.error);
}

void csv_deliver(const struct exporter_telegram *telegrams, uint32_t count,
		 int64_t first_id, int64_t last_id)
{
	static struct exporter_delivery delivery;
	struct exporter_batch batch = {
		first_id, last_id, telegrams, count, true, false
	};
	csv.answer_count = 0;
	csv.is_ending = false;
	csv.plugin->deliver(csv.instance, &batch, &delivery);
	uv_run(&csv.loop, UV_RUN_DEFAULT);
	cr_expect_eq(csv.answer_count, count);
	if (csv.verdict != EXPORTER_DELIVERED || !csv.is_ending)
		return;
	csv.plugin->publish(csv.instance, first_id, last_id, &delivery);
	uv_run(&csv.loop, UV_RUN_DEFAULT);
	cr_expect_eq(csv.answer_count, count + 1);
}

const char *csv_read_file(const char *name)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", csv.directory, name);
	FILE *file = fopen(path, "rb");
	cr_assert_not_null(file, "no file %s", path);
	size_t size = fread(csv.content, 1, sizeof csv.content - 1, file);
	csv.content[size] = '\0';
	fclose(file);
	return csv.content;
}

void csv_touch(const char *name)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", csv.directory, name);
	FILE *file = fopen(path, "wb");
	cr_assert_not_null(file);
	fputs("torn", file);
	fclose(file);
}

int csv_file_count(void)
{
	int count = 0;
	DIR *entries = opendir(csv.directory);
	for (struct dirent *entry; (entry = readdir(entries));)
		count += strcmp(entry->d_name, ".") != 0 &&
			 strcmp(entry->d_name, "..") != 0;
	closedir(entries);
	return count;
}

const struct exporter_reading csv_volume = {
	"volume", "m3", "", "instantaneous", 0, 0, 0, 0, "1.891", true, "", "", "",
};

struct exporter_telegram csv_telegram(int64_t id, const struct exporter_reading *readings,
				      uint32_t count)
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
