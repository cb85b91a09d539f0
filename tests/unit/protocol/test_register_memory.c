/* SPDX-License-Identifier: MIT */
#include "protocol/mbus/register_memory.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "protocol/decimal.h"
#include "tests/unit/protocol/mbus_bench.h"

static struct register_memory *new_memory(void)
{
	struct register_memory *memory = malloc(sizeof *memory);

	memset(memory, 0xA5, sizeof *memory);
	register_memory_init(memory);
	return memory;
}

/* Walks the telegram both ways and wants the same. */
static void expect_same(struct register_memory *memory, struct bench *bench)
{
	struct telegram telegram;
	struct telegram_record record;
	const struct reading_register *reg;
	size_t i = 0;

	cr_assert(telegram_open(span_of(bench->bytes, bench->size), &telegram));
	while ((reg = register_memory_next(memory, &telegram, &record)) != NULL) {
		static struct value value;
		char text[READING_TEXT_MAX];
		char wanted[READING_TEXT_MAX];

		cr_assert_lt(i, bench->count);
		cr_assert_eq(record.number, i);
		cr_assert_eq(record.offset, bench->records[i].offset);
		cr_assert_eq(record.header.size, bench->records[i].header.size);
		cr_assert_eq(record.dib.size, bench->records[i].dib.size);
		cr_assert_eq(record.vib.size, bench->records[i].vib.size);
		cr_assert_eq(record.data.size, bench->records[i].data.size);
		cr_assert_eq(record.lvar, bench->records[i].lvar);
		cr_assert_eq(record.is_variable, bench->records[i].is_variable);
		cr_assert_str_eq(reg->unit, bench->registers[i].unit);
		cr_assert_str_eq(reg->modifiers, bench->registers[i].modifiers);
		cr_assert_eq(reg->storage, bench->registers[i].storage);
		telegram_value(&record, reg, &value);
		value_write(&value, reg, text);
		value_write(&bench->values[i], &bench->registers[i], wanted);
		cr_assert_str_eq(text, wanted);
		i++;
	}
	cr_assert_eq(i, bench->count);
	cr_assert_eq(telegram.status, bench->telegram.status);
	cr_assert_eq(telegram.more_follows, bench->telegram.more_follows);
	cr_assert_null(register_memory_next(memory, &telegram, &record));
}

static const char *const telegrams[] = {
	"0C13 27048502 046D 0C0C5119 02FC74 03 485225 440D 0C13 01000000",
	"0C13 27048502 046D 0C0C5119 02FC03 485225 74 440D 0C13 01000000 1F0102",
	"0C13 27048502 0D78 05 6162636465 2F2F 04AE4F 1A0B3212 2F",
	"0D13 E9 010203040506070809 0F",
	"8C808080808080808013 01000000 0C 93FE",
	"8C808080808080808014 01000000 01FD17 00 02FD17 0000",
	"0C13 27048502 3F",
	"0D78 C0 0D78 E0 0D78 BF",
};

Test(register_memory, a_telegram_reads_the_same_with_and_without)
{
	struct register_memory *memory = new_memory();
	struct bench bench;

	for (int pass = 0; pass < 3; pass++) {
		for (size_t i = 0; i < sizeof telegrams / sizeof *telegrams; i++) {
			bench_records(&bench, telegrams[i]);
			/* The bytes lie elsewhere in this walk, so must the spans. */
			expect_same(memory, &bench);
		}
		if (pass == 1)
			register_memory_empty(memory);
	}
	free(memory);
}

Test(register_memory, the_fixed_data_structure_is_read_too)
{
	struct register_memory *memory = new_memory();
	struct bench bench;

	for (int pass = 0; pass < 2; pass++) {
		bench_frame(&bench, "68131368080173785634120A00E97E0100000035010000"
				    "3816");
		cr_assert_eq(bench.count, 2);
		expect_same(memory, &bench);
	}
	free(memory);
}

Test(register_memory, equal_headers_are_told_apart_by_their_occurrence)
{
	struct register_memory *memory = new_memory();
	struct bench bench;

	bench_records(&bench, "0C13 01000000 0C14 02000000 0C13 03000000 0C13 04000000");
	for (int pass = 0; pass < 2; pass++) {
		static const unsigned occurrences[] = { 0, 0, 1, 2 };
		struct telegram telegram;
		struct telegram_record record;

		cr_assert(telegram_open(span_of(bench.bytes, bench.size), &telegram));
		for (size_t i = 0; i < 4; i++)
			cr_assert_eq(register_memory_next(memory, &telegram, &record)
					     ->occurrence,
				     occurrences[i]);
	}
	free(memory);
}

Test(register_memory, a_full_memory_reads_on)
{
	struct register_memory *memory = new_memory();
	struct bench bench;
	char records[64];

	for (int i = 0; i < 0x4000; i += 3) {
		/* Two DIFEs make as many headers as wanted. */
		snprintf(records, sizeof records,
			 "8C%02X%02X13 01000000 8C%02X%02X13 02000000", 0x80 | (i & 0x7F),
			 i >> 7, 0x80 | (i & 0x7F), i >> 7);
		bench_records(&bench, records);
		expect_same(memory, &bench);
	}
	cr_assert_eq(memory->register_count, REGISTER_MEMORY_REGISTERS);
	free(memory);
}

Test(register_memory, the_end_of_the_epochs_forgets_as_every_other)
{
	struct register_memory *memory = new_memory();
	struct bench bench;

	bench_records(&bench, telegrams[0]);
	expect_same(memory, &bench);
	memory->epoch = UINT32_MAX;
	register_memory_empty(memory);
	cr_assert_eq(memory->register_count, 0);
	expect_same(memory, &bench);
	free(memory);
}

static size_t allocations;

static void count_allocation(const volatile void *block, size_t size)
{
	(void)block;
	(void)size;
	allocations++;
}

static void ignore_free(const volatile void *block)
{
	(void)block;
}

/* Of the sanitizers' runtime; there in the build that the tests run in. */
int __sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void *,
								  size_t),
					      void (*free_hook)(const volatile void *))
	__attribute__((weak));

Test(register_memory, a_telegram_is_decoded_without_an_allocation)
{
	struct register_memory *memory = new_memory();
	struct telegram telegram;
	struct telegram_record record;
	const struct reading_register *reg;
	static struct value value;
	struct bench bench;
	void *block;

	if (__sanitizer_install_malloc_and_free_hooks == NULL)
		cr_skip("counts by the sanitizers' hooks");
	__sanitizer_install_malloc_and_free_hooks(count_allocation, ignore_free);
	block = malloc(1);
	cr_assert_gt(allocations, 0);
	free(block);
	for (size_t i = 0; i < sizeof telegrams / sizeof *telegrams; i++) {
		bench_records(&bench, telegrams[i]);
		allocations = 0;
		cr_assert(telegram_open(span_of(bench.bytes, bench.size), &telegram));
		while ((reg = register_memory_next(memory, &telegram, &record)) != NULL)
			telegram_value(&record, reg, &value);
		cr_expect_eq(allocations, 0);
	}
	free(memory);
}
