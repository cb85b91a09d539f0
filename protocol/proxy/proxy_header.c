/* SPDX-License-Identifier: MIT */
#include "protocol/proxy/proxy_header.h"

#include "protocol/proxy/proxy_address.h"

enum {
	V1_LINE_MAX = 107, /* with CR LF; section 2.1 */
	V1_FIELDS = 4,
	V2_FIXED = 16,
	V2_INET = 12, /* two addresses and two ports */
	V2_INET6 = 36,
	LIKELY_BYTES = 5,
};

static const char v1_word[] = "PROXY ";
static const uint8_t v2_word[12] = "\r\n\r\n\0\r\nQUIT\n";

/* Whether bytes begin with word, as far as there are bytes. */
static bool is_begun(struct span bytes, const void *word, size_t size)
{
	size_t common = bytes.size < size ? bytes.size : size;
	return memcmp(bytes.data, word, common) == 0;
}

bool proxy_header_is_likely(struct span bytes)
{
	return bytes.size >= LIKELY_BYTES &&
	       (is_begun(bytes, v1_word, sizeof(v1_word) - 1) ||
		is_begun(bytes, v2_word, sizeof(v2_word)));
}

/* ---- version 1 ---- */

/* Splits at single blanks; how many fields there are, at most V1_FIELDS + 1. */
static size_t split(struct span line, struct span ret_fields[V1_FIELDS + 1])
{
	size_t count = 0;
	while (count <= V1_FIELDS) {
		const uint8_t *blank =
			line.size > 0 ? memchr(line.data, ' ', line.size) : NULL;
		size_t size = blank ? (size_t)(blank - line.data) : line.size;
		ret_fields[count++] = span_of(line.data, size);
		if (blank == NULL)
			break;
		line = span_of(blank + 1, line.size - size - 1);
	}
	return count;
}

/* "TCP4 203.0.113.7 198.51.100.1 56324 1560" behind "PROXY ". */
static bool read_v1_addresses(struct span line, struct proxy_header *ret_header)
{
	struct span fields[1 + V1_FIELDS + 1];
	bool is_v6 = is_begun(line, "TCP6 ", 5);
	uint8_t ours[16];
	uint16_t our_port;

	if (line.size < 5 || (!is_v6 && !is_begun(line, "TCP4 ", 5)))
		return false;
	if (split(span_of(line.data + 5, line.size - 5), fields) != V1_FIELDS)
		return false;
	ret_header->family = is_v6 ? PROXY_FAMILY_IPV6 : PROXY_FAMILY_IPV4;
	bool (*read)(struct span text, uint8_t * ret_bytes) =
		is_v6 ? proxy_address_read_v6 : proxy_address_read_v4;
	return read(fields[0], ret_header->address) && read(fields[1], ours) &&
	       proxy_address_read_port(fields[2], &ret_header->port) &&
	       proxy_address_read_port(fields[3], &our_port);
}

static enum proxy_result read_v1(struct span bytes, struct proxy_header *ret_header)
{
	static const char unknown[] = "UNKNOWN";
	struct proxy_header header = { .family = PROXY_FAMILY_NONE };
	size_t prefix = sizeof(v1_word) - 1;
	size_t seen = bytes.size < V1_LINE_MAX ? bytes.size : V1_LINE_MAX;
	const uint8_t *end = memchr(bytes.data, '\n', seen);

	if (end == NULL)
		return seen < V1_LINE_MAX ? PROXY_HEADER_MORE : PROXY_HEADER_BROKEN;
	if (end[-1] != '\r')
		return PROXY_HEADER_BROKEN;
	struct span line =
		span_of(bytes.data + prefix, (size_t)(end - 1 - bytes.data) - prefix);
	bool is_unknown = line.size >= sizeof(unknown) - 1 &&
			  is_begun(line, unknown, sizeof(unknown) - 1);
	if (!is_unknown && !read_v1_addresses(line, &header))
		return PROXY_HEADER_BROKEN;
	header.size = (size_t)(end + 1 - bytes.data);
	*ret_header = header;
	return PROXY_HEADER_WHOLE;
}

/* ---- version 2 ---- */

static uint16_t read_u16(const uint8_t *data)
{
	return (uint16_t)(data[0] << 8 | data[1]);
}

/* The addresses in body, if they are of TCP; false: too few bytes for them. */
static bool read_v2_addresses(uint8_t kind, struct span body, struct proxy_header *header)
{
	static const struct {
		uint8_t kind;
		enum proxy_family family;
		uint8_t address_size;
		uint8_t size;
	} rows[] = {
		{ 0x11, PROXY_FAMILY_IPV4, 4, V2_INET },
		{ 0x21, PROXY_FAMILY_IPV6, 16, V2_INET6 },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].kind != kind)
			continue;
		if (body.size < rows[i].size)
			return false;
		header->family = rows[i].family;
		memcpy(header->address, body.data, rows[i].address_size);
		header->port = read_u16(body.data + 2u * rows[i].address_size);
	}
	return true; /* anything else is not TCP: the proxy's own address counts */
}

static enum proxy_result read_v2(struct span bytes, struct proxy_header *ret_header)
{
	struct proxy_header header = { .family = PROXY_FAMILY_NONE };
	enum { LOCAL = 0x20, PROXY = 0x21 };

	if (bytes.size < V2_FIXED)
		return PROXY_HEADER_MORE;
	uint8_t command = bytes.data[12];
	size_t length = read_u16(bytes.data + 14);
	if ((command != LOCAL && command != PROXY) ||
	    length > PROXY_HEADER_MAX - V2_FIXED)
		return PROXY_HEADER_BROKEN;
	if (bytes.size < V2_FIXED + length)
		return PROXY_HEADER_MORE;
	if (command == PROXY &&
	    !read_v2_addresses(bytes.data[13], span_of(bytes.data + V2_FIXED, length),
			       &header))
		return PROXY_HEADER_BROKEN;
	header.size = V2_FIXED + length;
	*ret_header = header;
	return PROXY_HEADER_WHOLE;
}

enum proxy_result proxy_header_read(struct span bytes, struct proxy_header *ret_header)
{
	if (bytes.size == 0)
		return PROXY_HEADER_MORE;
	bool is_v1 = is_begun(bytes, v1_word, sizeof(v1_word) - 1);
	if (!is_v1 && !is_begun(bytes, v2_word, sizeof(v2_word)))
		return PROXY_HEADER_BROKEN;
	if (!is_v1)
		return read_v2(bytes, ret_header);
	return bytes.size < sizeof(v1_word) - 1 ? PROXY_HEADER_MORE
						: read_v1(bytes, ret_header);
}
