/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "smartcom_world.h"

static void add_job(struct world *world, const struct world_job *job)
{
	if (world->job_count == WORLD_JOBS_MAX)
		abort();
	world->jobs[world->job_count++] = *job;
}

/* ---- what the driver asks for ---- */

static uint64_t on_now(void *context)
{
	const struct world *world = context;
	return world->now_ms;
}

static void on_send(void *context, const struct at_command *command)
{
	struct world *world = context;
	memcpy(world->command, command->text, sizeof(world->command));
	world_drop_reply(world);
}

static void on_arm(void *context, uint64_t timeout_ms)
{
	struct world *world = context;
	world->timer_at_ms = timeout_ms > 0 ? world->now_ms + timeout_ms : 0;
}

static uint64_t on_interval(void *context)
{
	return 1 + world_roll(context, 300000);
}

static uint64_t on_quiet(void *context)
{
	(void)context;
	return 0;
}

static const char *on_link_identity(void *context)
{
	(void)context;
	return NULL;
}

static const char *on_registered(void *context, struct span line)
{
	(void)context;
	(void)line;
	return NULL;
}

static void on_terminal_error(void *context, struct span line)
{
	(void)context;
	(void)line;
}

static void on_measured(void *context, enum smartcom_measure what, int64_t value)
{
	(void)context;
	(void)what;
	(void)value;
}

static void on_raise_limits(void *context, bool is_raised)
{
	(void)context;
	(void)is_raised;
}

static const char *on_address(void *context)
{
	(void)context;
	return "192.0.2.1";
}

static void on_open(void *context, const char *identity, const char *firmware)
{
	struct world *world = context;
	(void)identity;
	(void)firmware;
	add_job(world, &(struct world_job){ WORLD_JOB_OPEN, .link = world->link });
}

static void on_device(void *context, struct span line)
{
	(void)context;
	(void)line;
}

static bool on_reserve(void *context, uint32_t count)
{
	struct world *world = context;
	(void)count;
	world->batch_count = 0;
	world->waits_for_room = !world->is_calm && world_roll(world, 10) == 0;
	return !world->waits_for_room;
}

static bool on_record(void *context, struct span line, enum close_reason *ret_reason)
{
	struct world *world = context;
	int64_t number;

	*ret_reason = CLOSE_QUEUE_FULL;
	if (!at_line_number(line, &number))
		abort();
	if (world->batch_count++ == 0)
		world->batch_first = (uint32_t)number;
	return world->is_calm || world_roll(world, 2000) != 0;
}

static void submit(struct world *world, uint32_t link, bool is_marking)
{
	add_job(world, &(struct world_job){ .kind = WORLD_JOB_COMMIT,
					    .link = link,
					    .first = world->batch_first,
					    .count = world->batch_count,
					    .is_marking = is_marking });
	world->batch_count = 0;
}

static void on_commit(void *context, bool may_delete)
{
	struct world *world = context;
	submit(world, world->link, may_delete);
}

static void on_deletion_ended(void *context, bool is_confirmed, uint32_t deleted_count)
{
	struct world *world = context;
	(void)is_confirmed;
	(void)deleted_count;
	add_job(world, &(struct world_job){ .kind = WORLD_JOB_END_DELETION });
}

static void on_event(void *context, const char *kind, const char *detail)
{
	struct world *world = context;
	(void)detail;
	world->gaps_told += strcmp(kind, "overlap_missing") == 0;
}

static void on_round_ended(void *context)
{
	(void)context;
}

static void on_close(void *context, enum close_reason reason)
{
	(void)reason;
	world_end_link(context);
}

static const struct smartcom_ops ops = {
	.now_ms = on_now,
	.send = on_send,
	.arm = on_arm,
	.interval_ms = on_interval,
	.address = on_address,
	.quiet_ms = on_quiet,
	.link_identity = on_link_identity,
	.registered = on_registered,
	.terminal_error = on_terminal_error,
	.measured = on_measured,
	.raise_limits = on_raise_limits,
	.open = on_open,
	.device = on_device,
	.reserve = on_reserve,
	.record = on_record,
	.commit = on_commit,
	.deletion_ended = on_deletion_ended,
	.event = on_event,
	.round_ended = on_round_ended,
	.close = on_close,
};

/* ---- links ---- */

void world_connect(struct world *world)
{
	world->is_open = true;
	world->link++;
	smartcom_init(&world->driver, &world->settings, &ops, world);
	smartcom_start(&world->driver);
}

static void lose_link(struct world *world)
{
	world->is_open = false;
	world->timer_at_ms = 0;
	world->waits_for_room = false;
	world_leave_command(world);
}

/* As server/session/session_dialogue.c does: what came whole is kept, without a deletion.
 */
void world_end_link(struct world *world)
{
	smartcom_end(&world->driver);
	if (world->driver.ended_in > SMARTCOM_OPENING)
		world->memory = world->driver.memory;
	if (world->driver.ended_in == SMARTCOM_FETCHING && world->batch_count > 0)
		submit(world, 0, false);
	lose_link(world);
}

