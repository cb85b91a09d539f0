/* SPDX-License-Identifier: MIT */
#include "tests/simulator/report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void report_add(struct report *report, const struct outstation *outstation)
{
	const struct terminal *terminal = &outstation->terminal;
	const struct ring *ring = &terminal->ring;

	report->terminals++;
	report->records.made += ring->totals.made;
	report->records.sent += ring->totals.sent;
	report->records.deleted += ring->totals.deleted;
	report->records.overwritten += ring->totals.overwritten;
	report->records.deleted_unsent += ring->totals.deleted_unsent;
	report->kept += ring->count;
	report->kept_unsent += ring->unsent;
	report->connects += outstation->connects;
	for (int i = 0; i < FAULT_COUNT; i++)
		report->faults[i] += terminal->fault_counts[i];
}

void report_print(const struct report *report)
{
	const struct ring_totals *records = &report->records;

	printf("%" PRIu64 " terminals, %" PRIu64 " connects, %" PRIu64 ".%03" PRIu64
	       " s\n",
	       report->terminals, report->connects, report->duration_ms / 1000,
	       report->duration_ms % 1000);
	printf("records: %" PRIu64 " made, %" PRIu64 " sent, %" PRIu64
	       " deleted, %" PRIu64 " overwritten, %" PRIu64 " kept (%" PRIu64
	       " not sent yet)\n",
	       records->made, records->sent, records->deleted, records->overwritten,
	       report->kept, report->kept_unsent);
	printf("deleted without ever having been sent: %" PRIu64 "\n",
	       records->deleted_unsent);
	for (int i = 0; i < FAULT_COUNT; i++) {
		if (report->faults[i] != 0)
			printf("fault %s: %" PRIu64 "\n", fault_name((enum fault)i),
			       report->faults[i]);
	}
}

static void write_records(FILE *file, const struct ring_totals *records, uint64_t kept,
			  uint64_t kept_unsent)
{
	fprintf(file,
		"\"made\":%" PRIu64 ",\"sent\":%" PRIu64 ",\"deleted\":%" PRIu64
		",\"overwritten\":%" PRIu64 ",\"deleted_unsent\":%" PRIu64
		",\"kept\":%" PRIu64 ",\"kept_unsent\":%" PRIu64,
		records->made, records->sent, records->deleted, records->overwritten,
		records->deleted_unsent, kept, kept_unsent);
}

static void write_totals(FILE *file, const struct report *report)
{
	fprintf(file, "{\"duration_ms\":%" PRIu64 ",\"connects\":%" PRIu64 ",",
		report->duration_ms, report->connects);
	fprintf(file, "\"totals\":{");
	write_records(file, &report->records, report->kept, report->kept_unsent);
	fprintf(file, "},\n\"faults\":{");
	for (int i = 0; i < FAULT_COUNT; i++)
		fprintf(file, "%s\"%s\":%" PRIu64, i == 0 ? "" : ",",
			fault_name((enum fault)i), report->faults[i]);
	fprintf(file, "},\n");
}

static void write_terminal(FILE *file, const struct outstation *outstation)
{
	const struct ring *ring = &outstation->terminal.ring;
	char serial[SERIAL_SIZE];

	terminal_serial(&outstation->terminal, serial);
	fprintf(file, "{\"terminal\":\"%s\",\"connects\":%" PRIu64 ",", serial,
		outstation->connects);
	write_records(file, &ring->totals, ring->count, ring->unsent);
	fprintf(file, "}");
}

bool report_write(const struct report *report, const char *path,
		  const struct outstation *outstations, uint32_t count)
{
	FILE *file = fopen(path, "w");
	bool is_written;

	if (file == NULL) {
		fprintf(stderr, "readout-simulator: %s: %s\n", path, strerror(errno));
		return false;
	}
	write_totals(file, report);
	fprintf(file, "\"terminals\":[\n");
	for (uint32_t i = 0; i < count; i++) {
		write_terminal(file, &outstations[i]);
		fprintf(file, "%s\n", i + 1 < count ? "," : "");
	}
	fprintf(file, "]}\n");
	is_written = ferror(file) == 0;
	is_written = fclose(file) == 0 && is_written;
	if (!is_written)
		fprintf(stderr, "readout-simulator: %s: could not be written\n", path);
	return is_written;
}
