/* SPDX-License-Identifier: MIT */
#include "protocol/mbus/mbus_frame.h"

enum {
	ACK = 0xE5,
	SHORT_START = 0x10,
	LONG_START = 0x68,
	STOP = 0x16,
	SHORT_SIZE = 5,
	LONG_HEAD = 4,     /* 68 L L 68 */
	LONG_OVERHEAD = 6, /* head, checksum, stop */
	LONG_FIELDS = 3,   /* C, A, CI */
};

static const char *const error_texts[] = {
	[MBUS_FRAME_OK] = "ok",
	[MBUS_FRAME_EMPTY] = "no bytes",
	[MBUS_FRAME_START] = "start byte is none of E5, 10, 68",
	[MBUS_FRAME_SECOND_START] = "second start byte is not 68",
	[MBUS_FRAME_LENGTH_DIFFERS] = "the two length fields differ",
	[MBUS_FRAME_LENGTH_SHORT] = "length field below 3",
	[MBUS_FRAME_CUT] = "fewer bytes than the length field says",
	[MBUS_FRAME_TRAILING] = "more bytes than the length field says",
	[MBUS_FRAME_CHECKSUM] = "checksum wrong",
	[MBUS_FRAME_STOP] = "stop byte is not 16",
};

/* The sum of the user data modulo 256 must equal the byte behind it; then comes 16. */
static enum mbus_frame_error check_tail(const uint8_t *user_data, size_t size)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < size; i++)
		sum = (uint8_t)(sum + user_data[i]);
	if (user_data[size] != sum)
		return MBUS_FRAME_CHECKSUM;
	return user_data[size + 1] == STOP ? MBUS_FRAME_OK : MBUS_FRAME_STOP;
}

static enum mbus_frame_error check_size(size_t size, size_t wanted)
{
	if (size == wanted)
		return MBUS_FRAME_OK;
	return size < wanted ? MBUS_FRAME_CUT : MBUS_FRAME_TRAILING;
}

static enum mbus_frame_error parse_ack(struct span bytes, struct mbus_frame *ret_frame)
{
	enum mbus_frame_error error = check_size(bytes.size, 1);

	if (error == MBUS_FRAME_OK)
		*ret_frame = (struct mbus_frame){ .kind = MBUS_FRAME_ACK };
	return error;
}

static enum mbus_frame_error parse_short(struct span bytes, struct mbus_frame *ret_frame)
{
	enum mbus_frame_error error = check_size(bytes.size, SHORT_SIZE);

	if (error == MBUS_FRAME_OK)
		error = check_tail(bytes.data + 1, 2);
	if (error == MBUS_FRAME_OK)
		*ret_frame = (struct mbus_frame){ .kind = MBUS_FRAME_SHORT,
						  .c = bytes.data[1],
						  .a = bytes.data[2] };
	return error;
}

static enum mbus_frame_error check_long(struct span bytes)
{
	enum mbus_frame_error error;

	if (bytes.size < LONG_HEAD)
		return MBUS_FRAME_CUT;
	if (bytes.data[1] != bytes.data[2])
		return MBUS_FRAME_LENGTH_DIFFERS;
	if (bytes.data[3] != LONG_START)
		return MBUS_FRAME_SECOND_START;
	if (bytes.data[1] < LONG_FIELDS)
		return MBUS_FRAME_LENGTH_SHORT;
	error = check_size(bytes.size, (size_t)bytes.data[1] + LONG_OVERHEAD);
	return error != MBUS_FRAME_OK ? error
				      : check_tail(bytes.data + LONG_HEAD, bytes.data[1]);
}

static enum mbus_frame_error parse_long(struct span bytes, struct mbus_frame *ret_frame)
{
	enum mbus_frame_error error = check_long(bytes);
	const uint8_t *fields;

	if (error != MBUS_FRAME_OK)
		return error;
	fields = bytes.data + LONG_HEAD;
	*ret_frame = (struct mbus_frame){
		.kind = bytes.data[1] == LONG_FIELDS ? MBUS_FRAME_CONTROL
						     : MBUS_FRAME_LONG,
		.c = fields[0],
		.a = fields[1],
		.ci = fields[2],
		.payload = span_of(fields + LONG_FIELDS,
				   (size_t)bytes.data[1] - LONG_FIELDS),
	};
	return MBUS_FRAME_OK;
}

enum mbus_frame_error mbus_frame_parse(struct span bytes, struct mbus_frame *ret_frame)
{
	if (bytes.size == 0)
		return MBUS_FRAME_EMPTY;
	if (bytes.data[0] == LONG_START)
		return parse_long(bytes, ret_frame);
	if (bytes.data[0] == SHORT_START)
		return parse_short(bytes, ret_frame);
	return bytes.data[0] == ACK ? parse_ack(bytes, ret_frame) : MBUS_FRAME_START;
}

const char *mbus_frame_error_text(enum mbus_frame_error error)
{
	size_t count = sizeof error_texts / sizeof *error_texts;

	return (size_t)error < count ? error_texts[error] : "";
}
