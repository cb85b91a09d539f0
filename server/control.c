/* SPDX-License-Identifier: MIT */
/*
 * Happy path: a client connects, sends a line, its command is found and handled, the
 * reply is written, the connection is closed.
 *
 * Failure modes: no memory for a client (taken by the spare handle and closed); too many
 * clients (closed at once); a line too long, no JSON, no known
 * command (an error reply); no line within ten seconds (closed); the client hangs up
 * before a late reply (the reply is thrown away).
 */
#include "server/control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { REQUEST_TIMEOUT_MS = 10000, REQUEST_STEP = 4096 };

struct control {
	uv_loop_t *loop;
	uv_pipe_t pipe;
	const struct control_command *commands;
	void *context;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	struct control_client *clients;
	uint32_t client_count;
	uv_pipe_t
		spare; /* takes a connection for which there is no memory, to close it */
	bool is_spare_open;
	bool is_pending; /* another one waits until the spare is closed */
	bool is_closing;
	bool is_pipe_closed;
};

struct control_client {
	struct control *control;
	struct control_client *next;
	uv_pipe_t pipe;
	uv_timer_t timer;
	uv_write_t write;
	char *request; /* grows by REQUEST_STEP, doubling */
	size_t request_size, request_room;
	char *reply;           /* being written: progress or the reply itself */
	json_t *waiting_reply; /* until the progress before it is written */
	bool is_writing;
	bool is_answered;
	bool owes_reply; /* a command is being handled */
	bool is_closing;
	uint8_t open_handles;
};

/* ---- life cycle ---- */

static void free_control_when_done(struct control *control)
{
	if (control->is_closing && control->is_pipe_closed && !control->is_spare_open &&
	    control->clients == NULL)
		free(control);
}

static void free_client_when_done(struct control_client *client)
{
	struct control *control = client->control;
	struct control_client **at = &control->clients;

	if (client->open_handles > 0 || client->owes_reply)
		return;
	while (*at != client)
		at = &(*at)->next;
	*at = client->next;
	control->client_count--;
	json_decref(client->waiting_reply);
	free(client->request);
	free(client->reply);
	free(client);
	free_control_when_done(control);
}

static void on_client_closed(uv_handle_t *handle)
{
	struct control_client *client = handle->data;
	client->open_handles--;
	free_client_when_done(client);
}

static void client_close(struct control_client *client)
{
	if (client->is_closing)
		return;
	client->is_closing = true;
	uv_close((uv_handle_t *)&client->pipe, on_client_closed);
	uv_close((uv_handle_t *)&client->timer, on_client_closed);
}

bool control_client_is_gone(const struct control_client *client)
{
	return client->is_closing;
}

/* Writes json as a line and takes over its reference. false: the client is closed. */
static bool write_line(struct control_client *client, json_t *json,
		       uv_write_cb on_written)
{
	char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;

	json_decref(json);
	if (text == NULL) {
		client_close(client);
		return false;
	}
	/* The line end takes the place of the NUL. */
	size_t size = strlen(text);
	text[size] = '\n';
	free(client->reply);
	client->reply = text;
	client->write.data = client;
	uv_buf_t buffer = uv_buf_init(text, (unsigned int)size + 1);
	client->is_writing = uv_write(&client->write, (uv_stream_t *)&client->pipe,
				      &buffer, 1, on_written) == 0;
	if (!client->is_writing)
		client_close(client);
	return client->is_writing;
}

static void on_replied(uv_write_t *request, int status)
{
	struct control_client *client = request->data;
	(void)status;
	client->is_writing = false;
	client_close(client);
}

static void on_progress_written(uv_write_t *request, int status)
{
	struct control_client *client = request->data;
	json_t *reply = client->waiting_reply;

	client->is_writing = false;
	client->waiting_reply = NULL;
	if (status != 0)
		client_close(client);
	if (reply != NULL && !client->is_closing)
		(void)write_line(client, reply, on_replied);
	else
		json_decref(reply);
}

void control_progress(struct control_client *client, json_t *progress)
{
	json_t *line = json_pack("{s:o}", "progress", progress);

	if (client->is_closing || client->is_writing || line == NULL)
		json_decref(line);
	else
		(void)write_line(client, line, on_progress_written);
}

void control_reply(struct control_client *client, json_t *reply)
{
	client->owes_reply = false;
	client->is_answered = true;
	if (client->is_closing || reply == NULL) {
		json_decref(reply);
		client_close(client);
		free_client_when_done(client);
	} else if (client->is_writing) {
		client->waiting_reply = reply;
	} else {
		(void)write_line(client, reply, on_replied);
	}
}

/* ---- requests ---- */

static void reply_error(struct control_client *client, const char *text)
{
	control_reply(client, json_pack("{s:s}", "error", text));
}

static void handle_request(struct control_client *client)
{
	struct control *control = client->control;
	json_t *request = json_loadb(client->request, client->request_size, 0, NULL);
	const char *name = json_string_value(json_object_get(request, "command"));
	const struct control_command *command = control->commands;

	client->owes_reply = true;
	while (command->name != NULL &&
	       (name == NULL || strcmp(command->name, name) != 0))
		command++;
	if (name == NULL)
		reply_error(client, "the request is no JSON object with a \"command\"");
	else if (command->name == NULL)
		reply_error(client,
			    "unknown command; is the daemon of an older version?");
	else
		command->handle(control->context, request, client);
	json_decref(request);
}

