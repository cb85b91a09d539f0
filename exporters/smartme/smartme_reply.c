/* SPDX-License-Identifier: MIT */
#include "exporters/smartme/smartme_reply.h"

#include <stdio.h>

enum { MINUTE_MS = 60000 };

static const struct {
	long from, to;
	enum smartme_outcome outcome;
} statuses[] = {
	{ 200, 299, SMARTME_TAKEN },     { 300, 399, SMARTME_MISDIRECTED },
	{ 400, 400, SMARTME_POISON },    { 401, 401, SMARTME_UNAUTHORIZED },
	{ 403, 403, SMARTME_FORBIDDEN }, { 404, 405, SMARTME_GONE },
	{ 408, 408, SMARTME_TRANSIENT }, { 410, 410, SMARTME_GONE },
	{ 413, 413, SMARTME_POISON },    { 415, 415, SMARTME_POISON },
	{ 422, 422, SMARTME_POISON },    { 425, 425, SMARTME_TRANSIENT },
	{ 429, 429, SMARTME_TRANSIENT }, { 500, 599, SMARTME_TRANSIENT },
};

static const struct {
	uint64_t pause_ms;
	const char *advice;
} outcomes[] = {
	[SMARTME_TAKEN] = { 0, "" },
	[SMARTME_UNAUTHORIZED] = { 5 * MINUTE_MS,
				   "the credentials are refused; check them, nothing is "
				   "lost meanwhile" },
	[SMARTME_FORBIDDEN] = { 5 * MINUTE_MS,
				"the key lacks the claim device.readwrite, or the "
				"licence "
				"does not allow it; nothing is lost meanwhile" },
	[SMARTME_POISON] = { 0, "the record is refused" },
	[SMARTME_GONE] = { 0, "not there" },
	[SMARTME_TRANSIENT] = { 0, "trying again" },
	[SMARTME_MISDIRECTED] = { 5 * MINUTE_MS,
				  "a redirect is never followed; is base_url right?" },
	[SMARTME_UNTRUSTED] = { 5 * MINUTE_MS,
				"the certificate is not trusted; is this the right host, "
				"or does somebody listen in?" },
};

enum smartme_outcome smartme_reply_outcome(const struct http_reply *reply)
{
	if (reply->code == CURLE_PEER_FAILED_VERIFICATION ||
	    reply->code == CURLE_SSL_CACERT_BADFILE)
		return SMARTME_UNTRUSTED;
	if (reply->code != CURLE_OK)
		return SMARTME_TRANSIENT;
	for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
		if (reply->status >= statuses[i].from && reply->status <= statuses[i].to)
			return statuses[i].outcome;
	/* Other 4xx say that the request is wrong; it will be wrong again. */
	return reply->status >= 400 ? SMARTME_POISON : SMARTME_TRANSIENT;
}

uint64_t smartme_outcome_pause_ms(enum smartme_outcome outcome)
{
	return outcomes[outcome].pause_ms;
}

void smartme_reply_text(const struct http_reply *reply, const char *what, char *text,
			size_t size)
{
	const char *advice = outcomes[smartme_reply_outcome(reply)].advice;
	if (reply->code != CURLE_OK)
		snprintf(text, size, "%s: %.120s; %s", what, reply->error, advice);
	else
		snprintf(text, size, "%s: status %ld; %s", what, reply->status, advice);
}
