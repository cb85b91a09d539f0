/* SPDX-License-Identifier: MIT */
/*
 * The happy path: each argument is hex, a line, a file or "-"; each line becomes an item;
 * each item is opened and handed to the format. What fails: an item that is not decoded
 * is told on standard error and makes the exit status 1, the others are decoded all the
 * same; a file that cannot be read does so too.
 */
#include "server/commands/decode/cmd_decode.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "protocol/at/at_text.h"
#include "protocol/openssl/openssl_crypto.h"
#include "server/clock.h"
#include "server/commands/decode/decode_format.h"
#include "server/commands/decode/decode_input.h"
#include "server/commands/decode/decode_line.h"

enum {
	EXIT_DECODED = 0,
	EXIT_NOT_DECODED = 1,
	EXIT_USAGE = 2,
	FORMATS_MAX = 256, /* compact frames: formats remembered */
	PLACE_MAX = 512,
};

static const char usage[] =
	"usage: readout decode [HEX... | FILE... | -] [--format FORMAT] [--normalized]\n"
	"                      [--key HEX]\n"
	"  HEX           one telegram in hex, blanks allowed: wired M-Bus (68 ... 16) "
	"or\n"
	"                wireless M-Bus from its L field on\n"
	"  FILE, -       a telegram a line: hex, ^SCDATA lines as a terminal shows "
	"them,\n"
	"                or JSON objects with hex, and id, kind (wired, wmbus), key\n"
	"  --format      text, json, jsonl, csv, xml or explain (every byte)\n"
	"  --normalized  xml: values scaled to base units, as libmbus' normalized form\n"
	"  --key         AES key for wireless telegrams that bring none, 32 hex digits\n";

/* All that one run of the command has. */
struct decoder {
	const struct decode_format *format;
	struct decode_output output;
	bool has_key;
	uint8_t key[CRYPTO_KEY_SIZE];

	struct decode_line line;
	struct decode_item item;
	const char *file; /* NULL: the lines are arguments */
	char place[PLACE_MAX];
	char hex[2 * DECODE_LINE_BYTES_MAX + 2]; /* of arguments, not yet whole */
	size_t hex_size;

	struct telegram_context context;
	uint8_t buffer[WMBUS_BUFFER_SIZE];
	struct wmbus_format formats_memory[FORMATS_MAX];
	struct wmbus_formats formats;

	uint64_t item_count;
	uint64_t failed_count;
	bool has_input;
	bool is_file_broken;
};

static bool find_key(void *owner, const struct mbus_address *address,
		     uint8_t ret_key[CRYPTO_KEY_SIZE])
{
	const struct decoder *decoder = owner;
	const struct decode_item *item = &decoder->item;

	(void)address;
	if (!item->has_key && !decoder->has_key)
		return false;
	memcpy(ret_key, item->has_key ? item->key : decoder->key, CRYPTO_KEY_SIZE);
	return true;
}

static struct decoder *decoder_new(void)
{
	struct decoder *decoder = calloc(1, sizeof *decoder);

	if (decoder == NULL)
		return NULL;
	decoder->format = decode_format_find("text");
	decoder->output.out = stdout;
	decoder->output.now_s = clock_wall_ms() / 1000;
	decoder->formats.formats = decoder->formats_memory;
	decoder->formats.capacity = FORMATS_MAX;
	decoder->context = (struct telegram_context){
		.find_key_cb = find_key,
		.owner = decoder,
		.crypto = &openssl_crypto,
		.buffer = decoder->buffer,
		.formats = &decoder->formats,
	};
	return decoder;
}

/* ---- one item ---- */

static void complain(const struct decode_item *item, const char *what)
{
	/* What was decoded should stand before what is wrong with it. */
	(void)fflush(stdout);
	(void)fprintf(stderr, "readout decode: %s%s%s%stelegram %s: %s\n",
		      item->is_argument ? "" : item->place, item->is_argument ? "" : ": ",
		      item->id, item->id[0] == '\0' ? "" : ": ", decode_item_status(item),
		      what);
}

