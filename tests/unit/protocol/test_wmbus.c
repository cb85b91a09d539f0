/* SPDX-License-Identifier: MIT */
#include "protocol/wmbus/wmbus.h"

#include <criterion/criterion.h>

#include "protocol/hex.h"
#include "protocol/wmbus/wmbus_crc.h"
#include "tests/unit/protocol/mbus_bench.h"
#include "tests/unit/protocol/wmbus_bench.h"

/* C field and address of a water meter, KAM 12345678; one record. */
#define LINK   "44 2D2C 78563412 1B 16 "
#define VOLUME "0C13 05000000 "

Test(wmbus, a_short_header_takes_the_address_of_the_link_layer)
{
	struct radio radio;

	radio_open(&radio);
	radio_decode_hex(&radio, "44 B409 46631614 0A 07 7A 9B 08 0000 " VOLUME);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	cr_assert_str_eq(radio.text, "0C13=0.005 ");
	cr_assert_str_eq(radio.telegram.address.id, "14166346");
	cr_assert_eq(radio.telegram.address.manufacturer, 0x09B4);
	cr_assert_eq(radio.telegram.address.version, 0x0A);
	cr_assert_eq(radio.telegram.address.medium, 0x07);
	cr_assert_eq(radio.telegram.access_number, 0x9B);
	cr_assert_eq(radio.telegram.meter_status, 0x08);
	cr_assert_eq(radio.telegram.frame.kind, MBUS_FRAME_WIRELESS);
	cr_assert_eq(radio.telegram.frame.c, 0x44);
	cr_assert_eq(radio.telegram.frame.ci, 0x7A);
}

Test(wmbus, a_long_header_names_the_meter_behind_a_converter)
{
	struct radio radio;

	radio_open(&radio);
	radio_decode_hex(&radio, LINK "72 11223344 2423 09 07 01 00 0000 " VOLUME);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	cr_assert_str_eq(radio.telegram.address.id, "44332211");
	cr_assert_str_eq(radio.telegram.link_address.id, "12345678");
}

Test(wmbus, a_record_of_a_terminal_has_no_length_field)
{
	struct radio radio;
	struct telegram_record record;
	uint8_t bytes[64];
	size_t size = bench_hex("44B409466316140A077A9B0800000C1305000000", bytes);

	radio_open(&radio);
	cr_assert(telegram_open_wireless_record(span_of(bytes, size), &radio.context,
						&radio.telegram));
	cr_assert(telegram_next(&radio.telegram, &record));
	cr_assert_eq(record.offset, 14);
	cr_assert_not(telegram_next(&radio.telegram, &record));
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	cr_assert_eq(radio.telegram.bytes.size, size);
}

Test(wmbus, a_record_of_a_terminal_that_is_too_short_or_too_long_is_malformed)
{
	static const uint8_t bytes[WMBUS_TELEGRAM_MAX + 1];
	struct radio radio;

	radio_open(&radio);
	cr_assert_not(telegram_open_wireless_record(span_of(bytes, sizeof bytes),
						    &radio.context, &radio.telegram));
	radio_expect(&radio, TELEGRAM_MALFORMED, DIAGNOSIS_LENGTH);
	cr_assert_not(telegram_open_wireless_record(span_of(bytes, 9), &radio.context,
						    &radio.telegram));
	radio_expect(&radio, TELEGRAM_MALFORMED, DIAGNOSIS_LENGTH);
	cr_assert_not(
		telegram_open_wireless_record(span_of(NULL, 0), NULL, &radio.telegram));
	radio_expect(&radio, TELEGRAM_MALFORMED, DIAGNOSIS_LENGTH);
}

Test(wmbus, without_a_context_a_telegram_in_clear_is_read_where_it_is)
{
	struct telegram telegram;
	struct telegram_record record;
	uint8_t bytes[64];
	size_t size = bench_hex("10" LINK "78" VOLUME, bytes);

	cr_assert(telegram_open_wireless(span_of(bytes, size), NULL, &telegram));
	cr_assert(telegram_next(&telegram, &record));
	cr_assert_eq(record.header.data, bytes + 11);
	cr_assert_eq(telegram.bytes.data, bytes);
}

