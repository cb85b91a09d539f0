/* SPDX-License-Identifier: MIT */
/*
 * The memory of a terminal: a circular buffer of records. A record that finds no room
 * overwrites as many of the oldest as it needs. Records stand here as numbers (20 bytes);
 * their text is made when it is read, so ten thousand terminals fit in one process.
 *
 * The ring is also the book-keeper: how many records were made, sent at least once,
 * deleted by command, overwritten, and deleted though never sent. A record is named by
 * its position, counted from 0 since the terminal was made; positions are never reused.
 */
#ifndef READOUT_SIMULATOR_RING_H
#define READOUT_SIMULATOR_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	/* What a record takes besides its payload: stamp, sequence, protocol, index,
	   error. */
	RECORD_OVERHEAD = 32,
};

struct record {
	uint32_t stamp; /* Unix seconds, as the terminal's clock showed */
	uint32_t sequence;
	uint32_t reading; /* number of the meter's reading */
	uint16_t space;   /* bytes it takes in memory */
	uint8_t meter;    /* index from 0 */
	uint8_t error;    /* row of the terminal's error codes; 0 none */
	bool is_sent;     /* its whole line has been given to the kernel */
};

enum record_fate {
	RECORD_KEPT, /* still in memory */
	RECORD_DELETED,
	RECORD_OVERWRITTEN,
};

/* Told of every record as it leaves. */
typedef void record_left_cb(void *owner, const struct record *record,
			    enum record_fate fate);

struct ring_totals {
	uint64_t made;
	uint64_t sent;
	uint64_t deleted;
	uint64_t overwritten;
	uint64_t deleted_unsent; /* of deleted; 0 when the other side is correct */
};

struct ring {
	struct record *records; /* capacity is a power of two, grown as needed */
	uint32_t capacity;
	uint32_t count;
	uint32_t unsent; /* of count */
	uint32_t memory; /* bytes */
	uint32_t used;   /* bytes */
	uint64_t first;  /* position of the oldest record */
	struct ring_totals totals;
	record_left_cb *left_cb; /* may be NULL */
	void *owner;
};

void ring_init(struct ring *ring, uint32_t memory, record_left_cb *left_cb, void *owner);
void ring_free(struct ring *ring);

/* Appends a copy. A record larger than the whole memory is made and lost at once. */
void ring_add(struct ring *ring, const struct record *record);

/* Deletes the oldest; returns how many there were of the count asked for. */
uint32_t ring_delete_oldest(struct ring *ring, uint32_t count);

/* NULL when the record has left. */
struct record *ring_at(struct ring *ring, uint64_t position);

/* The record at position was sent; nothing happens when it has left. */
void ring_mark_sent(struct ring *ring, uint64_t position);

/* Free bytes. */
uint32_t ring_space(const struct ring *ring);

#endif
