/* SPDX-License-Identifier: MIT */
#include "protocol/wmbus/wmbus.h"

#include "protocol/mbus/mbus_header.h"
#include "protocol/mbus/mbus_record.h"
#include "protocol/wmbus/wmbus_frame.h"
#include "protocol/wmbus/wmbus_message.h"
#include "protocol/wmbus/wmbus_security.h"

enum {
	ADDRESS_OFFSET = 1, /* behind the C field */
	CI_OFFSET = ADDRESS_OFFSET + WMBUS_ADDRESS_SIZE,
};

/* What a CI field of the transport layer announces beyond its header. */
enum content {
	CONTENT_AS_WIRED, /* what mbus_header makes of it */
	CONTENT_NONE,
	CONTENT_COMPACT, /* compact frame */
	CONTENT_FORMAT,  /* format frame */
};

/*
 * CI fields that the wired header does not know, or has another meaning for: the wired CI
 * field with the same header, and what follows it.
 */
static const struct {
	uint8_t header;
	enum content content;
} ci_rules[256] = {
	[0x69] = { 0x78, CONTENT_FORMAT },  [0x6A] = { 0x7A, CONTENT_FORMAT },
	[0x6B] = { 0x72, CONTENT_FORMAT },  [0x6E] = { 0x7A, CONTENT_NONE },
	[0x6F] = { 0x72, CONTENT_NONE },    [0x73] = { 0x72, CONTENT_COMPACT },
	[0x74] = { 0x7A, CONTENT_NONE },    [0x75] = { 0x72, CONTENT_NONE },
	[0x79] = { 0x78, CONTENT_COMPACT }, [0x7B] = { 0x7A, CONTENT_COMPACT },
	[0x80] = { 0x72, CONTENT_NONE },    [0x8A] = { 0x7A, CONTENT_NONE },
	[0x8B] = { 0x72, CONTENT_NONE },
};

/* What each outcome of decryption makes of the telegram. */
static const struct {
	enum telegram_status status;
	enum telegram_diagnosis diagnosis;
} access_rules[] = {
	[WMBUS_ACCESS_CLEAR] = { TELEGRAM_OK, DIAGNOSIS_NONE },
	[WMBUS_ACCESS_DECRYPTED] = { TELEGRAM_OK, DIAGNOSIS_NONE },
	[WMBUS_ACCESS_NO_KEY] = { TELEGRAM_ENCRYPTED, DIAGNOSIS_ENCRYPTED },
	[WMBUS_ACCESS_NO_BUFFER] = { TELEGRAM_UNSUPPORTED, DIAGNOSIS_NO_BUFFER },
	[WMBUS_ACCESS_KEY_WRONG] = { TELEGRAM_ENCRYPTED, DIAGNOSIS_KEY_WRONG },
	[WMBUS_ACCESS_MAC_WRONG] = { TELEGRAM_MALFORMED, DIAGNOSIS_MAC_WRONG },
	[WMBUS_ACCESS_CIPHER_UNKNOWN] = { TELEGRAM_ENCRYPTED, DIAGNOSIS_MODE_UNKNOWN },
	[WMBUS_ACCESS_RESERVED] = { TELEGRAM_PARTIAL, DIAGNOSIS_MODE_UNKNOWN },
};

/* Ends the telegram without records; offset is one of the body. */
static bool fail(struct wmbus_message *message, enum telegram_status status,
		 enum telegram_diagnosis diagnosis, size_t offset)
{
	struct telegram *telegram = message->telegram;

	telegram->status = status;
	telegram->diagnosis = diagnosis;
	telegram->diagnosis_offset =
		(size_t)(message->body.data - telegram->bytes.data) + offset;
	telegram->records.size = 0;
	return false;
}

/* Returns whether the way is free. */
static bool accept_access(struct wmbus_message *message, enum wmbus_access access,
			  size_t offset)
{
	struct telegram *telegram = message->telegram;
	struct span clear_tail = telegram->records;

	telegram->is_decrypted |= access == WMBUS_ACCESS_DECRYPTED;
	if (access_rules[access].status == TELEGRAM_OK)
		return true;
	fail(message, access_rules[access].status, access_rules[access].diagnosis,
	     offset);
	telegram->records = clear_tail;
	return false;
}

