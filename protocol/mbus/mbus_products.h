/* SPDX-License-Identifier: MIT */
/* The table behind mbus_product_text(). */
#ifndef READOUT_PROTOCOL_MBUS_PRODUCTS_H
#define READOUT_PROTOCOL_MBUS_PRODUCTS_H

#include <stddef.h>
#include <stdint.h>

enum { MBUS_PRODUCT_ANY_MEDIUM = -1 };

struct mbus_product {
	uint16_t manufacturer;
	uint8_t version_first;
	uint8_t version_last;
	int16_t medium; /* MBUS_PRODUCT_ANY_MEDIUM where it does not matter */
	const char *name;
};

extern const struct mbus_product mbus_products[];
extern const size_t mbus_product_count;

#endif
