/* SPDX-License-Identifier: MIT */
/*
 * A year of fleet life in simulated time; see year.h for the world and books.c for what
 * is judged.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "server/health/health.h"
#include "tests/year/clock.h"
#include "tests/year/year.h"

enum { TERMINALS_USUAL = 16, TERMINALS_LONG = 60, CALM_DAYS = 3, LOOK_MINUTES = 10 };

static const char configuration[] =
	"{\"terminals\": {\"identify\": [\"serial\"], \"interval\": \"4h\","
	" \"jitter\": \"10m\", \"exchange_timeout\": \"30s\", \"settle_time\": \"60s\","
	" \"idle_probe\": \"1h\", \"survey\": \"1d\", \"batch\": 50}}";

/* ---- faults of the whole fleet ---- */

static uint64_t within(struct year *year, uint64_t least_ms, uint64_t most_ms)
{
	uint64_t minutes = (most_ms - least_ms) / MINUTE_MS;
	return clock_now_ms() + least_ms +
	       dice_below(&year->dice, (uint32_t)minutes) * MINUTE_MS;
}

static bool restart_daemon(struct year *year)
{
	year->daemon_at_ms = within(year, HOUR_MS, 10 * DAY_MS);
	if (dice_below(&year->dice, 3) > 0) {
		service_kill(year);
		year->faults[FAULT_DAEMON_KILLS]++;
	} else {
		service_stop(year);
		year->faults[FAULT_DAEMON_RESTARTS]++;
	}
	return service_start(year);
}

static void begin_outage(struct year *year)
{
	year->outage_at_ms = within(year, 20 * DAY_MS, 90 * DAY_MS);
	year->offline_until_ms = within(year, HOUR_MS, 3 * DAY_MS);
	year->faults[FAULT_FLEET_OUTAGES]++;
	for (uint32_t i = 0; i < year->terminal_count; i++)
		network_break(&year->terminals[i], i % 2 == 0);
}

static void jump(struct year *year)
{
	static const int64_t errors_ms[] = { 0, 3600000, -3600000, 30000 };

	year->jump_at_ms = within(year, 10 * DAY_MS, 60 * DAY_MS);
	clock_set_wall_error(errors_ms[dice_below(&year->dice, 4)]);
	year->faults[FAULT_WALL_CLOCK_JUMPS]++;
}

static void look(struct year *year)
{
	year->look_at_ms = clock_now_ms() + LOOK_MINUTES * MINUTE_MS;
	health_look(&year->fleet);
}

/* The store mostly answers soon. */
static void expect_answer(struct year *year)
{
	bool is_slow = dice_permille(&year->dice, 5);

	if (year->answer_at_ms != UINT64_MAX || !service_awaits_store(year))
		return;
	year->answer_at_ms = clock_now_ms() + 1 +
			     dice_below(&year->dice, is_slow ? 10 * MINUTE_MS : 20);
	year->faults[FAULT_SLOW_COMMITS] += is_slow;
}

/* ---- what is next ---- */

static void earlier(uint64_t *ret_first_ms, uint64_t at_ms)
{
	if (at_ms < *ret_first_ms)
		*ret_first_ms = at_ms;
}

static uint64_t next_of(const struct terminal_sim *terminal)
{
	uint64_t first_ms = terminal->command_at_ms;

	earlier(&first_ms, terminal->reply_at_ms);
	if (terminal->link == NULL)
		earlier(&first_ms, terminal->connect_at_ms);
	for (uint32_t i = 0; i < terminal->late_count; i++)
		earlier(&first_ms, terminal->late[i].at_ms);
	if (terminal->year->is_calm)
		return first_ms;
	earlier(&first_ms, terminal->read_at_ms);
	earlier(&first_ms, terminal->trouble_at_ms);
	if (terminal->repair_at_ms != 0)
		earlier(&first_ms, terminal->repair_at_ms);
	return first_ms;
}

static uint64_t next_of_fleet(const struct year *year)
{
	uint64_t first_ms = clock_next_timer_ms();

	earlier(&first_ms, year->answer_at_ms);
	earlier(&first_ms, year->look_at_ms);
	if (year->is_calm)
		return first_ms;
	earlier(&first_ms, year->daemon_at_ms);
	earlier(&first_ms, year->outage_at_ms);
	earlier(&first_ms, year->jump_at_ms);
	return first_ms;
}

