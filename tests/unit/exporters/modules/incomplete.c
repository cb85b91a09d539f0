/* SPDX-License-Identifier: MIT */
/* A plugin without functions. */
#include "exporters/exporter.h"

static const struct exporter_plugin plugin = {
	.abi = EXPORTER_ABI,
	.size = sizeof plugin,
	.name = "incomplete",
};

const struct exporter_plugin *readout_exporter(void)
{
	return &plugin;
}
