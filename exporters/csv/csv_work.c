/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "exporters/csv/csv.h"

/* ---- what a crash left over ---- */

/* ".PREFIX_<digits>.csv.part" and the like: written by an instance like this one. */
static bool is_left_over(const char *name, const char *prefix)
{
	static const char end[] = ".part";
	size_t size = strlen(name);
	size_t prefix_size = strlen(prefix);
	return size > prefix_size + sizeof end && name[0] == '.' &&
	       strncmp(name + 1, prefix, prefix_size) == 0 &&
	       name[1 + prefix_size] == '_' && name[2 + prefix_size] >= '0' &&
	       name[2 + prefix_size] <= '9' &&
	       strcmp(name + size - strlen(end), end) == 0;
}

static void clean(struct csv *csv)
{
	DIR *directory = csv->is_clean ? NULL : opendir(csv->options.directory);
	if (!directory)
		return;
	for (const struct dirent *entry; (entry = readdir(directory));)
		if (is_left_over(entry->d_name, csv->options.prefix))
			unlinkat(dirfd(directory), entry->d_name, 0);
	closedir(directory);
	csv->is_clean = true;
}

/* ---- the file ---- */

static const char *suffix(const struct csv *csv)
{
	return csv->options.is_packed ? ".csv.gz" : ".csv";
}

static void fail(struct csv *csv, int error, const char *name)
{
	char why[64];
	csv->is_good = false;
	snprintf(csv->reason, sizeof csv->reason, "cannot write %.100s/%.90s: %s",
		 csv->options.directory, name, strerror_r(error, why, sizeof why));
}

static void begin(struct csv *csv, int64_t first_id)
{
	char part[CSV_FILE_NAME_MAX];
	snprintf(part, sizeof part, ".%s_%012" PRId64 "%s.part", csv->options.prefix,
		 first_id, suffix(csv));
	csv_file_open(&csv->file, csv->options.directory, part, csv->options.is_packed,
		      csv->options.has_manifest);
	csv->is_begun = true;
	csv_rows_header(&csv->rows);
	csv->begun_size = csv_file_size(&csv->file);
}

static void drop(struct csv *csv)
{
	if (csv->is_begun)
		csv_file_discard(&csv->file);
	csv->is_begun = false;
}

static void write_rows(struct csv *csv)
{
	csv->is_good = true;
	csv_rows_batch(&csv->rows);
	for (uint32_t i = 0; i < csv->batch->count && csv->is_good; i++)
		if (!csv_rows_telegram(&csv->rows, &csv->batch->telegrams[i]))
			fail(csv, ENOMEM, csv->file.part);
	if (csv->is_good && csv->file.error != 0)
		fail(csv, csv->file.error, csv->file.part);
	if (!csv->is_good)
		drop(csv);
}

/* "HEX  NAME": what sha256sum -c reads. */
static void write_manifest(struct csv *csv, const char *name,
			   const unsigned char digest[CSV_FILE_DIGEST])
{
	char manifest[CSV_FILE_NAME_MAX], part[CSV_FILE_NAME_MAX], hex[3];
	unsigned char unused[CSV_FILE_DIGEST];
	snprintf(manifest, sizeof manifest, "%.190s.sha256", name);
	snprintf(part, sizeof part, ".%.180s.sha256.part", name);
	csv_file_open(&csv->file, csv->options.directory, part, false, false);
	for (size_t i = 0; i < CSV_FILE_DIGEST; i++) {
		snprintf(hex, sizeof hex, "%02x", digest[i]);
		csv_file_put(&csv->file, hex, 2);
	}
	csv_file_put(&csv->file, "  ", 2);
	csv_file_put(&csv->file, name, strlen(name));
	csv_file_put(&csv->file, "\n", 1);
	int error = csv_file_publish(&csv->file, manifest, unused);
	if (error != 0)
		fail(csv, error, manifest);
}

static void upload(struct csv *csv, const char *name, const char *end)
{
	char path[PATH_MAX], whole[CSV_FILE_NAME_MAX];
	if (!csv->is_good || csv->options.upload.url[0] == '\0')
		return;
	snprintf(whole, sizeof whole, "%.180s%s", name, end);
	snprintf(path, sizeof path, "%s/%s", csv->options.directory, whole);
	csv->is_good = csv_upload_file(&csv->options.upload, path, whole, csv->reason,
				       sizeof csv->reason);
}

/* The manifest comes last, here and there: where it is, the file is whole. */
static void finish(struct csv *csv, const char *name)
{
	unsigned char digest[CSV_FILE_DIGEST];
	csv->is_good = true;
	csv->is_begun = false;
	int error = csv_file_publish(&csv->file, name, digest);
	if (error != 0) {
		fail(csv, error, name);
		return;
	}
	upload(csv, name, "");
	if (csv->is_good && csv->options.has_manifest) {
		write_manifest(csv, name, digest);
		upload(csv, name, ".sha256");
	}
}

static bool is_empty(const struct csv *csv)
{
	return csv_file_size(&csv->file) == csv->begun_size;
}

void csv_work_portion(struct csv *csv)
{
	clean(csv);
	if (csv->batch->begins)
		drop(csv);
	if (!csv->is_begun)
		begin(csv, csv->batch->first_id);
	write_rows(csv);
}

static void publish_as(struct csv *csv, const char *end)
{
	char name[CSV_FILE_NAME_MAX];
	if (is_empty(csv)) {
		drop(csv);
		return;
	}
	snprintf(name, sizeof name, "%s_%012" PRId64 "-%012" PRId64 "%s%s",
		 csv->options.prefix, csv->first_id, csv->last_id, end, suffix(csv));
	finish(csv, name);
}

void csv_work_publish(struct csv *csv)
{
	csv->is_good = true;
	if (csv->is_begun)
		publish_as(csv, "");
}

void csv_work_again(struct csv *csv)
{
	csv->first_id = csv->batch->first_id;
	csv->last_id = csv->batch->last_id;
	csv_work_portion(csv);
	if (csv->is_good)
		publish_as(csv, "_again");
}
