/* SPDX-License-Identifier: MIT */
#include "protocol/mbus/mbus_address.h"

#include "protocol/hex.h"
#include "protocol/mbus/mbus_manufacturers.h"
#include "protocol/mbus/mbus_media.h"
#include "protocol/mbus/mbus_products.h"

void mbus_address_text(const struct mbus_address *address,
		       char ret_text[MBUS_ADDRESS_TEXT_SIZE])
{
	const uint8_t tail[] = { (uint8_t)address->manufacturer,
				 (uint8_t)(address->manufacturer >> 8), address->version,
				 address->medium };

	memcpy(ret_text, address->id, 8);
	hex_encode(span_of(tail, sizeof tail), ret_text + 8);
}

void mbus_manufacturer_text(uint16_t manufacturer, char ret_text[4])
{
	for (int i = 0; i < 3; i++)
		ret_text[i] = (char)('A' - 1 + (manufacturer >> (10 - 5 * i) & 0x1F));
	ret_text[3] = '\0';
}

const char *mbus_manufacturer_name(uint16_t manufacturer)
{
	size_t low = 0;
	size_t high = mbus_manufacturer_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct mbus_manufacturer *row = &mbus_manufacturers[middle];

		/* The highest bit is a flag of some radio meters, no part of the code. */
		if (row->code == (manufacturer & 0x7FFF))
			return row->name;
		if (row->code < (manufacturer & 0x7FFF))
			low = middle + 1;
		else
			high = middle;
	}
	return "";
}

const char *mbus_medium_text(uint8_t medium)
{
	return mbus_media[medium] != NULL ? mbus_media[medium] : "reserved";
}

const char *mbus_product_text(const struct mbus_address *address)
{
	for (size_t i = 0; i < mbus_product_count; i++) {
		const struct mbus_product *product = &mbus_products[i];

		if (product->manufacturer == address->manufacturer &&
		    product->version_first <= address->version &&
		    address->version <= product->version_last &&
		    (product->medium == MBUS_PRODUCT_ANY_MEDIUM ||
		     product->medium == address->medium))
			return product->name;
	}
	return "";
}
