/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "exporters/delivery.h"

static struct delivery delivery;
static struct exporter_delivery *token;

static void setup(void)
{
	delivery_init(&delivery, &delivery);
	token = delivery_begin(&delivery, 4);
}

static void teardown(void)
{
	delivery_close(&delivery);
}

TestSuite(delivery, .init = setup, .fini = teardown);

static void answer(uint32_t first, uint32_t count, enum exporter_verdict verdict)
{
	cr_assert_null(delivery_mistake(&delivery, token, first, count, verdict));
	delivery_answer(&delivery, first, count, verdict, 100 * first, "why");
}

static void expect_mistake(uint32_t first, uint32_t count, int verdict, const char *said)
{
	const char *mistake = delivery_mistake(&delivery, token, first, count,
					       (enum exporter_verdict)verdict);
	cr_assert_not_null(mistake);
	cr_expect_str_eq(mistake, said);
}

Test(delivery, it_is_open_until_every_telegram_is_answered)
{
	answer(2, 2, EXPORTER_DELIVERED);
	cr_expect_eq(delivery.open_count, 2);
	answer(0, 1, EXPORTER_REJECTED);
	answer(1, 1, EXPORTER_DELIVERED);
	cr_expect_eq(delivery.open_count, 0);
	cr_expect_eq(delivery.worst, EXPORTER_DELIVERED);
	cr_expect_eq(delivery_count(&delivery, EXPORTER_DELIVERED), 3);
	cr_expect_eq(delivery_count(&delivery, EXPORTER_REJECTED), 1);
}

Test(delivery, the_worst_answer_counts_with_its_reason_and_the_longest_wait)
{
	answer(1, 1, EXPORTER_RETRY);
	answer(3, 1, EXPORTER_RETRY);
	cr_expect_eq(delivery.retry_after_ms, 300);
	answer(2, 1, EXPORTER_STOP);
	answer(0, 1, EXPORTER_REJECTED);
	cr_expect_eq(delivery.worst, EXPORTER_STOP);
	cr_expect_str_eq(delivery.reason, "why");
	cr_expect(delivery_is_settled(&delivery, 0));
	cr_expect_not(delivery_is_settled(&delivery, 1));
	cr_expect_not(delivery_is_settled(&delivery, 2));
}

Test(delivery, telegrams_outside_the_batch_are_a_mistake)
{
	expect_mistake(4, 1, EXPORTER_DELIVERED, "the batch has no such telegrams");
	expect_mistake(1, UINT32_MAX, EXPORTER_DELIVERED,
		       "the batch has no such telegrams");
	expect_mistake(1, 0, EXPORTER_DELIVERED, "the batch has no such telegrams");
}

Test(delivery, a_second_answer_is_a_mistake)
{
	answer(1, 1, EXPORTER_DELIVERED);
	expect_mistake(0, 2, EXPORTER_DELIVERED, "a telegram is answered already");
	answer(0, 1, EXPORTER_DELIVERED);
	answer(2, 2, EXPORTER_DELIVERED);
	expect_mistake(0, 1, EXPORTER_DELIVERED, "the batch is answered already");
}

Test(delivery, a_verdict_that_does_not_exist_is_a_mistake)
{
	expect_mistake(0, 1, 5, "there is no such verdict");
	expect_mistake(0, 1, -1, "there is no such verdict");
}

Test(delivery, an_answer_to_an_earlier_batch_is_a_mistake)
{
	answer(0, 4, EXPORTER_DELIVERED);
	struct exporter_delivery *late = token;
	token = delivery_begin(&delivery, 9);
	answer(0, 9, EXPORTER_RETRY);
	cr_expect_eq(delivery.open_count, 0);
	delivery_begin(&delivery, 2);
	token = late;
	expect_mistake(0, 1, EXPORTER_DELIVERED, "the batch is answered already");
}
