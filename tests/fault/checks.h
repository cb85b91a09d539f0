/* SPDX-License-Identifier: MIT */
/*
 * Holds a database against the book of its terminals: every acknowledged record is there
 * with its exact payload and value, none is there twice, none was invented, and SQLite
 * finds the file in order. Complaints go into the book.
 */
#ifndef READOUT_TESTS_FAULT_CHECKS_H
#define READOUT_TESTS_FAULT_CHECKS_H

#include "tests/fault/book.h"

void check_database(struct book *book, const char *path);

#endif
