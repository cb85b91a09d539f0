/* SPDX-License-Identifier: MIT */
#include "protocol/wmbus/wmbus_format.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "protocol/hex.h"
#include "protocol/wmbus/wmbus_crc.h"
#include "tests/unit/protocol/mbus_bench.h"
#include "tests/unit/protocol/wmbus_bench.h"

#define LINK "44 2D2C 78563412 1B 16 "
/* Two records of a full frame: volume, and a text of variable length. */
#define FULL    "0C13 05000000 0DFD11 02 4241 "
#define HEADERS "0C13 0DFD11 "
#define DATA    "06000000 03 434241 "

static uint16_t crc_of(const char *hex)
{
	uint8_t bytes[BENCH_BYTES_MAX];

	return wmbus_crc(span_of(bytes, bench_hex(hex, bytes)));
}

/* Decodes the data of a compact frame in the format of headers. */
static void decode_compact(struct radio *radio, const char *ci_and_header,
			   const char *headers, const char *data)
{
	char hex[512] = LINK;
	uint8_t signature[4] = { (uint8_t)crc_of(headers),
				 (uint8_t)(crc_of(headers) >> 8), 0x12, 0x34 };

	strcat(hex, ci_and_header);
	hex_encode(span_of(signature, sizeof signature), hex + strlen(hex));
	strcat(hex, data);
	radio_decode_hex(radio, hex);
}

Test(wmbus_format, crc_is_that_of_the_standard)
{
	cr_assert_eq(wmbus_crc(span_text("123456789")), 0xC2B7);
	cr_assert_eq(wmbus_crc_add(wmbus_crc(span_text("1234")), span_text("56789")),
		     0xC2B7);
	cr_assert_eq(wmbus_crc(span_of(NULL, 0)), WMBUS_CRC_NONE);
}

Test(wmbus_format, a_compact_frame_is_read_by_the_format_of_a_full_one)
{
	struct radio radio;

	radio_open(&radio);
	decode_compact(&radio, "79", HEADERS, DATA);
	radio_expect(&radio, TELEGRAM_UNKNOWN_FORMAT, DIAGNOSIS_FORMAT_UNKNOWN);
	radio_decode_hex(&radio, LINK "78" FULL "2F2F");
	decode_compact(&radio, "79", HEADERS, DATA);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	cr_assert_str_eq(radio.text, "0C13=0.006 0DFD11=ABC ");
	decode_compact(&radio, "7B 01 02 0000", HEADERS, DATA);
	cr_assert_str_eq(radio.text, "0C13=0.006 0DFD11=ABC ");
	cr_assert_eq(radio.telegram.meter_status, 2);
	decode_compact(&radio, "73 11223344 2423 09 07 01 02 0000", HEADERS, DATA);
	cr_assert_str_eq(radio.text, "0C13=0.006 0DFD11=ABC ");
	cr_assert_str_eq(radio.telegram.address.id, "44332211");
	cr_assert_eq(radio.telegram.frame.ci, 0x73);
}

Test(wmbus_format, without_a_store_no_format_is_known)
{
	struct radio radio;

	radio_open(&radio);
	radio.context.formats = NULL;
	radio_decode_hex(&radio, LINK "78" FULL);
	decode_compact(&radio, "79", HEADERS, DATA);
	radio_expect(&radio, TELEGRAM_UNKNOWN_FORMAT, DIAGNOSIS_FORMAT_UNKNOWN);
}

Test(wmbus_format, a_format_frame_teaches_as_well)
{
	struct radio radio;
	char hex[256];
	uint16_t signature = crc_of(HEADERS);

	radio_open(&radio);
	snprintf(hex, sizeof hex, LINK "69 07 %02X%02X" HEADERS, signature & 0xFF,
		 signature >> 8);
	radio_decode_hex(&radio, hex);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	cr_assert_str_eq(radio.text, "");
	decode_compact(&radio, "79", HEADERS, DATA);
	cr_assert_str_eq(radio.text, "0C13=0.006 0DFD11=ABC ");
}