static void tell(const struct decode_item *item)
{
	char diagnosis[DECODE_PROBLEM_MAX];

	decode_item_diagnosis(item, diagnosis);
	if (diagnosis[0] != '\0')
		complain(item, diagnosis);
	if (item->problem[0] != '\0' && item->kind != DECODE_UNREADABLE)
		complain(item, item->problem);
}

static bool is_broken(const struct decode_item *item)
{
	if (decode_item_is_mbus(item))
		return item->telegram.diagnosis == DIAGNOSIS_FRAME;
	return item->kind == DECODE_UNREADABLE;
}

static void decode_item(struct decoder *decoder)
{
	struct decode_item *item = &decoder->item;

	decode_item_open(item, &decoder->context);
	if (decoder->format->shows_broken || !is_broken(item)) {
		decoder->format->item(&decoder->output, item);
		decoder->output.items++;
	}
	decoder->item_count++;
	decoder->failed_count += !decode_item_is_decoded(item);
	tell(item);
}

static void take_line(void *owner, struct span line, size_t number)
{
	struct decoder *decoder = owner;

	if (!decode_line_read(&decoder->line, line, &decoder->item))
		return;
	(void)snprintf(decoder->place, sizeof decoder->place, "line %zu of %s", number,
		       decoder->file == NULL ? "the arguments" : decoder->file);
	decoder->item.place = decoder->place;
	decoder->item.is_argument = decoder->file == NULL;
	decode_item(decoder);
}

/* ---- arguments ---- */

/* Decodes the digits gathered so far, whole or not. */
static void end_hex(struct decoder *decoder)
{
	if (decoder->hex_size == 0)
		return;
	decoder->item = (struct decode_item){ .id = "",
					      .place = "the arguments",
					      .is_argument = true };
	decode_line_read_hex(&decoder->line, span_of(decoder->hex, decoder->hex_size),
			     &decoder->item);
	decode_item(decoder);
	decoder->hex_size = 0;
}

/* A telegram may be spread over arguments: it is decoded as soon as it is whole. */
static void add_hex(struct decoder *decoder, const char *text)
{
	struct decode_item *item = &decoder->item;
	size_t room = sizeof decoder->hex - 1 - decoder->hex_size;
	size_t size = strlen(text) < room ? strlen(text) : room;

	memcpy(decoder->hex + decoder->hex_size, text, size);
	decoder->hex_size += size;
	/* An argument that is empty is an argument all the same. */
	decoder->hex[decoder->hex_size++] = ' ';
	*item = (struct decode_item){ .id = "" };
	decode_line_read_hex(&decoder->line, span_of(decoder->hex, decoder->hex_size),
			     item);
	if ((item->kind != DECODE_UNREADABLE && decode_bytes_are_whole(item->bytes)) ||
	    decoder->hex_size == sizeof decoder->hex)
		end_hex(decoder);
}

static void read_file(struct decoder *decoder, FILE *file, const char *name)
{
	decoder->file = name;
	if (!decode_input_read(file, take_line, decoder)) {
		(void)fprintf(stderr, "readout decode: %s cannot be read to its end\n",
			      name);
		decoder->is_file_broken = true;
	}
	decoder->file = NULL;
}

static bool is_hex(const char *text)
{
	return strspn(text, " \t\r\n\v\f0123456789ABCDEFabcdef") == strlen(text);
}

static void take_argument(struct decoder *decoder, const char *argument)
{
	char first = argument[strspn(argument, " \t\r\n")];
	FILE *file = NULL;

	decoder->has_input = true;
	if (strcmp(argument, "-") == 0) {
		end_hex(decoder);
		read_file(decoder, stdin, "standard input");
		return;
	}
	if (first == '{' || first == '^') {
		end_hex(decoder);
		take_line(decoder, span_text(argument), 1);
		return;
	}
	if (!is_hex(argument))
		file = fopen(argument, "r");
	if (file == NULL) {
		add_hex(decoder, argument);
		return;
	}
	end_hex(decoder);
	read_file(decoder, file, argument);
	(void)fclose(file);
}

