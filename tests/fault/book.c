/* SPDX-License-Identifier: MIT */
#include "tests/fault/book.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "tests/fault/hash.h"
#include "tests/simulator/dice.h"

enum {
	VARIANT_EVERY = 7, /* a record with stamp and sequence of the one before */
	LARGE_EVERY = 23,  /* one that takes several pages */
	TEXT_EVERY = 11,   /* one that could not be decoded */
	RAW_USUAL = 100,
	FACTOR = 1000, /* between values of two terminals */
};

static const int64_t stamp_true = 1700000000, stamp_unset = 1000;

void book_init(struct book *book)
{
	*book = (struct book){ 0 };
	for (uint32_t i = 0; i < BOOK_TERMINALS; i++)
		snprintf(book->terminals[i].identity, sizeof book->terminals[i].identity,
			 "T%" PRIu32, i);
}

uint64_t book_hash(const struct book *book)
{
	return hash_bytes(HASH_BEGIN, book, sizeof *book);
}

void book_complain(struct book *book, const char *format, ...)
{
	va_list arguments;
	if (book->complaint[0] != '\0')
		return;
	va_start(arguments, format);
	vsnprintf(book->complaint, sizeof book->complaint, format, arguments);
	va_end(arguments);
}

void book_record(uint32_t terminal, uint32_t number, struct book_record *ret_record)
{
	struct dice dice;
	struct book_record *record = ret_record;
	uint32_t name = number % VARIANT_EVERY == VARIANT_EVERY - 1 ? number - 1 : number;
	dice_init(&dice, (uint64_t)terminal << 32 | number);
	record->stamp = (terminal == BOOK_TERMINALS - 1 ? stamp_unset : stamp_true) +
			(int64_t)name * 60;
	record->sequence = name + 1;
	record->is_text = number % TEXT_EVERY == TEXT_EVERY - 1;
	record->layout = record->is_text ? -1 : (int)(number % BOOK_LAYOUTS);
	record->digits = (int64_t)number * FACTOR + terminal;
	record->meter = (struct mbus_address){ .manufacturer = 0x3265, .medium = 6 };
	snprintf(record->meter.id, sizeof record->meter.id, "%08" PRIu32,
		 terminal * 10 + number % 5);
	record->size = number % LARGE_EVERY == LARGE_EVERY - 1
			       ? BOOK_RAW_MAX - dice_below(&dice, 4000)
			       : RAW_USUAL - dice_below(&dice, 40);
	for (size_t i = 0; i < record->size; i += sizeof(uint64_t)) {
		uint64_t word = dice_mix(dice.state + i) & UINT64_C(0x3f3f3f3f3f3f3f3f);
		word |= UINT64_C(0x4040404040404040); /* letters, as text may be wanted */
		memcpy(record->raw + i, &word, sizeof word);
	}
	snprintf(record->vals, sizeof record->vals, "[%" PRId64 ",%" PRIu32 "]",
		 record->digits, number);
}

int book_find(const struct book *book, uint32_t terminal, int64_t stamp, int64_t sequence,
	      struct span raw)
{
	struct book_record record;
	for (int64_t number = sequence - 1; number <= sequence; number++) {
		if (number < 0 || number >= book->terminals[terminal].made)
			continue;
		book_record(terminal, (uint32_t)number, &record);
		if (record.stamp == stamp && record.sequence == sequence &&
		    span_equal(span_of(record.raw, record.size), raw))
			return (int)number;
	}
	return -1;
}

struct store_telegram book_telegram(const struct book_record *record,
				    const struct layout *const layouts[BOOK_LAYOUTS])
{
	const struct layout *layout = record->layout < 0 ? NULL : layouts[record->layout];
	return (struct store_telegram){
		.stamp = record->stamp,
		.sequence = record->sequence,
		.received_at_ms = (stamp_true + record->sequence * 60) * 1000,
		.read_at = record->stamp,
		.time_quality = "terminal",
		.kind = "mbus",
		.device_index = 1,
		.has_meter = layout != NULL,
		.meter = record->meter,
		.access_number = -1,
		.meter_status = -1,
		.raw = span_of(record->raw, record->size),
		.raw_is_text = record->is_text,
		.layout = layout,
		.vals = layout == NULL ? span_of(NULL, 0) : span_text(record->vals),
		.decode_status = layout == NULL ? "not decoded" : "ok",
		.decode_diagnosis = layout == NULL ? "for a test" : "",
	};
}

static struct reading_register make_register(uint8_t vif, const char *quantity,
					     const char *unit, int exponent)
{
	struct reading_register reg = {
		.source = READING_SOURCE_MBUS,
		.quantity = quantity,
		.type = READING_TYPE_INTEGER,
		.factor = 1,
		.exponent = (int8_t)exponent,
		.header_size = 2,
		.header = { 0x04, vif },
	};
	snprintf(reg.unit, sizeof reg.unit, "%s", unit);
	return reg;
}

bool book_layouts(struct layout_table *table,
		  const struct layout *ret_layouts[BOOK_LAYOUTS])
{
	for (uint8_t i = 0; i < BOOK_LAYOUTS; i++) {
		const uint8_t key[] = { 0x04, (uint8_t)(0x13 - i), 0x04, 0x20 };
		struct reading_register registers[] = {
			make_register(key[1], "volume", "m3", -3 - i),
			make_register(key[3], "on time", "s", 0),
		};
		ret_layouts[i] =
			layout_table_add(table, span_of(key, sizeof key), registers, 2);
		if (ret_layouts[i] == NULL)
			return false;
	}
	return true;
}

void book_value_text(const struct book_record *record, char ret_text[BOOK_TEXT_MAX])
{
	static const int64_t powers[BOOK_LAYOUTS] = { 1000, 10000, 100000 };
	int64_t power = powers[record->layout];
	/* The leading 1 of the fraction makes room for its zeros, then gives way. */
	snprintf(ret_text, BOOK_TEXT_MAX, "%" PRId64 " %" PRId64, record->digits / power,
		 power + record->digits % power);
	char *point = strchr(ret_text, ' ');
	*point = '.';
	memmove(point + 1, point + 2, strlen(point + 1));
}
