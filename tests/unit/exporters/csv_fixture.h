/* SPDX-License-Identifier: MIT */
/*
 * The plugin "csv" as the core sees it: loaded, made over a directory of its own, given
 * batches on a loop that runs until the answer is there. One per test.
 */
#ifndef READOUT_TESTS_CSV_FIXTURE_H
#define READOUT_TESTS_CSV_FIXTURE_H

#include <uv.h>

#include "exporters/plugin.h"

enum { CSV_CONTENT_MAX = 1 << 20 };

struct exporter_delivery {
	char unused;
};

struct csv_fixture {
	uv_loop_t loop;
	struct exporter_host host;
	struct exporter_module *module;
	const struct exporter_plugin *plugin;
	void *instance;
	char **values;
	char directory[64];
	char error[EXPORTER_ERROR_MAX]; /* of create() */
	char content[CSV_CONTENT_MAX];  /* of the file read last */

	uint32_t answer_count; /* telegrams answered since the last csv_deliver() */
	enum exporter_verdict verdict;
	bool is_ending; /* the range is to be published */
	char reason[EXPORTER_ERROR_MAX];
};

extern struct csv_fixture csv;

/* A volume of 1.891 m3. */
extern const struct exporter_reading csv_volume;

void csv_setup(void);
void csv_teardown(void);

/* Makes the instance anew; with an option of this name unless it is NULL. */
bool csv_make_in(const char *path, const char *name, const char *text);
void csv_make(void);

/* Delivers one batch, publishes if the plugin ends the range, waits for the answers. */
void csv_deliver(const struct exporter_telegram *telegrams, uint32_t count,
		 int64_t first_id, int64_t last_id);

/* A telegram of a water meter, to be changed at will. */
struct exporter_telegram csv_telegram(int64_t id, const struct exporter_reading *readings,
				      uint32_t count);

const char *csv_read_file(const char *name);
void csv_touch(const char *name); /* makes a file that holds "torn" */
int csv_file_count(void);

#endif
