/* SPDX-License-Identifier: MIT */
#include "tests/simulator/terminal.h"

#include <stdio.h>

enum {
	SERIAL_GROUP = 10000,      /* numbers in the last group of a serial number */
	SERIAL_FIRST_GROUP = 1945, /* the vendor's examples have it */
	GAP_MAX = 5,               /* numbers that a gap skips */
	WRONG_ROUNDS = 2,          /* until a lost clock is set again */
	RESET_PAUSE_S = 5,
};

/* Stamps before this moment (2001-09-09) come from a clock that lost its time. */
static const int64_t PLAUSIBLE_S = 1000000000;

/* The id in the telegram that the vendor published: the very first meter has it. */
static const uint32_t FIRST_METER_ID = 8031768;

/* Codes that the vendor's pages list; row 0 is "no error". */
static const uint32_t ERROR_CODES[] = { 0, 131078, 131082, 131083, 131085, 131329, 4 };

enum {
	ERROR_CODE_COUNT = sizeof ERROR_CODES / sizeof ERROR_CODES[0],
	ERROR_NO_ANSWER = 2,
};

void terminal_free(struct terminal *terminal)
{
	ring_free(&terminal->ring);
}

bool terminal_fault(struct terminal *terminal, enum fault fault)
{
	bool happens = dice_permille(&terminal->dice, terminal->options->faults[fault]);

	terminal->fault_counts[fault] += happens;
	return happens;
}

struct meter terminal_meter(const struct terminal *terminal, uint32_t index)
{
	const struct options *options = terminal->options;
	uint32_t number = (terminal->number - 1) * OPTIONS_METERS_MAX + index;
	uint64_t seed = (uint64_t)options->seed << 32 | number;

	return (struct meter){
		.kind = options->kinds[index % options->kind_count],
		.id = FIRST_METER_ID + number,
		.seed = dice_mix(seed),
	};
}

static uint8_t draw_error(struct terminal *terminal, enum meter_kind kind)
{
	if (kind == METER_DEAD)
		return ERROR_NO_ANSWER;
	/* A wireless record has no field for an error: what was not heard is not there.
	 */
	if (kind == METER_WMBUS || !terminal_fault(terminal, FAULT_ERROR_RECORD))
		return 0;
	return (uint8_t)(1 + dice_below(&terminal->dice, ERROR_CODE_COUNT - 1));
}

static void make_record(struct terminal *terminal, uint32_t index, int64_t now_s)
{
	enum meter_kind kind = terminal_meter(terminal, index).kind;
	uint8_t error = draw_error(terminal, kind);
	size_t payload = error == 0 ? meter_traits(kind)->space : 0;

	terminal->sequence++;
	if (terminal_fault(terminal, FAULT_GAP))
		terminal->sequence += 1 + dice_below(&terminal->dice, GAP_MAX);
	ring_add(&terminal->ring,
		 &(struct record){
			 .stamp = (uint32_t)(now_s - terminal->clock_behind_s),
			 .sequence = terminal->sequence,
			 .reading = terminal->reading,
			 .space = (uint16_t)(RECORD_OVERHEAD + payload),
			 .meter = (uint8_t)index,
			 .error = error,
		 });
}

/*
 * A reset must be told from the one before it by something a reader can see, so it waits
 * until the records of the one before have left and some seconds have passed.
 */
static void roll_resets(struct terminal *terminal, int64_t now_s)
{
	bool is_possible = now_s - terminal->reset_at > RESET_PAUSE_S &&
			   terminal->ring.first >= terminal->reset_position &&
			   terminal->clock_behind_s == 0;
	bool is_clock_lost = is_possible && terminal_fault(terminal, FAULT_CLOCK_RESET);

	if (is_clock_lost) {
		terminal->clock_behind_s = now_s;
		terminal->wrong_rounds = WRONG_ROUNDS;
	}
	if (is_clock_lost || (is_possible && terminal_fault(terminal, FAULT_RESET))) {
		terminal->sequence = 0;
		terminal->reset_at = now_s;
		terminal->reset_position = terminal->ring.first + terminal->ring.count;
	}
}

static bool is_table_device(const struct terminal *terminal, uint32_t index)
{
	return meter_traits(terminal_meter(terminal, index).kind)->port != 0;
}

static void make_round(struct terminal *terminal, int64_t now_s, bool is_table_only,
		       uint64_t made_max)
{
	terminal->reading++;
	for (uint32_t i = 0; i < terminal->options->meters; i++) {
		if (terminal->ring.totals.made >= made_max)
			return;
		if (!is_table_only || is_table_device(terminal, i))
			make_record(terminal, i, now_s);
	}
}

static uint64_t made_max(const struct terminal *terminal)
{
	uint32_t total = terminal->options->records_total;

	return total == 0 ? UINT64_MAX : total;
}

void terminal_make_round(struct terminal *terminal, int64_t now_s, bool is_table_only)
{
	if (terminal_is_finished(terminal))
		return;
	if (terminal->wrong_rounds > 0 && --terminal->wrong_rounds == 0)
		terminal->clock_behind_s = 0;
	roll_resets(terminal, now_s);
	terminal->is_round_since_get = true;
	make_round(terminal, now_s, is_table_only, made_max(terminal));
}

uint32_t terminal_round_space(const struct terminal *terminal)
{
	uint32_t space = 0;

	for (uint32_t i = 0; i < terminal->options->meters; i++)
		space += RECORD_OVERHEAD +
			 meter_traits(terminal_meter(terminal, i).kind)->space;
	return space;
}

