/* SPDX-License-Identifier: MIT */
#include "smartcom_world.h"

uint32_t world_roll(struct world *world, uint32_t sides)
{
	/* splitmix64 */
	uint64_t z = world->dice += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((z ^ (z >> 31)) % sides);
}

void world_init(struct world *world, uint64_t seed, const struct world_weakness *weakness)
{
	memset(world, 0, sizeof(*world));
	world->dice = seed;
	world->weakness = *weakness;
	world->refuses_every = seed % 3 == 0 ? 19 : 0;
	world->now_ms = 1000;
	world->driver.state = SMARTCOM_CLOSED;
	world->meters = 1 + world_roll(world, 8);
	/* From a memory of hardly more than a round to one that never fills up. */
	world->capacity_bytes =
		300 * (world->meters + 1 + world_roll(world, 1u << world_roll(world, 9)));
	world_fill(world);
	world->is_wire_slow = world_roll(world, 2) == 0;
	world->has_table = world_roll(world, 4) != 0;
	world->round_ms =
		WORLD_ROUND_MS * (world->is_wire_slow ? 1 : 1 + world_roll(world, 3));
	world->next_round_ms = world->now_ms + world_roll(world, WORLD_ROUND_MS);
	world->settings = (struct smartcom_settings){
		.probes = { SMARTCOM_PROBE_SERIAL, SMARTCOM_PROBE_ADDRESS },
		.probe_count = 2,
		.batch = 2 + world_roll(world, 30),
		.exchange_timeout_ms = 60000,
		.identify_timeout_ms = 30000,
		.settle_ms = weakness->ignores_settling ? 0 : WORLD_SETTLE_MS,
	};
}

/* The dialogue goes on by one event. */
static void progress(struct world *world)
{
	if (!world->is_open)
		world_connect(world);
	else if (world->command[0] != '\0')
		world_execute(world);
	else if (world_has_reply(world))
		world_show_line(world);
	else if (world->job_count > 0)
		world_run_job(world);
	else if (world->waits_for_room)
		smartcom_on_room(&world->driver);
	else if (world->timer_at_ms > 0)
		world_advance(world, world->timer_at_ms - world->now_ms);
	else
		world_advance(world, 1000);
}

static void show_all(struct world *world)
{
	while (world->is_open && world_has_reply(world))
		world_show_line(world);
}

/* The link is lost just before the time limit of a DEL in flight. */
static void lose_deletion(struct world *world)
{
	world_advance(world, world->settings.exchange_timeout_ms - 1000);
	if (world->is_open)
		world_end_link(world);
}

static bool is_deleting(const struct world *world)
{
	return world->is_open && world->driver.state == SMARTCOM_DELETING &&
	       world->command[0] != '\0';
}

/* Time passes, or something breaks. */
static void disturb(struct world *world, uint32_t roll)
{
	if (roll < 10)
		world_advance(world, world_roll(world, 2000));
	else if (roll < 15)
		world_advance(world, world_roll(world, 90000));
	else if (roll < 17 && world->is_open)
		world_end_link(world);
	else if (roll < 18)
		world_kill_daemon(world);
	else if (world->is_open)
		smartcom_on_collect(&world->driver);
}

void world_step(struct world *world)
{
	uint32_t roll = world_roll(world, 100);

	if (roll < 30 && world->is_wire_slow && is_deleting(world))
		lose_deletion(world);
	else if (roll < 50)
		progress(world);
	else if (roll < 70)
		show_all(world);
	else if (roll >= 80)
		disturb(world, roll - 80);
	else if (world->job_count > 0)
		world_run_job(world);
}

static bool is_all_committed(const struct world *world)
{
	for (uint32_t i = world->oldest; i < world->next; i++)
		if (!world->committed[i])
			return false;
	return true;
}

bool world_settles(struct world *world, uint32_t max_steps)
{
	world->is_calm = true;
	while (!is_all_committed(world) && max_steps-- > 0)
		progress(world);
	return is_all_committed(world);
}
