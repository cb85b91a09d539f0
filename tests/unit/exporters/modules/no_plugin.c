/* SPDX-License-Identifier: MIT */
#include "exporters/exporter.h"

const struct exporter_plugin *readout_exporter(void)
{
	return NULL;
}
