/* SPDX-License-Identifier: MIT */
/*
 * The happy path: http_client_send() adds an easy handle; libcurl tells which sockets to
 * watch (on_socket) and when to call it again (on_timeout_wanted); each time it was
 * called the finished transfers are read and called back.
 *
 * Failure modes:
 *  - a transfer ends by its timeout: no socket tells, so finished transfers are read
 *    after the timer as well;
 *  - libuv reports an error of a socket and stops watching it: libcurl is told that there
 *    is one (CURL_CSELECT_ERR) and ends the transfer;
 *  - a reply beyond its limit: the write callback refuses, CURLE_WRITE_ERROR;
 *  - closed with requests under way: they are removed, and nobody is called back.
 */
#include "exporters/smartme/smartme_http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECT_TIMEOUT_MS = 10000, CONNECTIONS_MAX = 16, REPLY_FIRST = 1024 };

struct http_client {
	uv_loop_t *loop;
	CURLM *multi;
	uv_timer_t timer;
	char *ca_file;
	uint64_t timeout_ms;
	bool allows_http;
	struct transfer *transfers; /* under way, a list */
};

struct transfer {
	struct http_client *client;
	struct transfer *next;
	CURL *easy;
	struct curl_slist *headers;
	char *body; /* sent */
	char *reply;
	size_t size, capacity, limit;
	char error[CURL_ERROR_SIZE];
	http_done_cb done;
	void *context;
};

/* A socket that libcurl wants watched. */
struct watch {
	uv_poll_t poll;
	struct http_client *client;
	curl_socket_t socket;
};

/* ---- transfers ---- */

static void transfer_free(struct transfer *transfer)
{
	curl_easy_cleanup(transfer->easy);
	curl_slist_free_all(transfer->headers);
	free(transfer->body);
	free(transfer->reply);
	free(transfer);
}

static void transfer_unlink(struct transfer *transfer)
{
	struct transfer **at = &transfer->client->transfers;
	while (*at != transfer)
		at = &(*at)->next;
	*at = transfer->next;
	curl_multi_remove_handle(transfer->client->multi, transfer->easy);
}

static void transfer_report(struct transfer *transfer, CURLcode code)
{
	curl_off_t retry_after_s = 0;
	struct http_reply reply = {
		.code = code,
		.body = transfer->reply ? transfer->reply : "",
		.body_size = transfer->size,
		.error = transfer->error[0] != '\0' ? transfer->error
						    : curl_easy_strerror(code),
	};
	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &reply.status);
	curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &retry_after_s);
	reply.retry_after_ms = retry_after_s > 0 ? (uint64_t)retry_after_s * 1000 : 0;
	transfer->done(&reply, transfer->context);
}

/* A callback may close the client; then its transfers are gone. */
static void read_finished(struct http_client *client)
{
	CURLMsg *message;
	int left;
	while (client->multi && (message = curl_multi_info_read(client->multi, &left))) {
		struct transfer *transfer = NULL;
		if (message->msg != CURLMSG_DONE)
			continue;
		CURLcode code = message->data.result;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
		transfer_unlink(transfer);
		transfer_report(transfer, code);
		transfer_free(transfer);
	}
}

static size_t on_reply_bytes(char *bytes, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	size_t added = size * count;
	if (added > transfer->limit - transfer->size)
		return 0;
	if (transfer->size + added + 1 > transfer->capacity) {
		size_t capacity =
			transfer->capacity > 0 ? transfer->capacity : REPLY_FIRST;
		while (capacity < transfer->size + added + 1)
			capacity *= 2;
		char *reply = realloc(transfer->reply, capacity);
		if (!reply)
			return 0;
		transfer->reply = reply;
		transfer->capacity = capacity;
	}
	memcpy(transfer->reply + transfer->size, bytes, added);
	transfer->size += added;
	transfer->reply[transfer->size] = '\0';
	return added;
}

/* ---- libcurl and libuv ---- */

static void act(struct http_client *client, curl_socket_t socket, int events)
{
	int running;
	curl_multi_socket_action(client->multi, socket, events, &running);
	read_finished(client);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	const struct watch *watch = poll->data;
	int flags = status < 0 ? CURL_CSELECT_ERR : 0;
	if (events & UV_READABLE)
		flags |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		flags |= CURL_CSELECT_OUT;
	act(watch->client, watch->socket, flags);
}

static void on_timer(uv_timer_t *timer)
{
	act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static void on_watch_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static int watch_new(struct http_client *client, curl_socket_t socket,
		     struct watch **ret_watch)
{
	struct watch *watch = calloc(1, sizeof *watch);
	if (!watch)
		return -1;
	if (uv_poll_init_socket(client->loop, &watch->poll, socket) != 0) {
		free(watch);
		return -1;
	}
	watch->poll.data = watch;
	watch->client = client;
	watch->socket = socket;
	curl_multi_assign(client->multi, socket, watch);
	*ret_watch = watch;
	return 0;
}

/* libcurl wants a socket watched for other events, or no more. */
static int on_socket(CURL *easy, curl_socket_t socket, int what, void *context,
		     void *socket_context)
{
	struct http_client *client = context;
	struct watch *watch = socket_context;
	int events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (watch) {
			curl_multi_assign(client->multi, socket, NULL);
			uv_poll_stop(&watch->poll);
			uv_close((uv_handle_t *)&watch->poll, on_watch_closed);
		}
		return 0;
	}
	if (!watch && watch_new(client, socket, &watch) != 0)
		return -1;
	if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
		events |= UV_READABLE;
	if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
		events |= UV_WRITABLE;
	return uv_poll_start(&watch->poll, events, on_poll);
}

