/* SPDX-License-Identifier: MIT */
/* The server above its sockets, started and ended as server/daemon.c does it. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/health/health.h"
#include "server/recall.h"
#include "server/session/session_parts.h"
#include "tests/year/clock.h"
#include "tests/year/year.h"

bool service_make_place(struct year *year)
{
	struct stat place;
	const char *root = stat("/dev/shm", &place) == 0 ? "/dev/shm" : "/tmp";

	(void)snprintf(year->directory, sizeof(year->directory), "%s/readout-year-XXXXXX",
		       root);
	if (mkdtemp(year->directory) == NULL)
		return false;
	(void)snprintf(year->database, sizeof(year->database), "%s/readout.db",
		       year->directory);
	return true;
}

void service_clear_place(const struct year *year)
{
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
	char path[128];

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", year->database, ends[i]);
		(void)unlink(path);
	}
	(void)rmdir(year->directory);
}

static void released(struct link_way *way, bool was_useful)
{
	(void)way;
	(void)was_useful;
}

static void wake(void *context)
{
	struct year *year = context;
	(void)sem_post(&year->woken);
}

static bool fails(const char *what, const char *why)
{
	(void)fprintf(stderr, "year: %s: %s\n", what, why);
	return false;
}

static bool open_store(struct year *year)
{
	struct fleet *fleet = &year->fleet;
	const struct config *config = &year->config;
	char error[STORE_ERROR_MAX];
	struct store_options options = {
		.path = year->database,
		.queue_limit_bytes = config->queue_limit,
		.layout_limit = config->limits.layouts,
	};

	fleet->store = store_open(&options, error);
	if (fleet->store == NULL)
		return fails("store", error);
	fleet->port = store_port_new(fleet->store, wake, year);
	return fleet->port != NULL;
}

bool service_start(struct year *year)
{
	struct fleet *fleet = &year->fleet;
	const struct config *config = &year->config;
	char error[STORE_ERROR_MAX];

	*fleet = (struct fleet){ .loop = &year->loop };
	fleet->hub.loop = &year->loop;
	year->loop.data = year;
	year->way = (struct link_way){ .name = "main", .released = released };
	fleet->started_at_ms = clock_now_ms();
	/* Nothing is as grave as this: nothing is logged. */
	fleet->log = log_new(STDERR_FILENO, (enum log_severity)0, false);
	if (fleet->log == NULL || !fleet_take_settings(fleet, config) ||
	    !open_store(year))
		return false;
	fleet->intake = intake_new(config->limits.layouts,
				   config->terminals.clock_offset_ms, NULL);
	fleet->terminals = terminal_table_new(config->limits.terminals);
	fleet->addresses = address_count_new(config->limits.connections);
	if (fleet->intake == NULL || fleet->terminals == NULL || fleet->addresses == NULL)
		return false;
	return recall_terminals(fleet, year->database, error) || fails("recall", error);
}

static void run_closed(struct year *year)
{
	network_run_closed(year);
	clock_run_closed();
}

static void end(struct year *year)
{
	struct fleet *fleet = &year->fleet;

	run_closed(year);
	store_close(fleet->store);
	store_port_dispatch(fleet->port);
	run_closed(year);
	if (fleet->sessions != NULL)
		abort();
	store_port_free(fleet->port);
	store_free(fleet->store);
	intake_free(fleet->intake);
	terminal_table_free(fleet->terminals);
	settings_table_release(fleet->settings);
	address_count_free(fleet->addresses);
	log_free(fleet->log);
	year->answer_at_ms = UINT64_MAX;
}

void service_stop(struct year *year)
{
	fleet_stop(&year->fleet);
	end(year);
}

static void on_timer_closed(uv_handle_t *handle)
{
	session_release(handle->data);
}

/*
 * What the store was given it may have committed, but no answer is heard; what was not
 * given to it is gone. The memory of a killed process needs no freeing, here it does.
 */
void service_kill(struct year *year)
{
	struct fleet *fleet = &year->fleet;

	for (struct session *s = fleet->sessions; s != NULL; s = s->next) {
		if (s->is_closing)
			continue;
		s->is_closing = true;
		session_leave_line(s);
		session_leave_contest(s);
		if (!s->is_batch_in_flight)
			session_release_room(s);
		session_drop_batch(s);
		link_close(&s->link);
		uv_close((uv_handle_t *)&s->timer, on_timer_closed);
	}
	end(year);
}

void service_answer(struct year *year)
{
	struct store_status status;

	year->answer_at_ms = UINT64_MAX;
	for (;;) {
		store_status(year->fleet.store, &status);
		if (status.queued_bytes == 0)
			break;
		(void)sem_wait(&year->woken);
	}
	while (sem_trywait(&year->woken) == 0)
		;
	store_port_dispatch(year->fleet.port);
	fleet_offer_room(&year->fleet);
}

bool service_awaits_store(const struct year *year)
{
	for (const struct session *s = year->fleet.sessions; s != NULL; s = s->next)
		if (s->holds > 2 || (s->is_closing && s->holds > 0) ||
		    s->is_waiting_for_room)
			return true;
	return false;
}
