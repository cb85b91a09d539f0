/* SPDX-License-Identifier: MIT */
/*
 * Walks the fields of a line's information: separated by the commas that stand outside
 * quotes, with or without blanks around. No escape for a quote inside quotes is known
 * (smartcom 3.3 shows none), so a field that holds one is called broken rather than
 * guessed at. Pure: fields point into the line and never reach past it; any thread.
 */
#ifndef READOUT_PROTOCOL_AT_FIELDS_H
#define READOUT_PROTOCOL_AT_FIELDS_H

#include "protocol/span.h"

#ifdef __cplusplus
extern "C" {
#endif

enum at_field_kind {
	AT_FIELD_BARE,   /* text is trimmed; may be empty */
	AT_FIELD_QUOTED, /* text is what stands between the quotes, untrimmed */
	/* A quote that does not close, or text beside the quotes; text is all of it. */
	AT_FIELD_BROKEN,
};

struct at_field {
	enum at_field_kind kind;
	struct span text;
};

struct at_fields {
	struct span rest;
	bool has_next; /* an empty line has no field, a comma at the end opens one more */
};

/* Begins the walk; info is what follows the prefix of a line. */
void at_fields_init(struct at_fields *fields, struct span info);

/* Moves to the next field; false at the end, *ret_field is then untouched. */
bool at_fields_next(struct at_fields *fields, struct at_field *ret_field);

/*
 * Reads at most max fields into ret_fields and returns their number; further ones are
 * passed over, as later firmware may add some.
 */
size_t at_fields_read(struct span info, struct at_field *ret_fields, size_t max);

/* True if the field is a bare decimal integer within low..high; else untouched. */
bool at_field_integer(const struct at_field *field, int64_t low, int64_t high,
		      int64_t *ret_number);

#ifdef __cplusplus
}
#endif

#endif
