/* SPDX-License-Identifier: MIT */
#include "server/commands/row_text.h"

#include <math.h>
#include <string.h>

#include "protocol/decimal.h"
#include "protocol/real_digits.h"

static bool is_digits(struct span text)
{
	size_t size = text.size;
	const uint8_t *at = text.data;

	if (size > 1 && at[0] == '-') {
		at++;
		size--;
	}
	for (size_t i = 0; i < size; i++)
		if ((at[i] < '0' || at[i] > '9') && (at[i] != '.' || i == 0))
			return false;
	return size > 0;
}

bool row_text_is_number(const struct query_cell *cell)
{
	/* 16 digits are an address; its column is to the left like all names. */
	return cell->type == QUERY_INTEGER || cell->type == QUERY_REAL ||
	       (cell->type == QUERY_TEXT && cell->bytes.size != 16 &&
		is_digits(cell->bytes));
}

/* The length of the UTF-8 sequence that begins text, 0 if none does. */
static size_t sequence_size(struct span text)
{
	uint8_t first = text.data[0];
	size_t size = first < 0x80             ? 1
		      : (first & 0xe0) == 0xc0 ? 2
		      : (first & 0xf0) == 0xe0 ? 3
		      : (first & 0xf8) == 0xf0 ? 4
					       : 0;

	if (size > text.size || first == 0xc0 || first == 0xc1 || first > 0xf4)
		return 0;
	for (size_t i = 1; i < size; i++)
		if ((text.data[i] & 0xc0) != 0x80)
			return 0;
	return size;
}

/* Writes one character, made safe; returns how many bytes of text it was. */
static size_t put_character(FILE *out, struct span text, bool is_for_screen)
{
	size_t size = sequence_size(text);
	uint8_t first = text.data[0];
	bool is_control = first < 0x20 || first == 0x7f ||
			  (size == 2 && first == 0xc2 && text.data[1] < 0xa0) ||
			  (size == 0 && first < 0xa0);

	if (is_control && is_for_screen)
		(void)fputc('?', out);
	else if (size > 0)
		(void)fwrite(text.data, 1, size, out);
	else
		(void)fprintf(out, "%c%c", 0xc0 | first >> 6, 0x80 | (first & 0x3f));
	return size > 0 ? size : 1;
}

static void put_hex(FILE *out, struct span bytes)
{
	for (size_t i = 0; i < bytes.size; i++)
		(void)fprintf(out, "%02X", bytes.data[i]);
}

/* The fewest digits that give the number back, in a form JSON and CSV know. */
static void put_real(FILE *out, double real)
{
	char text[DECIMAL_TEXT_MAX];

	if (!isfinite(real)) {
		(void)fputs(real > 0 ? "1e999" : "-1e999", out);
		return;
	}
	struct real_digits digits = real_digits_of(real);
	(void)decimal_write(signbit(real) ? -digits.digits : digits.digits,
			    digits.exponent, 1, text);
	(void)fputs(text, out);
}

void row_text_plain(FILE *out, const struct query_cell *cell)
{
	struct span rest = cell->bytes;

	if (cell->type == QUERY_REAL)
		put_real(out, cell->real);
	else if (cell->type == QUERY_BLOB)
		put_hex(out, rest);
	else
		while (cell->type != QUERY_NULL && rest.size > 0) {
			size_t size = put_character(out, rest, true);
			rest = span_of(rest.data + size, rest.size - size);
		}
}

static bool begins_character(char byte)
{
	return ((uint8_t)byte & 0xc0) != 0x80;
}

unsigned row_text_width(const char *text)
{
	unsigned width = 0;

	for (; *text != '\0'; text++)
		width += begins_character(*text);
	return width;
}

void row_text_cell(FILE *out, const char *text, unsigned width, bool is_right,
		   bool is_last)
{
	unsigned needed = row_text_width(text);
	unsigned shown = needed > width ? width - 1 : needed;
	unsigned fill = needed < width ? width - needed : 0;

	if (is_right)
		(void)fprintf(out, "%*s", (int)fill, "");
	for (; *text != '\0' && (shown > 0 || !begins_character(*text)); text++) {
		(void)fputc(*text, out);
		shown -= begins_character(text[1]) || text[1] == '\0';
	}
	if (needed > width)
		(void)fputs("…", out);
	if (!is_right && !is_last)
		(void)fprintf(out, "%*s", (int)fill, "");
	(void)fputs(is_last ? "\n" : "  ", out);
}

static void put_json_string(FILE *out, struct span text)
{
	(void)fputc('"', out);
	while (text.size > 0) {
		uint8_t first = text.data[0];
		size_t size = 1;
		if (first == '"' || first == '\\')
			(void)fprintf(out, "\\%c", first);
		else if (first < 0x20 || first == 0x7f)
			(void)fprintf(out, "\\u%04x", first);
		else
			size = put_character(out, text, false);
		text = span_of(text.data + size, text.size - size);
	}
	(void)fputc('"', out);
}

void row_text_json_name(FILE *out, const char *name)
{
	put_json_string(out, span_text(name));
	(void)fputc(':', out);
}

void row_text_json(FILE *out, const struct query_cell *cell)
{
	switch (cell->type) {
	case QUERY_NULL: (void)fputs("null", out); break;
	case QUERY_INTEGER:
		(void)fwrite(cell->bytes.data, 1, cell->bytes.size, out);
		break;
	case QUERY_REAL: put_real(out, cell->real); break;
	case QUERY_TEXT: put_json_string(out, cell->bytes); break;
	case QUERY_BLOB:
		(void)fputc('"', out);
		put_hex(out, cell->bytes);
		(void)fputc('"', out);
		break;
	}
}

void row_text_csv(FILE *out, const struct query_cell *cell)
{
	struct span text = cell->bytes;
	bool is_quoted = false;

	if (cell->type == QUERY_REAL)
		put_real(out, cell->real);
	else if (cell->type == QUERY_BLOB)
		put_hex(out, text);
	if (cell->type != QUERY_TEXT && cell->type != QUERY_INTEGER)
		return;
	for (size_t i = 0; i < text.size; i++)
		is_quoted |=
			text.data[i] == '\0' || strchr(",\"\r\n", text.data[i]) != NULL;
	if (is_quoted)
		(void)fputc('"', out);
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] == '"')
			(void)fputc('"', out);
		(void)fputc(text.data[i], out);
	}
	if (is_quoted)
		(void)fputc('"', out);
}
