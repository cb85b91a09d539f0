/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/year/clock.h"
#include "tests/year/year.h"

/* 2000-01-01T00:00:00Z: where a clock begins that nobody has set. */
static const int64_t UNSET_S = INT64_C(946684800);

enum { TWINS = 2, SEQUENCE_FIRST = 1 };

static struct dice *dice_of(struct terminal_sim *terminal)
{
	return &terminal->dice;
}

static bool chance(struct terminal_sim *terminal, uint32_t permille)
{
	return dice_permille(dice_of(terminal), permille);
}

/* ---- who it is ---- */

/* Each trouble alone, then all of a kind together, over and over. */
static unsigned troubles_of(uint32_t number)
{
	static const unsigned sets[] = {
		0,
		TROUBLE_LINK,
		TROUBLE_MEMORY,
		TROUBLE_CLOCK,
		TROUBLE_LIES,
		TROUBLE_SUMMER | TROUBLE_LINK,
		TROUBLE_LINK | TROUBLE_MEMORY,
		TROUBLE_CLOCK | TROUBLE_LINK,
		TROUBLE_CLOCK | TROUBLE_MEMORY | TROUBLE_LINK,
		TROUBLE_LIES | TROUBLE_MEMORY | TROUBLE_LINK,
	};
	return sets[number % (sizeof(sets) / sizeof(sets[0]))];
}

void terminal_sim_init(struct terminal_sim *terminal, struct year *year, uint32_t number)
{
	bool is_twin = number >= year->terminal_count - TWINS;
	uint32_t named = is_twin ? number - (year->terminal_count - TWINS) : number;

	*terminal = (struct terminal_sim){ .year = year, .number = number };
	dice_init(&terminal->dice, dice_mix(year->seed * TERMINALS_MAX + number));
	(void)snprintf(terminal->serial, sizeof(terminal->serial), "50-1945-%04u",
		       named % 10000);
	terminal->troubles = is_twin ? TROUBLE_TWIN : troubles_of(number);
	terminal->sequence = SEQUENCE_FIRST;
	terminal->meter_count = 1 + dice_below(dice_of(terminal), METERS_MAX - 1);
	terminal->memory_bytes = terminal->troubles & TROUBLE_MEMORY ? 4000 : 200000;
	terminal->read_every_ms = (2 + dice_below(dice_of(terminal), 5)) * HOUR_MS;
	terminal->read_at_ms = clock_now_ms() + dice_below(dice_of(terminal), HOUR_MS);
	terminal->trouble_at_ms = clock_now_ms() + DAY_MS;
	/* A meter that never answers: its records hold nothing that tells them apart. */
	terminal->dead_meters = terminal->troubles & TROUBLE_CLOCK ? 1 : 0;
	terminal->connect_at_ms = clock_now_ms() + dice_below(dice_of(terminal), HOUR_MS);
	terminal->command_at_ms = UINT64_MAX;
	terminal->reply_at_ms = UINT64_MAX;
}

void terminal_sim_free(struct terminal_sim *terminal)
{
	free(terminal->records);
	free(terminal->reply);
	free(terminal->last_reply);
}

/* ---- its clock ---- */

/* Of 2026: from the last Sunday of March to the last of October. */
static int64_t summer_s(int64_t true_s)
{
	static const int64_t from_s = INT64_C(1774746000), to_s = INT64_C(1792890000);
	return true_s >= from_s && true_s < to_s ? 7200 : 3600;
}

static int64_t stamp_now(const struct terminal_sim *terminal)
{
	int64_t true_s = YEAR_BEGIN_S + (int64_t)(clock_now_ms() / 1000);
	int64_t zone_s = terminal->troubles & TROUBLE_SUMMER ? summer_s(true_s) : 0;
	return true_s + terminal->clock_error_s + (terminal->is_clock_unset ? 0 : zone_s);
}

/* ---- its memory ---- */

