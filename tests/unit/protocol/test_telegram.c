/* SPDX-License-Identifier: MIT */
/* Frames, headers and the walk over records; values are in test_mbus_value.c. */
#include "protocol/mbus/telegram.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "protocol/decimal.h"
#include "tests/unit/protocol/mbus_bench.h"

static const char wfh21[] = "685E5E6808007268170308653299068E0000000C13911800000B22730404"
			    "046D3510E214326C00000C"
			    "786817030806FD0C0A000100FA010DFD0B05313248465701FD0E004C1374"
			    "180000426CDF1C0F37FD17"
			    "0000000000000000027A2500027825004116";
static const char wfh21_later[] = "685E5E680800726817030865329906AF0000000C13022000000B22"
				  "746404046D0511E81C326C00000C"
				  "786817030806FD0C0A000100FA010DFD0B05313248465701FD0E00"
				  "4C1374180000426CDF1C0F37FD17"
				  "0000000000000000027A2502027825021F16";
static const char pro380[] = "684B4B680801721604021592B00102090000000C04790200008C1004790"
			     "200008C2004000000001C04"
			     "660300009C1004660300009C2004000000002C0487000000AC100487000"
			     "000AC2004000000008016";

static const char *text_of(const struct bench *bench, size_t i)
{
	static char text[READING_TEXT_MAX];

	value_write(&bench->values[i], &bench->registers[i], text);
	return text;
}

static void expect_record(const struct bench *bench, size_t i, const char *quantity,
			  uint64_t storage, const char *value, const char *unit)
{
	cr_assert_str_eq(bench->registers[i].quantity, quantity);
	cr_assert_eq(bench->registers[i].storage, storage);
	cr_assert_str_eq(text_of(bench, i), value);
	cr_assert_str_eq(bench->registers[i].unit, unit);
}

Test(telegram, the_water_meter_of_the_vendor_is_read_whole)
{
	struct bench bench;

	bench_frame(&bench, wfh21);
	cr_assert_eq(bench.telegram.status, TELEGRAM_OK);
	cr_assert_eq(bench.telegram.diagnosis, DIAGNOSIS_NONE);
	cr_assert_str_eq(bench.telegram.address.id, "08031768");
	cr_assert_eq(bench.telegram.address.version, 0x99);
	cr_assert_eq(bench.telegram.address.medium, 0x06);
	cr_assert_str_eq(mbus_product_text(&bench.telegram.address), "Siemens WFH21");
	cr_assert_eq(bench.telegram.access_number, 0x8E);
	cr_assert_eq(bench.telegram.meter_status, 0);
	cr_assert_eq(bench.count, 11);
	expect_record(&bench, 0, "volume", 0, "1.891", "m3");
	expect_record(&bench, 1, "on time", 0, "145702800", "s");
	expect_record(&bench, 2, "date time", 0, "2015-04-02T16:53:00", "");
	expect_record(&bench, 3, "date", 0, "", "");
	cr_assert_eq(bench.registers[3].function, READING_ERROR);
	expect_record(&bench, 4, "fabrication number", 0, "08031768", "");
	expect_record(&bench, 6, "parameter set identification", 0, "WFH21", "");
	expect_record(&bench, 8, "volume", 1, "1.874", "m3");
	expect_record(&bench, 9, "date", 1, "2014-12-31", "");
	cr_assert_eq(bench.registers[10].function, READING_MANUFACTURER);
	cr_assert_str_eq(text_of(&bench, 10), "37FD170000000000000000027A250002782500");
}

Test(telegram, a_later_reading_has_the_same_registers_and_another_value)
{
	struct bench first;
	struct bench later;

	bench_frame(&first, wfh21);
	bench_frame(&later, wfh21_later);
	expect_record(&later, 0, "volume", 0, "2.002", "m3");
	cr_assert_eq(later.count, first.count);
	for (size_t i = 0; i < first.count; i++)
		cr_assert_eq(memcmp(&first.registers[i], &later.registers[i],
				    sizeof first.registers[i]),
			     0);
}

Test(telegram, the_electricity_meter_has_tariffs_and_functions)
{
	struct bench bench;

	bench_frame(&bench, pro380);
	cr_assert_eq(bench.telegram.status, TELEGRAM_OK);
	cr_assert_eq(bench.count, 9);
	cr_assert_str_eq(bench.telegram.address.id, "15020416");
	expect_record(&bench, 0, "energy", 0, "2790", "Wh");
	cr_assert_eq(bench.registers[1].tariff, 1);
	cr_assert_eq(bench.registers[2].tariff, 2);
	cr_assert_eq(bench.registers[3].function, READING_MAXIMUM);
	expect_record(&bench, 3, "energy", 0, "3660", "Wh");
	cr_assert_eq(bench.registers[6].function, READING_MINIMUM);
}

