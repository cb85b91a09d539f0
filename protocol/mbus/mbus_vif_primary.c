/* SPDX-License-Identifier: MIT */
#include "protocol/mbus/mbus_vif.h"

#include <stddef.h>

const struct mbus_vif mbus_vif_primary[128] = {
	VIF_EIGHT(0x00, "energy", "Wh", -3),
	VIF_EIGHT(0x08, "energy", "J", 0),
	VIF_EIGHT(0x10, "volume", "m3", -6),
	VIF_EIGHT(0x18, "mass", "kg", -3),
	VIF_TIMES(0x20, "on time"),
	VIF_TIMES(0x24, "operating time"),
	VIF_EIGHT(0x28, "power", "W", -3),
	VIF_EIGHT(0x30, "power", "J/h", 0),
	VIF_EIGHT(0x38, "volume flow", "m3/h", -6),
	VIF_EIGHT(0x40, "volume flow", "m3/min", -7),
	VIF_EIGHT(0x48, "volume flow", "m3/s", -9),
	VIF_EIGHT(0x50, "mass flow", "kg/h", -3),
	VIF_FOUR(0x58, "flow temperature", "°C", -3),
	VIF_FOUR(0x5C, "return temperature", "°C", -3),
	VIF_FOUR(0x60, "temperature difference", "K", -3),
	VIF_FOUR(0x64, "external temperature", "°C", -3),
	VIF_FOUR(0x68, "pressure", "bar", -3),
	VIF_KIND(0x6C, "date", MBUS_VIF_DATE),
	VIF_KIND(0x6D, "date time", MBUS_VIF_DATE),
	VIF_ONE(0x6E, "heat cost allocation", "HCA", 0),
	VIF_TIMES(0x70, "averaging duration"),
	VIF_TIMES(0x74, "actuality duration"),
	VIF_KIND(0x78, "fabrication number", MBUS_VIF_NAME),
	VIF_KIND(0x79, "identification", MBUS_VIF_IDENTITY),
	VIF_KIND(0x7A, "bus address", MBUS_VIF_COUNTER),
	VIF_KIND(0x7C, "plain text unit", MBUS_VIF_NUMBER),
	VIF_KIND(0x7E, "any", MBUS_VIF_NUMBER),
	VIF_KIND(0x7F, "manufacturer specific", MBUS_VIF_NUMBER),
};
