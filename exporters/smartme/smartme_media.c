/* SPDX-License-Identifier: MIT */
#include "exporters/smartme/smartme_media.h"

#include <stddef.h>
#include <string.h>

#include "exporters/smartme/smartme_map.h"

enum { SUB_NONE = 0, SUB_COLD = 1, SUB_HOT = 2, SUB_GAS = 6, SUB_TEMPERATURE = 8 };

/* Steam is no compressed air, though its code has been taken for it; it is custom. */
static const struct smartme_medium media[] = {
	{ "electricity", SMARTME_ELECTRICITY, 4, 0 },
	{ "gas", SMARTME_GAS, SUB_GAS, 0 },
	{ "heat (outlet)", SMARTME_HEAT, SUB_NONE, 0 },
	{ "heat (inlet)", SMARTME_HEAT, SUB_NONE, 0 },
	{ "heat/cooling load", SMARTME_HEAT, SUB_NONE, SUB_COLD },
	{ "cooling load (outlet)", SMARTME_HEAT, SUB_COLD, 0 },
	{ "cooling load (inlet)", SMARTME_HEAT, SUB_COLD, 0 },
	{ "warm water", SMARTME_WATER, SUB_HOT, 0 },
	{ "hot water", SMARTME_WATER, SUB_HOT, 0 },
	{ "water", SMARTME_WATER, SUB_NONE, 0 },
	{ "cold water", SMARTME_WATER, SUB_COLD, 0 },
	{ "heat cost allocator", SMARTME_HCA, SUB_NONE, 0 },
	{ "compressed air", SMARTME_COMPRESSED_AIR, SUB_NONE, 0 },
	{ "room sensor", SMARTME_ENERGY_TEMPERATURE, SUB_TEMPERATURE, 0 },
	{ NULL, SMARTME_CUSTOM, SUB_NONE, 0 },
};

const struct smartme_medium *smartme_medium_find(const char *medium)
{
	const struct smartme_medium *found = media;
	while (found->medium && strcmp(found->medium, medium) != 0)
		found++;
	return found;
}
