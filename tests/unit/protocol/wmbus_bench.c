/* SPDX-License-Identifier: MIT */
#include "tests/unit/protocol/wmbus_bench.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "protocol/decimal.h"
#include "protocol/hex.h"
#include "protocol/openssl/openssl_crypto.h"
#include "tests/unit/protocol/mbus_bench.h"

const uint8_t radio_key[CRYPTO_KEY_SIZE] = { 0, 1, 2,  3,  4,  5,  6,  7,
					     8, 9, 10, 11, 12, 13, 14, 15 };

static bool find_key(void *owner, const struct mbus_address *address,
		     uint8_t ret_key[CRYPTO_KEY_SIZE])
{
	const struct radio *radio = owner;

	if (!radio->has_key ||
	    (radio->key_id[0] != '\0' && strcmp(radio->key_id, address->id) != 0))
		return false;
	memcpy(ret_key, radio->key, CRYPTO_KEY_SIZE);
	return true;
}

void radio_open(struct radio *radio)
{
	memset(radio, 0, sizeof *radio);
	radio->formats.formats = radio->formats_memory;
	radio->formats.capacity = RADIO_FORMATS_MAX;
	radio->context = (struct telegram_context){
		.find_key_cb = find_key,
		.owner = radio,
		.crypto = &openssl_crypto,
		.buffer = radio->buffer,
		.formats = &radio->formats,
	};
}

void radio_set_key(struct radio *radio, const char *id, const uint8_t *key)
{
	radio->has_key = true;
	memcpy(radio->key, key, CRYPTO_KEY_SIZE);
	snprintf(radio->key_id, sizeof radio->key_id, "%s", id != NULL ? id : "");
}

static void write_record(struct radio *radio, const struct telegram_record *record)
{
	struct reading_register reg;
	struct value value;
	char value_text[READING_TEXT_MAX];
	size_t size = strlen(radio->text);

	telegram_register(record, &reg);
	telegram_value(record, &reg, &value);
	value_write(&value, &reg, value_text);
	cr_assert_lt(size + 2 * record->header.size + strlen(value_text) + 3,
		     sizeof radio->text);
	hex_encode(record->header, radio->text + size);
	size = strlen(radio->text);
	snprintf(radio->text + size, sizeof radio->text - size, "=%s ", value_text);
}

/* The copy ends where the bytes end, so that ASan sees every step beyond. */
static void decode(struct radio *radio, const uint8_t *bytes, size_t size)
{
	uint8_t *copy = malloc(size + 1);
	struct telegram_record record;
	size_t end = 0;

	memcpy(copy + 1, bytes, size);
	radio->text[0] = '\0';
	if (telegram_open_wireless(span_of(copy + 1, size), &radio->context,
				   &radio->telegram)) {
		while (telegram_next(&radio->telegram, &record)) {
			cr_assert_geq(record.offset, end);
			end = record.offset + record.header.size + record.data.size;
			cr_assert_leq(end, radio->telegram.bytes.size);
			write_record(radio, &record);
		}
	}
	cr_assert_leq(radio->telegram.diagnosis_offset, radio->telegram.bytes.size);
	free(copy);
}

void radio_decode(struct radio *radio, const uint8_t *body, size_t size)
{
	uint8_t bytes[BENCH_BYTES_MAX];

	cr_assert_lt(size, 256);
	bytes[0] = (uint8_t)size;
	memcpy(bytes + 1, body, size);
	decode(radio, bytes, size + 1);
}

void radio_decode_hex(struct radio *radio, const char *body)
{
	uint8_t bytes[BENCH_BYTES_MAX];

	radio_decode(radio, bytes, bench_hex(body, bytes));
}

void radio_decode_frame(struct radio *radio, const char *frame)
{
	uint8_t bytes[BENCH_BYTES_MAX];

	decode(radio, bytes, bench_hex(frame, bytes));
}

void radio_encrypt_cbc(const uint8_t *key, const uint8_t *iv, uint8_t *bytes, size_t size)
{
	static const uint8_t zeros[CRYPTO_BLOCK_SIZE];
	uint8_t block[CRYPTO_BLOCK_SIZE];

	memcpy(block, iv, sizeof block);
	for (size_t i = 0; i < size; i += sizeof block) {
		for (size_t k = 0; k < sizeof block; k++)
			block[k] ^= bytes[i + k];
		/* The counter mode of a block over zeros is the block's cipher. */
		cr_assert(openssl_crypto.ctr_cb(key, block, span_of(zeros, sizeof zeros),
						bytes + i));
		memcpy(block, bytes + i, sizeof block);
	}
}

void radio_expect(const struct radio *radio, enum telegram_status status,
		  enum telegram_diagnosis diagnosis)
{
	cr_assert_eq(radio->telegram.status, status, "status %s",
		     telegram_status_text(radio->telegram.status));
	cr_assert_eq(radio->telegram.diagnosis, diagnosis, "diagnosis %s",
		     telegram_diagnosis_text(radio->telegram.diagnosis));
}

void radio_append(struct radio_message *message, const char *hex)
{
	message->size += bench_hex(hex, message->bytes + message->size);
}
