/* SPDX-License-Identifier: MIT */
/*
 * What the bytes behind a VIF do (EN 13757-3, combinable VIFEs and their extension FC):
 * most qualify the value and only add words, some correct its scale, some replace what is
 * measured (a count, a date, a duration of exceeding a limit), some report an error.
 */
#ifndef READOUT_PROTOCOL_MBUS_VIFE_H
#define READOUT_PROTOCOL_MBUS_VIFE_H

#include <stdint.h>

enum mbus_vife_action {
	MBUS_VIFE_RESERVED,     /* code unknown: shown as "reserved 45" */
	MBUS_VIFE_QUALIFY,      /* text only */
	MBUS_VIFE_NONE,         /* nothing at all */
	MBUS_VIFE_ERROR,        /* the meter marks the record bad */
	MBUS_VIFE_SCALE,        /* argument is added to the exponent */
	MBUS_VIFE_ADD,          /* 10^argument is added to the value */
	MBUS_VIFE_COUNT,        /* the value is a number of events */
	MBUS_VIFE_DATE,         /* the value is a date */
	MBUS_VIFE_DURATION,     /* the value is a duration, argument seconds a unit */
	MBUS_VIFE_PROFILE,      /* the data is a compact profile: bytes in their order */
	MBUS_VIFE_UNSIGNED,     /* the data is of type C or D */
	MBUS_VIFE_EXTENSION,    /* the next byte is in the table FC */
	MBUS_VIFE_MANUFACTURER, /* everything that follows is the manufacturer's */
};

struct mbus_vife {
	enum mbus_vife_action action;
	int32_t argument;
	const char *text; /* NULL where there is none */
};

extern const struct mbus_vife mbus_vife[128];
extern const struct mbus_vife mbus_vife_fc[128];

#endif
