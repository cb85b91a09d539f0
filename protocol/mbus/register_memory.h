/* SPDX-License-Identifier: MIT */
/*
 * Registers that were worked out once. A meter sends the same record headers every time,
 * in the same order; so the memory keeps the register of each header, and for each kind
 * of meter which header followed which. A telegram of a known layout then costs one
 * comparison a record, and nothing is taken apart again but its data.
 *
 * The memory is the caller's, of fixed size and without pointers to anything but
 * constants: no allocation, and nothing to free. When it is full, new headers are worked
 * out each time they come. What it holds never changes a result, only its cost. One
 * memory belongs to one thread at a time.
 */
#ifndef READOUT_PROTOCOL_MBUS_REGISTER_MEMORY_H
#define READOUT_PROTOCOL_MBUS_REGISTER_MEMORY_H

#include "protocol/mbus/telegram.h"

enum {
	REGISTER_MEMORY_REGISTERS = 1024,
	REGISTER_MEMORY_STEPS = 4096,
	REGISTER_MEMORY_SLOTS = 2048, /* a power of two, at least twice the registers */
	REGISTER_MEMORY_ROOTS = 256,  /* a power of two */
};

/* One header in the order of one kind of meter. Steps are numbered from 1; 0 is none. */
struct register_step {
	uint64_t key;     /* the first 8 bytes of the header, least significant first */
	uint64_t mask;    /* which of them there are */
	uint16_t reg;     /* number of the register */
	uint16_t parent;  /* the step before this one */
	uint16_t child;   /* the step that came next, the latest of them first */
	uint16_t sibling; /* another step that came here */
	uint8_t header_size;
	uint8_t dib_size;
	uint8_t data_size; /* where data_kind is DATA_SIZED */
	uint8_t data_kind;
};

struct register_memory {
	uint32_t epoch; /* slots of an older epoch are free */
	uint16_t register_count;
	uint16_t step_count;
	uint16_t roots[REGISTER_MEMORY_ROOTS]; /* first steps, by kind of meter */
	struct {
		uint32_t epoch;
		uint16_t reg;
	} slots[REGISTER_MEMORY_SLOTS]; /* open addressing by header and occurrence */
	struct register_step steps[REGISTER_MEMORY_STEPS + 1];
	/* The last one is for a register that found no room. */
	struct reading_register registers[REGISTER_MEMORY_REGISTERS + 1];
};

/* Makes memory of any content ready and empty. */
void register_memory_init(struct register_memory *memory);

/* Forgets everything, at the cost of a few hundred bytes written. */
void register_memory_empty(struct register_memory *memory);

/*
 * telegram_next() and telegram_register() in one: moves to the next record and returns
 * its register, with its occurrence in this telegram, or NULL at the end (where
 * telegram->status is final). The register lives until the next call with this memory.
 * A telegram is walked with one memory from its beginning to its end.
 */
const struct reading_register *register_memory_next(struct register_memory *memory,
						    struct telegram *telegram,
						    struct telegram_record *ret_record);

#endif
