/* SPDX-License-Identifier: MIT */
/* Units come without prefix: MWh is Wh * 10^6, t is kg * 10^3, kvar is var * 10^3. */
#include "protocol/mbus/mbus_vif.h"

#include <stddef.h>

const struct mbus_vif mbus_vif_fb[128] = {
	VIF_TWO(0x00, "energy", "Wh", 5),
	VIF_TWO(0x02, "reactive energy", "varh", 3),
	VIF_TWO(0x04, "apparent energy", "VAh", 3),
	VIF_TWO(0x08, "energy", "J", 8),
	VIF_FOUR(0x0C, "energy", "cal", 5),
	VIF_TWO(0x10, "volume", "m3", 2),
	VIF_FOUR(0x14, "reactive power", "var", 0),
	VIF_TWO(0x18, "mass", "kg", 5),
	VIF_TWO(0x1A, "relative humidity", "%", -1),
	VIF_ONE(0x20, "volume", "ft3", 0),
	VIF_ONE(0x21, "volume", "ft3", -1),
	VIF_TWO(0x22, "volume", "gal", -1),
	VIF_ONE(0x24, "volume flow", "gal/min", -3),
	VIF_ONE(0x25, "volume flow", "gal/min", 0),
	VIF_ONE(0x26, "volume flow", "gal/h", 0),
	VIF_TWO(0x28, "power", "W", 5),
	VIF_ONE(0x2A, "phase voltage to voltage", "°", -1),
	VIF_ONE(0x2B, "phase voltage to current", "°", -1),
	VIF_FOUR(0x2C, "frequency", "Hz", -3),
	VIF_TWO(0x30, "power", "J/h", 8),
	VIF_FOUR(0x34, "apparent power", "VA", 0),
	VIF_FOUR(0x58, "flow temperature", "°F", -3),
	VIF_FOUR(0x5C, "return temperature", "°F", -3),
	VIF_FOUR(0x60, "temperature difference", "°F", -3),
	VIF_FOUR(0x64, "external temperature", "°F", -3),
	VIF_FOUR(0x70, "temperature limit", "°F", -3),
	VIF_FOUR(0x74, "temperature limit", "°C", -3),
	VIF_EIGHT(0x78, "cumulative maximum power", "W", -3),
};
