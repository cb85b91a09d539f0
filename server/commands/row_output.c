/* SPDX-License-Identifier: MIT */
#include "server/commands/row_output.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "server/commands/row_text.h"

/* Narrower columns say nothing any more; a wider screen line is no help either. */
enum { COLUMN_MIN = 6, GAP = 2 };

struct row_output {
	enum row_format format;
	FILE *out;
	unsigned width;
	uint32_t count;
	char **names;
	unsigned *widths; /* of a table, so far */
	bool has_begun;   /* the line of names is out */

	/* the page in hand: text ready to go out, or a table's cells, each with a NUL */
	FILE *page;
	char *text;
	size_t size;
	bool *is_right; /* per cell of the page, in order */
	size_t cell_count, cell_room;
};

bool row_format_find(const char *name, enum row_format *ret_format)
{
	static const char *const names[] = {
		[ROW_TABLE] = "table", [ROW_JSONL] = "jsonl", [ROW_CSV] = "csv"
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], name) == 0) {
			*ret_format = (enum row_format)i;
			return true;
		}
	}
	return false;
}

unsigned row_output_width(FILE *file)
{
	struct winsize size;
	return ioctl(fileno(file), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static bool open_page(struct row_output *output)
{
	output->cell_count = 0;
	output->page = open_memstream(&output->text, &output->size);
	return output->page != NULL;
}

struct row_output *row_output_new(enum row_format format, FILE *out, unsigned width,
				  const char *const *names, uint32_t count)
{
	struct row_output *output = calloc(1, sizeof(*output));

	if (output == NULL)
		return NULL;
	output->format = format;
	output->out = out;
	output->width = width;
	output->names = calloc(count + 1, sizeof(*output->names));
	output->widths = calloc(count + 1, sizeof(*output->widths));
	bool is_made =
		output->names != NULL && output->widths != NULL && open_page(output);
	for (; is_made && output->count < count; output->count++) {
		uint32_t i = output->count;
		output->names[i] = strdup(names[i]);
		is_made = output->names[i] != NULL;
		output->widths[i] = row_text_width(names[i]);
	}
	if (is_made)
		return output;
	row_output_free(output);
	return NULL;
}

void row_output_free(struct row_output *output)
{
	if (output == NULL)
		return;
	if (output->page != NULL)
		(void)fclose(output->page);
	for (uint32_t i = 0; i < output->count && output->names != NULL; i++)
		free(output->names[i]);
	free(output->names);
	free(output->widths);
	free(output->text);
	free(output->is_right);
	free(output);
}

/* ---- table ---- */

/* Keeps the cell for the end of the page. */
static bool keep_cell(struct row_output *output, const struct query_cell *cell)
{
	if (output->cell_count == output->cell_room) {
		size_t room = output->cell_room * 2 + 1024;
		bool *grown = realloc(output->is_right, room * sizeof(*grown));
		if (grown == NULL)
			return false;
		output->is_right = grown;
		output->cell_room = room;
	}
	output->is_right[output->cell_count++] = row_text_is_number(cell);
	row_text_plain(output->page, cell);
	(void)fputc('\0', output->page);
	return true;
}

static void measure(struct row_output *output)
{
	const char *text = output->text;

	for (size_t i = 0; i < output->cell_count; i++) {
		unsigned *width = &output->widths[i % output->count];
		unsigned needed = row_text_width(text);
		if (*width < needed)
			*width = needed;
		text += strlen(text) + 1;
	}
}

/* What the columns may take on this screen: the widest give way. */
static void fit(const struct row_output *output, unsigned *ret_widths)
{
	unsigned sum = 0;

	for (uint32_t i = 0; i < output->count; i++) {
		ret_widths[i] = output->widths[i];
		sum += ret_widths[i] + (i > 0 ? GAP : 0);
	}
	while (output->width > 0 && sum > output->width) {
		uint32_t widest = 0;
		for (uint32_t i = 1; i < output->count; i++)
			if (ret_widths[i] > ret_widths[widest])
				widest = i;
		if (ret_widths[widest] <= COLUMN_MIN)
			break;
		ret_widths[widest]--;
		sum--;
	}
}

static void put_rows(struct row_output *output, const unsigned *widths)
{
	const char *text = output->text;

	if (!output->has_begun)
		for (uint32_t i = 0; i < output->count; i++)
			row_text_cell(output->out, output->names[i], widths[i], false,
				      i + 1 == output->count);
	output->has_begun = true;
	for (size_t i = 0; i < output->cell_count; i++) {
		uint32_t column = (uint32_t)(i % output->count);
		row_text_cell(output->out, text, widths[column], output->is_right[i],
			      column + 1 == output->count);
		text += strlen(text) + 1;
	}
}

static bool put_table(struct row_output *output)
{
	unsigned *widths = calloc(output->count + 1, sizeof(*widths));

	if (widths == NULL)
		return false;
	measure(output);
	fit(output, widths);
	put_rows(output, widths);
	free(widths);
	return true;
}

/* ---- the formats of programs ---- */

static bool put_json_row(struct row_output *output, const struct query_cell *cells)
{
	for (uint32_t i = 0; i < output->count; i++) {
		(void)fputc(i == 0 ? '{' : ',', output->page);
		row_text_json_name(output->page, output->names[i]);
		row_text_json(output->page, &cells[i]);
	}
	(void)fputs("}\n", output->page);
	return true;
}

static bool put_csv_row(struct row_output *output, const struct query_cell *cells)
{
	for (uint32_t i = 0; i < output->count; i++) {
		if (i > 0)
			(void)fputc(',', output->page);
		row_text_csv(output->page, &cells[i]);
	}
	(void)fputs("\r\n", output->page);
	return true;
}

static bool keep_row(struct row_output *output, const struct query_cell *cells)
{
	bool is_kept = true;

	for (uint32_t i = 0; is_kept && i < output->count; i++)
		is_kept = keep_cell(output, &cells[i]);
	return is_kept;
}

bool row_output_row(struct row_output *output, const struct query_cell *cells)
{
	static bool (*const put[])(struct row_output *, const struct query_cell *) = {
		[ROW_TABLE] = keep_row,
		[ROW_JSONL] = put_json_row,
		[ROW_CSV] = put_csv_row,
	};
	return put[output->format](output, cells) && !ferror(output->page);
}

static void put_csv_names(const struct row_output *output)
{
	for (uint32_t i = 0; i < output->count; i++) {
		struct query_cell name = { .type = QUERY_TEXT,
					   .bytes = span_text(output->names[i]) };
		if (i > 0)
			(void)fputc(',', output->out);
		row_text_csv(output->out, &name);
	}
	(void)fputs("\r\n", output->out);
}

bool row_output_flush(struct row_output *output)
{
	bool is_kept = fclose(output->page) == 0;

	output->page = NULL;
	if (output->format == ROW_CSV && !output->has_begun) {
		put_csv_names(output);
		output->has_begun = true;
	}
	if (is_kept && output->format == ROW_TABLE)
		is_kept = put_table(output);
	else if (is_kept)
		(void)fwrite(output->text, 1, output->size, output->out);
	free(output->text);
	output->text = NULL;
	/* Both, always: the next page must have its room. */
	bool is_open = open_page(output);
	return fflush(output->out) == 0 && !ferror(output->out) && is_kept && is_open;
}
