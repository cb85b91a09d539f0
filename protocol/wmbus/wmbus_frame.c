/* SPDX-License-Identifier: MIT */
#include "protocol/wmbus/wmbus_frame.h"

#include "protocol/wmbus/wmbus_crc.h"

enum {
	CRC_SIZE = 2,
	L_MIN = 10,         /* C, manufacturer, address, CI */
	A_FIRST_BLOCK = 10, /* bytes of data, L included */
	A_BLOCK = 16,
	B_FIRST_BLOCK = 126,
};

/* Bytes of data in front of the first CRC, and of the other CRCs but the last. */
static const struct {
	uint8_t first;
	uint8_t next;
} blocks[] = {
	[WMBUS_CRCS_A] = { A_FIRST_BLOCK, A_BLOCK },
	[WMBUS_CRCS_B] = { B_FIRST_BLOCK, UINT8_MAX },
};

/* A block of at most size bytes at position is followed by its CRC. */
static bool is_block_right(struct span bytes, size_t position, size_t size)
{
	const uint8_t *block = bytes.data + position;

	return bytes.size >= position + size + CRC_SIZE &&
	       wmbus_crc(span_of(block, size)) == (block[size] << 8 | block[size + 1]);
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* size counts the data alone. Passes over bytes that carry the CRCs. */
static bool are_blocks_right(struct span bytes, enum wmbus_frame_crcs crcs, size_t size)
{
	size_t block = blocks[crcs].first;
	size_t position = 0;

	for (; size != 0; size -= block) {
		block = smaller(position == 0 ? block : blocks[crcs].next, size);
		if (!is_block_right(bytes, position, block))
			return false;
		position += block + CRC_SIZE;
	}
	return true;
}

enum wmbus_frame_error wmbus_frame_measure(struct span bytes,
					   struct wmbus_frame *ret_frame)
{
	struct wmbus_frame frame = { .crcs = WMBUS_CRCS_NONE };
	size_t size_b;

	if (bytes.size == 0 || bytes.data[0] < L_MIN)
		return WMBUS_FRAME_SHORT;
	frame.size = bytes.data[0] + 1U;
	size_b = frame.size -
		 (frame.size > B_FIRST_BLOCK + CRC_SIZE ? 2 * CRC_SIZE : CRC_SIZE);
	if (is_block_right(bytes, 0, A_FIRST_BLOCK)) {
		if (!are_blocks_right(bytes, WMBUS_CRCS_A, frame.size))
			return WMBUS_FRAME_CRC_BAD;
		frame.crcs = WMBUS_CRCS_A;
	} else if (bytes.size < frame.size) {
		return WMBUS_FRAME_SHORT;
	} else if (size_b > L_MIN && are_blocks_right(bytes, WMBUS_CRCS_B, size_b)) {
		frame.crcs = WMBUS_CRCS_B;
		frame.size = size_b;
	}
	*ret_frame = frame;
	return WMBUS_FRAME_OK;
}

void wmbus_frame_strip(struct span bytes, const struct wmbus_frame *frame,
		       uint8_t *ret_bytes)
{
	size_t position = 0;
	size_t written = 0;
	size_t block = frame->size;

	while (written < frame->size) {
		if (frame->crcs != WMBUS_CRCS_NONE)
			block = written == 0 ? blocks[frame->crcs].first
					     : blocks[frame->crcs].next;
		block = smaller(block, frame->size - written);
		memcpy(ret_bytes + written, bytes.data + position, block);
		written += block;
		position += block + CRC_SIZE;
	}
	ret_bytes[0] = (uint8_t)(frame->size - 1);
}
