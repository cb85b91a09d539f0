/* SPDX-License-Identifier: MIT */
#include "protocol/wmbus/wmbus_format.h"

#include "protocol/mbus/mbus_record.h"
#include "protocol/mbus/mbus_vib.h"
#include "protocol/wmbus/wmbus_crc.h"

enum { EXTENDED = 0x80, SIGNATURE_SIZE = 2, CRC_SIZE = 2 };

static uint16_t read_16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[1] << 8 | bytes[0]);
}

static struct span format_headers(const struct wmbus_format *format)
{
	return span_of(format->headers, format->size);
}

static bool is_known(const struct wmbus_formats *formats, struct span headers)
{
	for (size_t i = 0; i < formats->count; i++)
		if (span_equal(format_headers(&formats->formats[i]), headers))
			return true;
	return false;
}

static void store(struct wmbus_formats *formats, struct span headers)
{
	struct wmbus_format *format;

	if (formats->capacity == 0 || headers.size == 0 || is_known(formats, headers))
		return;
	format = &formats->formats[formats->next];
	format->signature = wmbus_crc(headers);
	format->size = (uint8_t)headers.size;
	memcpy(format->headers, headers.data, headers.size);
	formats->next = (formats->next + 1) % formats->capacity;
	if (formats->count < formats->capacity)
		formats->count++;
}

/* A manufacturer's block has no header that a compact frame could leave out. */
static bool is_block(const struct telegram_record *record)
{
	return (record->header.data[0] & MBUS_DIF_DATA) == MBUS_DIF_SPECIAL;
}

void wmbus_formats_learn(struct wmbus_formats *formats, struct span records)
{
	uint8_t headers[WMBUS_FORMAT_MAX];
	struct telegram_record record;
	enum telegram_diagnosis diagnosis;
	enum mbus_record_result result;
	size_t position = 0;
	size_t size = 0;

	while ((result = mbus_record_next(records, &position, &record, &diagnosis)) ==
	       MBUS_RECORD_FOUND) {
		if (is_block(&record))
			continue;
		if (record.header.size > sizeof headers - size)
			return;
		memcpy(headers + size, record.header.data, record.header.size);
		size += record.header.size;
	}
	if (result == MBUS_RECORD_END)
		store(formats, span_of(headers, size));
}

bool wmbus_formats_learn_frame(struct wmbus_formats *formats, struct span payload)
{
	/* A length byte, then the signature, then the headers; the length counts both. */
	size_t head = 1 + SIGNATURE_SIZE;
	struct span headers;

	if (payload.size <= head || payload.data[0] <= SIGNATURE_SIZE ||
	    payload.data[0] >= payload.size)
		return false;
	headers = span_of(payload.data + head, payload.data[0] - (size_t)SIGNATURE_SIZE);
	if (headers.size > WMBUS_FORMAT_MAX ||
	    wmbus_crc(headers) != read_16(payload.data + 1))
		return false;
	store(formats, headers);
	return true;
}

/* The first DIB and VIB of headers; 0 if they are no such thing. */
static size_t header_size(struct span headers)
{
	size_t dib_size = 1;
	size_t vib_size;

	while (dib_size < headers.size && headers.data[dib_size - 1] & EXTENDED)
		dib_size++;
	if (mbus_vib_measure(span_of(headers.data + dib_size, headers.size - dib_size),
			     &vib_size) != MBUS_VIB_OK)
		return 0;
	return dib_size + vib_size;
}

/* Headers and data on their way into room. */
struct weaving {
	struct span headers;
	struct span data;
	uint8_t *room;
	size_t room_size;
	size_t written;
};

static struct span span_behind(struct span bytes, size_t size)
{
	return span_of(bytes.data + size, bytes.size - size);
}

/*
 * Puts the next record into room: its header, and behind it all data that is left, of
 * which the record itself says how much it wants.
 */
static bool weave_record(struct weaving *weaving)
{
	uint8_t *place = weaving->room + weaving->written;
	size_t head = header_size(weaving->headers);
	size_t size = head + weaving->data.size;
	size_t position = 0;
	struct telegram_record record;
	enum telegram_diagnosis diagnosis;

	if (head == 0 || size > weaving->room_size - weaving->written)
		return false;
	memcpy(place, weaving->headers.data, head);
	memcpy(place + head, weaving->data.data, weaving->data.size);
	if (mbus_record_next(span_of(place, size), &position, &record, &diagnosis) !=
		    MBUS_RECORD_FOUND ||
	    position < head)
		return false;
	weaving->headers = span_behind(weaving->headers, head);
	weaving->data = span_behind(weaving->data, position - head);
	weaving->written += position;
	return true;
}

/* Data behind the last record must be filler. */
static bool is_filler(struct span data)
{
	for (size_t i = 0; i < data.size; i++)
		if (data.data[i] != MBUS_DIF_FILLER)
			return false;
	return true;
}

static bool weave(struct weaving *weaving)
{
	while (weaving->headers.size != 0)
		if (!weave_record(weaving))
			return false;
	return is_filler(weaving->data);
}

/* Returns the size of the records that format makes of the data, 0 if it does not fit. */
static size_t expand(const struct wmbus_format *format, struct span data, uint8_t *room,
		     size_t room_size)
{
	struct weaving weaving = {
		.headers = format_headers(format),
		.data = data,
		.room = room,
		.room_size = room_size,
	};

	return weave(&weaving) ? weaving.written : 0;
}

enum wmbus_expansion wmbus_formats_expand(const struct wmbus_formats *formats,
					  struct span payload, uint8_t *room,
					  size_t room_size, size_t *ret_size,
					  bool *ret_is_verified)
{
	const struct wmbus_format *fitting = NULL;
	bool is_known_signature = false;
	struct span data;

	if (payload.size < SIGNATURE_SIZE + CRC_SIZE)
		return WMBUS_EXPANSION_SHORT;
	data = span_behind(payload, SIGNATURE_SIZE + CRC_SIZE);
	for (size_t i = 0; i < formats->count; i++) {
		const struct wmbus_format *format = &formats->formats[i];
		size_t size;

		if (format->signature != read_16(payload.data))
			continue;
		is_known_signature = true;
		size = expand(format, data, room, room_size);
		if (size == 0)
			continue;
		fitting = fitting == NULL ? format : fitting;
		if (wmbus_crc(span_of(room, size)) ==
		    read_16(payload.data + SIGNATURE_SIZE)) {
			*ret_size = size;
			*ret_is_verified = true;
			return WMBUS_EXPANDED;
		}
	}
	if (fitting == NULL)
		return is_known_signature ? WMBUS_EXPANSION_MISFIT
					  : WMBUS_EXPANSION_UNKNOWN;
	/* Others were tried in the same room since. */
	*ret_size = expand(fitting, data, room, room_size);
	*ret_is_verified = false;
	return WMBUS_EXPANDED;
}
