/* SPDX-License-Identifier: MIT */
/* What an answer of the service, or none, means for what was sent. Pure. */
#ifndef READOUT_EXPORTERS_SMARTME_REPLY_H
#define READOUT_EXPORTERS_SMARTME_REPLY_H

#include "exporters/smartme/smartme_http.h"

enum smartme_outcome {
	SMARTME_TAKEN,        /* 2xx */
	SMARTME_UNAUTHORIZED, /* 401: credentials; a token may have run out */
	SMARTME_FORBIDDEN,    /* 403: a claim or a licence is missing */
	SMARTME_POISON,       /* this record will never be taken */
	SMARTME_GONE,         /* 404, 405, 410: what was addressed is not there */
	SMARTME_TRANSIENT,    /* may pass */
	SMARTME_MISDIRECTED,  /* a redirect, which is never followed */
	SMARTME_UNTRUSTED,    /* the certificate is not good: never downgraded */
};

enum smartme_outcome smartme_reply_outcome(const struct http_reply *reply);

/*
 * How long to wait before trying again, at least; 0: as the runner does. For what an
 * operator must see to, and a probe every few minutes is enough.
 */
uint64_t smartme_outcome_pause_ms(enum smartme_outcome outcome);

/* What happened and what to do, in one line; what names the request ("POST /Devices"). */
void smartme_reply_text(const struct http_reply *reply, const char *what, char *text,
			size_t size);

#endif
