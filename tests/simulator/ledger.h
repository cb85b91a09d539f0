/* SPDX-License-Identifier: MIT */
/*
 * The ledger: one JSON line per record and what became of it, appended when the record
 * leaves memory and at the end for the rest. A test compares it with the database record
 * by record and value by value.
 *
 *   {"terminal":"50-1945-0001","stamp":1449585962,"sequence":4,"kind":"MBUS",
 *    "error_code":0,"fate":"deleted","sent":true,"deleted_unsent":false,
 *    "meter_id":"08031768","payload":"685E...","value":"1.891","unit":"m3"}
 *
 * fate is kept, deleted or overwritten; payload is the text between the last quotes of
 * the record line (hex for M-Bus and wireless); value and unit, of the primary counter in
 * the base unit, are absent where a record carries none.
 */
#ifndef READOUT_SIMULATOR_LEDGER_H
#define READOUT_SIMULATOR_LEDGER_H

#include "tests/simulator/terminal.h"

struct ledger;

/* NULL, with a line on stderr, when the file cannot be written. */
struct ledger *ledger_open(const char *path);

void ledger_write(struct ledger *ledger, const struct terminal *terminal,
		  const struct record *record, enum record_fate fate);

/* False, with a line on stderr, when anything could not be written. NULL is true. */
bool ledger_close(struct ledger *ledger);

#endif
