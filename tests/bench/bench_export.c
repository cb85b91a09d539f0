/* SPDX-License-Identifier: MIT */
/*
 * Readings a second of the plugin csv on one core, from telegrams in memory to published
 * files, against writing the same bytes prepared: same sizes of writes, same fsync and
 * rename. Both go by turns, so that the phases of the disk meet both.
 *
 *     bench_export MODULES DIRECTORY [ROUNDS]
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "exporters/plugin.h"

enum { TELEGRAMS = 20000, READINGS = 12, BLOCK = 65536 };

struct exporter_delivery {
	int unused;
};

static struct bench {
	uv_loop_t loop;
	struct exporter_host host;
	const struct exporter_plugin *plugin;
	void *instance;
	struct exporter_telegram telegrams[TELEGRAMS];
	struct exporter_reading readings[READINGS];
	char names[TELEGRAMS][17];
	enum exporter_verdict verdict;
} bench;

static double now_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void on_answer(struct exporter_delivery *delivery, uint32_t first, uint32_t count,
		      enum exporter_verdict verdict, uint64_t retry_after_ms,
		      const char *reason)
{
	(void)delivery;
	(void)first;
	(void)count;
	(void)retry_after_ms;
	bench.verdict = verdict;
	if (reason)
		fprintf(stderr, "%s\n", reason);
}

static void on_end_range(const struct exporter_host *host)
{
	(void)host;
}

static void make_telegrams(void)
{
	static const char *const values[] = { "1.891", "154321", "0.018", "61.3" };
	for (int i = 0; i < READINGS; i++)
		bench.readings[i] = (struct exporter_reading){
			.quantity = i % 2 ? "energy" : "volume",
			.unit = i % 2 ? "Wh" : "m3",
			.modifiers = "",
			.function = "instantaneous",
			.storage = (uint64_t)i / 2,
			.value_text = values[i % 4],
			.is_number = true,
			.no_value_reason = "",
			.valid_at = "",
			.obis = "",
		};
	for (int i = 0; i < TELEGRAMS; i++) {
		snprintf(bench.names[i], sizeof bench.names[i], "%08d68088E07", i);
		bench.telegrams[i] = (struct exporter_telegram){
			.id = i + 1,
			.terminal = "50-1945-00001234",
			.terminal_name = "",
			.meter = bench.names[i],
			.meter_name = "",
			.place = "Bau A",
			.medium = "heat",
			.kind = "mbus",
			.received_at_ms = 1795368032123 + i,
			.read_at = 1795367700 + i,
			.time_quality = "terminal",
			.decode_status = "ok",
			.readings = bench.readings,
			.reading_count = READINGS,
		};
	}
}

/* One file through the plugin. */
static void export_once(void)
{
	static struct exporter_delivery delivery;
	struct exporter_batch batch = { 1,         TELEGRAMS, bench.telegrams,
					TELEGRAMS, true,      false };
	bench.plugin->deliver(bench.instance, &batch, &delivery);
	uv_run(&bench.loop, UV_RUN_DEFAULT);
	bench.plugin->publish(bench.instance, 1, TELEGRAMS, &delivery);
	uv_run(&bench.loop, UV_RUN_DEFAULT);
	if (bench.verdict != EXPORTER_DELIVERED)
		exit(1);
}

/* The same bytes, which are there already. */
static void write_once(const char *directory, const char *bytes, size_t size)
{
	int folder = open(directory, O_RDONLY | O_DIRECTORY);
	int fd = openat(folder, ".bare.part", O_WRONLY | O_CREAT | O_TRUNC, 0640);
	if (folder < 0 || fd < 0)
		die(directory);
	for (size_t at = 0; at < size; at += BLOCK) {
		size_t part = size - at < BLOCK ? size - at : BLOCK;
		if (write(fd, bytes + at, part) != (ssize_t)part)
			die("write");
	}
	if (fsync(fd) != 0 || close(fd) != 0 ||
	    renameat(folder, ".bare.part", folder, "bare") != 0 || fsync(folder) != 0)
		die("publish");
	close(folder);
}

static char *read_file(const char *directory, size_t *ret_size)
{
	char path[4200];
	struct stat status;
	snprintf(path, sizeof path, "%s/readings_%012d-%012d.csv", directory, 1,
		 TELEGRAMS);
	int fd = open(path, O_RDONLY);
	if (fd < 0 || fstat(fd, &status) != 0)
		die(path);
	*ret_size = (size_t)status.st_size;
	char *bytes = malloc(*ret_size);
	if (!bytes || read(fd, bytes, *ret_size) != (ssize_t)*ret_size)
		die(path);
	close(fd);
	return bytes;
}

static double cpu_s(void)
{
	struct timespec used;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

static void measure(const char *directory, int rounds)
{
	size_t size;
	double exported_s = 0, bare_s = 0, exported_cpu_s = 0, bare_cpu_s = 0;
	export_once();
	char *bytes = read_file(directory, &size);
	for (int i = 0; i < rounds; i++) {
		double cpu = cpu_s();
		double begin = now_s();
		export_once();
		double middle = now_s();
		exported_cpu_s += cpu_s() - cpu;
		exported_s += middle - begin;
		cpu = cpu_s();
		middle = now_s();
		write_once(directory, bytes, size);
		bare_s += now_s() - middle;
		bare_cpu_s += cpu_s() - cpu;
	}
	double readings = (double)rounds * TELEGRAMS * READINGS;
	printf("{\"csv_readings_per_s\": %.0f, \"csv_readings_per_cpu_s\": %.0f, "
	       "\"prepared_readings_per_s\": %.0f, \"ratio\": %.2f, \"cpu_ratio\": %.2f, "
	       "\"bytes_a_reading\": "
	       "%.0f}\n",
	       readings / exported_s, readings / exported_cpu_s, readings / bare_s,
	       bare_s / exported_s, bare_cpu_s / exported_cpu_s,
	       (double)size / (TELEGRAMS * READINGS));
	free(bytes);
}

int main(int argc, char **argv)
{
	char error[EXPORTER_ERROR_MAX];
	if (argc < 3) {
		fputs("usage: bench_export MODULES DIRECTORY [ROUNDS]\n", stderr);
		return 2;
	}
	int rounds = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 20;
	struct exporter_setting directory = { "directory", argv[2], "here" };
	struct exporter_module *module = exporter_module_open(argv[1], "csv", error);
	if (!module) {
		fprintf(stderr, "%s\n", error);
		return 1;
	}
	uv_loop_init(&bench.loop);
	bench.plugin = exporter_module_plugin(module);
	bench.host = (struct exporter_host){ .size = sizeof bench.host,
					     .loop = &bench.loop,
					     .answer = on_answer,
					     .end_range = on_end_range };
	char **values = exporter_values_new(bench.plugin, &directory, 1, error);
	bench.instance = values ? bench.plugin->create(&bench.host,
						       (const char *const *)values, error)
				: NULL;
	if (!bench.instance) {
		fprintf(stderr, "%s\n", error);
		return 1;
	}
	make_telegrams();
	measure(argv[2], rounds);
	bench.plugin->destroy(bench.instance);
	uv_run(&bench.loop, UV_RUN_DEFAULT);
	exporter_values_free(values);
	uv_loop_close(&bench.loop);
	exporter_module_close(module);
	return 0;
}