/* kill -9: some of the jobs have still been committed, the rest is forgotten. */
void world_kill_daemon(struct world *world)
{
	uint32_t done = world_roll(world, world->job_count + 1);

	if (world->is_open)
		lose_link(world);
	world->driver.state = SMARTCOM_CLOSED;
	for (; done > 0; done--)
		world_run_job(world);
	world->job_count = 0;
	world->batch_count = 0;
	world->is_memory_valid = false;
	world->has_refused = false;
}

/* ^SCDATA: 17,"0000... */
static void show_record(struct world *world)
{
	char line[WORLD_LINE_MAX];
	uint32_t record = world->reply_first++;
	int size = snprintf(line, sizeof(line), "^SCDATA: %u,\"", record);

	world->reply_count--;
	memset(line + size, '0', sizeof(line) - (size_t)size);
	(void)smartcom_on_line(&world->driver, span_of(line, world_line_bytes(record)));
}

void world_show_line(struct world *world)
{
	if (world->reply_count > 0) {
		show_record(world);
		return;
	}
	char *line = world->reply + world->reply_sent;
	size_t left = world->reply_size - world->reply_sent;
	char *end = memchr(line, '\n', left);

	if (end == NULL)
		abort();
	world->reply_sent += (size_t)(end - line) + 1;
	(void)smartcom_on_line(&world->driver, span_of(line, (size_t)(end - line)));
}

/* ---- the store ---- */

static void opened(struct world *world)
{
	if (!world->is_memory_valid) {
		world->is_memory_valid = true;
		world->memory = (struct smartcom_memory){
			.has_records = world->has_records,
			.is_deletion_unknown =
				world->is_marked && !world->weakness.forgets_mark,
			.unknown_since_ms = world->now_ms,
		};
	}
	struct smartcom_memory memory = world->memory;
	if (world->weakness.forgets_unknown)
		memory.is_deletion_unknown = false;
	smartcom_on_opened(&world->driver, &memory);
}

/* A record that cannot be stored in any form, until everything is well. */
static bool is_refused(const struct world *world, uint32_t record)
{
	return world->refuses_every != 0 && !world->is_calm &&
	       record % world->refuses_every == world->refuses_every - 1;
}

/* The reply begins with a record that was left in the terminal because it was refused. */
static bool is_left(const struct world *world, const struct world_job *job)
{
	return world->has_refused && world->refused_first == job->first &&
	       is_refused(world, job->first);
}

/*
 * The records before the first of a reply are gone, and were never committed. A refused
 * one among them was told when it was refused.
 */
static bool has_gap(const struct world *world, const struct world_job *job)
{
	return world->has_records && world->driver.memory.has_records && job->first > 0 &&
	       !world->committed[job->first] && !world->committed[job->first - 1] &&
	       !is_refused(world, job->first - 1) && !is_left(world, job);
}

/* As server/session/session_refused.c keeps account of them. */
static void note_refused(struct world *world, const struct world_job *job,
			 struct smartcom_commit *commit)
{
	commit->is_head_known |= is_left(world, job);
	world->has_refused = false;
	for (uint32_t i = job->count; i-- > 0;) {
		if (!is_refused(world, job->first + i))
			continue;
		world->has_refused = true;
		world->refused_first = job->first + i;
		commit->retained = world->weakness.hides_refusals ? 0 : job->count - i;
	}
}

static uint32_t store_records(struct world *world, const struct world_job *job)
{
	uint32_t new_count = 0;
	for (uint32_t i = job->first; i < job->first + job->count; i++) {
		if (is_refused(world, i))
			continue;
		new_count += !world->committed[i];
		world->committed[i] = true;
	}
	world->has_records = true;
	world->memory.has_records = true;
	world->is_marked |= job->is_marking;
	return new_count;
}

static void commit(struct world *world, const struct world_job *job)
{
	struct smartcom_commit commit = { .is_committed = false };
	uint64_t told = world->gaps_told;
	bool is_gap = false;

	if (world->is_calm || world_roll(world, 60) != 0) {
		is_gap = has_gap(world, job);
		commit.is_committed = true;
		commit.count = job->count;
		commit.is_head_known =
			world->committed[job->first] || world->weakness.takes_any_head;
		note_refused(world, job, &commit);
		commit.new_count = store_records(world, job);
	}
	if (!world->is_open || job->link != world->link)
		return;
	smartcom_on_committed(&world->driver, &commit);
	world->gaps_untold += is_gap && world->gaps_told == told;
}

void world_run_job(struct world *world)
{
	struct world_job job = world->jobs[0];

	world->job_count--;
	memmove(world->jobs, world->jobs + 1, world->job_count * sizeof(job));
	if (job.kind == WORLD_JOB_COMMIT)
		commit(world, &job);
	else if (job.kind == WORLD_JOB_END_DELETION)
		world->is_marked = false;
	else if (world->is_open && job.link == world->link)
		opened(world);
}
