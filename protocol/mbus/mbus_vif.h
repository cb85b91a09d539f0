/* SPDX-License-Identifier: MIT */
/*
 * What a value information field means: three tables indexed by the code without its
 * extension bit, as EN 13757-3 prints them. A code that the standard reserves has an
 * empty quantity; its record is kept with the raw value.
 *
 * Quantities are lower-case words: what the standard calls the field, without the unit.
 * Units are base units; the code's prefix is in exponent and factor.
 */
#ifndef READOUT_PROTOCOL_MBUS_VIF_H
#define READOUT_PROTOCOL_MBUS_VIF_H

#include <stdint.h>

/* What the data under a VIF is, as far as that is not a plain number. */
enum mbus_vif_kind {
	MBUS_VIF_NUMBER,   /* signed, scaled */
	MBUS_VIF_COUNTER,  /* flags, counters and codes: unsigned */
	MBUS_VIF_NAME,     /* identification: BCD digits are a name, not a number */
	MBUS_VIF_IDENTITY, /* as NAME; 8 bytes of it are a whole secondary address */
	MBUS_VIF_DATE,     /* type F, G, I or J by its length */
	MBUS_VIF_MONTHS,   /* a number of months or years */
	MBUS_VIF_BYTES,    /* a container: bytes in their order */
};

struct mbus_vif {
	const char *quantity; /* NULL: reserved */
	const char *unit;     /* NULL: dimensionless */
	enum mbus_vif_kind kind;
	int8_t exponent;
	int32_t factor; /* 0 stands for 1 */
};

enum {
	MBUS_VIF_EXTENSION_FB = 0xFB,
	MBUS_VIF_EXTENSION_FD = 0xFD,
	MBUS_VIF_TEXT = 0x7C,         /* without the extension bit */
	MBUS_VIF_MANUFACTURER = 0x7F, /* without the extension bit */
};

/* EN 13757-3: primary VIF codes, and the extensions that VIF FB and FD open. */
extern const struct mbus_vif mbus_vif_primary[128];
extern const struct mbus_vif mbus_vif_fb[128];
extern const struct mbus_vif mbus_vif_fd[128];

/*
 * Rows of the tables. A run of 2, 4 or 8 codes counts its power of ten up; a run of
 * durations counts through seconds, minutes, hours and days.
 */
#define VIF_ONE(code, quantity, unit, exponent)                                          \
	[code] = { quantity, unit, MBUS_VIF_NUMBER, exponent, 1 }
#define VIF_TWO(code, quantity, unit, exponent)                                          \
	VIF_ONE(code, quantity, unit, exponent),                                         \
		VIF_ONE((code) + 1, quantity, unit, (exponent) + 1)
#define VIF_FOUR(code, quantity, unit, exponent)                                         \
	VIF_TWO(code, quantity, unit, exponent),                                         \
		VIF_TWO((code) + 2, quantity, unit, (exponent) + 2)
#define VIF_EIGHT(code, quantity, unit, exponent)                                        \
	VIF_FOUR(code, quantity, unit, exponent),                                        \
		VIF_FOUR((code) + 4, quantity, unit, (exponent) + 4)
#define VIF_SIXTEEN(code, quantity, unit, exponent)                                      \
	VIF_EIGHT(code, quantity, unit, exponent),                                       \
		VIF_EIGHT((code) + 8, quantity, unit, (exponent) + 8)
#define VIF_TIME(code, quantity, seconds)                                                \
	[code] = { quantity, "s", MBUS_VIF_NUMBER, 0, seconds }
#define VIF_HOURS_DAYS(code, quantity)                                                   \
	VIF_TIME(code, quantity, 3600), VIF_TIME((code) + 1, quantity, 86400)
#define VIF_TIMES(code, quantity)                                                        \
	VIF_TIME(code, quantity, 1), VIF_TIME((code) + 1, quantity, 60),                 \
		VIF_HOURS_DAYS((code) + 2, quantity)
#define VIF_MONTHS_YEARS(code, quantity)                                                 \
	[code] = { quantity, "month", MBUS_VIF_MONTHS, 0, 1 },                           \
	[(code) + 1] = { quantity, "year", MBUS_VIF_MONTHS, 0, 1 }
#define VIF_KIND(code, quantity, kind) [code] = { quantity, NULL, kind, 0, 1 }

#endif
