/* SPDX-License-Identifier: MIT */
/*
 * Who a meter is: the secondary address of EN 13757-3 (identification, manufacturer,
 * version, medium) and its names. Pure tables and text; any thread.
 */
#ifndef READOUT_PROTOCOL_MBUS_ADDRESS_H
#define READOUT_PROTOCOL_MBUS_ADDRESS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mbus_address {
	char id[9]; /* 8 digits as printed on the meter, hex letters kept; NUL */
	uint16_t manufacturer; /* three letters in 5 bits each, EN 62056-21 FLAG code */
	uint8_t version;
	uint8_t medium;
};

enum { MBUS_ADDRESS_TEXT_SIZE = 17 }; /* 16 digits and NUL */

/*
 * Writes the 16 hex digits by which the meter is known everywhere in Readout: id,
 * manufacturer, version, medium, in the order of a wired secondary address
 * ("0803176865329906": id 08031768, manufacturer bytes 65 32, version 99, medium 06).
 */
void mbus_address_text(const struct mbus_address *address,
		       char ret_text[MBUS_ADDRESS_TEXT_SIZE]);

/*
 * Writes the three letters of a manufacturer code, by the formula of the standard: 0 is
 * '@', and 27 to 31 are the characters behind 'Z'.
 */
void mbus_manufacturer_text(uint16_t manufacturer, char ret_text[4]);

/* Static name of the manufacturer, "Kamstrup Energi"; "" when the code is not known. */
const char *mbus_manufacturer_name(uint16_t manufacturer);

/* Static text of a medium: "water", "heat (outlet)"; "reserved" for unknown codes. */
const char *mbus_medium_text(uint8_t medium);

/* Static text of the product, e.g. "Siemens WFH21"; "" when unknown. */
const char *mbus_product_text(const struct mbus_address *address);

#ifdef __cplusplus
}
#endif

#endif