Test(wmbus_format, a_format_frame_must_match_its_signature)
{
	static const char *const bad[] = { "07 1234 0C13 0DFD11", "02 1234 0C13",
					   "08 1234 0C13 0DFD11", "07", "03 1234" };
	struct radio radio;
	uint8_t bytes[64];

	radio_open(&radio);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_assert_not(wmbus_formats_learn_frame(
			&radio.formats, span_of(bytes, bench_hex(bad[i], bytes))));
	cr_assert_eq(radio.formats.count, 0);
}

Test(wmbus_format, data_that_does_not_fit_is_named)
{
	struct radio radio;

	radio_open(&radio);
	radio_decode_hex(&radio, LINK "78" FULL);
	decode_compact(&radio, "79", HEADERS, "06000000 03 4342");
	radio_expect(&radio, TELEGRAM_MALFORMED, DIAGNOSIS_FORMAT_MISFIT);
	decode_compact(&radio, "79", HEADERS, DATA "01");
	radio_expect(&radio, TELEGRAM_MALFORMED, DIAGNOSIS_FORMAT_MISFIT);
	decode_compact(&radio, "79", HEADERS, DATA "2F2F");
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	radio_decode_hex(&radio, LINK "79 1122 33");
	radio_expect(&radio, TELEGRAM_MALFORMED, DIAGNOSIS_HEADER_SHORT);
	radio_decode_hex(&radio, LINK "79");
	radio_expect(&radio, TELEGRAM_MALFORMED, DIAGNOSIS_HEADER_SHORT);
}

/* An encrypted compact frame has its check bytes, and sometimes more, in front. */
Test(wmbus_format, fillers_in_front_of_an_encrypted_compact_frame_are_passed_over)
{
	struct radio radio;

	radio_open(&radio);
	radio_decode_hex(&radio, LINK "78" FULL);
	decode_compact(&radio, "7B 01 02 1005 2F2F2F", HEADERS, DATA);
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	cr_assert_str_eq(radio.text, "0C13=0.006 0DFD11=ABC ");
	decode_compact(&radio, "7B 01 02 1005", HEADERS, DATA);
	radio_expect(&radio, TELEGRAM_ENCRYPTED, DIAGNOSIS_ENCRYPTED);
	radio_decode_hex(&radio, LINK "7B 01 02 1005");
	radio_expect(&radio, TELEGRAM_MALFORMED, DIAGNOSIS_HEADER_SHORT);
}

Test(wmbus_format, headers_with_extensions_are_told_apart)
{
	struct radio radio;

	radio_open(&radio);
	radio_decode_hex(&radio, LINK "78 8C9001933B 05000000 8240FD08 0700");
	decode_compact(&radio, "79", "8C9001933B 8240FD08", "06000000 0800");
	radio_expect(&radio, TELEGRAM_OK, DIAGNOSIS_NONE);
	cr_assert_str_eq(radio.text, "8C9001933B=0.006 8240FD08=8 ");
}

/* Headers that a format frame taught and that are none. */
Test(wmbus_format, a_format_of_broken_headers_fits_nothing)
{
	static const char *const broken[] = { "0CFD", "8C", "0C" };
	struct radio radio;

	radio_open(&radio);
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		uint16_t signature = crc_of(broken[i]);
		char hex[128];

		snprintf(hex, sizeof hex, LINK "69 %02X %02X%02X %s",
			 (unsigned)(2 + strlen(broken[i]) / 2), signature & 0xFF,
			 signature >> 8, broken[i]);
		radio_decode_hex(&radio, hex);
		cr_assert_eq(radio.formats.count, i + 1);
		decode_compact(&radio, "79", broken[i], DATA);
		radio_expect(&radio, TELEGRAM_MALFORMED, DIAGNOSIS_FORMAT_MISFIT);
	}
}