Test(telegram, control_short_and_single_character_frames_have_no_records)
{
	static const char *const frames[] = { "E5", "105B015C16", "680303685301 51A516",
					      "6803036808010009 16" };
	struct bench bench;

	for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
		bench_frame(&bench, frames[i]);
		cr_assert_eq(bench.telegram.status, TELEGRAM_OK, "%s", frames[i]);
		cr_assert_eq(bench.count, 0);
	}
}

Test(telegram, a_broken_frame_names_the_check)
{
	struct bench bench;

	bench_frame(&bench, "68040468080170088216");
	cr_assert_eq(bench.telegram.status, TELEGRAM_MALFORMED);
	cr_assert_eq(bench.telegram.diagnosis, DIAGNOSIS_FRAME);
	cr_assert_eq(bench.telegram.frame_error, MBUS_FRAME_CHECKSUM);
}

Test(telegram, fields_of_the_application_layer_without_records_are_known)
{
	static const char *const known[] = { "50 10", "70 08", "71 04", "54 00",
					     "B8 00" };
	struct bench bench;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		bench_payload(&bench, known[i]);
		cr_assert_eq(bench.telegram.status, TELEGRAM_OK, "%s", known[i]);
		cr_assert_eq(bench.count, 0);
	}
}

Test(telegram, an_unknown_ci_field_is_unsupported_and_located)
{
	struct bench bench;

	bench_payload(&bench, "A2 00");
	cr_assert_eq(bench.telegram.status, TELEGRAM_UNSUPPORTED);
	cr_assert_eq(bench.telegram.diagnosis, DIAGNOSIS_CI_UNKNOWN);
	cr_assert_eq(bench.telegram.diagnosis_offset, 6);
}

Test(telegram, a_header_that_is_cut_is_malformed)
{
	struct bench bench;

	bench_payload(&bench, "72 78563412 2440 01 07 55 00 00");
	cr_assert_eq(bench.telegram.status, TELEGRAM_MALFORMED);
	cr_assert_eq(bench.telegram.diagnosis, DIAGNOSIS_HEADER_SHORT);
	cr_assert_not(bench.telegram.has_address);
	bench_payload(&bench, "7A 55 00 00");
	cr_assert_eq(bench.telegram.diagnosis, DIAGNOSIS_HEADER_SHORT);
}

Test(telegram, short_header_and_no_header_bring_records_without_address)
{
	struct bench bench;

	bench_payload(&bench, "7A 55 10 0000 0C1327048502");
	cr_assert_eq(bench.telegram.status, TELEGRAM_OK);
	cr_assert_not(bench.telegram.has_address);
	cr_assert(bench.telegram.has_short_header);
	cr_assert_eq(bench.telegram.meter_status, 0x10);
	expect_record(&bench, 0, "volume", 0, "2850.427", "m3");
	bench_payload(&bench, "78 0C1327048502");
	cr_assert_not(bench.telegram.has_short_header);
	expect_record(&bench, 0, "volume", 0, "2850.427", "m3");
}

Test(telegram, ci_76_has_header_and_numbers_most_significant_byte_first)
{
	struct bench bench;

	bench_payload(&bench, "76 12345678 4024 01 07 55 00 1234 0C1302850427 026C1CDF "
			      "0478000F4240 05 3E 3FC00000");
	cr_assert_eq(bench.telegram.status, TELEGRAM_OK);
	cr_assert_str_eq(bench.telegram.address.id, "12345678");
	cr_assert_eq(bench.telegram.address.manufacturer, 0x4024);
	cr_assert_eq(bench.telegram.signature, 0x1234);
	expect_record(&bench, 0, "volume", 0, "2850.427", "m3");
	expect_record(&bench, 1, "date", 0, "2014-12-31", "");
	expect_record(&bench, 2, "fabrication number", 0, "1000000", "");
	expect_record(&bench, 3, "volume flow", 0, "1.5", "m3/h");
}

Test(telegram, data_sent_to_a_meter_are_records_too)
{
	struct bench bench;

	bench_payload(&bench, "51 01 7A 08");
	cr_assert_eq(bench.telegram.status, TELEGRAM_OK);
	expect_record(&bench, 0, "bus address", 0, "8", "");
	bench_payload(&bench, "52 78563412 FFFF FF FF");
	cr_assert_eq(bench.telegram.status, TELEGRAM_OK);
	cr_assert_str_eq(bench.telegram.address.id, "12345678");
}

