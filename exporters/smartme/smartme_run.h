/* SPDX-License-Identifier: MIT */
/*
 * The sending of one batch after the other. Per device in order of reading time, one
 * request in flight; several devices at once. One thread: the exporters' loop.
 */
#ifndef READOUT_EXPORTERS_SMARTME_RUN_H
#define READOUT_EXPORTERS_SMARTME_RUN_H

#include <uv.h>

#include "exporters/smartme/smartme_auth.h"
#include "exporters/smartme/smartme_device.h"
#include "exporters/smartme/smartme_http.h"
#include "exporters/smartme/smartme_reply.h"

struct smartme_run;

struct smartme_settings {
	const char *base_url;     /* without a slash at its end */
	const char *mbus_url;     /* "" : device mode; else telegrams go there */
	uint64_t min_interval_ms; /* between two values of a device; 0 none */
	uint32_t connections;     /* requests at once */
	bool auto_create;
	bool backfill; /* send values older than the newest of their device */
};

/* Takes over auth, overrides and http, settings' texts must outlive it. NULL: no memory.
 */
struct smartme_run *smartme_run_new(const struct exporter_host *host,
				    const struct smartme_settings *settings,
				    struct smartme_auth *auth,
				    struct smartme_overrides *overrides,
				    struct http_client *http);

/* Answers nothing any more; frees itself when the loop has run. NULL is fine. */
void smartme_run_close(struct smartme_run *run);

void smartme_run_deliver(struct smartme_run *run, const struct exporter_batch *batch,
			 struct exporter_delivery *delivery);

const struct smartme_overrides *smartme_run_overrides(const struct smartme_run *run);

#endif