Test(wmbus, without_a_buffer_what_must_be_copied_is_unsupported)
{
	struct radio radio;

	radio_open(&radio);
	radio.context.buffer = NULL;
	radio_decode_frame(&radio, "1444AE0C7856341201078C2027780B134365877AC5");
	radio_expect(&radio, TELEGRAM_UNSUPPORTED, DIAGNOSIS_NO_BUFFER);
	radio_decode_hex(&radio, LINK "79 1122 3344 05");
	radio_expect(&radio, TELEGRAM_UNSUPPORTED, DIAGNOSIS_NO_BUFFER);
	radio_set_key(&radio, NULL, radio_key);
	radio_decode_hex(&radio, LINK "7A 01 00 1005 00112233445566778899AABBCCDDEEFF");
	radio_expect(&radio, TELEGRAM_UNSUPPORTED, DIAGNOSIS_NO_BUFFER);
}

Test(wmbus, crcs_of_format_a_are_taken_out)
{
	struct radio radio;

	radio_open(&radio);
	/* EN 13757-4: the first block 10 bytes, then 16 each. */
	radio_decode_frame(&radio, "1E442D2C123456781B0780D47A2A00100515FDC2E7F9093E8980"
				   "10B6B52433E80F6FCA5647");
	radio_expect(&radio, TELEGRAM_ENCRYPTED, DIAGNOSIS_ENCRYPTED);
	cr_assert_eq(radio.telegram.access_number, 0x2A);
	cr_assert_eq(radio.telegram.bytes.size, 0x1F);
	cr_assert_eq(radio.telegram.bytes.data[10], 0x7A);
	cr_assert_eq(radio.telegram.bytes.data[30], 0xCA);
}

Test(wmbus, crcs_of_format_b_are_taken_out_and_the_length_follows)
{
	struct radio radio;

	radio_open(&radio);
	radio_decode_frame(&radio, "1444AE0C7856341201078C2027780B134365877AC5");
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	cr_assert_str_eq(radio.text, "0B13=876.543 ");
	cr_assert_eq(radio.telegram.bytes.data[0], 0x12);
	cr_assert_eq(radio.telegram.bytes.size, 0x13);
}

/* A telegram of many fillers and one record, with the CRCs of format B in two places. */
Test(wmbus, a_long_telegram_of_format_b_has_two_crcs)
{
	struct radio radio;
	uint8_t bytes[200];
	char hex[2 * sizeof bytes + 1];
	uint16_t crc;

	memset(bytes, 0x2F, sizeof bytes);
	bench_hex("C7" LINK "78", bytes);
	crc = wmbus_crc(span_of(bytes, 126));
	bytes[126] = (uint8_t)(crc >> 8);
	bytes[127] = (uint8_t)crc;
	bench_hex(VOLUME, bytes + 192);
	crc = wmbus_crc(span_of(bytes + 128, 70));
	bytes[198] = (uint8_t)(crc >> 8);
	bytes[199] = (uint8_t)crc;
	hex_encode(span_of(bytes, sizeof bytes), hex);
	radio_open(&radio);
	radio_decode_frame(&radio, hex);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	cr_assert_str_eq(radio.text, "0C13=0.005 ");
	cr_assert_eq(radio.telegram.bytes.size, sizeof bytes - 4);
}

Test(wmbus, crcs_that_begin_right_and_go_wrong_are_named)
{
	struct radio radio;

	radio_open(&radio);
	radio_decode_frame(&radio, "1E442D2C123456781B0780D47A2A00100515FDC2E7F9093E8980"
				   "10B6B52433E80F6FCA5648");
	radio_expect(&radio, TELEGRAM_MALFORMED, DIAGNOSIS_LINK_CRC);
	radio_decode_frame(&radio, "1E442D2C123456781B0780D47A2A0010");
	radio_expect(&radio, TELEGRAM_MALFORMED, DIAGNOSIS_LINK_CRC);
}

Test(wmbus, a_telegram_shorter_than_it_says_is_malformed)
{
	struct radio radio;

	radio_open(&radio);
	radio_decode_frame(&radio, "11" LINK "78" VOLUME);
	radio_expect(&radio, TELEGRAM_MALFORMED, DIAGNOSIS_LENGTH);
	radio_decode_frame(&radio, "09" LINK "78" VOLUME);
	radio_expect(&radio, TELEGRAM_MALFORMED, DIAGNOSIS_LENGTH);
	radio_decode_frame(&radio, "");
	radio_expect(&radio, TELEGRAM_MALFORMED, DIAGNOSIS_LENGTH);
}

Test(wmbus, what_follows_the_telegram_is_passed_over)
{
	struct radio radio;

	radio_open(&radio);
	radio_decode_frame(&radio, "10" LINK "78" VOLUME "2F 5B");
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	cr_assert_str_eq(radio.text, "0C13=0.005 ");
	cr_assert_eq(radio.telegram.bytes.size, 0x11);
}

