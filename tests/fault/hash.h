/* SPDX-License-Identifier: MIT */
/* Tells states of a disk and of a book apart. */
#ifndef READOUT_TESTS_FAULT_HASH_H
#define READOUT_TESTS_FAULT_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "tests/simulator/dice.h"

#define HASH_BEGIN UINT64_C(0x9e3779b97f4a7c15)

/* Goes on from hash; never 0. */
uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size);

#endif