Test(telegram, an_identification_may_have_hex_digits)
{
	struct bench bench;

	bench_payload(&bench, "72 3E020005 2440 01 07 55 00 0000");
	cr_assert_str_eq(bench.telegram.address.id, "0500023E");
}

Test(telegram, fillers_and_global_readout_are_passed_over)
{
	struct bench bench;

	bench_records(&bench, "2F 2F 7F 0C1327048502 2F");
	cr_assert_eq(bench.telegram.status, TELEGRAM_OK);
	cr_assert_eq(bench.count, 1);
	cr_assert_eq(bench.records[0].offset, 22);
	cr_assert_eq(bench.records[0].number, 0);
}

Test(telegram, storage_tariff_and_subunit_grow_by_each_dife)
{
	struct bench bench;

	bench_records(&bench, "84 11 06 01000000");
	cr_assert_eq(bench.registers[0].storage, 2);
	cr_assert_eq(bench.registers[0].tariff, 1);
	bench_records(&bench, "84 80 40 06 01000000");
	cr_assert_eq(bench.registers[0].subunit, 2);
	bench_records(&bench, "C4 FF FF FF FF FF FF FF FF FF 7F 06 01000000");
	cr_assert_eq(bench.registers[0].storage, (UINT64_C(1) << 41) - 1);
	cr_assert_eq(bench.registers[0].tariff, (1U << 20) - 1);
	cr_assert_eq(bench.registers[0].subunit, 1023);
}

static void expect_trouble(const char *records, size_t count,
			   enum telegram_diagnosis diagnosis, size_t offset)
{
	struct bench bench;

	bench_records(&bench, records);
	cr_assert_eq(bench.count, count, "%s", records);
	cr_assert_eq(bench.telegram.status,
		     count == 0 ? TELEGRAM_MALFORMED : TELEGRAM_PARTIAL, "%s", records);
	cr_assert_eq(bench.telegram.diagnosis, diagnosis, "%s", records);
	cr_assert_eq(bench.telegram.diagnosis_offset, 19 + offset, "%s", records);
	cr_assert_str_not_empty(telegram_diagnosis_text(diagnosis));
}

Test(telegram, a_telegram_that_goes_wrong_gives_its_good_records_first)
{
	expect_trouble("0C1327048502 0C132704", 1, DIAGNOSIS_RECORD_SHORT, 6);
	expect_trouble("0C1327048502 8C", 1, DIAGNOSIS_RECORD_SHORT, 6);
	expect_trouble("0C1327048502 0C", 1, DIAGNOSIS_RECORD_SHORT, 6);
	expect_trouble("0C1327048502 0CFD", 1, DIAGNOSIS_RECORD_SHORT, 6);
	expect_trouble("0C1327048502 0D13", 1, DIAGNOSIS_RECORD_SHORT, 6);
	expect_trouble("0C1327048502 027C", 1, DIAGNOSIS_RECORD_SHORT, 6);
	expect_trouble("0C1327048502 027C0441", 1, DIAGNOSIS_RECORD_SHORT, 6);
	expect_trouble("0C1327048502 3F 00", 1, DIAGNOSIS_DIF_RESERVED, 6);
	expect_trouble("6F", 0, DIAGNOSIS_DIF_RESERVED, 0);
	expect_trouble("8F 00", 0, DIAGNOSIS_DIF_RESERVED, 0);
	expect_trouble("8C 80808080808080808080 00 13 00000000", 0,
		       DIAGNOSIS_DIFE_TOO_MANY, 0);
	expect_trouble("0C 93 80808080808080808080 00 00000000", 0,
		       DIAGNOSIS_VIFE_TOO_MANY, 0);
	expect_trouble("0D78 F7 00", 0, DIAGNOSIS_LVAR_RESERVED, 0);
	expect_trouble("0D78 CA 00", 0, DIAGNOSIS_LVAR_RESERVED, 0);
	expect_trouble("0D78 DF 00", 0, DIAGNOSIS_LVAR_RESERVED, 0);
	expect_trouble("0D78 FF 00", 0, DIAGNOSIS_LVAR_RESERVED, 0);
}

Test(telegram, asking_again_after_the_end_changes_nothing)
{
	struct bench bench;
	struct telegram_record record = { .number = 77 };

	bench_records(&bench, "0C1327048502 3F");
	cr_assert_not(telegram_next(&bench.telegram, &record));
	cr_assert_eq(record.number, 77);
	cr_assert_eq(bench.telegram.status, TELEGRAM_PARTIAL);
}