Test(wmbus, the_extended_link_layer_is_passed_over_in_all_its_sizes)
{
	struct radio radio;

	radio_open(&radio);
	radio_decode_hex(&radio, LINK "8C 2027 78" VOLUME);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	radio_decode_hex(&radio, LINK "8E 2027 2423 11223344 0107 78" VOLUME);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	/* The CRC of a session that is not encrypted tells nothing more. */
	radio_decode_hex(&radio, LINK "8D 2027 11223300 0000 78" VOLUME);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	radio_decode_hex(&radio,
			 LINK "8F 2027 2423 11223344 0107 11223300 0000 78" VOLUME);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	cr_assert_str_eq(radio.text, "0C13=0.005 ");
	cr_assert_str_eq(radio.telegram.address.id, "12345678");
}

Test(wmbus, a_layer_that_is_cut_off_is_malformed)
{
	static const char *const cut[] = {
		LINK "8C 20",
		LINK "8C 2027",
		LINK "8F 2027 2423 11223344 0107 11223300 0000",
		LINK "90",
		LINK "90 02 0000",
		LINK "90 01 00 78",
		LINK "90 0F 002C 25 B30A0000 21924D4F2FB66E01",
		LINK "90 03 002C 25 78",
		LINK "90 03 0010 25 78",
		LINK "90 02 0020 78",
		LINK "90 03 0008 25 78",
		LINK "7A 01 00 00",
		LINK "72 11223344 2423 09 07 01 00 00",
	};
	struct radio radio;

	radio_open(&radio);
	for (size_t i = 0; i < sizeof cut / sizeof *cut; i++) {
		radio_decode_hex(&radio, cut[i]);
		radio_expect(&radio, TELEGRAM_MALFORMED, DIAGNOSIS_HEADER_SHORT);
		cr_assert_str_eq(radio.telegram.address.id, "12345678");
	}
}

Test(wmbus, the_authentication_layer_is_passed_over)
{
	struct radio radio;

	radio_open(&radio);
	radio_decode_hex(&radio, LINK "90 02 0000 78" VOLUME);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	radio_decode_hex(&radio, LINK
			 "8C 2027 90 0F 002C 25 B30A0000 21924D4F2FB66E01 78" VOLUME);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	radio_decode_hex(&radio, LINK "90 07 0032 25 0100 0600 78" VOLUME);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	cr_assert_str_eq(radio.text, "0C13=0.005 ");
}

Test(wmbus, a_fragment_is_told_from_a_message)
{
	struct radio radio;

	radio_open(&radio);
	radio_decode_hex(&radio, LINK "90 02 0140 78" VOLUME);
	radio_expect(&radio, TELEGRAM_UNSUPPORTED, DIAGNOSIS_FRAGMENT);
	radio_decode_hex(&radio, LINK "90 02 0200 78" VOLUME);
	radio_expect(&radio, TELEGRAM_UNSUPPORTED, DIAGNOSIS_FRAGMENT);
	radio_decode_hex(&radio, LINK "90 02 0100 78" VOLUME);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
}

Test(wmbus, a_manufacturers_ci_field_is_unsupported_and_keeps_the_address)
{
	struct radio radio;

	radio_open(&radio);
	radio_decode_hex(&radio, LINK "A2 112233");
	radio_expect(&radio, TELEGRAM_UNSUPPORTED, DIAGNOSIS_CI_UNKNOWN);
	cr_assert_str_eq(radio.telegram.address.id, "12345678");
	cr_assert_eq(radio.telegram.frame.ci, 0xA2);
	cr_assert_eq(radio.telegram.diagnosis_offset, 10);
}

Test(wmbus, a_transport_header_alone_has_no_records)
{
	struct radio radio;

	radio_open(&radio);
	radio_decode_hex(&radio, LINK "8B 11223344 2423 09 07 01 02 0000");
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	cr_assert_str_eq(radio.telegram.address.id, "44332211");
	cr_assert_eq(radio.telegram.meter_status, 2);
	radio_decode_hex(&radio, LINK "8A 01 02 0000" VOLUME);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	cr_assert_str_eq(radio.text, "");
}

Test(wmbus, a_telegram_that_breaks_off_keeps_its_good_records)
{
	struct radio radio;

	radio_open(&radio);
	radio_decode_hex(&radio, LINK "78" VOLUME "0C13 0500");
	radio_expect(&radio, TELEGRAM_PARTIAL, DIAGNOSIS_RECORD_SHORT);
	cr_assert_str_eq(radio.text, "0C13=0.005 ");
	cr_assert_eq(radio.telegram.diagnosis_offset, 17);
}
