/* SPDX-License-Identifier: MIT */
/*
 * HTTPS requests on a libuv loop: libcurl's multi interface with the sockets watched by
 * libuv. TLS is always verified, redirects are never followed (a request with credentials
 * must not be replayed to another host), and a reply has a limit. One thread: the loop's.
 */
#ifndef READOUT_EXPORTERS_SMARTME_HTTP_H
#define READOUT_EXPORTERS_SMARTME_HTTP_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct http_client;

struct http_settings {
	const char *ca_file; /* "" those of the system */
	uint64_t timeout_ms; /* of a whole request */
	bool allows_http;    /* plain http:// as well; for tests on the machine itself */
};

struct http_request {
	const char *url;
	const char *authorization; /* value of that header; NULL none */
	const char *content_type;  /* of body; NULL without one */
	const char *body;          /* NULL: GET, else POST. Copied */
	size_t reply_limit;        /* bytes; a longer reply is an error */
};

struct http_reply {
	CURLcode code;           /* CURLE_OK: status is that of a whole reply */
	long status;             /* 0 none */
	uint64_t retry_after_ms; /* 0 none */
	const char *body;        /* with NUL; lives until the callback returns */
	size_t body_size;
	const char *error; /* what libcurl says; "" none */
};

typedef void (*http_done_cb)(const struct http_reply *reply, void *context);

/* NULL when libcurl or memory is not there. */
struct http_client *http_client_new(uv_loop_t *loop,
				    const struct http_settings *settings);

/*
 * Breaks off what is under way without calling back, closes its handles, and frees itself
 * when the loop has run. NULL is fine.
 */
void http_client_close(struct http_client *client);

/*
 * Starts a request; done is called once, from the loop, never from within this call.
 * false: out of memory.
 */
bool http_client_send(struct http_client *client, const struct http_request *request,
		      http_done_cb done, void *context);

#endif
