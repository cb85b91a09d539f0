/* SPDX-License-Identifier: MIT */
/*
 * The walk over the data records of EN 13757-3: where each record's DIB, VIB and data
 * begin and end, and nothing about what they mean. Pure; any thread.
 */
#ifndef READOUT_PROTOCOL_MBUS_RECORD_H
#define READOUT_PROTOCOL_MBUS_RECORD_H

#include "protocol/mbus/telegram.h"

/* Bits and codes of the DIF. */
enum {
	MBUS_DIF_DATA = 0x0F,     /* coding and length of the data */
	MBUS_DIF_VARIABLE = 0x0D, /* a length byte (LVAR) comes first */
	MBUS_DIF_SPECIAL = 0x0F,  /* the whole DIF is a code of its own: */
	MBUS_DIF_MANUFACTURER = 0x0F,
	MBUS_DIF_MANUFACTURER_MORE = 0x1F, /* the same, and more telegrams follow */
	MBUS_DIF_FILLER = 0x2F,
	MBUS_DIF_GLOBAL_READOUT = 0x7F,
	MBUS_DIFE_MAX = 10,
};

enum mbus_record_result {
	MBUS_RECORD_FOUND,
	MBUS_RECORD_END,
	MBUS_RECORD_BROKEN, /* *ret_diagnosis and *position say why and where */
};

/* Bytes of data by the low half of the DIF; 0 for variable length and special codes. */
size_t mbus_data_size(uint8_t dif);

/* Bytes of data that LVAR announces; -1 where the standard defines nothing. */
int mbus_lvar_size(uint8_t lvar);

/*
 * Finds the next record at or after *position in records and moves *position behind it.
 * Sets the spans of *ret_record, which is untouched unless one is found; offset, number
 * and is_msb_first are the caller's.
 */
enum mbus_record_result mbus_record_next(struct span records, size_t *position,
					 struct telegram_record *ret_record,
					 enum telegram_diagnosis *ret_diagnosis);

#endif
