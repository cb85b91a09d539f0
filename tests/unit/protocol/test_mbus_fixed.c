/* SPDX-License-Identifier: MIT */
#include "protocol/mbus/mbus_fixed.h"

#include <criterion/criterion.h>

#include "protocol/decimal.h"
#include "protocol/hex.h"
#include "protocol/mbus/mbus_application.h"
#include "tests/unit/protocol/mbus_bench.h"

static void expect(struct bench *bench, size_t counter, const char *value,
		   const char *unit, unsigned storage)
{
	char text[READING_TEXT_MAX];

	cr_assert_eq(bench->count, 2);
	value_write(&bench->values[counter], &bench->registers[counter], text);
	cr_assert_str_eq(text, value);
	cr_assert_str_eq(bench->registers[counter].unit, unit);
	cr_assert_eq(bench->registers[counter].storage, storage);
}

Test(mbus_fixed, status_and_units_say_how_the_counters_are_read)
{
	struct bench bench;

	bench_payload(&bench, "73 78563412 0A 00 E9 7E 01000000 35010000");
	expect(&bench, 0, "0.001", "m3", 0);
	expect(&bench, 1, "0.135", "m3", 1);
	cr_assert_str_eq(bench.telegram.address.id, "12345678");
	cr_assert_eq(bench.telegram.address.medium, 7);
	bench_payload(&bench, "73 78563412 0A 03 05 4F FFFFFFFF 01000000");
	expect(&bench, 0, "-1000", "Wh", 1);
	expect(&bench, 1, "10000000", "J", 1);
	bench_payload(&bench, "73 78563412 0A 00 38 39 50000000 02000000");
	expect(&bench, 0, "0.050", "°C", 0);
	expect(&bench, 1, "2", "HCA", 0);
	bench_payload(&bench, "73 78563412 0A 00 00 01 45301200 24122006");
	expect(&bench, 0, "00123045", "", 0);
	expect(&bench, 1, "06201224", "", 0);
	bench_payload(&bench, "73 78563412 0A 00 3A 3F 07000000 A8000000");
	expect(&bench, 0, "7", "", 0);
	expect(&bench, 1, "", "", 0);
	cr_assert_eq(bench.values[1].no_value, NO_VALUE_BCD_ERROR);
}

Test(mbus_fixed, numbers_come_highest_byte_first_under_ci_77_and_media_of_mode_2)
{
	struct bench bench;

	bench_payload(&bench, "77 12345678 0A 00 E9 7E 00000001 00000135");
	expect(&bench, 0, "0.001", "m3", 0);
	cr_assert_str_eq(bench.telegram.address.id, "12345678");
	/* Medium 1101: water, mode 2. */
	bench_payload(&bench, "73 78563412 0A 00 69 FE 00000001 00000135");
	expect(&bench, 1, "0.135", "m3", 1);
	cr_assert_eq(bench.telegram.address.medium, 0x0D);
	cr_assert_str_eq(mbus_fixed_medium_text(0x0D), mbus_fixed_medium_text(7));
	cr_assert_str_eq(mbus_fixed_medium_text(0x0F), "reserved");
}

Test(mbus_fixed, a_short_structure_is_malformed)
{
	struct bench bench;

	bench_payload(&bench, "73 78563412 0A 00 E9 7E 01000000 350100");
	cr_assert_eq(bench.telegram.status, TELEGRAM_MALFORMED);
	cr_assert_eq(bench.telegram.diagnosis, DIAGNOSIS_HEADER_SHORT);
}

Test(mbus_application, errors_and_alarms_are_named)
{
	struct bench bench;

	bench_payload(&bench, "70 08");
	cr_assert_eq(bench.telegram.status, TELEGRAM_OK);
	cr_assert_str_eq(mbus_application_text(&bench.telegram), "error");
	cr_assert_eq(mbus_application_error(&bench.telegram).size, 1);
	cr_assert_eq(mbus_alarm(&bench.telegram).size, 0);
	bench_payload(&bench, "6E 01 00 0000 08");
	cr_assert_eq(mbus_application_error(&bench.telegram).size, 1);
	bench_payload(&bench, "71 04");
	cr_assert_str_eq(mbus_application_text(&bench.telegram), "alarm");
	cr_assert_eq(mbus_alarm(&bench.telegram).size, 1);
	bench_payload(&bench, "A1 04");
	cr_assert_str_eq(mbus_application_text(&bench.telegram), "manufacturer specific");
	bench_payload(&bench, "E1 04");
	cr_assert_str_eq(mbus_application_text(&bench.telegram), "reserved");
	bench_payload(&bench, "72");
	cr_assert_str_eq(mbus_application_text(&bench.telegram), "control");
	bench_frame(&bench, "E5");
	cr_assert_str_eq(mbus_application_text(&bench.telegram), "");
	cr_assert_str_eq(mbus_application_error_text(8), "application busy");
	cr_assert_str_eq(mbus_application_error_text(7), "reserved application error");
	cr_assert_str_eq(mbus_application_error_text(200), "reserved application error");
}

Test(mbus_wide, integers_beyond_64_bits_are_exact)
{
	cr_assert_str_eq(bench_value(&(struct bench){ 0 }, "0D 06 E9 FFFFFFFFFFFFFFFFFF"),
			 "-1000");
	cr_assert_str_eq(bench_value(&(struct bench){ 0 }, "0D 22 E9 000000000000000001"),
			 "66408278665354385817600");
}

Test(mbus_application, a_container_hands_out_the_telegram_inside)
{
	struct bench bench;
	struct telegram telegram;
	struct telegram_record record;

	bench_records(&bench, "0DFD3B 03 024406 0C13 00000000");
	cr_assert(telegram_open(span_of(bench.bytes, bench.size), &telegram));
	cr_assert(telegram_next(&telegram, &record));
	cr_assert_eq(mbus_container(&record).size, 3);
	cr_assert(telegram_next(&telegram, &record));
	cr_assert_eq(mbus_container(&record).size, 0);
}
