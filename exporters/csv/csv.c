/* SPDX-License-Identifier: MIT */
/*
 * The exporter "csv": files PREFIX_FIRST-LAST.csv, named by their range of the log. The
 * same range after a crash gives the same name, so that nothing is doubled.
 *
 * The happy path: deliver() hands each portion to libuv's pool, where its rows go to the
 * end of a part; when the file is old or large enough the range is ended, the core
 * commits where, and publish() syncs the part, gives it its name, and uploads it.
 *
 * Failure modes: any trouble with disk, directory or upload is EXPORTER_RETRY, for an
 * operator can cure it; the part is dropped, the core begins the range anew, and the file
 * is written again under its name. What a crash left over is removed before the first
 * portion. Destroyed while the pool works: the instance is freed when it is done.
 */
#include "exporters/csv/csv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static void on_timer_closed(uv_handle_t *handle)
{
	struct csv *csv = handle->data;
	csv->is_timer_closed = true;
	if (csv->is_working)
		return;
	csv_rows_close(&csv->rows);
	free(csv);
}

static void on_rotation(uv_timer_t *timer)
{
	const struct csv *csv = timer->data;
	csv->host->end_range(csv->host);
}

static void *create(const struct exporter_host *host, const char *const *values,
		    char error[EXPORTER_ERROR_MAX])
{
	struct csv *csv = calloc(1, sizeof *csv);
	if (!csv) {
		snprintf(error, EXPORTER_ERROR_MAX, "out of memory");
		return NULL;
	}
	if (!csv_options_read(csv, values, error)) {
		free(csv);
		return NULL;
	}
	csv->host = host;
	csv->rows.file = &csv->file;
	csv->work.data = csv;
	uv_timer_init(host->loop, &csv->rotation);
	csv->rotation.data = csv;
	return csv;
}

/* ---- delivering ---- */

static void on_work(uv_work_t *work)
{
	struct csv *csv = work->data;
	csv->job(csv);
}

/* A range ends when its file is large enough; at once, where nothing says when. */
static bool is_file_full(const struct csv *csv)
{
	const struct csv_options *options = &csv->options;
	if (options->rotate_age_ms == 0 && options->rotate_size == 0)
		return true;
	return options->rotate_size > 0 &&
	       csv_file_size(&csv->file) >= options->rotate_size;
}

static void answer(struct csv *csv)
{
	const struct exporter_host *host = csv->host;
	const struct exporter_batch *batch = csv->batch;
	if (csv->is_good && batch && !batch->is_retry && is_file_full(csv))
		host->end_range(host);
	host->answer(csv->delivery, 0, batch ? batch->count : 1,
		     csv->is_good ? EXPORTER_DELIVERED : EXPORTER_RETRY, 0,
		     csv->is_good ? NULL : csv->reason);
}

static void on_worked(uv_work_t *work, int status)
{
	struct csv *csv = work->data;
	csv->is_working = false;
	if (csv->is_destroyed) {
		if (csv->is_begun)
			csv_file_discard(&csv->file);
		if (csv->is_timer_closed)
			on_timer_closed((uv_handle_t *)&csv->rotation);
		return;
	}
	if (status != 0) {
		csv->is_good = false;
		snprintf(csv->reason, sizeof csv->reason, "cancelled");
	}
	answer(csv);
}

static void work(struct csv *csv, void (*job)(struct csv *csv),
		 struct exporter_delivery *delivery)
{
	csv->job = job;
	csv->delivery = delivery;
	csv->is_working = true;
	uv_queue_work(csv->host->loop, &csv->work, on_work, on_worked);
}

static void deliver(void *instance, const struct exporter_batch *batch,
		    struct exporter_delivery *delivery)
{
	struct csv *csv = instance;
	csv->batch = batch;
	if (batch->begins && csv->options.rotate_age_ms > 0)
		uv_timer_start(&csv->rotation, on_rotation, csv->options.rotate_age_ms,
			       0);
	work(csv, batch->is_retry ? csv_work_again : csv_work_portion, delivery);
}

static void publish(void *instance, int64_t first_id, int64_t last_id,
		    struct exporter_delivery *delivery)
{
	struct csv *csv = instance;
	uv_timer_stop(&csv->rotation);
	csv->batch = NULL;
	csv->first_id = first_id;
	csv->last_id = last_id;
	work(csv, csv_work_publish, delivery);
}

static void destroy(void *instance)
{
	struct csv *csv = instance;
	csv->is_destroyed = true;
	if (!csv->is_working && csv->is_begun)
		csv_file_discard(&csv->file);
	uv_close((uv_handle_t *)&csv->rotation, on_timer_closed);
}

/* A row goes no further than the buffer: nothing is open that it could be written to. */
static int preview(void *instance, const struct exporter_telegram *telegram, char *text,
		   size_t size)
{
	struct csv *csv = instance;
	csv->file.used = 0;
	csv->file.error = ECANCELED;
	csv_rows_header(&csv->rows);
	if (!csv_rows_telegram(&csv->rows, telegram))
		csv->file.used = 0;
	return snprintf(text, size, "%.*s", (int)csv->file.used, csv->file.buffer);
}

static const struct exporter_plugin plugin = {
	.abi = EXPORTER_ABI,
	.size = sizeof plugin,
	.name = "csv",
	.help = "files of comma-separated values, on disk and by SFTP or FTPS",
	.options = csv_option_table,
	.create = create,
	.deliver = deliver,
	.destroy = destroy,
	.preview = preview,
	.takes_whole_batches = true,
	.publish = publish,
};

__attribute__((visibility("default"))) const struct exporter_plugin *
readout_exporter(void)
{
	return &plugin;
}
