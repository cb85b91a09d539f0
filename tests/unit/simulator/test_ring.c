/* SPDX-License-Identifier: MIT */
#include "tests/simulator/ring.h"

#include <criterion/criterion.h>

struct witness {
	uint32_t left;
	uint32_t last_sequence;
	enum record_fate last_fate;
};

static void on_left(void *owner, const struct record *record, enum record_fate fate)
{
	struct witness *witness = owner;

	witness->left++;
	witness->last_sequence = record->sequence;
	witness->last_fate = fate;
}

static void add(struct ring *ring, uint32_t first, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		ring_add(ring, &(struct record){ .sequence = first + i, .space = 100 });
}

Test(ring, keeps_records_while_there_is_room)
{
	struct ring ring;

	ring_init(&ring, 10000, NULL, NULL);
	add(&ring, 1, 100);
	cr_assert_eq(ring.count, 100);
	cr_assert_eq(ring_space(&ring), 0);
	cr_assert_eq(ring.totals.overwritten, 0);
	cr_assert_eq(ring_at(&ring, 0)->sequence, 1);
	cr_assert_eq(ring_at(&ring, 99)->sequence, 100);
	cr_assert_null(ring_at(&ring, 100));
	ring_free(&ring);
}

Test(ring, overwrites_the_oldest_when_it_is_full)
{
	struct witness witness = { 0 };
	struct ring ring;

	ring_init(&ring, 1000, on_left, &witness);
	add(&ring, 1, 13);
	cr_assert_eq(ring.count, 10);
	cr_assert_eq(ring.totals.made, 13);
	cr_assert_eq(ring.totals.overwritten, 3);
	cr_assert_eq(ring.totals.deleted, 0);
	cr_assert_null(ring_at(&ring, 2));
	cr_assert_eq(ring_at(&ring, 3)->sequence, 4);
	cr_assert_eq(witness.left, 3);
	cr_assert_eq(witness.last_sequence, 3);
	cr_assert_eq(witness.last_fate, RECORD_OVERWRITTEN);
	ring_free(&ring);
}

Test(ring, overwrites_as_many_as_a_large_record_needs)
{
	struct ring ring;

	ring_init(&ring, 1000, NULL, NULL);
	add(&ring, 1, 10);
	ring_add(&ring, &(struct record){ .sequence = 11, .space = 250 });
	cr_assert_eq(ring.totals.overwritten, 3);
	cr_assert_eq(ring.count, 8);
	cr_assert_eq(ring_space(&ring), 50);
	ring_free(&ring);
}

Test(ring, loses_a_record_that_is_larger_than_the_memory)
{
	struct ring ring;

	ring_init(&ring, 1000, NULL, NULL);
	ring_add(&ring, &(struct record){ .sequence = 1, .space = 1001 });
	cr_assert_eq(ring.count, 0);
	cr_assert_eq(ring.totals.made, 1);
	cr_assert_eq(ring.totals.overwritten, 1);
	cr_assert_eq(ring_space(&ring), 1000);
	ring_free(&ring);
}

Test(ring, counts_a_record_sent_twice_once)
{
	struct ring ring;

	ring_init(&ring, 1000, NULL, NULL);
	add(&ring, 1, 2);
	ring_mark_sent(&ring, 0);
	ring_mark_sent(&ring, 0);
	cr_assert_eq(ring.totals.sent, 1);
	cr_assert_eq(ring.unsent, 1);
	ring_free(&ring);
}

Test(ring, detects_the_deletion_of_a_record_never_sent)
{
	struct witness witness = { 0 };
	struct ring ring;

	ring_init(&ring, 1000, on_left, &witness);
	add(&ring, 1, 3);
	ring_mark_sent(&ring, 0);
	cr_assert_eq(ring_delete_oldest(&ring, 1), 1);
	cr_assert_eq(ring.totals.deleted_unsent, 0);
	cr_assert_eq(ring_delete_oldest(&ring, 1), 1);
	cr_assert_eq(ring.totals.deleted_unsent, 1);
	cr_assert_eq(ring.totals.deleted, 2);
	cr_assert_eq(ring.unsent, 1);
	cr_assert_eq(witness.last_fate, RECORD_DELETED);
	ring_free(&ring);
}

Test(ring, deletes_no_more_than_there_is)
{
	struct ring ring;

	ring_init(&ring, 1000, NULL, NULL);
	add(&ring, 1, 3);
	cr_assert_eq(ring_delete_oldest(&ring, UINT32_MAX), 3);
	cr_assert_eq(ring_delete_oldest(&ring, 1), 0);
	cr_assert_eq(ring.totals.deleted, 3);
	ring_free(&ring);
}

Test(ring, does_not_mark_what_has_left)
{
	struct ring ring;

	ring_init(&ring, 1000, NULL, NULL);
	add(&ring, 1, 12);
	ring_mark_sent(&ring, 1);
	cr_assert_eq(ring.totals.sent, 0);
	cr_assert_eq(ring.unsent, 10);
	ring_free(&ring);
}
