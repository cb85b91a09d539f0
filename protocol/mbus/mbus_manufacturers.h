/* SPDX-License-Identifier: MIT */
/* The table behind mbus_manufacturer_name(), in order of the code. */
#ifndef READOUT_PROTOCOL_MBUS_MANUFACTURERS_H
#define READOUT_PROTOCOL_MBUS_MANUFACTURERS_H

#include <stddef.h>
#include <stdint.h>

struct mbus_manufacturer {
	uint16_t code;
	const char *name;
};

extern const struct mbus_manufacturer mbus_manufacturers[];
extern const size_t mbus_manufacturer_count;

#endif
