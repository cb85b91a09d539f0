/* SPDX-License-Identifier: MIT */
/*
 * The exporter "csv": one batch, one file, PREFIX_FIRST-LAST.csv, named by the range of
 * the log. The same range after a crash gives the same name, so that nothing is doubled.
 *
 * The happy path: deliver() hands the batch to libuv's pool, where it is written, synced
 * and renamed; back on the loop the whole batch is answered "delivered". A batch without
 * readings writes no file.
 *
 * Failure modes:
 *  - the directory is missing or cannot be written when the plugin is made: it refuses;
 *  - the disk is full, an I/O error, the directory has vanished or lost its permissions
 *    later: RETRY, never STOP, because trying again costs nothing and goes on by itself
 *    once an operator has repaired it;
 *  - a crash while writing: the part that is left over is removed at the next start (one
 *    exporter per directory and prefix, so nobody else is writing it);
 *  - destroyed while the pool still writes: the instance is freed when that ends.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "exporters/csv/csv_file.h"
#include "exporters/csv/csv_row.h"

enum { PREFIX_MAX = 64 };

enum option_index { OPTION_DIRECTORY, OPTION_PREFIX, OPTION_DELIMITER };

static const struct exporter_option options[] = {
	[OPTION_DIRECTORY] = { "directory", EXPORTER_TEXT, NULL,
			       "where the files go; must exist" },
	[OPTION_PREFIX] = { "prefix", EXPORTER_TEXT, "readings",
			    "begin of the file names: letters, digits, _ and -" },
	[OPTION_DELIMITER] = { "delimiter", EXPORTER_TEXT, ",",
			       "between cells: comma, semicolon, tab or |" },
	{ NULL, EXPORTER_TEXT, NULL, NULL },
};

struct csv {
	const struct exporter_host *host;
	const char *directory, *prefix;
	struct csv_rows rows;
	struct csv_file file;
	uv_work_t work;
	bool is_working, is_destroyed;
	/* The delivery in flight, and how it ended. */
	const struct exporter_batch *batch;
	struct exporter_delivery *delivery;
	int error; /* errno, 0 written */
};

/* ---- making an instance ---- */

