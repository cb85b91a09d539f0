/* SPDX-License-Identifier: MIT */
/* A shared module, yet no plugin. */
const char *readout_nothing(void);

const char *readout_nothing(void)
{
	return "";
}