/* Room for what comes; none means the end of the request (UV_ENOBUFS). */
static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buffer)
{
	struct control_client *client = handle->data;
	(void)suggested;
	if (client->request_size == client->request_room &&
	    client->request_room < CONTROL_REQUEST_MAX) {
		size_t room = client->request_room == 0 ? REQUEST_STEP
							: 2 * client->request_room;
		char *grown = realloc(client->request, room);
		if (grown != NULL) {
			client->request = grown;
			client->request_room = room;
		}
	}
	*ret_buffer =
		uv_buf_init(client->request + client->request_size,
			    (unsigned int)(client->request_room - client->request_size));
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
	struct control_client *client = stream->data;

	if (size < 0) {
		client_close(client);
		return;
	}
	if (client->is_answered || client->owes_reply) {
		client->request_size = 0;
		return;
	}
	client->request_size += (size_t)size;
	char *end = memchr(buffer->base, '\n', (size_t)size);
	if (end != NULL) {
		client->request_size = (size_t)(end - client->request);
		(void)uv_timer_stop(&client->timer);
		handle_request(client);
		client->request_size = 0;
	} else if (client->request_size == CONTROL_REQUEST_MAX) {
		reply_error(client, "the request is longer than 1 MiB");
	}
}

static void on_request_timeout(uv_timer_t *timer)
{
	client_close(timer->data);
}

static void drop_pending(struct control *control);

static void on_spare_closed(uv_handle_t *handle)
{
	struct control *control = handle->data;

	control->is_spare_open = false;
	if (control->is_pending && !control->is_closing)
		drop_pending(control);
	free_control_when_done(control);
}

/* A connection that is left pending would make libuv deaf on this socket for good. */
static void drop_pending(struct control *control)
{
	control->is_pending = control->is_spare_open;
	if (control->is_spare_open)
		return;
	control->is_spare_open = true;
	(void)uv_pipe_init(control->loop, &control->spare, 0);
	control->spare.data = control;
	(void)uv_accept((uv_stream_t *)&control->pipe, (uv_stream_t *)&control->spare);
	uv_close((uv_handle_t *)&control->spare, on_spare_closed);
}

static void on_connection(uv_stream_t *stream, int status)
{
	struct control *control = stream->data;

	if (status != 0)
		return;
	struct control_client *client = calloc(1, sizeof(*client));
	if (client == NULL) {
		drop_pending(control);
		return;
	}
	client->control = control;
	client->next = control->clients;
	control->clients = client;
	control->client_count++;
	client->open_handles = 2;
	(void)uv_pipe_init(control->loop, &client->pipe, 0);
	(void)uv_timer_init(control->loop, &client->timer);
	client->pipe.data = client;
	client->timer.data = client;
	if (uv_accept(stream, (uv_stream_t *)&client->pipe) != 0 ||
	    control->client_count > CONTROL_CLIENTS_MAX ||
	    uv_read_start((uv_stream_t *)&client->pipe, on_alloc, on_read) != 0 ||
	    uv_timer_start(&client->timer, on_request_timeout, REQUEST_TIMEOUT_MS, 0) !=
		    0)
		client_close(client);
}

/* ---- the listener ---- */

/* Removes a socket that nobody answers; false when somebody does. */
static bool remove_stale(const char *path)
{
	struct stat found;

	if (lstat(path, &found) != 0 || !S_ISSOCK(found.st_mode))
		return true;
	if (control_is_answered(path))
		return false;
	(void)unlink(path);
	return true;
}

static void on_listener_closed(uv_handle_t *handle)
{
	struct control *control = handle->data;
	control->is_pipe_closed = true;
	free_control_when_done(control);
}

struct control *control_new(uv_loop_t *loop, const char *path,
			    const struct control_command *commands, void *context,
			    char error[CONTROL_ERROR_MAX])
{
	struct control *control = calloc(1, sizeof(*control));
	int status = UV_ENAMETOOLONG;

	if (control == NULL || strlen(path) >= sizeof(control->path)) {
		(void)snprintf(error, CONTROL_ERROR_MAX,
			       "control.path %s: too long for a Unix socket", path);
		free(control);
		return NULL;
	}
	control->loop = loop;
	control->commands = commands;
	control->context = context;
	(void)uv_pipe_init(loop, &control->pipe, 0);
	control->pipe.data = control;
	if (!remove_stale(path)) {
		(void)snprintf(
			error, CONTROL_ERROR_MAX,
			"control.path %s: another daemon answers there; give this one "
			"a control.path of its own",
			path);
		control_close(control);
		return NULL;
	}
	/* The mode is right from the first moment on. */
	mode_t mask = umask(0117);
	status = uv_pipe_bind(&control->pipe, path);
	(void)umask(mask);
	if (status == 0) {
		(void)snprintf(control->path, sizeof(control->path), "%s", path);
		status = uv_listen((uv_stream_t *)&control->pipe, CONTROL_CLIENTS_MAX,
				   on_connection);
	}
	if (status != 0) {
		(void)snprintf(error, CONTROL_ERROR_MAX,
			       "control.path %s: cannot listen: %s", path,
			       uv_strerror(status));
		control_close(control);
		return NULL;
	}
	return control;
}

void control_close(struct control *control)
{
	if (control == NULL)
		return;
	control->is_closing = true;
	for (struct control_client *c = control->clients; c != NULL; c = c->next)
		client_close(c);
	if (control->path[0] != '\0')
		(void)unlink(control->path);
	uv_close((uv_handle_t *)&control->pipe, on_listener_closed);
}
