/* SPDX-License-Identifier: MIT */
#include "bench_load.h"

#include <stdio.h>
#include <string.h>

enum { PERIOD_S = 900, BEGIN = 1760000400 };

static uint64_t throw_dice(struct load *load)
{
	load->dice ^= load->dice << 13;
	load->dice ^= load->dice >> 7;
	load->dice ^= load->dice << 17;
	return load->dice;
}

static int64_t below(struct load *load, uint64_t limit)
{
	return (int64_t)(throw_dice(load) % limit);
}

void load_begin(struct load *load)
{
	memset(load, 0, sizeof(*load));
	load->dice = 88172645463325252;
	for (int i = 0; i < LOAD_TERMINALS; i++)
		load->sequence[i] = 10000 + below(load, 20000);
	for (int i = 0; i < LOAD_ROUND; i++)
		load->energy[i] = 100000 + below(load, 90000000);
}

/* Energy, volume, power, flow, three temperatures, hours, time, energy and volume at the
 * due date, and that date: what a heat meter sends in 100 bytes. */
static void make_vals(struct load *load, struct load_telegram *telegram, int64_t energy)
{
	int flow = (int)(250 + below(load, 500)), back = (int)(200 + below(load, 250));
	telegram->vals_size = (size_t)snprintf(
		telegram->vals, sizeof(telegram->vals),
		"[%lld,%lld,%d,%d,%d,%d,%d,%lld,\"2026-11-15T21:37:00\",%lld,%lld,"
		"\"2025-12-31\"]",
		(long long)energy, (long long)(energy * 7 % 10000000),
		(int)below(load, 1000), (int)below(load, 1000), flow, back, flow - back,
		(long long)(30000 + load->round / 4), (long long)(energy / 8 * 7),
		(long long)(energy * 5 % 10000000));
}

static void make_telegram(struct load *load, int terminal, int meter,
			  struct load_telegram *telegram)
{
	int64_t *energy = &load->energy[terminal * LOAD_METERS + meter];
	telegram->terminal = terminal;
	telegram->meter = meter;
	telegram->stamp = BEGIN + load->round * PERIOD_S + 2 * (int64_t)meter;
	telegram->sequence = load->sequence[terminal]++;
	telegram->received_at_ms =
		(BEGIN + (load->round + 1) * PERIOD_S) * 1000 + terminal;
	telegram->access_number = (int)(load->round & 255);
	*energy += below(load, 100);
	make_vals(load, telegram, *energy);
	for (size_t i = 0; i < LOAD_RAW; i += sizeof(uint32_t)) {
		uint32_t bytes = (uint32_t)throw_dice(load);
		memcpy(telegram->raw + i, &bytes, sizeof(bytes));
	}
}

void load_next(struct load *load)
{
	int order[LOAD_TERMINALS];
	struct load_telegram *telegram = load->telegrams;

	for (int i = 0; i < LOAD_TERMINALS; i++) {
		int other = (int)below(load, (uint64_t)i + 1);
		order[i] = order[other];
		order[other] = i;
	}
	for (int i = 0; i < LOAD_TERMINALS; i++)
		for (int meter = 0; meter < LOAD_METERS; meter++)
			make_telegram(load, order[i], meter, telegram++);
	load->round++;
}

const struct layout *load_layout(struct layout_table *table)
{
	struct reading_register registers[LOAD_READINGS];
	uint8_t key[2 * LOAD_READINGS];

	for (uint8_t i = 0; i < LOAD_READINGS; i++) {
		registers[i] = (struct reading_register){
			.source = READING_SOURCE_MBUS,
			.quantity = "energy",
			.type = READING_TYPE_INTEGER,
			.factor = 1,
			.storage = i,
			.header_size = 2,
			.header = { 0x04, i },
		};
		key[2 * i] = 0x04;
		key[2 * i + 1] = i;
	}
	return layout_table_add(table, span_of(key, sizeof(key)), registers,
				LOAD_READINGS);
}

struct store_telegram load_as_stored(const struct load_telegram *telegram,
				     const struct layout *layout)
{
	struct store_telegram stored = {
		.stamp = telegram->stamp,
		.sequence = telegram->sequence,
		.received_at_ms = telegram->received_at_ms,
		.read_at = telegram->stamp,
		.time_quality = "terminal",
		.kind = "mbus",
		.device_index = telegram->meter + 1,
		.has_meter = true,
		.meter = { .manufacturer = 0x3265, .version = 0x99, .medium = 4 },
		.access_number = telegram->access_number,
		.meter_status = 0,
		.raw = span_of(telegram->raw, LOAD_RAW),
		.layout = layout,
		.vals = span_of((const uint8_t *)telegram->vals, telegram->vals_size),
		.decode_status = "ok",
		.decode_diagnosis = "",
	};
	int number = telegram->terminal * LOAD_METERS + telegram->meter;
	for (int i = 7; i >= 0; i--, number /= 10)
		stored.meter.id[i] = (char)('0' + number % 10);
	return stored;
}
