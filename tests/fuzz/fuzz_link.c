/* SPDX-License-Identifier: MIT */
/*
 * What a link reads before the terminal's own text: a proxy's header, then telnet. A
 * header found whole is the same header with anything behind it; a filter fed in pieces
 * gives what it gives at once.
 */
#include <stdint.h>
#include <stdlib.h>

#include "protocol/proxy/proxy_header.h"
#include "protocol/telnet/telnet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool is_true)
{
	if (!is_true)
		abort();
}

static size_t read_header(const uint8_t *data, size_t size)
{
	struct proxy_header header, again;
	enum proxy_result result = proxy_header_read(span_of(data, size), &header);

	if (result != PROXY_HEADER_WHOLE)
		return 0;
	must(header.size <= size && header.size <= PROXY_HEADER_MAX);
	must(proxy_header_read(span_of(data, header.size), &again) == PROXY_HEADER_WHOLE);
	must(again.family == header.family && again.port == header.port);
	must(proxy_header_read(span_of(data, header.size - 1), &again) ==
	     PROXY_HEADER_MORE);
	return header.size;
}

/* A hash of what passes; is_quick: by telnet_plain() where it can. */
static uint64_t strip(const uint8_t *data, size_t size, bool is_quick)
{
	struct telnet telnet = { 0 };
	uint8_t answer[TELNET_ANSWER_SIZE];
	uint64_t hash = 1469598103934665603u;

	for (size_t at = 0; at < size;) {
		size_t plain =
			is_quick ? telnet_plain(&telnet, span_of(data + at, size - at))
				 : 0;
		must(plain <= size - at);
		for (; plain > 0; plain--)
			hash = (hash ^ data[at++]) * 1099511628211u;
		if (at == size)
			break;
		uint8_t byte = data[at++];
		if (telnet_read(&telnet, byte, answer) == TELNET_DATA)
			hash = (hash ^ byte) * 1099511628211u;
	}
	return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t header = read_header(data, size);
	must(strip(data + header, size - header, true) ==
	     strip(data + header, size - header, false));
	return 0;
}
