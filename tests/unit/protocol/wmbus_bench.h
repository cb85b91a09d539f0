/* SPDX-License-Identifier: MIT */
/* Builds wireless telegrams, encrypts them, and decodes them, for tests. */
#ifndef READOUT_TESTS_WMBUS_BENCH_H
#define READOUT_TESTS_WMBUS_BENCH_H

#include "protocol/wmbus/wmbus.h"

enum { RADIO_FORMATS_MAX = 4, RADIO_TEXT_MAX = 2048 };

struct radio {
	struct wmbus_format formats_memory[RADIO_FORMATS_MAX];
	struct wmbus_formats formats;
	uint8_t buffer[WMBUS_BUFFER_SIZE];
	bool has_key;
	uint8_t key[CRYPTO_KEY_SIZE];
	char key_id[9]; /* the meter it belongs to; "" for any */
	struct telegram_context context;

	struct telegram telegram;
	char text[RADIO_TEXT_MAX]; /* of each record: header in hex, '=', value, ' ' */
};

extern const uint8_t radio_key[CRYPTO_KEY_SIZE];

/* A radio with buffer, formats and OpenSSL, and without a key. */
void radio_open(struct radio *radio);

/* Gives the meter with this id (NULL: any) a key. */
void radio_set_key(struct radio *radio, const char *id, const uint8_t *key);

/* Decodes bytes that begin with the C field, in front of which it puts an L field. */
void radio_decode(struct radio *radio, const uint8_t *body, size_t size);

/* The same in hex. */
void radio_decode_hex(struct radio *radio, const char *body);

/* Decodes hex that begins with the L field. */
void radio_decode_frame(struct radio *radio, const char *frame);

/* What became of the telegram decoded last. */
void radio_expect(const struct radio *radio, enum telegram_status status,
		  enum telegram_diagnosis diagnosis);

/* A telegram in the making. */
struct radio_message {
	uint8_t bytes[256];
	size_t size;
};

/* Adds hex to its end. */
void radio_append(struct radio_message *message, const char *hex);

/* AES-CBC of size bytes, a multiple of 16, in place. */
void radio_encrypt_cbc(const uint8_t *key, const uint8_t *iv, uint8_t *bytes,
		       size_t size);

#endif