static bool choose_format(struct decoder *decoder, const char *name)
{
	decoder->format = name == NULL ? NULL : decode_format_find(name);
	if (decoder->format != NULL)
		return true;
	(void)fprintf(stderr, "readout decode: --format is %s%s%s\n", decode_format_names,
		      name == NULL ? "" : ", not ", name == NULL ? "" : name);
	return false;
}

static bool choose_key(struct decoder *decoder, const char *text)
{
	decoder->has_key = text != NULL && decode_key_read(text, decoder->key);
	if (!decoder->has_key)
		(void)fputs("readout decode: --key is 32 hex digits\n", stderr);
	return decoder->has_key;
}

static bool choose_normalized(struct decoder *decoder, const char *text)
{
	(void)text;
	decoder->output.is_normalized = true;
	return true;
}

static const struct {
	const char *name;
	bool has_value;
	bool (*choose)(struct decoder *decoder, const char *text);
} options[] = {
	{ "--format", true, choose_format },
	{ "--key", true, choose_key },
	{ "--normalized", false, choose_normalized },
};

/*
 * Takes the option at argv[*index], with its value behind = or in the next argument, and
 * moves *index to its last argument. Blanks the arguments it took.
 */
static bool take_option(struct decoder *decoder, int argc, char **argv, int *index)
{
	char *argument = argv[*index];
	size_t size = strcspn(argument, "=");
	const char *value = argument[size] == '=' ? argument + size + 1 : NULL;

	argv[*index] = NULL;
	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		if (strlen(options[i].name) != size ||
		    strncmp(options[i].name, argument, size) != 0)
			continue;
		if (options[i].has_value && value == NULL && *index + 1 < argc) {
			value = argv[++*index];
			argv[*index] = NULL;
		}
		return options[i].choose(decoder, value);
	}
	(void)fprintf(stderr, "readout decode: unknown option %s\n%s", argument, usage);
	return false;
}

/* Options first, wherever they stand: they hold for all that is decoded. */
static bool take_options(struct decoder *decoder, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (argv[i][0] == '-' && argv[i][1] != '\0' &&
		    !take_option(decoder, argc, argv, &i))
			return false;
	return true;
}

static int conclude(const struct decoder *decoder)
{
	(void)fflush(stdout);
	if (decoder->item_count == 0)
		(void)fputs("readout decode: there was no telegram to decode\n", stderr);
	if (decoder->item_count > 1)
		(void)fprintf(stderr, "readout decode: %llu telegrams, %llu decoded\n",
			      (unsigned long long)decoder->item_count,
			      (unsigned long long)(decoder->item_count -
						   decoder->failed_count));
	if (ferror(stdout)) {
		(void)fprintf(stderr, "readout decode: output cannot be written: %s\n",
			      strerror(errno));
		return EXIT_NOT_DECODED;
	}
	return decoder->item_count != 0 && decoder->failed_count == 0 &&
			       !decoder->is_file_broken
		       ? EXIT_DECODED
		       : EXIT_NOT_DECODED;
}

static int run(struct decoder *decoder, int argc, char **argv)
{
	if (!take_options(decoder, argc, argv))
		return EXIT_USAGE;
	for (int i = 1; i < argc; i++)
		decoder->has_input |= argv[i] != NULL;
	if (!decoder->has_input && isatty(STDIN_FILENO)) {
		(void)fputs(usage, stderr);
		return EXIT_USAGE;
	}
	if (decoder->format->begin != NULL)
		decoder->format->begin(&decoder->output);
	for (int i = 1; i < argc; i++)
		if (argv[i] != NULL)
			take_argument(decoder, argv[i]);
	end_hex(decoder);
	if (!decoder->has_input)
		read_file(decoder, stdin, "standard input");
	if (decoder->format->end != NULL)
		decoder->format->end(&decoder->output);
	return conclude(decoder);
}

int cmd_decode(int argc, char **argv)
{
	struct decoder *decoder = decoder_new();
	int status;

	if (decoder == NULL) {
		(void)fputs("readout decode: out of memory\n", stderr);
		return EXIT_NOT_DECODED;
	}
	status = run(decoder, argc, argv);
	free(decoder);
	return status;
}
