/* SPDX-License-Identifier: MIT */
#include "exporters/smartme/smartme_auth.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOKEN_LIFE_S = 3600, TOKEN_LIFE_MAX_S = 86400, MS_PER_S = 1000 };

struct smartme_auth {
	char *header;       /* ready for use; NULL: a token is to be got */
	char *token_header; /* NULL: not by token */
	uint64_t until_ms;  /* the token is good; UINT64_MAX for ever */
};

const char smartme_auth_token_body[] =
	"grant_type=client_credentials&scope=device.readwrite";

static void wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

/* SCHEME VALUE */
static char *join(const char *scheme, const char *value)
{
	size_t size = strlen(scheme) + strlen(value) + 2;
	char *text = malloc(size);
	if (text)
		snprintf(text, size, "%s %s", scheme, value);
	return text;
}

static char *base64(const char *bytes)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t size = strlen(bytes);
	char *text = calloc(1, (size + 2) / 3 * 4 + 1);
	char *at = text;
	for (size_t i = 0; text && i < size; i += 3) {
		size_t left = size - i;
		uint32_t group = (uint32_t)(uint8_t)bytes[i] << 16;
		group |= left > 1 ? (uint32_t)(uint8_t)bytes[i + 1] << 8 : 0;
		group |= left > 2 ? (uint8_t)bytes[i + 2] : 0;
		*at++ = digits[group >> 18];
		*at++ = digits[group >> 12 & 63];
		*at++ = left > 1 ? digits[group >> 6 & 63] : '=';
		*at++ = left > 2 ? digits[group & 63] : '=';
	}
	return text;
}

/* "Basic " and the base64 of NAME:SECRET (RFC 7617) */
static char *basic(const char *name, const char *secret)
{
	size_t size = strlen(name) + strlen(secret) + 2;
	char *pair = malloc(size);
	if (!pair)
		return NULL;
	snprintf(pair, size, "%s:%s", name, secret);
	char *encoded = base64(pair);
	char *header = encoded ? join("Basic", encoded) : NULL;
	wipe(pair);
	wipe(encoded);
	return header;
}

static bool check(const struct smartme_credentials *c, char error[EXPORTER_ERROR_MAX])
{
	bool by_key = c->api_key[0] != '\0';
	bool by_client = c->client_id[0] != '\0' && c->client_secret[0] != '\0';
	bool by_password = c->user[0] != '\0' && c->password[0] != '\0';
	if (by_key + by_client + by_password == 1)
		return true;
	snprintf(error, EXPORTER_ERROR_MAX,
		 "set one of api_key, client_id with client_secret, and user with "
		 "password");
	return false;
}

struct smartme_auth *smartme_auth_new(const struct smartme_credentials *credentials,
				      char error[EXPORTER_ERROR_MAX])
{
	if (!check(credentials, error))
		return NULL;
	struct smartme_auth *auth = calloc(1, sizeof *auth);
	snprintf(error, EXPORTER_ERROR_MAX, "out of memory");
	if (!auth)
		return NULL;
	auth->until_ms = UINT64_MAX;
	if (credentials->api_key[0] != '\0')
		auth->header = join("ApiKey", credentials->api_key);
	else if (credentials->client_id[0] != '\0')
		auth->token_header =
			basic(credentials->client_id, credentials->client_secret);
	else
		auth->header = basic(credentials->user, credentials->password);
	if (auth->header || auth->token_header)
		return auth;
	smartme_auth_free(auth);
	return NULL;
}

void smartme_auth_free(struct smartme_auth *auth)
{
	if (!auth)
		return;
	wipe(auth->header);
	wipe(auth->token_header);
	free(auth);
}

const char *smartme_auth_header(const struct smartme_auth *auth, uint64_t now_ms)
{
	return now_ms < auth->until_ms ? auth->header : NULL;
}

const char *smartme_auth_token_header(const struct smartme_auth *auth)
{
	return auth->token_header;
}

bool smartme_auth_take_token(struct smartme_auth *auth, const char *reply,
			     uint64_t now_ms)
{
	json_t *json = json_loads(reply, 0, NULL);
	const char *token = json_string_value(json_object_get(json, "access_token"));
	const json_t *life = json_object_get(json, "expires_in");
	json_int_t life_s =
		json_is_integer(life) ? json_integer_value(life) : TOKEN_LIFE_S;
	char *header = token ? join("Bearer", token) : NULL;

	if (life_s < 1 || life_s > TOKEN_LIFE_MAX_S)
		life_s = TOKEN_LIFE_S;
	if (header) {
		wipe(auth->header);
		auth->header = header;
		auth->until_ms = now_ms + (uint64_t)life_s * MS_PER_S * 9 / 10;
	}
	json_decref(json);
	return header != NULL;
}

bool smartme_auth_drop_token(struct smartme_auth *auth)
{
	if (!auth->token_header)
		return false;
	wipe(auth->header);
	auth->header = NULL;
	return true;
}
