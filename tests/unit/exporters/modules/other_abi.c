/* SPDX-License-Identifier: MIT */
/* A plugin from another time: the next version of the contract. */
#include "exporters/exporter.h"

static const struct exporter_plugin plugin = {
	.abi = EXPORTER_ABI + 1,
	.size = sizeof plugin + 8,
	.name = "other_abi",
};

const struct exporter_plugin *readout_exporter(void)
{
	return &plugin;
}