static void run_late(struct terminal_sim *terminal)
{
	for (uint32_t i = 0; i < terminal->late_count; i++) {
		if (terminal->late[i].at_ms > clock_now_ms())
			continue;
		network_deliver_late(terminal, i);
		return;
	}
}

/* One thing that is due. */
static void run_terminal(struct terminal_sim *terminal)
{
	uint64_t now_ms = clock_now_ms();
	bool is_calm = terminal->year->is_calm;

	if (terminal->command_at_ms <= now_ms)
		network_deliver_command(terminal);
	else if (terminal->reply_at_ms <= now_ms)
		network_deliver_reply(terminal);
	else if (terminal->link == NULL && terminal->connect_at_ms <= now_ms)
		network_connect(terminal);
	else if (!is_calm && terminal->read_at_ms <= now_ms)
		terminal_sim_read(terminal);
	else if (!is_calm && terminal->repair_at_ms != 0 &&
		 terminal->repair_at_ms <= now_ms)
		terminal_sim_repair(terminal);
	else if (!is_calm && terminal->trouble_at_ms <= now_ms)
		terminal_sim_suffer(terminal);
	else
		run_late(terminal);
}

static bool run_fleet(struct year *year)
{
	uint64_t now_ms = clock_now_ms();

	if (clock_next_timer_ms() <= now_ms)
		clock_run_timer();
	else if (year->answer_at_ms <= now_ms)
		service_answer(year);
	else if (year->look_at_ms <= now_ms)
		look(year);
	else if (year->daemon_at_ms <= now_ms)
		return restart_daemon(year);
	else if (year->outage_at_ms <= now_ms)
		begin_outage(year);
	else
		jump(year);
	return true;
}

static bool step(struct year *year, uint64_t end_ms, bool *ret_is_over)
{
	uint64_t fleet_ms = next_of_fleet(year);
	uint64_t first_ms = UINT64_MAX;
	struct terminal_sim *first = NULL;
	bool is_well = true;

	for (uint32_t i = 0; i < year->terminal_count; i++) {
		uint64_t at_ms = next_of(&year->terminals[i]);
		if (at_ms >= first_ms)
			continue;
		first_ms = at_ms;
		first = &year->terminals[i];
	}
	*ret_is_over = fleet_ms > end_ms && first_ms > end_ms;
	if (*ret_is_over)
		return true;
	uint64_t next_ms = fleet_ms < first_ms ? fleet_ms : first_ms;
	if (next_ms > clock_now_ms())
		clock_advance(next_ms);
	if (first_ms <= fleet_ms)
		run_terminal(first);
	else
		is_well = run_fleet(year);
	network_run_closed(year);
	clock_run_closed();
	expect_answer(year);
	year->events++;
	return is_well;
}

static bool run_until(struct year *year, uint64_t end_ms)
{
	bool is_over = false;

	while (!is_over)
		if (!step(year, end_ms, &is_over))
			return false;
	return true;
}

/* ---- the year ---- */

/* A last record for each, faults end, and everything is collected. */
static void calm_down(struct year *year)
{
	year->is_calm = true;
	year->offline_until_ms = 0;
	clock_set_wall_error(0);
	for (uint32_t i = 0; i < year->terminal_count; i++) {
		struct terminal_sim *terminal = &year->terminals[i];
		terminal_sim_repair(terminal);
		terminal_sim_read(terminal);
	}
}

/* Of two devices with one name only one is let in: first the one, then the other. */
static void switch_on(struct year *year, bool is_turn_of_twins)
{
	for (uint32_t i = 0; i < year->terminal_count; i++) {
		struct terminal_sim *terminal = &year->terminals[i];
		bool is_twin = (terminal->troubles & TROUBLE_TWIN) != 0;
		if (is_twin != is_turn_of_twins)
			network_break(terminal, true);
		terminal->connect_at_ms = is_twin == is_turn_of_twins
						  ? clock_now_ms() + MINUTE_MS
						  : UINT64_MAX;
	}
}

