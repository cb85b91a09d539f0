/* SPDX-License-Identifier: MIT */
/* Which energy and sub type of the service a medium of EN 13757-3 is. Pure. */
#ifndef READOUT_EXPORTERS_SMARTME_MEDIA_H
#define READOUT_EXPORTERS_SMARTME_MEDIA_H

struct smartme_medium {
	const char *medium;   /* as the log names it; NULL ends the table */
	int energy, sub_type; /* MeterEnergyType, MeterSubType */
	int cooling_sub_type; /* of a second device for its cooling register; 0 none */
};

/* Never NULL: what is not in the table is a custom device. */
const struct smartme_medium *smartme_medium_find(const char *medium);

#endif
