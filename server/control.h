/* SPDX-License-Identifier: MIT */
/*
 * The control socket of a running daemon: a Unix socket of mode 0660. One request, one
 * JSON object on one line, {"command": "status"}; one reply of the same form; then the
 * connection is closed. A reply may come later (collect), after lines that say how far
 * the work has come, {"progress": {...}}. Loop thread only, but for the client's side.
 */
#ifndef READOUT_SERVER_CONTROL_H
#define READOUT_SERVER_CONTROL_H

#include <jansson.h>
#include <stdbool.h>
#include <uv.h>

enum {
	CONTROL_CLIENTS_MAX = 16,
	CONTROL_REQUEST_MAX = 1024 * 1024, /* import sends records with its request */
	CONTROL_ERROR_MAX = 256,
};

struct control;
struct control_client;

struct control_command {
	const char *name; /* NULL ends the table */
	/* Replies with control_reply() now or later, exactly once. */
	void (*handle)(void *context, const json_t *request,
		       struct control_client *client);
};

/*
 * Listens on path; a socket left behind by a daemon that is gone is removed. commands
 * must outlive it. NULL and a message in error on failure.
 */
struct control *control_new(uv_loop_t *loop, const char *path,
			    const struct control_command *commands, void *context,
			    char error[CONTROL_ERROR_MAX]);

/* Closes the listener and all clients, removes the socket; frees itself later. NULL is
 * fine. */
void control_close(struct control *control);

/* Sends reply and takes over its reference. NULL: out of memory, the client is closed. */
void control_reply(struct control_client *client, json_t *reply);

/*
 * Sends {"progress": progress} before the reply and takes over its reference. Nothing is
 * sent to a client that has not taken the line before: progress is worth nothing late.
 */
void control_progress(struct control_client *client, json_t *progress);

/* True when the client has hung up; it still wants its control_reply(). */
bool control_client_is_gone(const struct control_client *client);

/*
 * The other side, for commands: sends request to the daemon behind path and waits for its
 * reply. Blocks, at most timeout_ms. NULL and a message in error when nobody answers.
 */
json_t *control_call(const char *path, const json_t *request, int timeout_ms,
		     char error[CONTROL_ERROR_MAX]);

/*
 * The same for long work: waits as long as the daemon says something every silence_ms,
 * and hands over what it says of its progress. on_progress returns false to hang up,
 * which stops the work. Blocks.
 */
json_t *control_follow(const char *path, const json_t *request, int silence_ms,
		       bool (*on_progress)(void *context, const json_t *progress),
		       void *context, char error[CONTROL_ERROR_MAX]);

/* Whether anybody listens on path. */
bool control_is_answered(const char *path);

#endif
