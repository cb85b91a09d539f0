/* SPDX-License-Identifier: MIT */
#include "tests/simulator/meter.h"

#include "tests/simulator/text.h"

#include <criterion/criterion.h>
#include <string.h>

static const int64_t MOMENT = 1427993580;

static struct meter make_meter(unsigned kind)
{
	return (struct meter){ .kind = (enum meter_kind)kind, .id = 8031768, .seed = 7 };
}

Test(meter, rises_with_every_reading)
{
	for (unsigned kind = 0; kind < METER_DEAD; kind++) {
		struct meter meter = make_meter(kind);

		for (uint32_t reading = 1; reading < 1000; reading++)
			cr_assert_gt(meter_value(&meter, reading).digits,
				     meter_value(&meter, reading - 1).digits,
				     "kind %u, reading %u", kind, reading);
	}
}

Test(meter, shows_the_same_at_the_same_reading)
{
	for (unsigned kind = 0; kind < METER_KIND_COUNT; kind++) {
		struct meter meter = make_meter(kind);
		struct payload once;
		struct payload again;

		meter_read(&meter, 41, MOMENT, "\r\n", &once);
		meter_read(&meter, 42, MOMENT, "\r\n", &again);
		meter_read(&meter, 41, MOMENT, "\r\n", &again);
		cr_assert_eq(once.size, again.size);
		cr_assert_arr_eq(once.bytes, again.bytes, once.size);
	}
}

Test(meter, takes_the_space_that_its_payload_needs)
{
	for (unsigned kind = 0; kind < METER_KIND_COUNT; kind++) {
		struct meter meter = make_meter(kind);
		struct payload payload;

		meter_read(&meter, 1, MOMENT, "\n", &payload);
		if (kind == METER_PULSE)
			cr_assert_leq(payload.size, meter_traits(METER_PULSE)->space);
		else
			cr_assert_eq(payload.size, meter_traits(meter.kind)->space,
				     "%s: %zu", meter_traits(meter.kind)->name,
				     payload.size);
	}
}

Test(meter, says_the_volume_it_encodes)
{
	struct meter meter = make_meter(METER_WATER);
	struct meter_value value = meter_value(&meter, 5);
	struct payload payload;
	int64_t litres = 0;

	meter_read(&meter, 5, MOMENT, "\n", &payload);
	/* 0C 13 stands right behind the header. */
	for (size_t i = 4; i-- > 0;)
		litres = litres * 100 + (payload.bytes[21 + i] >> 4) * 10 +
			 (payload.bytes[21 + i] & 15);
	cr_assert_eq(value.digits, litres);
	cr_assert_eq(value.exponent, -3);
	cr_assert_str_eq(value.unit, "m3");
}

Test(meter, writes_an_iec_block_with_the_line_end_asked_for)
{
	struct meter meter = make_meter(METER_IEC);
	struct payload payload;

	meter_read(&meter, 1, MOMENT, "\r", &payload);
	cr_assert(payload.is_text);
	cr_assert_arr_eq(payload.bytes, "F.F(000000)\rC.1.0(08031768)\r1.8.0(", 34);
	cr_assert_eq(payload.bytes[payload.size - 1], '\r');
	cr_assert_null(memchr(payload.bytes, '\n', payload.size));
}

Test(text, writes_decimals_exactly)
{
	static const struct {
		int64_t digits;
		int exponent;
		const char *expected;
	} CASES[] = {
		{ 1891, -3, "1.891" }, { 5, -3, "0.005" },  { 12, 3, "12000" },
		{ 0, 3, "0" },         { -25, -1, "-2.5" }, { 131, 0, "131" },
	};

	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		char bytes[32];
		struct text text;

		text_init(&text, bytes, sizeof bytes - 1);
		text_put_decimal(&text, CASES[i].digits, CASES[i].exponent);
		bytes[text.size] = '\0';
		cr_assert_str_eq(bytes, CASES[i].expected);
	}
}

Test(text, leaves_out_what_does_not_fit_and_says_so)
{
	char bytes[4] = "....";
	struct text text;

	text_init(&text, bytes, 3);
	text_put_string(&text, "ab");
	text_put_string(&text, "cd");
	cr_assert(text.is_full);
	cr_assert_eq(text.size, 2);
	cr_assert_arr_eq(bytes, "ab..", 4);
}
