/* SPDX-License-Identifier: MIT */
/*
 * What the terminals know: which records they have made, which of them were
 * acknowledged, and which they have deleted since. It outlives the store and the disk's
 * power, and at the end the database is held against it. A record follows from its
 * terminal and its number alone.
 */
#ifndef READOUT_TESTS_FAULT_BOOK_H
#define READOUT_TESTS_FAULT_BOOK_H

#include "storage/layout.h"
#include "storage/telegram_batch.h"

enum {
	BOOK_TERMINALS = 4, /* the clock of the last one was never set */
	BOOK_RECORDS_MAX = 1000,
	BOOK_LAYOUTS = 3,
	BOOK_RAW_MAX = 8000,
	BOOK_TEXT_MAX = 128,
};

struct book_terminal {
	char identity[8];
	uint32_t made;
	uint32_t first; /* the oldest that is not deleted */
	bool is_acknowledged[BOOK_RECORDS_MAX];
	bool is_deletion_begun; /* acknowledged, and not ended since */
	uint32_t found[BOOK_RECORDS_MAX];
};

struct book {
	struct book_terminal terminals[BOOK_TERMINALS];
	uint32_t events;     /* tried so far */
	int64_t cursor;      /* acknowledged position of the exporter */
	uint64_t committed;  /* acknowledgements of records, the repeated ones too */
	char complaint[512]; /* the first; "" none */
};

struct book_record {
	int64_t stamp, sequence;
	bool is_text;
	int layout;     /* -1 none */
	int64_t digits; /* of its first reading */
	struct mbus_address meter;
	size_t size;
	uint8_t raw[BOOK_RAW_MAX];
	char vals[BOOK_TEXT_MAX];
};

void book_init(struct book *book);

/* The same for the same contents, within one run of a program. */
uint64_t book_hash(const struct book *book);

/* Keeps the first complaint. */
void book_complain(struct book *book, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

void book_record(uint32_t terminal, uint32_t number, struct book_record *ret_record);

/* Its number, or -1: this terminal made no such record. */
int book_find(const struct book *book, uint32_t terminal, int64_t stamp, int64_t sequence,
	      struct span raw);

/* A record as the store takes it; spans point into the record. */
struct store_telegram book_telegram(const struct book_record *record,
				    const struct layout *const layouts[BOOK_LAYOUTS]);

/* The layouts of all records. false: out of memory. */
bool book_layouts(struct layout_table *table,
		  const struct layout *ret_layouts[BOOK_LAYOUTS]);

/* The exact text of the first reading of a record with layout. */
void book_value_text(const struct book_record *record, char ret_text[BOOK_TEXT_MAX]);

#endif
