/* SPDX-License-Identifier: MIT */
/*
 * A record of an input of the terminal (AIN_DIN): a decimal number in quotes. Whether it
 * is a counter, a difference, a level or an analogue value stands in the device table
 * (AT^SCAMS?, "1/PULSE/ABS"), not in the record. Pure; any thread.
 */
#ifndef READOUT_PROTOCOL_SCDATA_SCDATA_INPUT_H
#define READOUT_PROTOCOL_SCDATA_SCDATA_INPUT_H

#include "protocol/reading.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Reads data ("131") as one reading of the input in row index of the device table. The
 * header of the register is that row and the number of decimal places: "1(0)". Returns
 * false, with both results untouched, when data is no decimal number.
 */
bool scdata_input_read(struct span data, int64_t index,
		       struct reading_register *ret_register, struct value *ret_value);

#ifdef __cplusplus
}
#endif

#endif
