/* SPDX-License-Identifier: MIT */
/*
 * How requests to the service prove who sends them: an API key, an OAuth token got with
 * client credentials (kept until nine tenths of its life are over), or a name and a
 * password. Secrets are wiped when it is freed. One thread.
 */
#ifndef READOUT_EXPORTERS_SMARTME_AUTH_H
#define READOUT_EXPORTERS_SMARTME_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exporters/exporter.h"

struct smartme_auth;

/* As the operator wrote them, "" none. One of the three ways must be whole. */
struct smartme_credentials {
	const char *api_key;
	const char *client_id, *client_secret;
	const char *user, *password;
};

/* NULL and a message in error when not exactly one way is given, or memory is out. */
struct smartme_auth *smartme_auth_new(const struct smartme_credentials *credentials,
				      char error[EXPORTER_ERROR_MAX]);
void smartme_auth_free(struct smartme_auth *auth); /* NULL is fine */

/* The value of the Authorization header; NULL: a token must be got first. */
const char *smartme_auth_header(const struct smartme_auth *auth, uint64_t now_ms);

/* For the request of a token: its header and body. */
const char *smartme_auth_token_header(const struct smartme_auth *auth);
extern const char smartme_auth_token_body[];

/* Takes the reply to it. false: no token is in there. */
bool smartme_auth_take_token(struct smartme_auth *auth, const char *reply,
			     uint64_t now_ms);

/* The token was refused: forget it. false: there is none that could be got anew. */
bool smartme_auth_drop_token(struct smartme_auth *auth);

#endif
