/* SPDX-License-Identifier: MIT */
#include "tests/corpus/corpus_file.h"

#include "protocol/hex.h"
#include "protocol/openssl/openssl_crypto.h"

#include <stdlib.h>

FILE *corpus_open(const char *name)
{
	const char *directory = getenv("READOUT_CORPUS");
	char path[4096];

	if (directory == NULL)
		directory = READOUT_SOURCE_DIRECTORY "/../shared/corpus";
	snprintf(path, sizeof path, "%s/%s", directory, name);
	return fopen(path, "r");
}

json_t *corpus_read_line(FILE *file, char *line)
{
	/* Integers beyond 64 bits occur in the corpus. */
	size_t flags = JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL;
	json_error_t error;
	json_t *object;

	if (fgets(line, CORPUS_LINE_MAX, file) == NULL)
		return NULL;
	object = json_loads(line, flags, &error);
	if (object == NULL) {
		printf("corpus: a line that is no JSON object: %s\n", error.text);
		exit(1);
	}
	return object;
}

static bool find_key(void *owner, const struct mbus_address *address,
		     uint8_t ret_key[CRYPTO_KEY_SIZE])
{
	const struct corpus_radio *radio = owner;

	(void)address;
	return radio->key != NULL && strlen(radio->key) == 2 * CRYPTO_KEY_SIZE &&
	       hex_decode(span_text(radio->key), ret_key);
}

struct corpus_radio *corpus_radio_create(void)
{
	struct corpus_radio *radio = calloc(1, sizeof *radio);

	if (radio == NULL)
		exit(1);
	radio->formats.formats = radio->formats_memory;
	radio->formats.capacity = CORPUS_FORMATS_MAX;
	radio->context = (struct telegram_context){
		.find_key_cb = find_key,
		.owner = radio,
		.crypto = &openssl_crypto,
		.buffer = radio->buffer,
		.formats = &radio->formats,
	};
	return radio;
}

size_t corpus_bytes(const json_t *frame, uint8_t ret_bytes[CORPUS_TELEGRAM_MAX])
{
	struct span hex = span_text(json_string_value(json_object_get(frame, "hex")));

	if (hex.size > 2 * CORPUS_TELEGRAM_MAX || !hex_decode(hex, ret_bytes))
		return 0;
	return hex.size / 2;
}

bool corpus_telegram_open(struct corpus_radio *radio, const json_t *frame,
			  struct span bytes, struct telegram *ret_telegram)
{
	const char *kind = json_string_value(json_object_get(frame, "kind"));

	radio->key = json_string_value(json_object_get(frame, "key"));
	return strcmp(kind, "wmbus") == 0
		       ? telegram_open_wireless(bytes, &radio->context, ret_telegram)
		       : telegram_open(bytes, ret_telegram);
}
