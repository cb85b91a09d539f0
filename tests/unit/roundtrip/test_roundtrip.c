/* SPDX-License-Identifier: MIT */
/*
 * A property: what the simulator's encoder writes, the decoder reads, field by field.
 * Each seed is one telegram of 1 to 20 random records, with fillers between them and
 * perhaps a manufacturer's block at its end. It is read without a memory of registers,
 * with one that may not know it yet, and with the same one again. A seed that fails is
 * named with its bytes.
 */
#include "protocol/mbus/register_memory.h"
#include "tests/unit/roundtrip/compare.h"
#include "tests/unit/roundtrip/expectation.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum {
	SEEDS = 40000,
	SEEDS_PER_MEMORY = 200, /* emptied then; the last of them find it full */
	RECORDS_MAX = 20,
	BLOCK_MAX = 10,
	TELEGRAM_FULL = TELEGRAM_SIZE_MAX - 2 - 1 - BLOCK_MAX,
};

struct sent {
	struct telegram_header header;
	struct encoder encoder;
	struct expectation records[RECORDS_MAX + 1];
	size_t count;
	bool more_follows;
};

static struct telegram_header draw_header(struct dice *dice)
{
	struct telegram_header header = {
		.id = dice_below(dice, 100000000),
		.version = (uint8_t)dice_below(dice, 256),
		.medium = (uint8_t)dice_below(dice, 256),
		.access_number = (uint8_t)dice_below(dice, 256),
		.status = (uint8_t)dice_below(dice, 256),
	};

	for (size_t i = 0; i < 3; i++)
		header.manufacturer[i] = (char)('A' + dice_below(dice, 26));
	return header;
}

static void put_records(struct dice *dice, struct sent *sent)
{
	size_t wanted = 1 + dice_below(dice, RECORDS_MAX);

	while (sent->count < wanted) {
		struct encoder record = { .size = 0 };
		struct expectation *expected = &sent->records[sent->count];

		draw_record(dice, &record, expected);
		if (sent->encoder.size + record.size + 1 > TELEGRAM_FULL)
			return;
		if (dice_permille(dice, 50))
			encoder_put(&sent->encoder, ENCODER_BYTES("\x2F"));
		expected->offset = sent->encoder.size;
		encoder_put(&sent->encoder, (const char *)record.bytes, record.size);
		sent->count++;
	}
}

static void put_block(struct dice *dice, struct sent *sent)
{
	struct expectation *expected = &sent->records[sent->count++];
	size_t size = dice_below(dice, BLOCK_MAX + 1);

	sent->more_follows = dice_permille(dice, 500);
	*expected = (struct expectation){
		.header_size = 1,
		.size = 1 + size,
		.offset = sent->encoder.size,
		.function = READING_MANUFACTURER,
		.quantity = "manufacturer specific",
		.type = READING_TYPE_BYTES,
		.factor = 1,
		.value.kind = VALUE_TEXT,
	};
	encoder_put_integer(&sent->encoder, sent->more_follows ? 0x1F : 0x0F, 1);
	for (size_t i = 0; i < size; i++) {
		unsigned byte = dice_below(dice, 256);

		encoder_put_integer(&sent->encoder, byte, 1);
		snprintf(expected->value.text + 2 * i, 3, "%02X", byte);
	}
}

static void draw_telegram(uint64_t seed, struct sent *ret_sent)
{
	struct dice dice;

	dice_init(&dice, seed);
	ret_sent->header = draw_header(&dice);
	ret_sent->count = 0;
	ret_sent->more_follows = false;
	encoder_begin(&ret_sent->encoder, &ret_sent->header);
	put_records(&dice, ret_sent);
	if (dice_permille(&dice, 250))
		put_block(&dice, ret_sent);
	encoder_end(&ret_sent->encoder);
}

static bool is_header_right(const struct telegram *telegram,
			    const struct telegram_header *header)
{
	char id[9];
	char manufacturer[4];

	snprintf(id, sizeof id, "%08u", (unsigned)(header->id % 100000000));
	mbus_manufacturer_text(telegram->address.manufacturer, manufacturer);
	return telegram->has_address && strcmp(telegram->address.id, id) == 0 &&
	       strcmp(manufacturer, header->manufacturer) == 0 &&
	       telegram->address.version == header->version &&
	       telegram->address.medium == header->medium && telegram->has_short_header &&
	       telegram->access_number == header->access_number &&
	       telegram->meter_status == header->status;
}

/* The next record and its register, which is in room where there is no memory. */
static const struct reading_register *next_record(struct telegram *telegram,
						  struct register_memory *memory,
						  struct reading_register *room,
						  struct telegram_record *ret_record)
{
	if (memory != NULL)
		return register_memory_next(memory, telegram, ret_record);
	if (!telegram_next(telegram, ret_record))
		return NULL;
	telegram_register(ret_record, room);
	return room;
}

/* The first thing in which the decoder differs, or NULL; *ret_record is where. */
static const char *find_difference(const struct sent *sent,
				   struct register_memory *memory, size_t *ret_record)
{
	struct reading_register room;
	const struct reading_register *reg;
	struct telegram telegram;
	struct telegram_record record;
	size_t i = 0;
	const char *wrong = NULL;

	*ret_record = 0;
	if (!telegram_open(span_of(sent->encoder.bytes, sent->encoder.size), &telegram))
		return "telegram refused";
	if (!is_header_right(&telegram, &sent->header))
		return "header";
	for (; wrong == NULL; i++) {
		reg = next_record(&telegram, memory, &room, &record);
		if (reg == NULL)
			break;
		*ret_record = i;
		if (i == sent->count || record.number != i)
			return "number of records";
		wrong = compare_record(&record, reg, &sent->records[i]);
	}
	if (wrong != NULL)
		return wrong;
	if (i != sent->count || telegram.status != TELEGRAM_OK)
		return "end of telegram";
	return telegram.more_follows == sent->more_follows ? NULL : "more follows";
}

static const char *find_difference_thrice(const struct sent *sent,
					  struct register_memory *memory,
					  size_t *ret_record)
{
	const char *wrong = find_difference(sent, NULL, ret_record);

	if (wrong == NULL)
		wrong = find_difference(sent, memory, ret_record);
	return wrong != NULL ? wrong : find_difference(sent, memory, ret_record);
}

static void write_hex(const struct encoder *encoder,
		      char ret_hex[2 * TELEGRAM_SIZE_MAX + 1])
{
	for (size_t i = 0; i < encoder->size; i++)
		snprintf(ret_hex + 2 * i, 3, "%02X", encoder->bytes[i]);
}

Test(roundtrip, what_the_encoder_writes_the_decoder_reads)
{
	static struct sent sent;
	static struct register_memory memory;
	char hex[2 * TELEGRAM_SIZE_MAX + 1];
	size_t records = 0;

	register_memory_init(&memory);
	for (unsigned seed = 0; seed < SEEDS; seed++) {
		const char *wrong;
		size_t i;

		if (seed % SEEDS_PER_MEMORY == 0)
			register_memory_empty(&memory);
		draw_telegram(seed, &sent);
		wrong = find_difference_thrice(&sent, &memory, &i);
		records += sent.count;
		if (wrong == NULL)
			continue;
		write_hex(&sent.encoder, hex);
		cr_assert_fail("seed %u: %s of record %zu at byte %zu differs: %s", seed,
			       wrong, i, sent.records[i].offset, hex);
	}
	/* An eager limit in the generator would make this test an empty one. */
	cr_assert_geq(records, 8 * SEEDS, "only %zu records were drawn", records);
}