static bool open_ell(struct wmbus_message *message)
{
	size_t offset = message->offset;

	if (!wmbus_ell_read(message->body, &message->offset, &message->ell))
		return fail(message, TELEGRAM_MALFORMED, DIAGNOSIS_HEADER_SHORT, offset);
	return accept_access(message, wmbus_session_open(message), message->offset);
}

static bool open_afl(struct wmbus_message *message)
{
	size_t offset = message->offset;

	if (!wmbus_afl_read(message->body, &message->offset, &message->afl))
		return fail(message, TELEGRAM_MALFORMED, DIAGNOSIS_HEADER_SHORT, offset);
	if (message->afl.is_fragment)
		return fail(message, TELEGRAM_UNSUPPORTED, DIAGNOSIS_FRAGMENT, offset);
	return true;
}

/* Each of them comes at most once, the extended link layer first. */
static bool open_layers(struct wmbus_message *message)
{
	if (wmbus_is_ell(message->body.data[message->offset]) && !open_ell(message))
		return false;
	return !wmbus_is_afl(message->body.data[message->offset]) || open_afl(message);
}

/* Reads the header at message->offset; the records are then all that follows it. */
static enum telegram_status open_header(struct wmbus_message *message,
					enum content *ret_content)
{
	struct telegram *telegram = message->telegram;
	uint8_t ci = message->body.data[message->offset];
	enum telegram_status status;

	*ret_content = ci_rules[ci].content;
	telegram->frame.ci = ci_rules[ci].header != 0 ? ci_rules[ci].header : ci;
	telegram->frame.payload = wmbus_message_rest(message, message->offset + 1);
	status = mbus_header_read(telegram);
	telegram->frame.ci = ci;
	if (!telegram->has_address)
		telegram->address = telegram->link_address;
	telegram->has_address = true;
	return status;
}

static const struct {
	enum telegram_status status;
	enum telegram_diagnosis diagnosis;
} expansion_rules[] = {
	[WMBUS_EXPANDED] = { TELEGRAM_OK, DIAGNOSIS_NONE },
	[WMBUS_EXPANSION_SHORT] = { TELEGRAM_MALFORMED, DIAGNOSIS_HEADER_SHORT },
	[WMBUS_EXPANSION_UNKNOWN] = { TELEGRAM_UNKNOWN_FORMAT, DIAGNOSIS_FORMAT_UNKNOWN },
	[WMBUS_EXPANSION_MISFIT] = { TELEGRAM_MALFORMED, DIAGNOSIS_FORMAT_MISFIT },
};

/* Check bytes and more of their kind stand in front of an encrypted compact frame. */
static struct span skip_fillers(struct span payload)
{
	size_t size = 0;

	while (size < payload.size && payload.data[size] == MBUS_DIF_FILLER)
		size++;
	return span_of(payload.data + size, payload.size - size);
}

static bool expand(struct wmbus_message *message)
{
	static const struct wmbus_formats no_formats = { .capacity = 0 };
	struct telegram *telegram = message->telegram;
	const struct wmbus_formats *formats = message->context->formats;
	size_t offset = (size_t)(telegram->records.data - message->body.data);
	struct span payload = telegram->records;
	enum wmbus_expansion expansion;
	uint8_t *room;
	size_t size;
	bool is_verified;

	if (message->work == NULL)
		return fail(message, TELEGRAM_UNSUPPORTED, DIAGNOSIS_NO_BUFFER, offset);
	if (telegram->has_short_header && telegram->signature != 0)
		payload = skip_fillers(payload);
	room = message->context->buffer + telegram->bytes.size;
	expansion = wmbus_formats_expand(formats != NULL ? formats : &no_formats, payload,
					 room, WMBUS_BUFFER_SIZE - telegram->bytes.size,
					 &size, &is_verified);
	if (expansion != WMBUS_EXPANDED)
		return fail(message, expansion_rules[expansion].status,
			    expansion_rules[expansion].diagnosis, offset);
	telegram->bytes.size += size;
	telegram->records = span_of(room, size);
	return true;
}

