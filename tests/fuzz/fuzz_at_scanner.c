/* SPDX-License-Identifier: MIT */
/*
 * However a reply is cut into pieces, its lines are the same, each byte is looked at
 * once, and no line holds an end of line outside quotes. The first byte of the input
 * seeds the cuts, the rest is the reply.
 */
#include <stdlib.h>

#include "protocol/at/at_line.h"
#include "protocol/at/at_scanner.h"

/* Goes on to the next line; position is where the unconsumed bytes begin. */
static bool next_line(struct at_scanner *scanner, struct span shown, size_t *position,
		      struct span *ret_line)
{
	size_t consumed;
	struct span rest = span_of(shown.data + *position, shown.size - *position);
	bool found = at_scanner_line(scanner, rest, ret_line, &consumed);
	if (consumed > rest.size || scanner->scanned > rest.size - consumed)
		abort();
	*position += consumed;
	return found;
}

static void check_line(struct span line)
{
	bool is_quoted = false;
	if (line.size == 0)
		abort();
	for (size_t i = 0; i < line.size; i++) {
		is_quoted ^= line.data[i] == '"';
		if (!is_quoted && (line.data[i] == '\r' || line.data[i] == '\n'))
			abort();
	}
	struct at_command command;
	struct at_line read;
	int64_t number;
	at_command_get_oldest(&command, 3);
	at_line_read(line, &command, &read);
	if (read.info.size > line.size)
		abort();
	at_line_number(line, &number);
	at_command_plain(&command, "ATI4", "");
	at_line_read(line, &command, &read);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	uint32_t cuts = data[0];
	struct span reply = span_of(data + 1, size - 1);
	struct at_scanner whole;
	struct at_scanner cut;
	at_scanner_init(&whole);
	at_scanner_init(&cut);

	size_t whole_at = 0;
	size_t cut_at = 0;
	struct span line;
	struct span same;
	for (size_t shown = 0; shown < reply.size;) {
		cuts = cuts * 1664525 + 1013904223;
		shown += 1 + (cuts >> 24) % 7;
		if (shown > reply.size)
			shown = reply.size;
		while (next_line(&cut, span_of(reply.data, shown), &cut_at, &line)) {
			check_line(line);
			if (!next_line(&whole, reply, &whole_at, &same) ||
			    line.data != same.data || line.size != same.size)
				abort();
		}
	}
	if (next_line(&whole, reply, &whole_at, &same) || whole_at != cut_at ||
	    at_scanner_is_in_quotes(&whole) != at_scanner_is_in_quotes(&cut))
		abort();
	return 0;
}