bool terminal_is_finished(const struct terminal *terminal)
{
	return terminal->is_ended || terminal->options->interval_ms == 0 ||
	       terminal->ring.totals.made >= made_max(terminal);
}

bool terminal_is_drained(const struct terminal *terminal)
{
	return terminal->ring.totals.made > 0 && terminal->ring.unsent == 0 &&
	       terminal->ring.count <= 1;
}

uint32_t terminal_table_index(const struct terminal *terminal, uint32_t index)
{
	uint32_t table_index = 1;

	for (uint32_t i = 0; i < index; i++)
		table_index += is_table_device(terminal, i);
	return table_index;
}

static void make_history(struct terminal *terminal, int64_t now_s)
{
	const struct options *options = terminal->options;
	uint64_t wanted = options->history;
	int64_t rounds = (options->history + options->meters - 1) / options->meters;

	if (wanted > made_max(terminal))
		wanted = made_max(terminal);
	for (int64_t i = rounds; i > 0; i--)
		make_round(terminal, now_s - i * options->history_step_s, false, wanted);
}

void terminal_init(struct terminal *terminal, const struct options *options,
		   uint32_t number, int64_t now_s, record_left_cb *left_cb, void *owner)
{
	*terminal = (struct terminal){
		.options = options,
		.number = number,
		.started_at = now_s,
	};
	dice_init(&terminal->dice, (uint64_t)options->seed << 32 | number);
	terminal->sequence = dice_below(&terminal->dice, 50000);
	ring_init(&terminal->ring, options->memory, left_cb, owner);
	make_history(terminal, now_s);
}

uint32_t terminal_error_code(const struct record *record)
{
	return ERROR_CODES[record->error];
}

void terminal_payload(const struct terminal *terminal, const struct record *record,
		      struct payload *ret_payload)
{
	struct meter meter = terminal_meter(terminal, record->meter);
	int64_t moment = record->stamp;

	if (record->error != 0) {
		ret_payload->size = 0;
		ret_payload->is_text = true;
		return;
	}
	/* The meter's own clock is right whatever the terminal's shows. */
	if (moment < PLAUSIBLE_S)
		moment += terminal->started_at;
	meter_read(&meter, record->reading, moment, terminal->options->style.line_end,
		   ret_payload);
}

static void put_data(struct text *text, const struct payload *payload)
{
	text_put(text, "\"", 1);
	if (payload->is_text)
		text_put(text, (const char *)payload->bytes, payload->size);
	else
		text_put_hex(text, payload->bytes, payload->size);
	text_put(text, "\"", 1);
}

/* "WMBUS",<time_stamp>,<seq>,<rssi>,<length>,"<hex>": after the sequence number. */
static void put_wireless(const struct meter *meter, const struct payload *payload,
			 struct text *text)
{
	text_put_string(text, ",-");
	text_put_number(text, 50 + meter->seed % 45, 1);
	text_put(text, ",", 1);
	text_put_number(text, payload->size, 1);
	text_put(text, ",", 1);
	put_data(text, payload);
}

/* <protocol>,<index>,<error_code>,<device_identification>,<data> */
static void put_table_device(const struct terminal *terminal, const struct record *record,
			     const struct payload *payload, struct text *text)
{
	const struct meter_traits *traits =
		meter_traits(terminal_meter(terminal, record->meter).kind);

	text_put_string(text, ",\"");
	text_put_string(text, traits->protocol);
	text_put_string(text, "\",");
	text_put_number(text, terminal_table_index(terminal, record->meter), 1);
	text_put(text, ",", 1);
	text_put_number(text, terminal_error_code(record), 1);
	text_put_string(text, ",\"");
	text_put_string(text, traits->identification);
	text_put_string(text, "\",");
	put_data(text, payload);
}

void terminal_put_record(const struct terminal *terminal, const struct record *record,
			 struct text *text)
{
	struct meter meter = terminal_meter(terminal, record->meter);
	struct payload payload;

	terminal_payload(terminal, record, &payload);
	text_put_string(text, terminal->options->style.has_blank_after_colon
				      ? "^SCDATA: "
				      : "^SCDATA:");
	text_put_string(text, meter.kind == METER_WMBUS ? "\"WMBUS\"," : "\"AMS\",");
	text_put_number(text, record->stamp, 1);
	text_put(text, ",", 1);
	text_put_number(text, record->sequence, 1);
	if (meter.kind == METER_WMBUS)
		put_wireless(&meter, &payload, text);
	else
		put_table_device(terminal, record, &payload, text);
}

void terminal_serial(const struct terminal *terminal, char ret_serial[SERIAL_SIZE])
{
	snprintf(ret_serial, SERIAL_SIZE, "50-%04u-%04u",
		 (SERIAL_FIRST_GROUP + terminal->number / SERIAL_GROUP) % SERIAL_GROUP,
		 terminal->number % SERIAL_GROUP);
}

/* The last digit is Luhn's: from the right, every second digit is doubled. */
void terminal_imei(const struct terminal *terminal, char ret_imei[IMEI_SIZE])
{
	unsigned sum = 0;

	snprintf(ret_imei, IMEI_SIZE, "35591503%06u0", terminal->number % 1000000);
	for (size_t i = 0; i < IMEI_SIZE - 2; i++) {
		unsigned digit = (unsigned)(ret_imei[i] - '0') << (i % 2);

		sum += digit / 10 + digit % 10;
	}
	ret_imei[IMEI_SIZE - 2] = (char)('0' + (10 - sum % 10) % 10);
}
