/* SPDX-License-Identifier: MIT */
#include "protocol/mbus/mbus_profile.h"

#include <criterion/criterion.h>

#include "tests/unit/protocol/mbus_bench.h"

/* The records of a bench lie in freed memory; profiles need them where they are. */
static bool open_profile(struct bench *bench, const char *hex,
			 struct mbus_profile *ret_profile)
{
	struct telegram telegram;
	struct telegram_record record;

	bench_records(bench, hex);
	cr_assert(telegram_open(span_of(bench->bytes, bench->size), &telegram));
	cr_assert(telegram_next(&telegram, &record));
	return mbus_profile_open(&record, &bench->registers[0], ret_profile);
}

static void expect_digits(struct mbus_profile *profile, int64_t digits)
{
	static struct value value;

	cr_assert(mbus_profile_next(profile, &value));
	cr_assert_eq(value.kind, VALUE_INTEGER);
	cr_assert_eq(value.digits, digits);
}

Test(mbus_profile, values_come_out_one_by_one)
{
	struct bench bench;
	struct mbus_profile profile;
	static struct value value;

	cr_assert(open_profile(&bench, "8D04 931F 0E 34FE 05000000 06000000 FFFFFFFF",
			       &profile));
	cr_assert_eq(profile.code, 0x1F);
	cr_assert_eq(profile.mode, MBUS_PROFILE_ABSOLUTE);
	cr_assert_eq(profile.spacing_unit, MBUS_PROFILE_DAYS);
	cr_assert_eq(profile.spacing, 0xFE);
	cr_assert_eq(profile.count, 3);
	cr_assert_eq(profile.reg.exponent, -3);
	expect_digits(&profile, 5);
	expect_digits(&profile, 6);
	expect_digits(&profile, -1);
	cr_assert_not(mbus_profile_next(&profile, &value));
}

Test(mbus_profile, steps_have_no_sign_and_differences_have)
{
	struct bench bench;
	struct mbus_profile profile;

	cr_assert(open_profile(&bench, "8D04 931E 04 6201 FFFF", &profile));
	cr_assert_eq(profile.mode, MBUS_PROFILE_INCREMENTS);
	cr_assert_eq(profile.spacing_unit, MBUS_PROFILE_HOURS);
	expect_digits(&profile, 65535);
	cr_assert(open_profile(&bench, "8D04 9313 04 C201 FFFF", &profile));
	cr_assert_eq(profile.mode, MBUS_PROFILE_DIFFERENCES);
	expect_digits(&profile, -1);
}

Test(mbus_profile, what_is_no_profile_is_not_opened)
{
	struct bench bench;
	struct mbus_profile profile;

	cr_assert_not(open_profile(&bench, "0C13 00000000", &profile));
	cr_assert_not(open_profile(&bench, "0D13 04 34FE0000", &profile));
	cr_assert_not(open_profile(&bench, "0D931F 01 34", &profile));
	cr_assert_not(open_profile(&bench, "0D931F 03 38FE00", &profile));
	cr_assert_not(open_profile(&bench, "0D93FF1F 04 34FE0000", &profile));
	cr_assert_not(open_profile(&bench, "04931F 34FE0000", &profile));
}
