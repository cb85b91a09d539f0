/* SPDX-License-Identifier: MIT */
/*
 * A plain-text unit (VIF 7C or FC) stands in one of two places. The standard puts it
 * behind the last VIFE; Itron, Elvaco and others put it right behind the VIF. It is taken
 * for the latter when a small length and that many printable characters follow at once.
 */
#include "protocol/mbus/mbus_vib.h"

enum { EXTENDED = 0x80, IMMEDIATE_TEXT_END = 0x20 };

static const struct mbus_vif reserved = { NULL, NULL, MBUS_VIF_NUMBER, 0, 1 };

static bool is_printable(uint8_t character)
{
	return (character >= 0x20 && character < 0x7F) || character >= 0xA0;
}

/* Bytes of the text and its length byte right behind the VIF; 0 when it is not there. */
static size_t immediate_text_size(struct span bytes)
{
	size_t size;

	if (bytes.size < 2 || bytes.data[1] == 0 || bytes.data[1] >= IMMEDIATE_TEXT_END)
		return 0;
	size = bytes.data[1];
	if (bytes.size < 2 + size)
		return 0;
	for (size_t i = 0; i < size; i++)
		if (!is_printable(bytes.data[2 + i]))
			return 0;
	return 1 + size;
}

/* The VIFEs from position on, while the byte before says that another follows. */
static enum mbus_vib_error measure_vifes(struct span bytes, size_t *position)
{
	size_t count = 0;
	uint8_t last = bytes.data[0];

	while (last & EXTENDED) {
		if (count++ == MBUS_VIFE_MAX)
			return MBUS_VIB_VIFE_TOO_MANY;
		if (*position >= bytes.size)
			return MBUS_VIB_SHORT;
		last = bytes.data[(*position)++];
	}
	return MBUS_VIB_OK;
}

static enum mbus_vib_error measure_text(struct span bytes, size_t *position)
{
	size_t size;

	if (*position >= bytes.size)
		return MBUS_VIB_SHORT;
	size = bytes.data[(*position)++];
	if (size > MBUS_VIB_TEXT_MAX)
		return MBUS_VIB_TEXT_TOO_LONG;
	if (bytes.size - *position < size)
		return MBUS_VIB_SHORT;
	*position += size;
	return MBUS_VIB_OK;
}

enum mbus_vib_error mbus_vib_measure(struct span bytes, size_t *ret_size)
{
	enum mbus_vib_error error;
	bool has_text;
	size_t immediate;
	size_t position = 1;

	if (bytes.size == 0)
		return MBUS_VIB_SHORT;
	if (bytes.data[0] < EXTENDED && bytes.data[0] != MBUS_VIF_TEXT) {
		*ret_size = 1;
		return MBUS_VIB_OK;
	}
	has_text = (bytes.data[0] & 0x7F) == MBUS_VIF_TEXT;
	immediate = has_text ? immediate_text_size(bytes) : 0;
	position += immediate;
	error = measure_vifes(bytes, &position);
	if (error == MBUS_VIB_OK && has_text && immediate == 0)
		error = measure_text(bytes, &position);
	if (error == MBUS_VIB_OK)
		*ret_size = position;
	return error;
}

/* The row of a VIF; a true VIF FB or FD takes its code from the byte behind. */
static const struct mbus_vif *find_vif(struct span vib, size_t *position)
{
	const struct mbus_vif *table =
		vib.data[0] == MBUS_VIF_EXTENSION_FB ? mbus_vif_fb : mbus_vif_fd;

	*position = 1;
	if (vib.data[0] != MBUS_VIF_EXTENSION_FB && vib.data[0] != MBUS_VIF_EXTENSION_FD)
		return &mbus_vif_primary[vib.data[0] & 0x7F];
	if (vib.size < 2)
		return &reserved;
	*position = 2;
	return &table[vib.data[1] & 0x7F];
}

/* With VIF 7C or FC, whose VIFEs begin at position. */
static struct mbus_vib parse_text(struct span bytes, size_t position)
{
	struct mbus_vib vib = { .vif = &mbus_vif_primary[MBUS_VIF_TEXT],
				.has_text = true };
	size_t immediate = immediate_text_size(bytes);
	size_t vifes_end;

	if (immediate != 0) {
		vib.text = span_of(bytes.data + 2, immediate - 1);
		position += immediate;
		vib.vifes = span_of(bytes.data + position, bytes.size - position);
		return vib;
	}
	vifes_end = position;
	if (measure_vifes(bytes, &vifes_end) != MBUS_VIB_OK || vifes_end >= bytes.size)
		return vib;
	vib.vifes = span_of(bytes.data + position, vifes_end - position);
	vib.text = span_of(bytes.data + vifes_end + 1, bytes.size - vifes_end - 1);
	return vib;
}

struct mbus_vib mbus_vib_parse(struct span bytes)
{
	const struct mbus_vif *vif;
	size_t position;
	uint8_t code;

	if (bytes.size == 0)
		return (struct mbus_vib){ .vif = &reserved };
	vif = find_vif(bytes, &position);
	code = bytes.data[0] & 0x7F;
	if (code == MBUS_VIF_TEXT)
		return parse_text(bytes, position);
	return (struct mbus_vib){
		.vif = vif,
		.is_manufacturer = code == MBUS_VIF_MANUFACTURER,
		.vifes = span_of(bytes.data + position, bytes.size - position),
	};
}