void record_frame(const struct terminal_sim *terminal, const struct record *record,
		  uint8_t ret_frame[FRAME_BYTES])
{
	uint32_t id = terminal->number * 10 + record->meter;
	uint8_t sum = 0;
	uint8_t frame[FRAME_BYTES] = {
		0x68, FRAME_BYTES - 6, FRAME_BYTES - 6, 0x68, 0x08, 0x01, 0x72,
		/* identification, four digits of it */
		(uint8_t)(id % 10 | id / 10 % 10 << 4),
		(uint8_t)(id / 100 % 10 | id / 1000 % 10 << 4), 0, 0,
		/* manufacturer, version, cold water, access number, status, no key */
		0x24, 0x40, 0x01, 0x16, (uint8_t)record->counter, record->status, 0, 0,
		/* a volume in litres */
		0x04, 0x13, (uint8_t)record->counter, (uint8_t)(record->counter >> 8),
		(uint8_t)(record->counter >> 16), (uint8_t)(record->counter >> 24), 0,
		0x16
	};
	for (size_t i = 4; i < FRAME_BYTES - 2; i++)
		sum = (uint8_t)(sum + frame[i]);
	frame[FRAME_BYTES - 2] = sum;
	memcpy(ret_frame, frame, sizeof(frame));
}

size_t record_line(const struct terminal_sim *terminal, const struct record *record,
		   char *ret_line, size_t size)
{
	uint8_t frame[FRAME_BYTES];
	char hex[2 * FRAME_BYTES + 1] = "";

	record_frame(terminal, record, frame);
	for (size_t i = 0; record->counter != 0 && i < FRAME_BYTES; i++)
		(void)snprintf(hex + 2 * i, 3, "%02X", frame[i]);
	int written =
		snprintf(ret_line, size,
			 "^SCDATA: \"AMS\",%" PRId64 ",%u,\"MBUS\",%u,%u,\"\",\"%s\"\r\n",
			 record->stamp, record->sequence, record->meter + 1u,
			 record->counter == 0 ? 2u : 0u, hex);
	return (size_t)written;
}

/* What it takes of the memory: some fields, and the payload as bytes. */
static uint32_t record_bytes(const struct record *record)
{
	return record->counter == 0 ? 32 : 32 + FRAME_BYTES;
}

uint32_t terminal_sim_space(const struct terminal_sim *terminal)
{
	return terminal->memory_bytes - terminal->held_bytes;
}

static void drop_oldest(struct terminal_sim *terminal, enum fate fate)
{
	struct record *record = &terminal->records[terminal->oldest++];
	record->fate = (uint8_t)fate;
	terminal->held_bytes -= record_bytes(record);
}

void terminal_sim_delete(struct terminal_sim *terminal, uint32_t count)
{
	for (; count > 0 && terminal->oldest < terminal->made; count--)
		drop_oldest(terminal, FATE_DELETED);
}

static void clear_memory(struct terminal_sim *terminal)
{
	while (terminal->oldest < terminal->made)
		drop_oldest(terminal, FATE_CLEARED);
}

static struct record *grow(struct terminal_sim *terminal)
{
	if (terminal->made == terminal->capacity) {
		terminal->capacity = terminal->capacity * 2 + 256;
		terminal->records = realloc(terminal->records,
					    terminal->capacity * sizeof(struct record));
		if (terminal->records == NULL)
			abort();
	}
	return &terminal->records[terminal->made];
}

static void make_record(struct terminal_sim *terminal, uint8_t meter)
{
	struct record *record = grow(terminal);
	bool is_failed = (terminal->dead_meters >> meter & 1) != 0;

	*record = (struct record){
		.stamp = stamp_now(terminal),
		.sequence = terminal->sequence++,
		.counter = is_failed ? 0 : ++terminal->counter,
		.meter = meter,
		.status = terminal->low_meters >> meter & 1 ? 0x04 : 0,
	};
	while (terminal->held_bytes + record_bytes(record) > terminal->memory_bytes) {
		drop_oldest(terminal, FATE_OVERWRITTEN);
		terminal->year->faults[FAULT_OVERWRITTEN_RECORDS]++;
	}
	terminal->year->faults[FAULT_FAILED_READS] += is_failed;
	terminal->held_bytes += record_bytes(record);
	terminal->made++;
}

