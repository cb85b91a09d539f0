/* SPDX-License-Identifier: MIT */
/*
 * Sends files slice by slice to whoever writes the database (chore_call.h). A slice is
 * committed as a whole, so an import that was stopped goes on when it is begun again:
 * what is in the log is known.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/hex.h"
#include "protocol/openssl/openssl_digest.h"
#include "server/clock.h"
#include "server/commands/chore_call.h"
#include "server/commands/command.h"
#include "server/commands/import_file.h"
#include "server/commands/query_time.h"

enum {
	SLICE_ITEMS = 500,
	SLICE_BYTES = 300 * 1024, /* of hex; a request holds 1 MiB */
	ITEM_BYTES_MAX = 100 * 1024,
	BAD_SHOWN = 20,
	READ_STEP = 64 * 1024,
};

struct import {
	struct chore_call *call;
	struct import_options options;
	const char *name; /* of the file in hand */
	FILE *file;
	int64_t file_size;
	char digest[2 * DIGEST_SIZE + 1]; /* "" records have an identity of their own */
	json_t *items;                    /* of the slice in hand */
	size_t slice_bytes;
	size_t last_line;
	char *hex; /* of one item */
	bool is_stopped;
	int64_t telegrams_new, telegrams_known, bad;
};

/* ---- bad lines ---- */

static void note_bad(void *context, size_t line, const char *why)
{
	struct import *import = context;
	if (import->bad++ >= BAD_SHOWN)
		return;
	progress_bar_wipe(&import->call->bar);
	(void)fprintf(stderr, "%s:%zu: %s\n", import->name, line, why);
	if (import->bad == BAD_SHOWN)
		(void)fputs("further bad lines are only counted\n", stderr);
}

/* ---- slices ---- */

static void take_reply(struct import *import, const json_t *reply)
{
	const json_t *bad;
	size_t i;

	import->telegrams_new += json_integer_value(json_object_get(reply, "new"));
	import->telegrams_known += json_integer_value(json_object_get(reply, "known"));
	json_array_foreach(json_object_get(reply, "bad"), i, bad)
		note_bad(import, (size_t)json_integer_value(json_array_get(bad, 0)),
			 json_string_value(json_array_get(bad, 1)));
	for (int64_t n = json_integer_value(json_object_get(reply, "refused")); n > 0;
	     n--)
		note_bad(import, import->last_line,
			 "one before this line could not be stored");
}

static void flush_slice(struct import *import)
{
	json_t *request = json_pack(
		"{s:s, s:b, s:s, s:s, s:I, s:o}", "command", "import", "records",
		import->digest[0] == '\0', "digest", import->digest, "name", import->name,
		"lines", (json_int_t)import->last_line, "items", import->items);
	import->items = json_array();
	import->slice_bytes = 0;
	json_t *reply = request != NULL ? chore_call_run(import->call, request) : NULL;
	if (reply != NULL)
		take_reply(import, reply);
	import->is_stopped |= reply == NULL || chore_call_is_stopped(import->call);
	json_decref(reply);
	const struct progress_step step = { "importing", "bytes", ftello(import->file),
					    import->file_size };
	progress_bar_step(&import->call->bar, &step);
}

/* The digits without the blanks between them. */
static void gather_digits(struct span text, char *ret_hex)
{
	for (size_t i = 0; i < text.size; i++)
		if (strchr(" \t\r\n", text.data[i]) == NULL || text.data[i] == '\0')
			*ret_hex++ = (char)text.data[i];
	*ret_hex = '\0';
}

static const char *complaint(const struct import *import, const struct import_item *item)
{
	if (item->text.size > ITEM_BYTES_MAX)
		return "the line is too long";
	if (item->terminal[0] == '\0')
		return "nothing says of which terminal; name it with --terminal";
	for (size_t i = 0; import->digest[0] != '\0' && i < item->text.size; i++)
		if (item->text.data[i] == '\0' ||
		    strchr("0123456789ABCDEFabcdef \t\r\n", item->text.data[i]) == NULL)
			return "no hex digits";
	return NULL;
}

static void on_item(void *context, const struct import_item *item)
{
	struct import *import = context;
	const char *why = complaint(import, item);

	if (import->is_stopped)
		return;
	if (why != NULL) {
		note_bad(import, item->line, why);
		return;
	}
	if (import->digest[0] == '\0')
		hex_encode(item->text, import->hex);
	else
		gather_digits(item->text, import->hex);
	json_t *time = item->has_time ? json_integer(item->time_s) : json_null();
	if (json_array_append_new(import->items,
				  json_pack("[I, s, o, s]", (json_int_t)item->line,
					    item->terminal, time, import->hex)) != 0) {
		note_bad(import, item->line, "the terminal's name is no UTF-8");
		return;
	}
	import->last_line = item->line;
	import->slice_bytes += strlen(import->hex);
	if (json_array_size(import->items) >= SLICE_ITEMS ||
	    import->slice_bytes >= SLICE_BYTES)
		flush_slice(import);
}

/* ---- files ---- */

static bool make_digest(struct import *import)
{
	uint8_t bytes[READ_STEP], sum[DIGEST_SIZE];
	size_t size;
	struct openssl_digest *digest = openssl_digest_new();
	bool is_good = digest != NULL;

	while (is_good && (size = fread(bytes, 1, sizeof(bytes), import->file)) > 0)
		is_good = openssl_digest_add(digest, span_of(bytes, size));
	is_good = openssl_digest_end(digest, sum) && is_good && !ferror(import->file);
	if (is_good)
		hex_encode(span_of(sum, sizeof(sum)), import->digest);
	rewind(import->file);
	return is_good;
}