static bool is_prefix(const char *prefix)
{
	size_t size = strspn(prefix, "abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
	return size > 0 && size <= PREFIX_MAX && prefix[size] == '\0';
}

static bool is_delimiter(const char *text)
{
	return *text && strchr(",;\t|", *text) && text[1] == '\0';
}

static const char *skip_digits(const char *at)
{
	return at + strspn(at, "0123456789");
}

/* ".PREFIX_<digits>-<digits>.csv.part": written by an instance like this one. */
static bool is_left_over(const char *name, const char *prefix)
{
	size_t size = strlen(prefix);
	if (name[0] != '.' || strncmp(name + 1, prefix, size) != 0 ||
	    name[1 + size] != '_')
		return false;
	const char *first = name + 1 + size + 1;
	const char *dash = skip_digits(first);
	if (dash == first || *dash != '-')
		return false;
	const char *end = skip_digits(dash + 1);
	return end > dash + 1 && strcmp(end, ".csv.part") == 0;
}

static void remove_left_overs(DIR *directory, const char *prefix)
{
	for (const struct dirent *entry; (entry = readdir(directory));)
		if (is_left_over(entry->d_name, prefix))
			unlinkat(dirfd(directory), entry->d_name, 0);
}

static bool prepare_directory(const char *path, const char *prefix,
			      char error[EXPORTER_ERROR_MAX])
{
	char why[64];
	DIR *directory = opendir(path);
	if (!directory) {
		snprintf(error, EXPORTER_ERROR_MAX,
			 "directory %.120s: %s: create it for the user readout runs as",
			 path, strerror_r(errno, why, sizeof why));
		return false;
	}
	bool can_write = faccessat(dirfd(directory), ".", W_OK | X_OK, AT_EACCESS) == 0;
	if (can_write)
		remove_left_overs(directory, prefix);
	else
		snprintf(error, EXPORTER_ERROR_MAX,
			 "directory %.120s: %s: let the user readout runs as write there",
			 path, strerror_r(errno, why, sizeof why));
	closedir(directory);
	return can_write;
}

static void *create(const struct exporter_host *host, const char *const *values,
		    char error[EXPORTER_ERROR_MAX])
{
	const char *directory = values[OPTION_DIRECTORY];
	const char *prefix = values[OPTION_PREFIX];
	if (!is_prefix(prefix)) {
		snprintf(error, EXPORTER_ERROR_MAX,
			 "prefix \"%.64s\": only 1 to %d letters, digits, _ and -",
			 prefix, PREFIX_MAX);
		return NULL;
	}
	if (!is_delimiter(values[OPTION_DELIMITER])) {
		snprintf(error, EXPORTER_ERROR_MAX,
			 "delimiter \"%.8s\": only one of comma, semicolon, tab and |",
			 values[OPTION_DELIMITER]);
		return NULL;
	}
	if (!prepare_directory(directory, prefix, error))
		return NULL;
	struct csv *csv = calloc(1, sizeof *csv);
	if (!csv) {
		snprintf(error, EXPORTER_ERROR_MAX, "out of memory");
		return NULL;
	}
	csv->host = host;
	csv->directory = directory;
	csv->prefix = prefix;
	csv->work.data = csv;
	csv_rows_init(&csv->rows, *values[OPTION_DELIMITER]);
	csv->rows.file = &csv->file;
	return csv;
}

/* ---- delivering ---- */

static bool has_readings(const struct exporter_batch *batch)
{
	for (uint32_t i = 0; i < batch->count; i++)
		if (batch->telegrams[i].reading_count > 0)
			return true;
	return false;
}

/* In the pool. */
static void write_batch(uv_work_t *work)
{
	struct csv *csv = work->data;
	char name[CSV_FILE_NAME_MAX];
	snprintf(name, sizeof name, "%s_%012" PRId64 "-%012" PRId64 ".csv", csv->prefix,
		 csv->batch->first_id, csv->batch->last_id);
	csv_file_open(&csv->file, csv->directory, name);
	csv_rows_header(&csv->rows);
	for (uint32_t i = 0; i < csv->batch->count; i++)
		csv_rows_telegram(&csv->rows, &csv->batch->telegrams[i]);
	csv->error = csv_file_finish(&csv->file);
}

static void answer(struct csv *csv)
{
	if (csv->error == 0) {
		csv->host->answer(csv->delivery, 0, csv->batch->count, EXPORTER_DELIVERED,
				  0, NULL);
		return;
	}
	char why[64];
	char reason[EXPORTER_ERROR_MAX];
	snprintf(reason, sizeof reason, "cannot write %.100s/%.90s: %s", csv->directory,
		 csv->file.name, strerror_r(csv->error, why, sizeof why));
	csv->host->answer(csv->delivery, 0, csv->batch->count, EXPORTER_RETRY, 0, reason);
}

static void on_written(uv_work_t *work, int status)
{
	struct csv *csv = work->data;
	csv->is_working = false;
	if (csv->is_destroyed) {
		free(csv);
		return;
	}
	if (status != 0)
		csv->error = ECANCELED;
	answer(csv);
}

static void deliver(void *instance, const struct exporter_batch *batch,
		    struct exporter_delivery *delivery)
{
	struct csv *csv = instance;
	csv->batch = batch;
	csv->delivery = delivery;
	csv->error = 0;
	if (!has_readings(batch)) {
		answer(csv);
		return;
	}
	csv->is_working = true;
	uv_queue_work(csv->host->loop, &csv->work, write_batch, on_written);
}

static void destroy(void *instance)
{
	struct csv *csv = instance;
	csv->is_destroyed = true;
	if (!csv->is_working)
		free(csv);
}

static const struct exporter_plugin plugin = {
	.abi = EXPORTER_ABI,
	.size = sizeof plugin,
	.name = "csv",
	.help = "one file of comma-separated values per batch, one row per reading",
	.options = options,
	.create = create,
	.deliver = deliver,
	.destroy = destroy,
};

__attribute__((visibility("default"))) const struct exporter_plugin *
readout_exporter(void)
{
	return &plugin;
}
