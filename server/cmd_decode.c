/* SPDX-License-Identifier: MIT */
#include "server/cmd_decode.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "protocol/hex.h"
#include "protocol/mbus/telegram.h"
#include "server/decode_print.h"

enum {
	EXIT_DECODED = 0,
	EXIT_NOT_DECODED = 1,
	EXIT_USAGE = 2,
	HEX_MAX = 2 * 512, /* the longest telegram has 261 bytes */
};

static const char usage[] = "usage: readout decode HEX... [--format text|json]\n"
			    "  HEX  one M-Bus telegram (68 ... 16) in hex, blanks "
			    "allowed; - reads standard input\n";

typedef void print_cb(FILE *out, struct telegram *telegram, bool is_open);

static const struct {
	const char *name;
	print_cb *print;
} formats[] = { { "text", decode_print_text }, { "json", decode_print_json } };

/* The hex digits gathered so far. */
struct hex_input {
	char digits[HEX_MAX];
	size_t size;
};

struct arguments {
	struct hex_input hex;
	print_cb *print;
	bool has_hex;
	bool is_stdin;
};

static bool is_blank(char character)
{
	return character != '\0' && strchr(" \t\r\n\v\f", character) != NULL;
}

/* Appends the digits of text; complains about anything that is neither digit nor blank.
 */
static bool add_hex(struct hex_input *hex, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (is_blank(text[i]))
			continue;
		if (text[i] == '\0' ||
		    strchr("0123456789ABCDEFabcdef", text[i]) == NULL) {
			(void)fprintf(
				stderr,
				"readout decode: character 0x%02X after %zu hex digits "
				"is "
				"no hex digit; give the telegram in hex, 68 ... 16\n",
				(unsigned char)text[i], hex->size);
			return false;
		}
		if (hex->size == HEX_MAX) {
			(void)fprintf(stderr,
				      "readout decode: more than %d hex digits; give one "
				      "telegram at a time\n",
				      HEX_MAX);
			return false;
		}
		hex->digits[hex->size++] = text[i];
	}
	return true;
}

static bool add_standard_input(struct hex_input *hex)
{
	char buffer[512];
	size_t size;

	while ((size = fread(buffer, 1, sizeof buffer, stdin)) != 0)
		if (!add_hex(hex, buffer, size))
			return false;
	if (ferror(stdin)) {
		(void)fputs("readout decode: standard input cannot be read\n", stderr);
		return false;
	}
	return true;
}

static bool choose_format(struct arguments *arguments, const char *name)
{
	for (size_t i = 0; name != NULL && i < sizeof formats / sizeof *formats; i++) {
		if (strcmp(formats[i].name, name) == 0) {
			arguments->print = formats[i].print;
			return true;
		}
	}
	(void)fprintf(stderr, "readout decode: --format is text or json%s%s\n",
		      name == NULL ? "" : ", not ", name == NULL ? "" : name);
	return false;
}

/* Returns EXIT_DECODED when all arguments are understood. */
static int read_arguments(int argc, char **argv, struct arguments *arguments)
{
	static const char format_equals[] = "--format=";
	size_t prefix = sizeof format_equals - 1;

	for (int i = 1; i < argc; i++) {
		bool is_good = true;

		if (strcmp(argv[i], "--format") == 0) {
			i++;
			is_good = choose_format(arguments, i < argc ? argv[i] : NULL);
		} else if (strncmp(argv[i], format_equals, prefix) == 0) {
			is_good = choose_format(arguments, argv[i] + prefix);
		} else if (strcmp(argv[i], "-") == 0) {
			arguments->is_stdin = true;
		} else if (argv[i][0] == '-') {
			(void)fprintf(stderr, "readout decode: unknown option %s\n%s",
				      argv[i], usage);
			is_good = false;
		} else {
			arguments->has_hex = true;
			if (!add_hex(&arguments->hex, argv[i], strlen(argv[i])))
				return EXIT_NOT_DECODED;
		}
		if (!is_good)
			return EXIT_USAGE;
	}
	return EXIT_DECODED;
}

/* Tells what is wrong with a telegram, if anything. */
static int judge(const struct telegram *telegram)
{
	bool is_decoded =
		telegram->status == TELEGRAM_OK || telegram->status == TELEGRAM_PARTIAL;
	const char *what = telegram->diagnosis == DIAGNOSIS_FRAME
				   ? mbus_frame_error_text(telegram->frame_error)
				   : telegram_diagnosis_text(telegram->diagnosis);

	if (telegram->diagnosis != DIAGNOSIS_NONE)
		(void)fprintf(stderr, "readout decode: telegram %s: %s at byte %zu\n",
			      telegram_status_text(telegram->status), what,
			      telegram->diagnosis_offset);
	return is_decoded ? EXIT_DECODED : EXIT_NOT_DECODED;
}

static int decode(const struct arguments *arguments)
{
	const struct hex_input *hex = &arguments->hex;
	uint8_t bytes[HEX_MAX / 2];
	struct telegram telegram;
	bool is_open;

	if (hex->size == 0 || !hex_decode(span_of(hex->digits, hex->size), bytes)) {
		(void)fprintf(stderr,
			      "readout decode: %zu hex digits do not make a telegram; "
			      "give all of it, two digits a byte\n",
			      hex->size);
		return EXIT_NOT_DECODED;
	}
	is_open = telegram_open(span_of(bytes, hex->size / 2), &telegram);
	if (telegram.diagnosis != DIAGNOSIS_FRAME)
		arguments->print(stdout, &telegram, is_open);
	/* What was decoded should stand before what is wrong with it. */
	(void)fflush(stdout);
	return judge(&telegram);
}

int cmd_decode(int argc, char **argv)
{
	struct arguments arguments = { .print = decode_print_text };
	int status = read_arguments(argc, argv, &arguments);

	if (status != EXIT_DECODED)
		return status;
	if (!arguments.has_hex && !arguments.is_stdin && isatty(STDIN_FILENO)) {
		(void)fputs(usage, stderr);
		return EXIT_USAGE;
	}
	if ((arguments.is_stdin || !arguments.has_hex) &&
	    !add_standard_input(&arguments.hex))
		return EXIT_NOT_DECODED;
	return decode(&arguments);
}
