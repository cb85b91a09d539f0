/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdio.h>

#include "server/address_count.h"

enum { LIMIT = 8, PER_ADDRESS = 3, ADDRESSES = 40, STEPS = 20000 };

Test(address_count, limits_the_links_of_one_address)
{
	struct address_count *counts = address_count_new(LIMIT);
	cr_assert_not_null(counts);
	cr_expect(address_count_add(counts, "192.0.2.1", 2));
	cr_expect(address_count_add(counts, "192.0.2.1", 2));
	cr_expect_not(address_count_add(counts, "192.0.2.1", 2));
	cr_expect(address_count_add(counts, "2001:db8::1", 2));
	address_count_remove(counts, "192.0.2.1");
	cr_expect(address_count_add(counts, "192.0.2.1", 2));
	address_count_free(counts);
}

Test(address_count, takes_the_longest_address)
{
	static const char longest[] = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255";
	struct address_count *counts = address_count_new(1);
	cr_expect(address_count_add(counts, longest, 1));
	cr_expect_not(address_count_add(counts, longest, 1));
	address_count_remove(counts, longest);
	cr_expect(address_count_add(counts, longest, 1));
	address_count_free(counts);
}

Test(address_count, ignores_an_address_that_was_never_added)
{
	struct address_count *counts = address_count_new(LIMIT);
	address_count_remove(counts, "192.0.2.1");
	cr_expect(address_count_add(counts, "192.0.2.1", 1));
	address_count_free(counts);
}

/* The table is kept as full as it may be, so that gaps must be closed across its end. */
Test(address_count, counts_like_a_plain_array)
{
	struct address_count *counts = address_count_new(LIMIT);
	uint32_t reference[ADDRESSES] = { 0 };
	uint32_t total = 0, dice = 1, full = 0;
	char address[16];

	for (int step = 0; step < STEPS; step++) {
		dice = dice * 1664525u + 1013904223u;
		uint32_t which = (dice >> 8) % ADDRESSES;
		(void)snprintf(address, sizeof(address), "192.0.2.%u", which);
		if ((dice >> 28) < 11 && total < LIMIT) {
			bool is_added = address_count_add(counts, address, PER_ADDRESS);
			cr_assert_eq(is_added, reference[which] < PER_ADDRESS);
			reference[which] += is_added;
			total += is_added;
			full += total == LIMIT;
		} else if (reference[which] > 0) {
			address_count_remove(counts, address);
			reference[which]--;
			total--;
		}
	}
	cr_expect_gt(full, 100, "the dice never filled the table");
	address_count_free(counts);
}

Test(address_count, grows_and_keeps_what_is_counted)
{
	struct address_count *counts = address_count_new(LIMIT);
	char address[32];

	for (int i = 0; i < LIMIT; i++) {
		(void)snprintf(address, sizeof(address), "192.0.2.%d", i);
		cr_assert(address_count_add(counts, address, 1));
	}
	cr_assert(address_count_grow(&counts, 200));
	cr_assert(address_count_grow(&counts, LIMIT)); /* never shrinks */
	for (int i = 0; i < 200; i++) {
		(void)snprintf(address, sizeof(address), "192.0.2.%d", i);
		cr_expect_eq(address_count_add(counts, address, 1), i >= LIMIT);
	}
	address_count_free(counts);
}