/* Never calls into libcurl from here: "at once" is a timer of a millisecond. */
static int on_timeout_wanted(CURLM *multi, long timeout_ms, void *context)
{
	struct http_client *client = context;
	(void)multi;
	if (timeout_ms < 0)
		return uv_timer_stop(&client->timer);
	return uv_timer_start(&client->timer, on_timer,
			      timeout_ms > 0 ? (uint64_t)timeout_ms : 1, 0);
}

/* ---- sending ---- */

static bool add_header(struct transfer *transfer, const char *name, const char *value)
{
	size_t size = strlen(name) + strlen(value) + 3;
	char *line = malloc(size);
	if (!line)
		return false;
	(void)snprintf(line, size, "%s: %s", name, value);
	struct curl_slist *headers = curl_slist_append(transfer->headers, line);
	explicit_bzero(line, size); /* it may be a credential */
	free(line);
	if (headers)
		transfer->headers = headers;
	return headers != NULL;
}

static bool set_headers(struct transfer *transfer, const struct http_request *request)
{
	return add_header(transfer, "Accept", "application/json") &&
	       /* No "Expect: 100-continue": some proxies wait for ever. */
	       add_header(transfer, "Expect", "") &&
	       (!request->authorization ||
		add_header(transfer, "Authorization", request->authorization)) &&
	       (!request->content_type ||
		add_header(transfer, "Content-Type", request->content_type));
}

static void set_options(const struct transfer *transfer,
			const struct http_request *request)
{
	const struct http_client *client = transfer->client;
	CURL *easy = transfer->easy;
	const char *protocols = client->allows_http ? "https,http" : "https";

	curl_easy_setopt(easy, CURLOPT_URL, request->url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, protocols);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)client->timeout_ms);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "readout");
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_reply_bytes);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	if (client->ca_file[0] != '\0')
		curl_easy_setopt(easy, CURLOPT_CAINFO, client->ca_file);
	if (transfer->body) {
		curl_easy_setopt(easy, CURLOPT_POST, 1L);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, transfer->body);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE,
				 (long)strlen(transfer->body));
	}
}

bool http_client_send(struct http_client *client, const struct http_request *request,
		      http_done_cb done, void *context)
{
	struct transfer *transfer = calloc(1, sizeof *transfer);
	if (!transfer)
		return false;
	transfer->client = client;
	transfer->limit = request->reply_limit;
	transfer->done = done;
	transfer->context = context;
	transfer->easy = curl_easy_init();
	if (request->body)
		transfer->body = strdup(request->body);
	if (!transfer->easy || (request->body && !transfer->body) ||
	    !set_headers(transfer, request))
		goto out;
	set_options(transfer, request);
	if (curl_multi_add_handle(client->multi, transfer->easy) != CURLM_OK)
		goto out;
	transfer->next = client->transfers;
	client->transfers = transfer;
	return true;
out:
	transfer_free(transfer);
	return false;
}

/* ---- life ---- */

struct http_client *http_client_new(uv_loop_t *loop, const struct http_settings *settings)
{
	/* Counted by libcurl; not undone, for other users of it may be about. */
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return NULL;
	struct http_client *client = calloc(1, sizeof *client);
	if (!client)
		return NULL;
	client->loop = loop;
	client->timeout_ms = settings->timeout_ms;
	client->allows_http = settings->allows_http;
	client->ca_file = strdup(settings->ca_file);
	client->multi = curl_multi_init();
	if (!client->ca_file || !client->multi) {
		curl_multi_cleanup(client->multi);
		free(client->ca_file);
		free(client);
		return NULL;
	}
	(void)uv_timer_init(loop, &client->timer);
	client->timer.data = client;
	curl_multi_setopt(client->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(client->multi, CURLMOPT_SOCKETDATA, client);
	curl_multi_setopt(client->multi, CURLMOPT_TIMERFUNCTION, on_timeout_wanted);
	curl_multi_setopt(client->multi, CURLMOPT_TIMERDATA, client);
	curl_multi_setopt(client->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
			  (long)CONNECTIONS_MAX);
	return client;
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct http_client *client = handle->data;
	free(client->ca_file);
	free(client);
}

void http_client_close(struct http_client *client)
{
	if (!client)
		return;
	while (client->transfers) {
		struct transfer *transfer = client->transfers;
		transfer_unlink(transfer);
		transfer_free(transfer);
	}
	curl_multi_cleanup(client->multi); /* may call back, so the timer goes last */
	client->multi = NULL;
	uv_close((uv_handle_t *)&client->timer, on_timer_closed);
}
