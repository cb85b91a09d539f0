/* SPDX-License-Identifier: MIT */
/* Whatever the bytes, a link frame is one or is refused by a check that has a name. */
#include "protocol/mbus/mbus_frame.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mbus_frame frame = { .kind = MBUS_FRAME_NONE };
	enum mbus_frame_error error = mbus_frame_parse(span_of(data, size), &frame);

	if (mbus_frame_error_text(error)[0] == '\0' ||
	    (error == MBUS_FRAME_OK) != (frame.kind != MBUS_FRAME_NONE))
		abort();
	if (frame.payload.size != 0 &&
	    (frame.payload.data < data ||
	     frame.payload.data + frame.payload.size > data + size))
		abort();
	return 0;
}
