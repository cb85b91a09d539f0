/* SPDX-License-Identifier: MIT */
/* How libmbus spells units and quantities, worked out from our register. */
#ifndef READOUT_SERVER_DECODE_XML_UNIT_H
#define READOUT_SERVER_DECODE_XML_UNIT_H

#include "protocol/reading.h"

enum { DECODE_XML_UNIT_MAX = 256 };

/*
 * Writes the text of <Unit> for a value that is not scaled: "Volume (m m^3)", "Operating
 * time (days)", "Fabrication number".
 */
void decode_xml_unit(const struct reading_register *reg,
		     char ret_text[DECODE_XML_UNIT_MAX]);

/* The same for a scaled value: "m^3"; "-" for dates. Static text or reg->unit. */
const char *decode_xml_normalized_unit(const struct reading_register *reg);

/* Static text of <Quantity>: "Volume", "Time point (date)"; reg->quantity if no other. */
const char *decode_xml_quantity(const struct reading_register *reg);

#endif
