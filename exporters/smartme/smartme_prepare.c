/* SPDX-License-Identifier: MIT */
/* What must come before values: a token, a probe, the lists of devices. */
#include <stdio.h>

#include "exporters/smartme/smartme_run_inner.h"

enum { LIST_MAX = 64 * 1024 * 1024 };

static void ask(struct smartme_run *run, const char *path, const char *authorization,
		const char *body, http_done_cb done)
{
	char url[SMARTME_URL_MAX];
	struct http_request request = {
		.url = url,
		.authorization = authorization,
		.content_type = body ? "application/x-www-form-urlencoded" : NULL,
		.body = body,
		.reply_limit = LIST_MAX,
	};
	snprintf(url, sizeof url, "%s%s", run->settings.base_url, path);
	run->is_preparing = http_client_send(run->http, &request, done, run);
	if (!run->is_preparing)
		smartme_run_break_off_for(run, 0, "out of memory for a request");
}

static void on_token(const struct http_reply *reply, void *context)
{
	struct smartme_run *run = context;
	run->is_preparing = false;
	if (smartme_reply_outcome(reply) != SMARTME_TAKEN)
		smartme_run_break_off(run, reply, "POST /oauth/token");
	else if (!smartme_auth_take_token(run->auth, reply->body,
					  smartme_run_now_ms(run)))
		smartme_run_break_off_for(run, 0,
					  "POST /oauth/token: the reply holds no token");
	/* RFC 6749 5.2: wrong credentials are a 400 as well. */
	run->must_probe |= reply->status == 400;
	smartme_run_advance(run);
}

bool smartme_prepare_renew_token(struct smartme_run *run)
{
	bool can_renew = !run->has_renewed && smartme_auth_drop_token(run->auth);
	run->has_renewed |= can_renew;
	run->token += can_renew;
	return can_renew;
}

static void on_probe(const struct http_reply *reply, void *context)
{
	struct smartme_run *run = context;
	enum smartme_outcome outcome = smartme_reply_outcome(reply);
	run->is_preparing = false;
	if (outcome == SMARTME_TAKEN)
		run->must_probe = false;
	else if (outcome != SMARTME_UNAUTHORIZED || !smartme_prepare_renew_token(run))
		smartme_run_break_off(run, reply, "GET /User");
	smartme_run_advance(run);
}

static void take_list(struct smartme_run *run, const struct http_reply *reply,
		      const char *what, struct smartme_list **list)
{
	enum smartme_outcome outcome = smartme_reply_outcome(reply);
	run->is_preparing = false;
	if (outcome == SMARTME_UNAUTHORIZED && smartme_prepare_renew_token(run)) {
		smartme_run_advance(run);
		return;
	}
	struct smartme_list *read =
		outcome == SMARTME_TAKEN ? smartme_list_parse(reply->body) : NULL;
	if (read) {
		smartme_list_free(*list);
		*list = read;
	} else if (outcome == SMARTME_TAKEN) {
		char reason[EXPORTER_ERROR_MAX];
		snprintf(reason, sizeof reason, "%s: the reply is no JSON list", what);
		smartme_run_break_off_for(run, 0, reason);
	} else {
		smartme_run_break_off(run, reply, what);
	}
	smartme_run_advance(run);
}

static void on_custom_list(const struct http_reply *reply, void *context)
{
	struct smartme_run *run = context;
	take_list(run, reply, "GET /CustomDevice", &run->custom_list);
}

static void on_list(const struct http_reply *reply, void *context)
{
	struct smartme_run *run = context;
	take_list(run, reply, "GET /Devices", &run->list);
}

void smartme_prepare_forget(struct smartme_run *run)
{
	smartme_list_free(run->list);
	smartme_list_free(run->custom_list);
	run->list = NULL;
	run->custom_list = NULL;
}

/* The devices of this batch learn anew what the service has. */
static void doubt_devices(struct smartme_run *run)
{
	smartme_prepare_forget(run);
	for (uint32_t i = 0; i < run->plan.item_count; i++)
		run->plan.items[i].device->is_known = false;
	run->must_list = false;
}

/* In this order: what comes later needs what comes before. */
void smartme_prepare(struct smartme_run *run)
{
	const char *header = smartme_auth_header(run->auth, smartme_run_now_ms(run));
	if (header && !run->must_probe && run->must_list)
		doubt_devices(run);
	if (smartme_prepare_is_done(run))
		return;
	if (!header)
		ask(run, "/oauth/token", smartme_auth_token_header(run->auth),
		    smartme_auth_token_body, on_token);
	else if (run->must_probe)
		ask(run, "/User", header, NULL, on_probe);
	else if (!run->list)
		ask(run, "/Devices", header, NULL, on_list);
	else
		ask(run, "/CustomDevice", header, NULL, on_custom_list);
}

bool smartme_prepare_is_done(const struct smartme_run *run)
{
	bool has_lists = run->settings.mbus_url[0] != '\0' ||
			 (run->list && (run->custom_list || !run->plan.has_custom));
	return has_lists && !run->must_probe && !run->must_list &&
	       smartme_auth_header(run->auth, smartme_run_now_ms(run));
}