/* What stands behind the header, in clear by now. */
static bool open_content(struct wmbus_message *message, enum content content)
{
	struct telegram *telegram = message->telegram;
	struct wmbus_formats *formats = message->context->formats;

	switch (content) {
	case CONTENT_COMPACT: return expand(message);
	case CONTENT_FORMAT:
		if (formats != NULL)
			wmbus_formats_learn_frame(formats, telegram->records);
		telegram->records.size = 0;
		return false;
	case CONTENT_NONE: telegram->records.size = 0; return false;
	case CONTENT_AS_WIRED:
	default:
		if (formats != NULL)
			wmbus_formats_learn(formats, telegram->records);
		return telegram->records.size != 0;
	}
}

static bool open_transport(struct wmbus_message *message)
{
	struct telegram *telegram = message->telegram;
	enum content content;
	size_t offset;

	telegram->status = open_header(message, &content);
	if (telegram->status != TELEGRAM_OK)
		return false;
	if (telegram->records.size == 0 && content != CONTENT_COMPACT)
		return false;
	offset = (size_t)(telegram->records.data - message->body.data);
	if (!accept_access(message, wmbus_payload_open(message, message->offset), offset))
		return telegram->records.size != 0;
	return open_content(message, content);
}

/* body begins with the C field and reaches to a CI field at least. */
static bool open_body(struct wmbus_message *message)
{
	struct telegram *telegram = message->telegram;

	telegram->frame.c = message->body.data[0];
	wmbus_address_read(message->body.data + ADDRESS_OFFSET, &telegram->link_address);
	telegram->address = telegram->link_address;
	telegram->has_address = true;
	message->offset = CI_OFFSET;
	if (!open_layers(message))
		return false;
	telegram->has_address = false;
	return open_transport(message);
}

static const struct telegram_context no_context = { .buffer = NULL };

static struct wmbus_message begin(struct span bytes,
				  const struct telegram_context *context,
				  struct telegram *ret_telegram)
{
	*ret_telegram =
		(struct telegram){ .bytes = bytes, .frame.kind = MBUS_FRAME_WIRELESS };
	return (struct wmbus_message){
		.context = context != NULL ? context : &no_context,
		.telegram = ret_telegram,
		.body = bytes,
	};
}

/* The telegram is worked on where it is, or in the context's buffer. */
static void set_bytes(struct wmbus_message *message, struct span bytes,
		      size_t length_size)
{
	uint8_t *buffer = message->context->buffer;

	message->telegram->bytes = bytes;
	message->body = span_of(bytes.data + length_size, bytes.size - length_size);
	message->work = buffer != NULL ? buffer + length_size : NULL;
}

bool telegram_open_wireless(struct span bytes, const struct telegram_context *context,
			    struct telegram *ret_telegram)
{
	struct wmbus_message message = begin(bytes, context, ret_telegram);
	uint8_t *buffer = message.context->buffer;
	enum wmbus_frame_error error;
	struct wmbus_frame frame;

	error = wmbus_frame_measure(bytes, &frame);
	if (error != WMBUS_FRAME_OK)
		return fail(&message, TELEGRAM_MALFORMED,
			    error == WMBUS_FRAME_SHORT ? DIAGNOSIS_LENGTH
						       : DIAGNOSIS_LINK_CRC,
			    0);
	if (buffer != NULL)
		wmbus_frame_strip(bytes, &frame, buffer);
	else if (frame.crcs != WMBUS_CRCS_NONE)
		return fail(&message, TELEGRAM_UNSUPPORTED, DIAGNOSIS_NO_BUFFER, 0);
	set_bytes(&message, span_of(buffer != NULL ? buffer : bytes.data, frame.size), 1);
	return open_body(&message);
}

bool telegram_open_wireless_record(struct span bytes,
				   const struct telegram_context *context,
				   struct telegram *ret_telegram)
{
	struct wmbus_message message = begin(bytes, context, ret_telegram);
	uint8_t *buffer = message.context->buffer;

	if (bytes.size <= CI_OFFSET || bytes.size > WMBUS_TELEGRAM_MAX)
		return fail(&message, TELEGRAM_MALFORMED, DIAGNOSIS_LENGTH, 0);
	if (buffer != NULL)
		memcpy(buffer, bytes.data, bytes.size);
	set_bytes(&message, span_of(buffer != NULL ? buffer : bytes.data, bytes.size), 0);
	return open_body(&message);
}
