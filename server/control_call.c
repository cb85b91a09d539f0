/* SPDX-License-Identifier: MIT */
/* The client's side of the control socket: blocking, for one-shot commands. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "server/control.h"

enum { REPLY_MAX = 4 * 1024 * 1024, REPLY_STEP = 64 * 1024 };

static int64_t monotonic_ms(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int connect_daemon(const char *path, char error[CONTROL_ERROR_MAX])
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (fd >= 0 &&
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	(void)snprintf(
		error, CONTROL_ERROR_MAX,
		"no daemon answers at %s: %s; is `readout serve` running with this "
		"configuration, and may you use its socket?",
		path, strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

static bool send_request(int fd, const json_t *request)
{
	char *text = json_dumps(request, JSON_COMPACT);
	if (text == NULL)
		return false;
	size_t size = strlen(text) + 1, sent = 0;
	text[size - 1] = '\n';
	while (sent < size) {
		ssize_t done = send(fd, text + sent, size - sent, MSG_NOSIGNAL);
		if (done <= 0)
			break;
		sent += (size_t)done;
	}
	free(text);
	return sent == size;
}

/* Reads until the peer closes. NULL on timeout, error, or more than REPLY_MAX. */
static char *receive_reply(int fd, int timeout_ms, size_t *ret_size)
{
	int64_t end_ms = monotonic_ms() + timeout_ms;
	char *reply = NULL;
	size_t size = 0;

	while (size < REPLY_MAX) {
		int64_t left_ms = end_ms - monotonic_ms();
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		char *grown = realloc(reply, size + REPLY_STEP);
		if (grown == NULL)
			break;
		reply = grown;
		if (left_ms <= 0 || poll(&wait, 1, (int)left_ms) <= 0)
			break;
		ssize_t got = recv(fd, reply + size, REPLY_STEP, 0);
		if (got < 0)
			break;
		if (got == 0) {
			*ret_size = size;
			return reply;
		}
		size += (size_t)got;
	}
	free(reply);
	return NULL;
}

json_t *control_call(const char *path, const json_t *request, int timeout_ms,
		     char error[CONTROL_ERROR_MAX])
{
	json_t *reply = NULL;
	size_t size = 0;
	int fd = connect_daemon(path, error);

	if (fd < 0)
		return NULL;
	char *text =
		send_request(fd, request) ? receive_reply(fd, timeout_ms, &size) : NULL;
	if (text != NULL)
		reply = json_loadb(text, size, 0, NULL);
	if (reply == NULL && text != NULL)
		(void)snprintf(error, CONTROL_ERROR_MAX,
			       "the daemon behind %s closed the connection; too many "
			       "commands wait there, or it has no free file descriptors",
			       path);
	else if (reply == NULL)
		(void)snprintf(error, CONTROL_ERROR_MAX,
			       "the daemon behind %s gave no whole answer within %d s",
			       path, timeout_ms / 1000);
	free(text);
	(void)close(fd);
	return reply;
}

/* ---- long work ---- */

struct follower {
	int fd;
	char *text; /* received and not yet used */
	size_t size;
};

/* Receives more. false: nothing came in time, the peer is gone, or memory is. */
static bool receive_more(struct follower *follower, int silence_ms)
{
	struct pollfd wait = { .fd = follower->fd, .events = POLLIN };
	int ready;

	do
		ready = poll(&wait, 1, silence_ms);
	while (ready < 0 && errno == EINTR);
	char *grown = ready > 0 && follower->size < REPLY_MAX
			      ? realloc(follower->text, follower->size + REPLY_STEP)
			      : NULL;
	if (grown == NULL)
		return false;
	follower->text = grown;
	ssize_t got = recv(follower->fd, grown + follower->size, REPLY_STEP, 0);
	follower->size += got > 0 ? (size_t)got : 0;
	return got > 0;
}

/* The next whole line as JSON; NULL when there is none. */
static json_t *take_line(struct follower *follower)
{
	char *end =
		follower->size == 0 ? NULL : memchr(follower->text, '\n', follower->size);

	if (end == NULL)
		return NULL;
	size_t size = (size_t)(end - follower->text) + 1;
	json_t *line = json_loadb(follower->text, size, 0, NULL);
	follower->size -= size;
	memmove(follower->text, follower->text + size, follower->size);
	return line;
}

json_t *control_follow(const char *path, const json_t *request, int silence_ms,
		       bool (*on_progress)(void *context, const json_t *progress),
		       void *context, char error[CONTROL_ERROR_MAX])
{
	struct follower follower = { .fd = connect_daemon(path, error) };
	json_t *reply = NULL;
	bool is_wanted = true;

	if (follower.fd < 0)
		return NULL;
	(void)snprintf(error, CONTROL_ERROR_MAX,
		       "the daemon behind %s gave no whole answer; `readout status` says "
		       "whether it runs",
		       path);
	bool is_open = send_request(follower.fd, request);
	while (is_open && is_wanted && reply == NULL) {
		json_t *line = take_line(&follower);
		const json_t *progress = json_object_get(line, "progress");
		if (line == NULL) {
			is_open = receive_more(&follower, silence_ms);
		} else if (progress == NULL) {
			reply = line;
		} else {
			is_wanted = on_progress(context, progress);
			json_decref(line);
		}
	}
	if (!is_wanted)
		(void)snprintf(error, CONTROL_ERROR_MAX, "stopped");
	free(follower.text);
	(void)close(follower.fd);
	return reply;
}

bool control_is_answered(const char *path)
{
	char error[CONTROL_ERROR_MAX];
	int fd = connect_daemon(path, error);

	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}
