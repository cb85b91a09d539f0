/* SPDX-License-Identifier: MIT */
/* Whatever the line, a row's spans lie inside it, and what is no row has none. */
#include "protocol/scdata/scams.h"

#include <stdlib.h>

static void check_inside(struct span part, struct span line)
{
	if (part.size == 0)
		return;
	if (part.data < line.data || part.size > line.size ||
	    (size_t)(part.data - line.data) > line.size - part.size)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	struct scams_line line;
	scams_parse(text, &line);
	check_inside(line.protocol, text);
	check_inside(line.address, text);
	check_inside(line.interval, text);
	bool has_number = line.kind == SCAMS_DEVICE || line.kind == SCAMS_COUNT;
	if (line.number < 0 || line.number > (has_number ? UINT32_MAX : 0) ||
	    line.port < 0 || line.port > (line.kind == SCAMS_DEVICE ? UINT32_MAX : 0))
		abort();
	if (line.kind == SCAMS_DEVICE ? line.number == 0 : line.protocol.data != NULL)
		abort();
	return 0;
}
