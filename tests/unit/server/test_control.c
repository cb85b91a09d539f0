/* SPDX-License-Identifier: MIT */
/*
 * A real socket in a directory of its own; the daemon's side runs on the test's loop, the
 * client's side is a plain descriptor.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "server/control.h"

static uv_loop_t loop;
static struct control *control;
static struct control_client *asking; /* who waits for a late reply */
static char directory[32];
static char path[64];
static char error[CONTROL_ERROR_MAX];
static char received[8192];

static void handle_status(void *context, const json_t *request,
			  struct control_client *client)
{
	(void)request;
	control_reply(client, json_pack("{s:s}", "state", (const char *)context));
}

static void handle_later(void *context, const json_t *request,
			 struct control_client *client)
{
	(void)context;
	(void)request;
	asking = client;
}

static const struct control_command commands[] = { { "status", handle_status },
						   { "later", handle_later },
						   { NULL, NULL } };
static char running[] = "running";

static void setup(void)
{
	(void)snprintf(directory, sizeof(directory), "/tmp/readout-XXXXXX");
	cr_assert_not_null(mkdtemp(directory));
	(void)snprintf(path, sizeof(path), "%s/control", directory);
	cr_assert_eq(uv_loop_init(&loop), 0);
	control = control_new(&loop, path, commands, running, error);
	cr_assert_not_null(control, "%s", error);
}

static void teardown(void)
{
	control_close(control);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	cr_expect_eq(uv_loop_close(&loop), 0, "a handle is still open");
	cr_expect_eq(access(path, F_OK), -1, "the socket was left behind");
	(void)rmdir(directory);
}

TestSuite(control, .init = setup, .fini = teardown);

