/* SPDX-License-Identifier: MIT */
#include "protocol/wmbus/wmbus_header.h"

#include "protocol/hex.h"

enum {
	CI_ELL_FIRST = 0x8C,
	CI_ELL_LAST = 0x8F,
	CI_AFL = 0x90,
	ELL_WITH_SESSION = 0x01, /* bits of the CI field */
	ELL_WITH_ADDRESS = 0x02,
	SESSION_SIZE = 4,
	CRC_SIZE = 2,
};

/* AFL fragmentation control field, EN 13757-7. */
enum {
	FCL_FRAGMENT_ID = 0x00FF,
	FCL_KEY_INFORMATION = 1 << 9,
	FCL_MAC = 1 << 10,
	FCL_COUNTER = 1 << 11,
	FCL_LENGTH = 1 << 12,
	FCL_CONTROL = 1 << 13,
	FCL_MORE = 1 << 14,
	KEY_INFORMATION_SIZE = 2,
	LENGTH_SIZE = 2,
};

bool wmbus_is_ell(uint8_t ci)
{
	return ci >= CI_ELL_FIRST && ci <= CI_ELL_LAST;
}

bool wmbus_is_afl(uint8_t ci)
{
	return ci == CI_AFL;
}

void wmbus_address_read(const uint8_t bytes[WMBUS_ADDRESS_SIZE],
			struct mbus_address *ret_address)
{
	const uint8_t id[4] = { bytes[5], bytes[4], bytes[3], bytes[2] };

	hex_encode(span_of(id, sizeof id), ret_address->id);
	ret_address->manufacturer = (uint16_t)(bytes[1] << 8 | bytes[0]);
	ret_address->version = bytes[6];
	ret_address->medium = bytes[7];
}

void wmbus_address_write(const struct mbus_address *address,
			 uint8_t ret_bytes[WMBUS_ADDRESS_SIZE])
{
	uint8_t id[4] = { 0 };

	hex_decode(span_of(address->id, 2 * sizeof id), id);
	ret_bytes[0] = (uint8_t)address->manufacturer;
	ret_bytes[1] = (uint8_t)(address->manufacturer >> 8);
	for (size_t i = 0; i < sizeof id; i++)
		ret_bytes[2 + i] = id[3 - i];
	ret_bytes[6] = address->version;
	ret_bytes[7] = address->medium;
}

bool wmbus_ell_read(struct span body, size_t *offset, struct wmbus_ell *ret_ell)
{
	uint8_t ci = body.data[*offset];
	struct wmbus_ell ell = {
		.is_present = true,
		.has_session = ci & ELL_WITH_SESSION,
		.has_address = ci & ELL_WITH_ADDRESS,
	};
	const uint8_t *p = body.data + *offset + 1;
	size_t size = 3U + (ell.has_address ? WMBUS_ADDRESS_SIZE : 0U) +
		      (ell.has_session ? SESSION_SIZE + CRC_SIZE : 0U);

	/* A CI field must follow. */
	if (body.size - *offset <= size)
		return false;
	ell.communication = *p++;
	ell.access_number = *p++;
	if (ell.has_address) {
		wmbus_address_read(p, &ell.address);
		p += WMBUS_ADDRESS_SIZE;
	}
	if (ell.has_session) {
		memcpy(ell.session, p, sizeof ell.session);
		ell.encryption = ell.session[SESSION_SIZE - 1] >> 5;
		ell.protected_offset = *offset + size - CRC_SIZE;
	}
	*offset += size;
	*ret_ell = ell;
	return true;
}

/* Takes size bytes from the front of rest if the layer has the field. */
static bool take(struct span *rest, bool is_present, size_t size, struct span *ret_field)
{
	*ret_field = span_of(rest->data, is_present ? size : 0);
	if (rest->size < ret_field->size)
		return false;
	*rest = span_of(rest->data + ret_field->size, rest->size - ret_field->size);
	return true;
}

/* The fields behind FCL, in the order in which they are sent. */
static bool read_afl_fields(unsigned fcl, struct span rest, struct wmbus_afl *afl)
{
	size_t length_size = fcl & FCL_LENGTH ? LENGTH_SIZE : 0;
	struct span control;
	struct span key_information;
	struct span counter;

	if (!take(&rest, fcl & FCL_CONTROL, 1, &control) ||
	    !take(&rest, fcl & FCL_KEY_INFORMATION, KEY_INFORMATION_SIZE,
		  &key_information) ||
	    !take(&rest, fcl & FCL_COUNTER, WMBUS_COUNTER_SIZE, &counter) ||
	    rest.size < length_size)
		return false;
	/* The MAC has the size that is left over. */
	if (!take(&rest, fcl & FCL_MAC, rest.size - length_size, &afl->mac) ||
	    !take(&rest, fcl & FCL_LENGTH, length_size, &afl->length))
		return false;
	afl->has_control = control.size != 0;
	afl->control = control.size != 0 ? control.data[0] : 0;
	afl->has_counter = counter.size != 0;
	if (afl->has_counter)
		memcpy(afl->counter, counter.data, counter.size);
	return true;
}

bool wmbus_afl_read(struct span body, size_t *offset, struct wmbus_afl *ret_afl)
{
	struct wmbus_afl afl = { .is_present = true };
	struct span rest = span_of(body.data + *offset, body.size - *offset);
	unsigned fcl;
	size_t size;

	/* CI, length of what follows, FCL; and a CI field must follow it all. */
	if (rest.size < 4)
		return false;
	size = 2U + rest.data[1];
	if (rest.data[1] < 2 || rest.size <= size)
		return false;
	fcl = (unsigned)(rest.data[3] << 8 | rest.data[2]);
	if (!read_afl_fields(fcl, span_of(rest.data + 4, size - 4), &afl))
		return false;
	afl.is_fragment = (fcl & FCL_MORE) != 0 || (fcl & FCL_FRAGMENT_ID) > 1;
	*offset += size;
	*ret_afl = afl;
	return true;
}