void terminal_sim_read(struct terminal_sim *terminal)
{
	terminal->read_at_ms += terminal->read_every_ms;
	for (uint8_t i = 0; i < terminal->meter_count; i++)
		make_record(terminal, i);
}

/* ---- what goes wrong with it ---- */

static void lose_clock(struct terminal_sim *terminal)
{
	int64_t true_s = YEAR_BEGIN_S + (int64_t)(clock_now_ms() / 1000);

	terminal->is_clock_unset = true;
	terminal->clock_error_s = UNSET_S - true_s;
	/* So each life without a clock has the same stamps. */
	terminal->read_at_ms = clock_now_ms() / SECOND_MS * SECOND_MS + MINUTE_MS;
	terminal->repair_at_ms =
		clock_now_ms() + HOUR_MS + dice_below(dice_of(terminal), 3 * DAY_MS);
	terminal->year->faults[FAULT_UNSET_CLOCKS]++;
}

/* The counter of records begins again, the meters are read anew. */
static void fail_power(struct terminal_sim *terminal)
{
	network_break(terminal, dice_below(dice_of(terminal), 2) == 0);
	terminal->sequence = SEQUENCE_FIRST;
	terminal->read_at_ms = clock_now_ms() + MINUTE_MS;
	terminal->connect_at_ms = clock_now_ms() + dice_below(dice_of(terminal), HOUR_MS);
	if (terminal->troubles & TROUBLE_CLOCK && chance(terminal, 600))
		lose_clock(terminal);
	if (terminal->troubles & TROUBLE_MEMORY && chance(terminal, 400)) {
		clear_memory(terminal);
		terminal->year->faults[FAULT_CLEARED_MEMORIES]++;
	}
	terminal->year->faults[FAULT_POWER_FAILURES]++;
}

static void lose_network(struct terminal_sim *terminal)
{
	network_break(terminal, dice_below(dice_of(terminal), 2) == 0);
	terminal->connect_at_ms =
		clock_now_ms() + HOUR_MS + dice_below(dice_of(terminal), 10 * DAY_MS);
	terminal->year->faults[FAULT_OUTAGES]++;
}

static void set_clock_wrong(struct terminal_sim *terminal)
{
	static const int64_t errors_s[] = { 3600, -3600, 86400, -86400, 40, -7 };

	if (!(terminal->troubles & TROUBLE_CLOCK) || terminal->is_clock_unset)
		return;
	terminal->clock_error_s = errors_s[dice_below(dice_of(terminal), 6)];
	terminal->repair_at_ms =
		clock_now_ms() + HOUR_MS + dice_below(dice_of(terminal), 4 * DAY_MS);
	terminal->year->faults[FAULT_CLOCKS_SET_WRONG]++;
}

static void change_a_meter(struct terminal_sim *terminal)
{
	uint8_t bit =
		(uint8_t)(1 << dice_below(dice_of(terminal), terminal->meter_count));

	/* Failed reads of twins could not be told apart: they say the same of the same
	 * terminal. */
	if (terminal->troubles & TROUBLE_TWIN || chance(terminal, 500))
		terminal->low_meters ^= bit;
	else
		terminal->dead_meters ^= bit;
}

void terminal_sim_suffer(struct terminal_sim *terminal)
{
	static void (*const troubles[])(struct terminal_sim *) = {
		fail_power, lose_network, set_clock_wrong, change_a_meter, change_a_meter,
	};
	size_t count = sizeof(troubles) / sizeof(troubles[0]);

	terminal->trouble_at_ms =
		clock_now_ms() + HOUR_MS + dice_below(dice_of(terminal), 12 * DAY_MS);
	troubles[dice_below(dice_of(terminal), (uint32_t)count)](terminal);
}

void terminal_sim_repair(struct terminal_sim *terminal)
{
	terminal->clock_error_s = 0;
	terminal->is_clock_unset = false;
	terminal->repair_at_ms = 0;
}
