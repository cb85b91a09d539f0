/* SPDX-License-Identifier: MIT */
/* A wireless telegram on its way through the layers: what the rooms of protocol/wmbus/
 * hand on to each other. */
#ifndef READOUT_PROTOCOL_WMBUS_MESSAGE_H
#define READOUT_PROTOCOL_WMBUS_MESSAGE_H

#include "protocol/wmbus/wmbus.h"
#include "protocol/wmbus/wmbus_header.h"

struct wmbus_message {
	const struct telegram_context *context; /* never NULL */
	struct telegram *telegram;
	struct span body; /* from the C field to the end, without link CRCs */
	uint8_t *work;    /* the same bytes, to be written; NULL without a buffer */
	size_t offset;    /* in body: the CI field of the layer that is next */
	struct wmbus_ell ell;
	struct wmbus_afl afl;
};

/* What stands at offset in body. */
static inline struct span wmbus_message_rest(const struct wmbus_message *message,
					     size_t offset)
{
	return span_of(message->body.data + offset, message->body.size - offset);
}

#endif
