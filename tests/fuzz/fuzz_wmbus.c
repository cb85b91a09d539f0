/* SPDX-License-Identifier: MIT */
/*
 * Whatever the bytes, with and without the L field, with a key for everybody and a store
 * of formats that fills up: a wireless telegram is opened, its records lie inside what
 * was read, and the walk ends. The first byte chooses the entry and whether there is a
 * key.
 */
#include <stdlib.h>

#include "protocol/openssl/openssl_crypto.h"
#include "protocol/wmbus/wmbus.h"

enum { FORMATS_MAX = 4, HAS_KEY = 1, IS_RECORD = 2 };

static bool find_key(void *owner, const struct mbus_address *address,
		     uint8_t ret_key[CRYPTO_KEY_SIZE])
{
	(void)owner;
	(void)address;
	memset(ret_key, 0x11, CRYPTO_KEY_SIZE);
	return true;
}

static void check_inside(struct span part, struct span bytes)
{
	if (part.size > 0 && (part.data < bytes.data || part.size > bytes.size ||
			      (size_t)(part.data - bytes.data) > bytes.size - part.size))
		abort();
}

static void walk(struct telegram *telegram)
{
	struct telegram_record record;
	struct reading_register reg;
	struct value value;
	size_t count = 0;

	while (telegram_next(telegram, &record)) {
		/* a counter of the fixed structure has a header of constants */
		if (!telegram->is_fixed)
			check_inside(record.header, telegram->bytes);
		check_inside(record.data, telegram->bytes);
		telegram_register(&record, &reg);
		telegram_value(&record, &reg, &value);
		if (++count > telegram->bytes.size)
			abort();
	}
}

static void open_one(struct span bytes, uint8_t choice,
		     const struct telegram_context *context)
{
	struct telegram telegram;
	bool has_records =
		(choice & IS_RECORD) != 0
			? telegram_open_wireless_record(bytes, context, &telegram)
			: telegram_open_wireless(bytes, context, &telegram);
	if (has_records)
		walk(&telegram);
	if (telegram_status_text(telegram.status)[0] == '\0')
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t buffer[WMBUS_BUFFER_SIZE];
	struct wmbus_format memory[FORMATS_MAX];
	struct wmbus_formats formats = { .formats = memory, .capacity = FORMATS_MAX };

	if (size == 0)
		return 0;
	struct telegram_context context = {
		.find_key_cb = (data[0] & HAS_KEY) != 0 ? find_key : NULL,
		.crypto = &openssl_crypto,
		.buffer = buffer,
		.formats = &formats,
	};
	struct span bytes = span_of(data + 1, size - 1);
	open_one(bytes, data[0], &context);
	/* again: a compact frame may have learned its format by now */
	open_one(bytes, data[0], &context);
	open_one(bytes, data[0], NULL);
	return 0;
}