Test(telegram, the_manufacturers_block_is_one_record_and_1f_says_more)
{
	struct bench bench;

	bench_records(&bench, "0C1327048502 0F 3F02FF");
	cr_assert_eq(bench.count, 2);
	cr_assert_eq(bench.registers[1].function, READING_MANUFACTURER);
	cr_assert_eq(bench.registers[1].type, READING_TYPE_BYTES);
	cr_assert_str_eq(bench.registers[1].quantity, "manufacturer specific");
	cr_assert_str_eq(text_of(&bench, 1), "3F02FF");
	cr_assert_not(bench.telegram.more_follows);
	bench_records(&bench, "0C1327048502 1F");
	cr_assert_eq(bench.count, 2);
	cr_assert_str_eq(text_of(&bench, 1), "");
	cr_assert(bench.telegram.more_follows);
}

/* Configuration word at offset 17 of the frame: bits 12 to 8 are the security mode. */
static enum telegram_status status_of(const char *configuration, const char *records)
{
	struct bench bench;
	char payload[512];

	snprintf(payload, sizeof payload, "72 78563412 2440 01 07 55 00 %s %s",
		 configuration, records);
	bench_payload(&bench, payload);
	return bench.telegram.status;
}

Test(telegram, a_payload_that_makes_no_sense_under_a_security_mode_is_encrypted)
{
	static const char cipher[] = "7A6C2020A5E73EBE1B344694696FA708";

	cr_assert_eq(status_of("1005", cipher), TELEGRAM_ENCRYPTED);
	cr_assert_eq(status_of("0016", cipher), TELEGRAM_ENCRYPTED);
	cr_assert_eq(status_of("FFFF", cipher), TELEGRAM_ENCRYPTED);
	cr_assert_eq(status_of("0000", cipher), TELEGRAM_PARTIAL);
}

Test(telegram, a_clear_payload_is_read_whatever_the_configuration_word_says)
{
	cr_assert_eq(status_of("1005", "2F2F 0C1327048502"), TELEGRAM_OK);
	cr_assert_eq(status_of("1005", "0C1327048502"), TELEGRAM_OK);
	cr_assert_eq(status_of("27B6", "0C1327048502"), TELEGRAM_OK);
	cr_assert_eq(status_of("FFFF", "0C1327048502"), TELEGRAM_OK);
	/* A block hides anything; only after a good record is it believed. */
	cr_assert_eq(status_of("1005", "0F 0C1327048502"), TELEGRAM_ENCRYPTED);
	cr_assert_eq(status_of("1005", "0C1327048502 0F AA"), TELEGRAM_OK);
	/* A run of zeros is padding. */
	cr_assert_eq(status_of("FFFF", "0C1327048502 00000000"), TELEGRAM_ENCRYPTED);
}

Test(telegram, encrypted_telegrams_keep_their_header_and_give_no_records)
{
	struct bench bench;

	bench_payload(&bench, "72 78563412 2440 01 07 55 00 1005 "
			      "7A6C2020A5E73EBE1B344694696FA708");
	cr_assert_eq(bench.count, 0);
	cr_assert_str_eq(bench.telegram.address.id, "12345678");
	cr_assert_eq(bench.telegram.diagnosis, DIAGNOSIS_ENCRYPTED);
	cr_assert_eq(bench.telegram.diagnosis_offset, 19);
}

Test(telegram, texts_of_statuses_are_those_of_the_schema)
{
	cr_assert_str_eq(telegram_status_text(TELEGRAM_OK), "ok");
	cr_assert_str_eq(telegram_status_text(TELEGRAM_PARTIAL), "partial");
	cr_assert_str_eq(telegram_status_text(TELEGRAM_MALFORMED), "malformed");
	cr_assert_str_eq(telegram_status_text(TELEGRAM_UNSUPPORTED), "unsupported");
	cr_assert_str_eq(telegram_status_text(TELEGRAM_ENCRYPTED), "encrypted");
	cr_assert_str_eq(telegram_status_text((enum telegram_status)99), "");
	cr_assert_str_eq(telegram_diagnosis_text((enum telegram_diagnosis)99), "");
	cr_assert_str_eq(telegram_diagnosis_text(DIAGNOSIS_RECORD_SHORT),
			 "record cut off");
	cr_assert_str_eq(telegram_record_error_text(0x18), "data error");
	cr_assert_str_eq(telegram_record_error_text(0), "");
}
