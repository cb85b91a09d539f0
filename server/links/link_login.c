/* SPDX-License-Identifier: MIT */
/*
 * A login prompt, if there is one: user and password are typed at "login:" and
 * "password:", and what follows says whether they were right.
 *
 * Happy path: prompt, user, prompt, password; then a line OK, or a second of silence.
 * Without any prompt in time the terminal needs no login.
 *
 * Failure modes: the prompt comes again, or a line says that the login failed.
 */
#include <stdlib.h>
#include <string.h>

#include "server/links/link_parts.h"

enum { LINE_MAX_BYTES = 80, QUIET_MS = 1000 };

enum login_state { BEFORE_USER, BEFORE_PASSWORD, AFTER_PASSWORD };

struct link_login {
	struct link *link;
	uv_timer_t timer;
	enum login_state state;
	char line[LINE_MAX_BYTES + 1]; /* being read, in small letters; cut off */
	size_t size;
};

static const char *const user_prompts[] = { "login:", "username:", "user:", NULL };
static const char *const password_prompts[] = { "password:", "passwd:", NULL };
static const char *const refusals[] = { "incorrect", "denied", "failed",
					"invalid",   "error",  NULL };

static void finish(struct link_login *login)
{
	struct link *link = login->link;
	link_login_close(link);
	link_layers_open(link);
}

static void on_quiet(uv_timer_t *timer)
{
	finish(timer->data);
}

static void wait(struct link_login *login, uint64_t timeout_ms)
{
	(void)uv_timer_start(&login->timer, on_quiet, timeout_ms, 0);
}

bool link_login_start(struct link *link)
{
	struct link_login *login = calloc(1, sizeof(*login));
	if (login == NULL)
		return false;
	login->link = link;
	(void)uv_timer_init(link->hub->loop, &login->timer);
	login->timer.data = login;
	link->login = login;
	link->open_handles++;
	wait(login, link->way->prompt_timeout_ms);
	return true;
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct link_login *login = handle->data;
	struct link *link = login->link;

	explicit_bzero(login->line, sizeof(login->line));
	free(login);
	link_handle_closed(link);
}

void link_login_close(struct link *link)
{
	struct link_login *login = link->login;

	if (login == NULL)
		return;
	link->login = NULL;
	uv_close((uv_handle_t *)&login->timer, on_timer_closed);
}

/* ---- what it says ---- */

static bool ends_with_one(const struct link_login *login, const char *const *words)
{
	size_t size = login->size;

	while (size > 0 && login->line[size - 1] == ' ')
		size--;
	for (; *words != NULL; words++) {
		size_t length = strlen(*words);
		if (size >= length &&
		    memcmp(login->line + size - length, *words, length) == 0)
			return true;
	}
	return false;
}

static bool holds_one(const struct link_login *login, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strstr(login->line, *words) != NULL)
			return true;
	return false;
}

/* Types text and waits for what follows. */
static void type(struct link_login *login, const char *text, enum login_state next)
{
	struct link *link = login->link;

	login->state = next;
	login->size = 0;
	wait(login, next == AFTER_PASSWORD ? QUIET_MS : link->way->prompt_timeout_ms);
	if (!link_put(link, text, strlen(text)) || !link_put(link, "\r", 1))
		link->events->ended(link, CLOSE_NETWORK_ERROR, NULL);
}

static void refused(struct link_login *login)
{
	struct link *link = login->link;
	link->events->ended(link, CLOSE_LOGIN_REFUSED, NULL);
}

/* A prompt has no end of line: looks at what there is of it. */
static void look_at_prompt(struct link_login *login)
{
	const struct link_way *way = login->link->way;
	bool is_user = ends_with_one(login, user_prompts);
	bool is_password = ends_with_one(login, password_prompts);

	if (login->state == AFTER_PASSWORD && (is_user || is_password))
		refused(login);
	else if (login->state == BEFORE_USER && is_user)
		type(login, way->user,
		     *way->password != '\0' ? BEFORE_PASSWORD : AFTER_PASSWORD);
	else if (login->state != AFTER_PASSWORD && is_password)
		type(login, way->password, AFTER_PASSWORD);
}

static void look_at_line(struct link_login *login)
{
	if (login->state != AFTER_PASSWORD || login->size == 0)
		return;
	if (holds_one(login, refusals))
		refused(login);
	else if (strcmp(login->line, "ok") == 0)
		finish(login);
}

static void take_byte(struct link_login *login, char byte)
{
	if (byte == '\r' || byte == '\n') {
		login->line[login->size] = '\0';
		look_at_line(login);
		login->size = 0;
		return;
	}
	if (login->size < LINE_MAX_BYTES)
		login->line[login->size++] =
			byte >= 'A' && byte <= 'Z' ? (char)(byte | 0x20) : byte;
	if (byte == ':' || byte == ' ')
		look_at_prompt(login);
}

void link_login_take(struct link *link, const char *data, size_t size)
{
	struct link_login *login = link->login;

	if (login->state == AFTER_PASSWORD)
		wait(login, QUIET_MS);
	/* it may be finished, or the link closed, with any byte; what follows the
	 * prompt's OK in the same read is no answer to anything yet */
	for (size_t i = 0; i < size && link->login == login; i++)
		take_byte(login, data[i]);
}
