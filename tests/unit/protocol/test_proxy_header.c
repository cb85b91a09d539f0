/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <string.h>

#include "protocol/proxy/proxy_address.h"
#include "protocol/proxy/proxy_header.h"

#define V2 "\r\n\r\n\0\r\nQUIT\n"

static struct span literal(const char *text, size_t size)
{
	return span_of(text, size);
}
#define BYTES(text) literal(text, sizeof(text) - 1)

/* Whole only with the last byte: everything shorter wants more. */
static struct proxy_header expect_whole(struct span bytes)
{
	struct proxy_header header;
	for (size_t size = 0; size < bytes.size; size++)
		cr_assert_eq(proxy_header_read(span_of(bytes.data, size), &header),
			     PROXY_HEADER_MORE, "%zu bytes", size);
	cr_assert_eq(proxy_header_read(bytes, &header), PROXY_HEADER_WHOLE);
	cr_assert_eq(header.size, bytes.size);
	return header;
}

static void expect_broken(struct span bytes)
{
	struct proxy_header header;
	cr_assert_eq(proxy_header_read(bytes, &header), PROXY_HEADER_BROKEN, "%.*s",
		     (int)bytes.size, (const char *)bytes.data);
}

Test(proxy_header, version_1_names_an_ipv4_peer)
{
	struct proxy_header header =
		expect_whole(BYTES("PROXY TCP4 203.0.113.7 198.51.100.1 56324 1560\r\n"));
	cr_assert_eq(header.family, PROXY_FAMILY_IPV4);
	cr_assert_eq(header.port, 56324);
	cr_assert_arr_eq(header.address, "\xCB\0\x71\x07", 4);
}

Test(proxy_header, version_1_names_an_ipv6_peer)
{
	struct proxy_header header =
		expect_whole(BYTES("PROXY TCP6 2001:db8::7 ::1 1 65535\r\n"));
	cr_assert_eq(header.family, PROXY_FAMILY_IPV6);
	cr_assert_arr_eq(header.address, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07",
			 16);
}

Test(proxy_header, version_1_need_not_know)
{
	cr_assert_eq(expect_whole(BYTES("PROXY UNKNOWN\r\n")).family, PROXY_FAMILY_NONE);
	cr_assert_eq(expect_whole(BYTES("PROXY UNKNOWN ff::1 ff::2 1 2\r\n")).family,
		     PROXY_FAMILY_NONE);
}

Test(proxy_header, what_follows_is_not_part_of_it)
{
	struct proxy_header header;
	cr_assert_eq(proxy_header_read(BYTES("PROXY UNKNOWN\r\nAT\r"), &header),
		     PROXY_HEADER_WHOLE);
	cr_assert_eq(header.size, 15);
}

Test(proxy_header, version_1_is_taken_at_its_word_alone)
{
	expect_broken(BYTES("PROXY TCP4 203.0.113.7 198.51.100.1 56324\r\n"));
	expect_broken(BYTES("PROXY TCP4 203.0.113.7 198.51.100.1 1 2 3\r\n"));
	expect_broken(BYTES("PROXY TCP4  203.0.113.7 198.51.100.1 1 2\r\n"));
	expect_broken(BYTES("PROXY TCP4 203.0.113.07 198.51.100.1 1 2\r\n"));
	expect_broken(BYTES("PROXY TCP4 203.0.113.256 198.51.100.1 1 2\r\n"));
	expect_broken(BYTES("PROXY TCP4 203.0.113.7 198.51.100.1 1 65536\r\n"));
	expect_broken(BYTES("PROXY TCP4 203.0.113.7 198.51.100.1 -1 2\r\n"));
	expect_broken(BYTES("PROXY TCP4 ::1 ::1 1 2\r\n"));
	expect_broken(BYTES("PROXY TCP5 203.0.113.7 198.51.100.1 1 2\r\n"));
	expect_broken(BYTES("PROXY UNKNOWN\n"));
	expect_broken(BYTES("PROXY \r\n"));
	expect_broken(BYTES("AT\r\n"));
}

Test(proxy_header, version_1_has_107_bytes_at_most)
{
	char line[120];
	memset(line, 'x', sizeof(line));
	memcpy(line, "PROXY UNKNOWN", 13);
	struct proxy_header header;
	cr_assert_eq(proxy_header_read(span_of(line, 106), &header), PROXY_HEADER_MORE);
	cr_assert_eq(proxy_header_read(span_of(line, 107), &header), PROXY_HEADER_BROKEN);
}

Test(proxy_header, version_2_names_its_peer_and_may_carry_more)
{
	struct proxy_header header = expect_whole(
		BYTES(V2 "\x21\x11\0\x0f\xCB\0\x71\x07\x01\x02\x03\x04\x0f\xa0\x06\x18"
			 "\x04\0\0"));
	cr_assert_eq(header.family, PROXY_FAMILY_IPV4);
	cr_assert_arr_eq(header.address, "\xCB\0\x71\x07", 4);
	cr_assert_eq(header.port, 4000);
}

Test(proxy_header, version_2_of_the_proxy_itself_names_nobody)
{
	cr_assert_eq(expect_whole(BYTES(V2 "\x20\0\0\0")).family, PROXY_FAMILY_NONE);
	cr_assert_eq(expect_whole(BYTES(V2 "\x21\0\0\0")).family, PROXY_FAMILY_NONE);
}

Test(proxy_header, version_2_that_is_wrong)
{
	expect_broken(BYTES(V2 "\x31\x11\0\x0c"));    /* version 3 */
	expect_broken(BYTES(V2 "\x22\x11\0\x0c"));    /* no such command */
	expect_broken(BYTES(V2 "\x21\x11\xff\xff"));  /* too long */
	expect_broken(BYTES(V2 "\x21\x11\0\x01x"));   /* too short for its addresses */
	expect_broken(BYTES("\r\n\r\n\0\r\nQUIX\n")); /* another signature */
}

Test(proxy_header, is_recognised_by_five_bytes)
{
	cr_assert(proxy_header_is_likely(BYTES("PROXY")));
	cr_assert(proxy_header_is_likely(BYTES(V2)));
	cr_assert_not(proxy_header_is_likely(BYTES("\r\n\r\n")));
	cr_assert_not(proxy_header_is_likely(BYTES("LOGIN:1001")));
}

Test(proxy_address, forms_of_ipv6)
{
	static const struct {
		const char *text;
		bool is_good;
	} rows[] = {
		{ "::", true },
		{ "::1", true },
		{ "1::", true },
		{ "1:2:3:4:5:6:7:8", true },
		{ "::ffff:1.2.3.4", true },
		{ "1:2:3:4:5:6:1.2.3.4", true },
		{ "1:2:3:4:5:6:7", false },
		{ "1:2:3:4:5:6:7:8:9", false },
		{ "1:2:3:4:5:6:7::8", false },
		{ "1::2::3", false },
		{ ":1", false },
		{ "1:", false },
		{ "12345::", false },
		{ "::g", false },
		{ "", false },
		{ "1.2.3.4::", false },
		{ "::1.2.3", false },
	};
	uint8_t bytes[16];
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_eq(proxy_address_read_v6(span_text(rows[i].text), bytes),
			     rows[i].is_good, "%s", rows[i].text);
}