Test(wmbus_format, more_headers_than_a_telegram_can_hold_teach_nothing)
{
	struct radio radio;
	uint8_t records[WMBUS_FORMAT_MAX + 1];

	radio_open(&radio);
	/* Records of two bytes and no data. */
	for (size_t i = 0; i < sizeof records; i++)
		records[i] = i % 2 == 0 ? 0x00 : 0x13;
	wmbus_formats_learn(&radio.formats, span_of(records, sizeof records));
	cr_assert_eq(radio.formats.count, 0);
	wmbus_formats_learn(&radio.formats, span_of(records, sizeof records - 2));
	cr_assert_eq(radio.formats.count, 1);
}

Test(wmbus_format, what_does_not_parse_teaches_nothing)
{
	struct radio radio;

	radio_open(&radio);
	radio_decode_hex(&radio, LINK "78" FULL "3F");
	radio_decode_hex(&radio, LINK "78 2F2F");
	cr_assert_eq(radio.formats.count, 0);
	radio_decode_hex(&radio, LINK "78" FULL "0F 112233");
	radio_decode_hex(&radio, LINK "78" FULL);
	cr_assert_eq(radio.formats.count, 1, "a block has no header");
}

Test(wmbus_format, the_oldest_format_gives_way)
{
	static const char *const full[] = { "0A13 0100", "0B13 010000", "0C13 01000000",
					    "0E13 010000000000" };
	struct radio radio;

	radio_open(&radio);
	radio_decode_hex(&radio, LINK "78" FULL);
	for (size_t i = 0; i < sizeof full / sizeof *full; i++) {
		char hex[128] = LINK "78";

		radio_decode_hex(&radio, strcat(hex, full[i]));
	}
	cr_assert_eq(radio.formats.count, RADIO_FORMATS_MAX);
	decode_compact(&radio, "79", HEADERS, DATA);
	radio_expect(&radio, TELEGRAM_UNKNOWN_FORMAT, DIAGNOSIS_FORMAT_UNKNOWN);
	decode_compact(&radio, "79", "0E13", "020000000000");
	cr_assert_str_eq(radio.text, "0E13=0.002 ");
}

/* Signatures collide: the CRC of the full frame decides, else the first that fits. */
Test(wmbus_format, of_two_formats_with_one_signature_the_crc_decides)
{
	struct radio radio;
	uint8_t payload[6] = { 0x11, 0x22, 0, 0, 0x07, 0x00 };
	uint8_t room[32];
	size_t size;
	bool is_verified;
	uint16_t crc = crc_of("02FD08 0700");

	radio_open(&radio);
	radio.formats.count = 2;
	radio.formats_memory[0] = (struct wmbus_format){ 0x2211, 2, { 0x02, 0x13 } };
	radio.formats_memory[1] = (struct wmbus_format){ 0x2211, 3, { 0x02, 0xFD, 8 } };
	cr_assert_eq(wmbus_formats_expand(&radio.formats, span_of(payload, 6), room,
					  sizeof room, &size, &is_verified),
		     WMBUS_EXPANDED);
	cr_assert_not(is_verified);
	cr_assert_eq(size, 4);
	cr_assert_eq(room[1], 0x13);
	payload[2] = (uint8_t)crc;
	payload[3] = (uint8_t)(crc >> 8);
	cr_assert_eq(wmbus_formats_expand(&radio.formats, span_of(payload, 6), room,
					  sizeof room, &size, &is_verified),
		     WMBUS_EXPANDED);
	cr_assert(is_verified);
	cr_assert_eq(room[1], 0xFD);
	cr_assert_eq(wmbus_formats_expand(&radio.formats, span_of(payload, 6), room, 4,
					  &size, &is_verified),
		     WMBUS_EXPANDED);
	cr_assert_eq(wmbus_formats_expand(&radio.formats, span_of(payload, 6), room, 3,
					  &size, &is_verified),
		     WMBUS_EXPANSION_MISFIT);
}