static int client_open(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	cr_assert_eq(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static void client_write(int fd, const char *text)
{
	cr_assert_eq(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* Runs the loop until the daemon closes the connection; what it said stands in received.
 */
static const char *answer(int fd)
{
	size_t size = 0;
	ssize_t got;

	do {
		(void)uv_run(&loop, UV_RUN_NOWAIT);
		got = recv(fd, received + size, sizeof(received) - 1 - size, 0);
		size += got > 0 ? (size_t)got : 0;
	} while (got != 0);
	received[size] = '\0';
	(void)close(fd);
	return received;
}

static const char *ask(const char *request)
{
	int fd = client_open();
	client_write(fd, request);
	return answer(fd);
}

Test(control, answers_a_command_with_one_line_and_hangs_up)
{
	cr_expect_str_eq(ask("{\"command\": \"status\"}\n"), "{\"state\":\"running\"}\n");
}

Test(control, takes_a_request_in_pieces)
{
	int fd = client_open();
	client_write(fd, "{\"command\":");
	for (int i = 0; i < 10; i++)
		(void)uv_run(&loop, UV_RUN_NOWAIT);
	client_write(fd, " \"status\"}\n");
	cr_expect_str_eq(answer(fd), "{\"state\":\"running\"}\n");
}

Test(control, says_what_is_wrong_with_a_request)
{
	cr_expect_not_null(strstr(ask("{\"command\": \"dance\"}\n"), "unknown command"));
	cr_expect_not_null(strstr(ask("status\n"), "no JSON object"));
	cr_expect_not_null(strstr(ask("[]\n"), "no JSON object"));
	cr_expect_not_null(strstr(ask("\n"), "no JSON object"));
}

Test(control, refuses_a_request_that_does_not_end)
{
	static char text[CONTROL_REQUEST_MAX];
	int fd = client_open();
	size_t sent = 0;

	memset(text, 'x', sizeof(text));
	while (sent < sizeof(text)) {
		ssize_t done = send(fd, text + sent, sizeof(text) - sent, MSG_NOSIGNAL);
		sent += done > 0 ? (size_t)done : 0;
		(void)uv_run(&loop, UV_RUN_NOWAIT);
	}
	cr_expect_not_null(strstr(answer(fd), "longer than"));
}

Test(control, forgets_a_client_that_hangs_up_silently)
{
	int fd = client_open();
	(void)uv_run(&loop, UV_RUN_ONCE);
	(void)close(fd);
	cr_expect_str_eq(ask("{\"command\": \"status\"}\n"), "{\"state\":\"running\"}\n");
}

Test(control, closes_the_clients_beyond_its_limit)
{
	int fds[CONTROL_CLIENTS_MAX];
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		fds[i] = client_open();
		(void)uv_run(&loop, UV_RUN_NOWAIT);
	}
	int fd = client_open();
	cr_expect_str_empty(answer(fd));
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		(void)close(fds[i]);
}

static void run_until_asked(void)
{
	asking = NULL;
	while (asking == NULL)
		(void)uv_run(&loop, UV_RUN_ONCE);
}

Test(control, replies_late)
{
	int fd = client_open();
	client_write(fd, "{\"command\": \"later\"}\n");
	run_until_asked();
	cr_expect_not(control_client_is_gone(asking));
	control_reply(asking, json_pack("{s:b}", "done", 1));
	cr_expect_str_eq(answer(fd), "{\"done\":true}\n");
}

Test(control, tells_of_progress_before_the_reply)
{
	int fd = client_open();
	client_write(fd, "{\"command\": \"later\"}\n");
	run_until_asked();
	control_progress(asking, json_pack("{s:i}", "done", 1));
	/* The line before is not written yet: this one is dropped, the reply is not. */
	control_progress(asking, json_pack("{s:i}", "done", 2));
	control_reply(asking, json_pack("{s:b}", "done", 1));
	cr_expect_str_eq(answer(fd), "{\"progress\":{\"done\":1}}\n{\"done\":true}\n");
}

Test(control, tells_no_progress_to_a_client_that_has_hung_up)
{
	int fd = client_open();
	client_write(fd, "{\"command\": \"later\"}\n");
	run_until_asked();
	(void)close(fd);
	while (!control_client_is_gone(asking))
		(void)uv_run(&loop, UV_RUN_ONCE);
	control_progress(asking, json_pack("{s:i}", "done", 1));
	control_reply(asking, json_object());
}

struct conversation {
	json_t *reply;
	int64_t last_done;
};

static bool note_progress(void *context, const json_t *progress)
{
	struct conversation *conversation = context;
	conversation->last_done = json_integer_value(json_object_get(progress, "done"));
	return true;
}

static void follow(void *context)
{
	struct conversation *conversation = context;
	char why[CONTROL_ERROR_MAX];
	json_t *request = json_pack("{s:s}", "command", "later");
	conversation->reply =
		control_follow(path, request, 60000, note_progress, conversation, why);
	json_decref(request);
}

Test(control, is_followed_by_a_command_until_the_reply)
{
	struct conversation conversation = { 0 };
	uv_thread_t thread;

	cr_assert_eq(uv_thread_create(&thread, follow, &conversation), 0);
	run_until_asked();
	control_progress(asking, json_pack("{s:i}", "done", 7));
	control_reply(asking, json_pack("{s:b}", "done", 1));
	/* Two lines are written one after the other; the rest is the loop's business. */
	for (int i = 0; i < 100; i++)
		(void)uv_run(&loop, UV_RUN_NOWAIT);
	(void)uv_thread_join(&thread);
	cr_expect_eq(conversation.last_done, 7);
	cr_expect(json_is_true(json_object_get(conversation.reply, "done")));
	json_decref(conversation.reply);
}

Test(control, throws_a_late_reply_away_when_the_client_has_hung_up)
{
	int fd = client_open();
	client_write(fd, "{\"command\": \"later\"}\n");
	run_until_asked();
	(void)close(fd);
	while (!control_client_is_gone(asking))
		(void)uv_run(&loop, UV_RUN_ONCE);
	control_reply(asking, json_object());
}

Test(control, ignores_what_follows_a_request)
{
	int fd = client_open();
	client_write(fd, "{\"command\": \"later\"}\n{\"command\": \"status\"}\n");
	run_until_asked();
	client_write(fd, "{\"command\": \"status\"}\n");
	(void)uv_run(&loop, UV_RUN_NOWAIT);
	control_reply(asking, json_object());
	cr_expect_str_eq(answer(fd), "{}\n");
}

Test(control, hides_its_socket_from_strangers)
{
	struct stat found;
	cr_assert_eq(stat(path, &found), 0);
	cr_expect_eq(found.st_mode & 0777, 0660);
}

Test(control, refuses_a_path_where_another_daemon_answers)
{
	cr_expect_null(control_new(&loop, path, commands, NULL, error));
	cr_expect_not_null(strstr(error, "another daemon answers"), "%s", error);
	cr_expect_str_eq(ask("{\"command\": \"status\"}\n"), "{\"state\":\"running\"}\n");
}

Test(control, takes_the_place_of_a_socket_that_nobody_answers)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char stale[80];
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(stale, sizeof(stale), "%s.stale", path);
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", stale);
	cr_assert_eq(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	(void)close(fd);
	struct control *second = control_new(&loop, stale, commands, NULL, error);
	cr_assert_not_null(second, "%s", error);
	control_close(second);
	(void)uv_run(&loop, UV_RUN_NOWAIT);
	cr_expect_eq(access(stale, F_OK), -1);
}

Test(control, refuses_a_path_too_long_for_a_socket)
{
	char longer[200];
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	cr_expect_null(control_new(&loop, longer, commands, NULL, error));
	cr_expect_not_null(strstr(error, "too long"));
}

/* ---- the client's side of the program ---- */

static void call(uv_work_t *work)
{
	json_t *request = json_pack("{s:s}", "command", "status");
	work->data = control_call(path, request, 60000, error);
	json_decref(request);
}

static void called(uv_work_t *work, int status)
{
	(void)work;
	cr_expect_eq(status, 0);
	uv_stop(&loop);
}

Test(control, is_called_by_the_commands)
{
	uv_work_t work;
	cr_assert_eq(uv_queue_work(&loop, &work, call, called), 0);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	cr_expect_str_eq(json_string_value(json_object_get(work.data, "state")),
			 "running", "%s", error);
	json_decref(work.data);
}

Test(control, call_says_that_no_daemon_answers)
{
	json_t *request = json_object();
	cr_expect_null(control_call("/nowhere/control", request, 1000, error));
	cr_expect_not_null(strstr(error, "no daemon answers at /nowhere/control"));
	json_decref(request);
}
