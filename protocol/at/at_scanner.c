/* SPDX-License-Identifier: MIT */
#include "protocol/at/at_scanner.h"

void at_scanner_init(struct at_scanner *scanner)
{
	*scanner = (struct at_scanner){ 0 };
}

static bool is_line_end(uint8_t byte)
{
	return byte == '\r' || byte == '\n';
}

static size_t empty_lines_size(struct span buffer)
{
	size_t size = 0;
	while (size < buffer.size && is_line_end(buffer.data[size]))
		size++;
	return size;
}

/*
 * Goes on from scanned to the end of the line; returns false when the bytes end first.
 * Nearly all bytes of a reply stand inside quotes, where memchr() is at home.
 */
static bool find_line_end(struct at_scanner *scanner, struct span bytes)
{
	size_t at = scanner->scanned;
	while (at < bytes.size) {
		if (scanner->is_in_quotes) {
			const uint8_t *quote =
				memchr(bytes.data + at, '"', bytes.size - at);
			if (quote == NULL)
				break;
			at = (size_t)(quote - bytes.data);
			scanner->is_in_quotes = false;
		} else if (bytes.data[at] == '"') {
			scanner->is_in_quotes = true;
		} else if (is_line_end(bytes.data[at])) {
			scanner->scanned = at;
			return true;
		}
		at++;
	}
	scanner->scanned = bytes.size;
	return false;
}

bool at_scanner_line(struct at_scanner *scanner, struct span buffer,
		     struct span *ret_line, size_t *ret_consumed)
{
	size_t start = scanner->scanned == 0 ? empty_lines_size(buffer) : 0;
	*ret_consumed = start;
	if (start == buffer.size)
		return false;

	struct span bytes = span_of(buffer.data + start, buffer.size - start);
	if (!find_line_end(scanner, bytes))
		return false;
	*ret_line = span_of(bytes.data, scanner->scanned);
	*ret_consumed = start + scanner->scanned + 1;
	at_scanner_init(scanner);
	return true;
}

bool at_scanner_is_in_quotes(const struct at_scanner *scanner)
{
	return scanner->is_in_quotes;
}
