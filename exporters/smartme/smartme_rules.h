/* SPDX-License-Identifier: MIT */
/* Which field of the service a series feeds by default. Pure. */
#ifndef READOUT_EXPORTERS_SMARTME_RULES_H
#define READOUT_EXPORTERS_SMARTME_RULES_H

#include "exporters/smartme/smartme_map.h"

/*
 * The field that a reading feeds in a device of this energy type, and the unit it wants
 * there; SMARTME_FIELDS: none. Only instantaneous values of storage 0 and subunit 0 do.
 */
enum smartme_field smartme_rule_field(const struct exporter_reading *reading, int energy,
				      const char **ret_unit);

/* Name of a field in the service's JSON. */
const char *smartme_field_name(enum smartme_field field);

/* The unit that a field wants in a device of this energy type. */
const char *smartme_field_unit(enum smartme_field field, int energy);

#endif
