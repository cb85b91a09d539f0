/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "exporters/runner.h"

/* Texts are told apart by their ends: no value of a configuration holds this byte. */
enum { END = '\x1f' };

static void write_list(FILE *out, const struct log_filter_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		fprintf(out, "%s%c", list->texts[i], END);
	fputc(END, out);
}

char *runner_exporter_text(const struct runner_exporter *exporter)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	fprintf(out, "%s%c%s%c%" PRIu32 " %" PRIu64 " %" PRIu64 " %d%c", exporter->name,
		END, exporter->plugin, END, exporter->batch_count, exporter->batch_bytes,
		exporter->batch_age_ms, exporter->is_newest_first, END);
	for (size_t i = 0; i < exporter->setting_count; i++)
		fprintf(out, "%s%c%s%c", exporter->settings[i].name, END,
			exporter->settings[i].text, END);
	write_list(out, &exporter->filter.terminals);
	write_list(out, &exporter->filter.meters);
	write_list(out, &exporter->filter.media);
	write_list(out, &exporter->filter.places);
	write_list(out, &exporter->filter.quantities);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}
