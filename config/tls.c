/* SPDX-License-Identifier: MIT */
#include "config/tls.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "config/json_path.h"
#include "config/secret_value.h"
#include "config/value_types.h"

enum { PSK_SIZE_MIN = 16, IDENTITY_BYTES_MAX = 63 };

static const char HEX_DIGITS[] = "0123456789ABCDEFabcdef";

static void free_psk(struct config_tls *tls)
{
	for (size_t i = 0; i < tls->psk_count; i++) {
		explicit_bzero(tls->psk[i].key, sizeof(tls->psk[i].key));
		free(tls->psk[i].identity);
	}
	free(tls->psk);
	tls->psk = NULL;
	tls->psk_count = 0;
}

void tls_free(struct config_tls *tls)
{
	free_psk(tls);
	free(tls->where);
	tls->where = NULL;
}

/* ---- keys ---- */

static uint8_t nibble(char digit)
{
	size_t value = (size_t)(strchr(HEX_DIGITS, digit) - HEX_DIGITS);
	return (uint8_t)(value < 16 ? value : value - 6);
}

bool psk_parse(const char *digits, size_t length, struct config_psk *psk)
{
	size_t size = length / 2;
	if (length % 2 != 0 || size < PSK_SIZE_MIN || size > CONFIG_PSK_SIZE ||
	    strspn(digits, HEX_DIGITS) < length)
		return false;
	for (size_t i = 0; i < size; i++)
		psk->key[i] =
			(uint8_t)(nibble(digits[2 * i]) << 4 | nibble(digits[2 * i + 1]));
	psk->key_size = size;
	return true;
}

static void read_psk_identity(const struct reader_value *value, void *target)
{
	value_read_text(value, &((struct config_psk *)target)->identity);
}

static void read_psk_secret(const struct reader_value *value, void *target)
{
	char *text = secret_value_read(value->reader, value->path, value->json, true);
	if (!text)
		return;
	if (!psk_parse(text, strlen(text), target))
		reader_complain(
			value->reader, value->path,
			"the secret is no key; it must be %d to %d hex digits and "
			"nothing else (openssl rand -hex 32 makes one)",
			2 * PSK_SIZE_MIN, 2 * CONFIG_PSK_SIZE);
	explicit_bzero(text, strlen(text));
	free(text);
}

static const struct reader_key PSK_KEYS[] = {
	{ "identity", read_psk_identity, .least = 1, .most = IDENTITY_BYTES_MAX },
	{ "secret", .read = read_psk_secret },
	{ 0 },
};

static void read_psk_element(const struct reader_value *list, size_t index,
			     struct config_psk *psk)
{
	char *path = json_path_element(list->path, index);
	size_t before = list->reader->errors->count;
	if (!path) {
		reader_complain(list->reader, list->path, "out of memory");
		return;
	}
	reader_read_object(list->reader, PSK_KEYS, path,
			   json_array_get(list->json, index), psk);
	if (list->reader->errors->count == before && (!psk->identity || !psk->key_size))
		reader_complain(list->reader, path,
				"needs both: {\"identity\": \"...\", \"secret\": "
				"{\"file\": \"...\"}}");
	free(path);
}

void read_psk(const struct reader_value *value, void *target)
{
	struct config_tls *tls =
		(struct config_tls *)(void *)((char *)target -
					      offsetof(struct config_tls, psk));
	size_t count = json_array_size(value->json);
	if (!json_is_array(value->json)) {
		reader_complain(value->reader, value->path,
				"must be a list of {\"identity\": ..., \"secret\": ...}");
		return;
	}
	free_psk(tls);
	tls->psk = calloc(count + 1, sizeof(*tls->psk));
	if (!tls->psk) {
		reader_complain(value->reader, value->path, "out of memory");
		return;
	}
	for (size_t i = 0; i < count; i++)
		read_psk_element(value, i, &tls->psk[tls->psk_count++]);
}

/* ---- the section ---- */

void read_client_certificate(const struct reader_value *value, void *target)
{
	const char *const *words = value->key->words;
	const char *text = json_string_value(value->json);
	for (int i = 0; text && words[i]; i++)
		if (strcmp(words[i], text) == 0) {
			*(enum config_client_certificate *)target =
				(enum config_client_certificate)i;
			return;
		}
	value_complain_of_word(value->reader, value->path, text ? text : "", words);
}

static bool is_set(const char *text)
{
	return text && *text;
}

/* What no single key can know. Only listeners have client_certificate. */
static void check(const struct reader_value *value, const struct config_tls *tls)
{
	const struct reader *reader = value->reader;
	if (is_set(tls->certificate) != is_set(tls->key))
		reader_complain(reader, value->path,
				"\"certificate\" and \"key\" belong together; name both "
				"files");
	if (tls->client_certificate != CONFIG_CLIENT_NONE && !is_set(tls->ca))
		reader_complain(reader, value->path,
				"certificates of terminals can be checked only against "
				"\"client_ca\"; name its file");
	if (is_set(tls->crl) && !is_set(tls->ca))
		reader_complain(reader, value->path,
				"\"crl\" is a list of an authority; name that too");
}

void read_tls(const struct reader_value *value, void *target)
{
	struct config_tls *tls = target;
	tls->is_given = true;
	free(tls->where);
	tls->where = document_where(value->reader->document, value->path);
	if (!tls->where)
		reader_complain(value->reader, value->path, "out of memory");
	reader_read_object(value->reader, value->key->keys, value->path, value->json,
			   tls);
	check(value, tls);
}
