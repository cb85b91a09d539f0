/* SPDX-License-Identifier: MIT */
/*
 * The live table of `readout watch`: one row a meter with its latest leading value,
 * redrawn in place on a terminal screen. The number of rows is limited by the screen. One
 * thread.
 */
#ifndef READOUT_SERVER_WATCH_TABLE_H
#define READOUT_SERVER_WATCH_TABLE_H

#include "storage/log_reader.h"

struct watch_table;

struct watch_table *watch_table_new(void); /* NULL when out of memory */
void watch_table_free(struct watch_table *table);

/* Takes one telegram in. */
void watch_table_add(struct watch_table *table, const struct log_telegram *telegram);

/* Draws the table on standard output, a terminal, in the place of the last drawing. */
void watch_table_draw(struct watch_table *table);

#endif