static bool open_file(struct import *import, const char *name)
{
	import->name = name;
	import->digest[0] = '\0';
	import->last_line = 0;
	import->file = fopen(name, "rbe");
	if (import->file == NULL || fseeko(import->file, 0, SEEK_END) != 0)
		return false;
	import->file_size = ftello(import->file);
	rewind(import->file);
	return true;
}

/* Opens the file and finds out what it is. */
static bool prepare_file(struct import *import, const char *name,
			 struct import_options *options)
{
	if (!open_file(import, name))
		return false;
	if (options->form == IMPORT_GUESS)
		options->form = import_file_guess(import->file);
	if (options->form == IMPORT_DUMP)
		return true;
	/* A list names no terminal of its own, and its telegrams have no identity. */
	if (options->terminal[0] == '\0')
		options->terminal = "import";
	return make_digest(import);
}

static bool import_file(struct import *import, const char *name)
{
	struct import_options options = import->options;
	const struct import_callbacks callbacks = { on_item, note_bad, import };
	bool is_read = prepare_file(import, name, &options) &&
		       import_file_read(import->file, &options, &callbacks);

	if (is_read && !import->is_stopped && json_array_size(import->items) > 0)
		flush_slice(import);
	if (!is_read) {
		progress_bar_wipe(&import->call->bar);
		(void)fprintf(stderr, "readout import: cannot read %s to its end\n",
			      name);
	}
	if (import->file != NULL)
		(void)fclose(import->file);
	return is_read && !import->is_stopped;
}

static int run(const struct config *config, const struct import_options *options,
	       const char *const *files)
{
	struct chore_call call;
	struct import import = { .call = &call,
				 .options = *options,
				 .items = json_array(),
				 .hex = malloc(2 * ITEM_BYTES_MAX + 1) };
	bool is_done = chore_call_begin(&call, "import", config) &&
		       import.items != NULL && import.hex != NULL;

	for (; is_done && *files != NULL; files++)
		is_done = import_file(&import, *files);
	json_decref(import.items);
	free(import.hex);
	chore_call_end(&call);
	(void)printf("%" PRId64 " new, %" PRId64 " known, %" PRId64 " bad lines%s\n",
		     import.telegrams_new, import.telegrams_known, import.bad,
		     is_done ? ""
			     : "; not to the end: begin it again, what is in is known");
	return is_done && import.bad == 0 ? 0 : 1;
}

/* ---- options ---- */

static bool read_form(const char *text, enum import_form *ret_form)
{
	static const char *const forms[] = { [IMPORT_GUESS] = "auto",
					     [IMPORT_DUMP] = "dump",
					     [IMPORT_HEX] = "hex",
					     [IMPORT_CSV] = "csv" };
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strcmp(text, forms[i]) == 0) {
			*ret_form = (enum import_form)i;
			return true;
		}
	(void)fprintf(stderr, "readout import: --format is dump, hex or csv, not %s\n",
		      text);
	return false;
}

static bool read_time(const char *text, struct import_options *options)
{
	int64_t time_ms;
	if (text == NULL)
		return true;
	options->has_time = query_time_parse(text, options->now_ms, &time_ms);
	if (options->has_time)
		options->time_s = time_ms / 1000;
	else
		(void)fprintf(stderr, "readout import: %s is no time; give %s\n", text,
			      QUERY_TIME_FORMS);
	return options->has_time;
}

int cmd_import(int argc, char **argv)
{
	static const char usage[] =
		"readout import [--config FILE] [--terminal SERIAL] [--format "
		"dump|hex|csv]\n"
		"       [--time TIME] [--hex-column NAME] [--time-column NAME]\n"
		"       [--terminal-column NAME] FILE...\n"
		"Takes dumps of ^SCDATA records, lists of telegrams in hex and CSV files "
		"of "
		"hex.\nExit status: 0 all is in, 1 there were bad lines or it was not "
		"finished.";
	struct import_options import = { .terminal = "", .now_ms = clock_wall_ms() };
	const char *file = NULL, *form = "auto", *time = NULL;
	const char **files = calloc((size_t)argc + 1, sizeof(*files));
	const struct command_option options[] = {
		{ "--config", &file, NULL },
		{ "--terminal", &import.terminal, NULL },
		{ "--format", &form, NULL },
		{ "--time", &time, NULL },
		{ "--hex-column", &import.hex_column, NULL },
		{ "--time-column", &import.time_column, NULL },
		{ "--terminal-column", &import.terminal_column, NULL },
		{ "...", files, NULL },
		{ NULL, NULL, NULL }
	};
	struct config config;
	int code = COMMAND_USAGE;

	if (files == NULL || !command_options(argc, argv, options, usage) ||
	    !read_form(form, &import.form) || !read_time(time, &import))
		goto out;
	if (files[0] == NULL) {
		(void)fprintf(stderr, "readout import: which files?\nusage: %s\n", usage);
		goto out;
	}
	code = 1;
	if (command_load_config(file, &config)) {
		code = run(&config, &import, files);
		config_free(&config);
	}
out:
	free(files);
	return code;
}
