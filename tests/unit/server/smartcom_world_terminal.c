/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "smartcom_world.h"

/* ---- the ring ---- */

/* Meters of a few types: some records are long, some short. */
uint32_t world_record_bytes(uint32_t record)
{
	static const uint32_t sizes[] = { 300, 40, 120, 300, 250, 40, 60 };
	return sizes[record % 7];
}

uint32_t world_line_bytes(uint32_t record)
{
	return world_record_bytes(record) * (record % 3 + 2) / 2;
}

static uint32_t held(const struct world *world)
{
	return world->next - world->oldest;
}

static uint32_t drop_oldest(struct world *world)
{
	world->held_bytes -= world_record_bytes(world->oldest);
	return !world->committed[world->oldest++];
}

static void make_record(struct world *world)
{
	uint32_t bytes = world_record_bytes(world->next);

	if (world->next == WORLD_RECORDS_MAX)
		return;
	while (world->held_bytes + bytes > world->capacity_bytes)
		world->overwritten_unsent += drop_oldest(world);
	world->held_bytes += bytes;
	world->next++;
}

void world_fill(struct world *world)
{
	uint32_t end = world_roll(world, 300);
	while (world->next < end)
		make_record(world);
}

static void delete_oldest(struct world *world, uint32_t count)
{
	for (; count > 0 && held(world) > 0; count--) {
		world->deleted_unsent += drop_oldest(world);
		world->deleted++;
	}
}

/* ---- commands ---- */

static void put(struct world *world, const char *text)
{
	size_t size = strlen(text);
	if (size > sizeof(world->reply) - world->reply_size)
		abort();
	memcpy(world->reply + world->reply_size, text, size);
	world->reply_size += size;
}

static void put_number(struct world *world, const char *before, uint32_t number)
{
	char line[64];
	(void)snprintf(line, sizeof(line), "%s%u\n", before, number);
	put(world, line);
}

static void get_oldest(struct world *world, uint32_t count)
{
	world->reply_first = world->oldest;
	world->reply_count = count < held(world) ? count : held(world);
}

static void get_space(struct world *world, uint32_t count)
{
	(void)count;
	uint32_t bytes = world->capacity_bytes - world->held_bytes;
	put_number(world, "^SCDATA: \"GET_SPACE\",",
		   world->weakness.lies_about_space ? 100000000u : bytes);
}

static void device_table(struct world *world, uint32_t count)
{
	(void)count;
	for (uint32_t i = 0; i < world->meters; i++)
		put_number(world, "^SCAMS: > ", i);
}

static void serial_number(struct world *world, uint32_t count)
{
	(void)count;
	put(world, "MC900000012345\n");
}

static const struct {
	const char *text;
	void (*execute)(struct world *world, uint32_t count);
} commands[] = {
	{ "AT^SCDATA=\"GET_OLDEST\",", get_oldest },
	{ "AT^SCDATA=\"DEL_OLDEST\",", delete_oldest },
	{ "AT^SCDATA=\"GET_SPACE\"", get_space },
	{ "AT^SCAMS?", device_table },
	{ "ATI4", serial_number },
};

static uint32_t count_of(const char *text)
{
	const char *comma = strrchr(text, ',');
	return comma != NULL ? (uint32_t)strtoul(comma + 1, NULL, 10) : 0;
}

static bool refuses(struct world *world)
{
	if (!world->has_table && strcmp(world->command, "AT^SCAMS?") == 0)
		return true;
	return !world->is_calm && world_roll(world, 50) == 0;
}

void world_execute(struct world *world)
{
	bool is_refused = refuses(world);
	/* It may say ERROR and have done it all the same. */
	bool is_done = !is_refused || world_roll(world, 2) == 0;

	world_drop_reply(world);
	for (size_t i = 0; is_done && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strncmp(world->command, commands[i].text, strlen(commands[i].text)) ==
		    0)
			commands[i].execute(world, count_of(world->command));
	put(world, is_refused ? "ERROR\n" : "OK\n");
	world->command[0] = '\0';
	if (!world->is_calm && world_roll(world, 100) == 0)
		world_drop_reply(world); /* swallowed by the network */
}

bool world_has_reply(const struct world *world)
{
	return world->reply_count > 0 || world->reply_sent < world->reply_size;
}

void world_drop_reply(struct world *world)
{
	world->reply_count = 0;
	world->reply_size = 0;
	world->reply_sent = 0;
}

/* ---- time ---- */

void world_leave_command(struct world *world)
{
	bool is_deletion = strstr(world->command, "DEL_OLDEST") != NULL;

	if (is_deletion && world_roll(world, 2) == 0 &&
	    world->late_count < WORLD_LATE_MAX) {
		uint32_t after_ms = world_roll(world, WORLD_SETTLE_MS);
		if (world->is_wire_slow)
			after_ms = WORLD_SETTLE_MS - 1 - after_ms / 16;
		world->late[world->late_count].at_ms = world->now_ms + after_ms;
		world->late[world->late_count++].count = count_of(world->command);
	}
	world->command[0] = '\0';
	world_drop_reply(world);
}

static uint64_t late_at(const struct world *world, uint32_t *ret_late)
{
	uint64_t at_ms = UINT64_MAX;
	for (uint32_t i = 0; i < world->late_count; i++) {
		if (world->late[i].at_ms >= at_ms)
			continue;
		at_ms = world->late[i].at_ms;
		*ret_late = i;
	}
	return at_ms;
}

static void arrive_late(struct world *world, uint32_t late)
{
	delete_oldest(world, world->late[late].count);
	world->late[late] = world->late[--world->late_count];
}

static void read_meters(struct world *world)
{
	world->next_round_ms += world->round_ms;
	for (uint32_t i = 0; i < world->meters && !world->is_calm; i++)
		make_record(world);
}

void world_advance(struct world *world, uint64_t duration_ms)
{
	uint64_t end_ms = world->now_ms + duration_ms;

	for (;;) {
		uint32_t late = 0;
		uint64_t late_ms = late_at(world, &late);
		uint64_t timer_ms =
			world->timer_at_ms > 0 ? world->timer_at_ms : UINT64_MAX;
		uint64_t first_ms = late_ms < timer_ms ? late_ms : timer_ms;
		if (world->next_round_ms < first_ms)
			first_ms = world->next_round_ms;
		if (first_ms > end_ms)
			break;
		world->now_ms = first_ms;
		if (first_ms == late_ms) {
			arrive_late(world, late);
		} else if (first_ms == world->next_round_ms) {
			read_meters(world);
		} else {
			world->timer_at_ms = 0;
			smartcom_on_timer(&world->driver);
		}
	}
	world->now_ms = end_ms;
}
