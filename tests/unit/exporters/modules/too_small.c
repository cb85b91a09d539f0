/* SPDX-License-Identifier: MIT */
/* A plugin whose struct ends too early. */
#include "exporters/exporter.h"

static const struct exporter_plugin plugin = {
	.abi = EXPORTER_ABI,
	.size = sizeof plugin - 8,
	.name = "too_small",
};

const struct exporter_plugin *readout_exporter(void)
{
	return &plugin;
}
