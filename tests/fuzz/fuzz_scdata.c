/* SPDX-License-Identifier: MIT */
/* Whatever the line, a record's spans lie inside it and its numbers in their ranges. */
#include "protocol/scdata/scdata.h"

#include <stdlib.h>

static void check_inside(struct span part, struct span line)
{
	if (part.size == 0)
		return;
	if (part.data < line.data || part.size > line.size ||
	    (size_t)(part.data - line.data) > line.size - part.size)
		abort();
}

static void check_range(int64_t number, int64_t low, int64_t high)
{
	if (number < low || number > high)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span line = span_of(data, size);
	struct scdata_record record;
	scdata_parse(line, &record);
	check_inside(record.data, line);
	check_inside(record.device, line);
	check_inside(record.protocol, line);
	check_range(record.stamp, 0, record.has_stamp ? UINT32_MAX : 0);
	check_range(record.sequence, 0, record.has_stamp ? INT64_MAX : 0);
	check_range(record.index, 0, UINT32_MAX);
	check_range(record.error_code, 0, UINT32_MAX);
	check_range(record.rssi_dbm, record.has_rssi ? INT16_MIN : 0,
		    record.has_rssi ? INT16_MAX : 0);
	if (record.kind != SCDATA_UNKNOWN && !record.has_stamp)
		abort();
	if (record.kind == SCDATA_UNKNOWN && record.protocol.data == NULL &&
	    !span_equal(record.data, line))
		abort();
	if (scdata_kind_text(record.kind)[0] == '\0' ||
	    scdata_error_text(record.error_code)[0] == '\0')
		abort();
	return 0;
}
