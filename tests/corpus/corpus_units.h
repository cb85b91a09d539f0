/* SPDX-License-Identifier: MIT */
/* How the corpus spells what the decoder says. */
#ifndef READOUT_TESTS_CORPUS_UNITS_H
#define READOUT_TESTS_CORPUS_UNITS_H

#include "protocol/mbus/telegram.h"

/* The unit of a record in the spelling of the corpus; static text or reg->unit. */
const char *corpus_unit(const struct telegram_record *record,
			const struct reading_register *reg);

/*
 * Writes the VIB as the corpus has it, in hex without the plain-text unit. ret_text holds
 * 2 * READING_HEADER_MAX + 1 bytes.
 */
void corpus_vif_hex(const struct telegram_record *record, char *ret_text);

#endif