static bool live(struct year *year, uint64_t days)
{
	bool is_well;

	year->answer_at_ms = UINT64_MAX;
	year->daemon_at_ms = within(year, HOUR_MS, 10 * DAY_MS);
	year->outage_at_ms = within(year, DAY_MS, 60 * DAY_MS);
	year->jump_at_ms = within(year, DAY_MS, 60 * DAY_MS);
	for (uint32_t i = 0; i < year->terminal_count; i++)
		terminal_sim_init(&year->terminals[i], year, i);
	if (!service_start(year))
		return false;
	is_well = run_until(year, days * DAY_MS);
	calm_down(year);
	switch_on(year, false);
	is_well = is_well && run_until(year, (days + CALM_DAYS) * DAY_MS);
	switch_on(year, true);
	is_well = is_well && run_until(year, (days + 2 * CALM_DAYS) * DAY_MS);
	service_stop(year);
	return is_well;
}

static void print_faults(const struct year *year)
{
	static const char *const names[] = {
#define FAULT_TEXT(name) [FAULT_##name] = #name,
		FAULTS(FAULT_TEXT)
#undef FAULT_TEXT
	};
	(void)printf("# faults:");
	for (size_t i = 0; i < FAULT_COUNT; i++)
		(void)printf(" %s %" PRIu64 ",", names[i], year->faults[i]);
	(void)printf("\n");
}

/* The dice must have met what they are thrown for. */
static void check_faults(struct year *year)
{
	for (size_t i = 0; i < FAULT_COUNT; i++) {
		if (year->faults[i] > 0)
			continue;
		year->defects++;
		(void)printf("not ok: a fault that never happened, number %zu\n", i);
	}
}

static int usage(void)
{
	(void)fprintf(stderr,
		      "Usage: test_year [--seed N] [--days N] [--long] [--keep]\n"
		      "  --long is the default with READOUT_LONG=1 in the environment;"
		      " --keep leaves the database.\n");
	return 2;
}

struct wishes {
	uint64_t days;
	bool is_kept; /* the database is left */
};

static bool read_options(int argc, char **argv, struct year *year, struct wishes *wishes)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "days", required_argument, NULL, 'd' },
		{ "long", no_argument, NULL, 'l' },
		{ "keep", no_argument, NULL, 'k' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	year->seed = 1;
	year->is_long = getenv("READOUT_LONG") != NULL;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?')
			return false;
		if (option == 's')
			year->seed = strtoull(optarg, NULL, 10);
		if (option == 'd')
			wishes->days = strtoull(optarg, NULL, 10);
		year->is_long |= option == 'l';
		wishes->is_kept |= option == 'k';
	}
	return true;
}

static bool prepare(struct year *year, struct config_errors *ret_errors)
{
	year->terminal_count = year->is_long ? TERMINALS_LONG : TERMINALS_USUAL;
	dice_init(&year->dice, dice_mix(year->seed));
	clock_begin(year->seed);
	return sem_init(&year->woken, 0, 0) == 0 && service_make_place(year) &&
	       config_parse("year", configuration, &year->config, ret_errors);
}

static bool run(struct year *year, uint64_t days)
{
	(void)printf("# seed %" PRIu64 ", %u terminals, %" PRIu64 " days\n", year->seed,
		     year->terminal_count, days);
	bool is_well = live(year, days);
	if (is_well)
		books_check(year);
	if (days >= 365)
		check_faults(year);
	print_faults(year);
	(void)printf("# %" PRIu64 " events\n", year->events);
	return is_well && year->defects == 0;
}

int main(int argc, char **argv)
{
	struct year *year = calloc(1, sizeof(*year));
	struct wishes wishes = { .days = 365 };
	struct config_errors errors;

	if (year == NULL)
		return 1;
	if (!read_options(argc, argv, year, &wishes)) {
		free(year);
		return usage();
	}
	if (!prepare(year, &errors))
		return 1;
	bool is_well = run(year, wishes.days);
	(void)printf("1..1\n%sok 1 - the books of a year balance\n",
		     is_well ? "" : "not ");
	for (uint32_t i = 0; i < year->terminal_count; i++)
		terminal_sim_free(&year->terminals[i]);
	config_free(&year->config);
	config_errors_free(&errors);
	if (!wishes.is_kept)
		service_clear_place(year);
	free(year);
	return is_well ? 0 : 1;
}
