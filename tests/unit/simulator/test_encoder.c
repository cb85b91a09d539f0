/* SPDX-License-Identifier: MIT */
#include "tests/simulator/encoder.h"

#include "tests/simulator/meter.h"
#include "tests/simulator/text.h"

#include <criterion/criterion.h>
#include <string.h>

/* 2015-04-02 16:53 and 2014-12-31, as the published telegram has them. */
static const int64_t MOMENT = 1427993580;
static const int64_t DUE_DATE = 1419984000;

static void assert_hex(const struct encoder *encoder, size_t from, const char *expected)
{
	char hex[2 * TELEGRAM_SIZE_MAX];
	struct text text;

	text_init(&text, hex, sizeof hex);
	text_put_hex(&text, encoder->bytes + from, encoder->size - from);
	cr_assert_eq(text.size, strlen(expected), "%.*s", (int)text.size, hex);
	cr_assert_arr_eq(hex, expected, text.size, "%.*s", (int)text.size, hex);
}

Test(encoder, writes_the_published_telegram_of_a_wfh21)
{
	struct encoder encoder;

	meter_encode_wfh21(
		&(struct wfh21){
			.id = 8031768,
			.access_number = 0x8E,
			.litres = 1891,
			.hours = 40473,
			.moment = MOMENT,
			.due_date_litres = 1874,
			.due_date = DUE_DATE,
		},
		&encoder);
	assert_hex(
		&encoder, 0,
		"685E5E6808007268170308653299068E0000000C13911800000B22730404046D3510E2"
		"14326C00000C786817030806FD0C0A000100FA010DFD0B05313248465701FD0E004C13"
		"74180000426CDF1C0F37FD170000000000000000027A2500027825004116");
}

Test(encoder, writes_the_published_wireless_telegram)
{
	struct encoder encoder;

	encoder_begin_wireless(&encoder, &(struct telegram_header){ 14166346, "BMT", 0x0A,
								    0x07, 0x9B, 0x08 });
	encoder_put(&encoder, ENCODER_BYTES("\x0C\x13"));
	encoder_put_bcd(&encoder, 5, 4);
	assert_hex(&encoder, 0, "44B409466316140A077A9B0800000C1305000000");
}

Test(encoder, marks_a_negative_bcd_in_its_top_digit)
{
	struct encoder encoder = { .size = 0 };

	encoder_put_bcd(&encoder, -25, 3);
	encoder_put_bcd(&encoder, 9876, 2);
	assert_hex(&encoder, 0, "2500F07698");
}

Test(encoder, rolls_a_counter_over_that_has_outgrown_its_digits)
{
	struct encoder encoder = { .size = 0 };

	encoder_put_bcd(&encoder, 1234567, 2);
	assert_hex(&encoder, 0, "6745");
}

Test(encoder, writes_integers_in_twos_complement_least_significant_first)
{
	struct encoder encoder = { .size = 0 };

	encoder_put_integer(&encoder, -2, 4);
	encoder_put_integer(&encoder, 0x1234, 2);
	assert_hex(&encoder, 0, "FEFFFFFF3412");
}

Test(encoder, writes_floats_as_ieee_754)
{
	struct encoder encoder = { .size = 0 };

	encoder_put_float(&encoder, 49.5F);
	assert_hex(&encoder, 0, "00004642");
}

Test(encoder, writes_dates_of_types_g_and_f)
{
	struct encoder encoder = { .size = 0 };

	encoder_put_date(&encoder, DUE_DATE);
	encoder_put_date_time(&encoder, MOMENT);
	assert_hex(&encoder, 0, "DF1C3510E214");
}

Test(encoder, fills_in_both_lengths_and_the_checksum)
{
	struct encoder encoder;

	encoder_begin(&encoder, &(struct telegram_header){ .manufacturer = "LUG" });
	encoder_end(&encoder);
	cr_assert_eq(encoder.size, 21);
	cr_assert_eq(encoder.bytes[1], 15);
	cr_assert_eq(encoder.bytes[2], 15);
	/* 08 + 72 + A7 + 32 = 153 */
	cr_assert_eq(encoder.bytes[19], 0x53);
	cr_assert_eq(encoder.bytes[20], 0x16);
}
