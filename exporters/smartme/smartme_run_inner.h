/* SPDX-License-Identifier: MIT */
/*
 * The inside of a run, shared by smartme_run.c (a batch, and which device is next),
 * smartme_prepare.c (what comes before values) and smartme_post.c (one value and its
 * reply), and nobody else.
 */
#ifndef READOUT_EXPORTERS_SMARTME_RUN_INNER_H
#define READOUT_EXPORTERS_SMARTME_RUN_INNER_H

#include "exporters/smartme/smartme_plan.h"
#include "exporters/smartme/smartme_run.h"

enum { SMARTME_REPLY_MAX = 64 * 1024, SMARTME_URL_MAX = 512 };

struct smartme_run {
	const struct exporter_host *host;
	struct smartme_settings settings;
	struct smartme_auth *auth;
	struct smartme_overrides *overrides;
	struct http_client *http;
	struct smartme_devices *devices;
	uv_timer_t timer; /* until a device may get its next value */

	/* What must come before the next value: smartme_prepare.c. */
	bool must_probe;   /* the credentials were refused: ask GET /User first */
	bool must_list;    /* in doubt what the service has: read its list */
	bool is_preparing; /* one of these requests is under way */
	bool has_renewed;  /* the token, since the last success */
	uint32_t token;    /* number of the one in use */
	struct smartme_list *list, *custom_list; /* as last read; NULL not yet */

	/* The batch in flight; delivery NULL: none. */
	struct exporter_delivery *delivery;
	struct smartme_plan plan;
	struct smartme_device *ready, *last_ready; /* devices with something to send */
	struct smartme_device *waiting;            /* not before their interval is over */
	uint32_t in_flight;
	bool is_broken_off; /* the rest of the batch is tried again later */
	uint64_t retry_after_ms;
	char reason[EXPORTER_ERROR_MAX];
};

/* Does the next thing there is to do. May answer the whole batch. */
void smartme_run_advance(struct smartme_run *run);

/* A device has a value to send. */
void smartme_run_enqueue(struct smartme_run *run, struct smartme_device *device);

/* One item is settled; the telegram is answered with its last one. */
enum smartme_settled { SETTLED_SENT, SETTLED_THINNED };
void smartme_run_settle(struct smartme_run *run, const struct smartme_item *item,
			enum smartme_settled how);
void smartme_run_reject(struct smartme_run *run, uint32_t telegram, const char *reason,
			const char *payload, const char *reply);

/* The rest of the batch must wait: what happened, as smartme_reply_text() says it. */
void smartme_run_break_off(struct smartme_run *run, const struct http_reply *reply,
			   const char *what);
void smartme_run_break_off_for(struct smartme_run *run, uint64_t retry_after_ms,
			       const char *reason);

/* Makes the next request that must come before values, if any; none may be in flight. */
void smartme_prepare(struct smartme_run *run);
bool smartme_prepare_is_done(const struct smartme_run *run);
/* The token was refused. true: a new one will be got; once between two successes. */
bool smartme_prepare_renew_token(struct smartme_run *run);
void smartme_prepare_forget(struct smartme_run *run); /* the lists */

/* Sends the next value of a device, or settles what need not be sent. */
void smartme_post_start(struct smartme_run *run, struct smartme_device *device);

uint64_t smartme_run_now_ms(const struct smartme_run *run); /* the loop's clock */

#endif
