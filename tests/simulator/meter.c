/* SPDX-License-Identifier: MIT */
#include "tests/simulator/meter.h"

#include "tests/simulator/dice.h"
#include "tests/simulator/text.h"

#include <string.h>
#include <time.h>

typedef void read_fn(const struct meter *meter, uint32_t reading, int64_t moment,
		     const char *line_end, struct payload *ret_payload);

static read_fn read_water, read_heat, read_electricity, read_pulse, read_iec, read_wmbus,
	read_unknown, read_dead;

static const struct kind_row {
	struct meter_traits traits;
	read_fn *read;
	uint32_t rate; /* the counter's largest step is twice this */
	int8_t exponent;
	const char *unit;
} KINDS[METER_KIND_COUNT] = {
	[METER_WATER] = { { "water", "MBUS", "", 100, 2 }, read_water, 12, -3, "m3" },
	[METER_HEAT] = { { "heat", "MBUS", "", 78, 2 }, read_heat, 3, 3, "Wh" },
	[METER_ELECTRICITY] = { { "electricity", "MBUS", "", 65, 2 },
				read_electricity,
				40,
				1,
				"Wh" },
	[METER_PULSE] = { { "pulse", "AIN_DIN", "", 8, 128 }, read_pulse, 9, 0, "" },
	[METER_IEC] = { { "iec", "IEC62056-21", "ZE310.iv30_012", 125, 1 },
			read_iec,
			25,
			2,
			"Wh" },
	[METER_WMBUS] = { { "wmbus", "WMBUS", "", 20, 0 }, read_wmbus, 7, -3, "m3" },
	[METER_UNKNOWN] = { { "unknown", "Unknown", "", 11, 2 }, read_unknown, 1, 0, "" },
	[METER_DEAD] = { { "dead", "MBUS", "", 0, 2 }, read_dead, 1, 0, "" },
};

static const int64_t DAY_S = 86400;

const struct meter_traits *meter_traits(enum meter_kind kind)
{
	return &KINDS[kind].traits;
}

bool meter_kind_parse(const char *name, size_t size, enum meter_kind *ret_kind)
{
	for (unsigned i = 0; i < METER_KIND_COUNT; i++) {
		const char *known = KINDS[i].traits.name;

		if (strlen(known) == size && memcmp(known, name, size) == 0) {
			*ret_kind = (enum meter_kind)i;
			return true;
		}
	}
	return false;
}

/* Something between 0 and bound-1 that belongs to this meter, this reading and this salt.
 */
static uint32_t vary(const struct meter *meter, uint32_t reading, uint32_t salt,
		     uint32_t bound)
{
	uint64_t number = meter->seed ^ dice_mix((uint64_t)salt << 32 | reading);

	return (uint32_t)(dice_mix(number) % bound);
}

/* Rises with every reading, by less than twice its rate. */
static uint32_t counter(const struct meter *meter, uint32_t reading)
{
	uint32_t rate = KINDS[meter->kind].rate;

	return 1000 + vary(meter, 0, 1, 900000) + reading * rate +
	       vary(meter, reading, 2, rate);
}

static uint8_t access_number(const struct meter *meter, uint32_t reading)
{
	return (uint8_t)(vary(meter, 0, 3, 256) + reading);
}

static uint32_t hours(const struct meter *meter, uint32_t reading)
{
	return 20000 + vary(meter, 0, 4, 20000) + reading / 4;
}

/* The last day of the year before. */
static int64_t due_date(int64_t moment)
{
	struct tm day;

	gmtime_r(&(time_t){ moment }, &day);
	return moment - (day.tm_yday + 1) * DAY_S;
}

static void take(const struct encoder *encoder, struct payload *ret_payload)
{
	memcpy(ret_payload->bytes, encoder->bytes, encoder->size);
	ret_payload->size = encoder->size;
	ret_payload->is_text = false;
}

void meter_encode_wfh21(const struct wfh21 *shown, struct encoder *ret_encoder)
{
	struct encoder *to = ret_encoder;
	const struct telegram_header header = {
		.id = shown->id,
		.manufacturer = "LSE",
		.version = 0x99,
		.medium = 0x06,
		.access_number = shown->access_number,
	};

	encoder_begin(to, &header);
	encoder_put(to, ENCODER_BYTES("\x0C\x13"));
	encoder_put_bcd(to, shown->litres, 4);
	encoder_put(to, ENCODER_BYTES("\x0B\x22"));
	encoder_put_bcd(to, shown->hours, 3);
	encoder_put(to, ENCODER_BYTES("\x04\x6D"));
	encoder_put_date_time(to, shown->moment);
	/* No error so far: the date of an error is empty. */
	encoder_put(to, ENCODER_BYTES("\x32\x6C\x00\x00"));
	encoder_put(to, ENCODER_BYTES("\x0C\x78"));
	encoder_put_bcd(to, shown->id, 4);
	encoder_put(to, ENCODER_BYTES("\x06\xFD\x0C\x0A\x00\x01\x00\xFA\x01"));
	encoder_put(to, ENCODER_BYTES("\x0D\xFD\x0B"));
	encoder_put_text(to, "WFH21");
	encoder_put(to, ENCODER_BYTES("\x01\xFD\x0E\x00\x4C\x13"));
	encoder_put_bcd(to, shown->due_date_litres, 4);
	encoder_put(to, ENCODER_BYTES("\x42\x6C"));
	encoder_put_date(to, shown->due_date);
	encoder_put(to, ENCODER_BYTES("\x0F\x37\xFD\x17\0\0\0\0\0\0\0\0\x02\x7A\x25\0"
				      "\x02\x78\x25\0"));
	encoder_end(to);
}

static void read_water(const struct meter *meter, uint32_t reading, int64_t moment,
		       const char *line_end, struct payload *ret_payload)
{
	struct encoder encoder;

	(void)line_end;
	meter_encode_wfh21(
		&(struct wfh21){
			.id = meter->id,
			.access_number = access_number(meter, reading),
			.litres = counter(meter, reading),
			.hours = hours(meter, reading),
			.moment = moment,
			.due_date_litres = counter(meter, 0) - 17,
			.due_date = due_date(moment),
		},
		&encoder);
	take(&encoder, ret_payload);
}

static void read_heat(const struct meter *meter, uint32_t reading, int64_t moment,
		      const char *line_end, struct payload *ret_payload)
{
	struct encoder to;
	const struct telegram_header header = {
		meter->id, "LUG", 0x04, 0x04, access_number(meter, reading), 0
	};
	int64_t flow = 300 + vary(meter, reading, 5, 500); /* tenths of a degree */
	/* In summer the difference goes below zero, and the power with it. */
	int64_t difference = vary(meter, reading, 6, 300) - (int64_t)20;

	(void)line_end;
	encoder_begin(&to, &header);
	encoder_put(&to, ENCODER_BYTES("\x0C\x06")); /* energy, kWh */
	encoder_put_bcd(&to, counter(meter, reading), 4);
	encoder_put(&to, ENCODER_BYTES("\x0C\x14")); /* volume, 10 l */
	encoder_put_bcd(&to, 7 * (int64_t)counter(meter, reading), 4);
	encoder_put(&to, ENCODER_BYTES("\x0B\x2D")); /* power, 100 W */
	encoder_put_bcd(&to, difference * 2, 3);
	encoder_put(&to, ENCODER_BYTES("\x0B\x3B")); /* flow, l/h */
	encoder_put_bcd(&to, vary(meter, reading, 7, 900), 3);
	encoder_put(&to, ENCODER_BYTES("\x0A\x5A")); /* flow temperature, 0.1 degree */
	encoder_put_bcd(&to, flow, 2);
	encoder_put(&to, ENCODER_BYTES("\x0A\x5E")); /* return temperature */
	encoder_put_bcd(&to, flow - difference, 2);
	encoder_put(&to, ENCODER_BYTES("\x0B\x61")); /* difference, 0.01 K */
	encoder_put_bcd(&to, difference * 10, 3);
	encoder_put(&to, ENCODER_BYTES("\x0C\x22")); /* hours in operation */
	encoder_put_bcd(&to, hours(meter, reading), 4);
	encoder_put(&to, ENCODER_BYTES("\x04\x6D"));
	encoder_put_date_time(&to, moment);
	encoder_put(&to, ENCODER_BYTES("\x4C\x06")); /* energy on the due date */
	encoder_put_bcd(&to, counter(meter, 0) - 400, 4);
	encoder_put(&to, ENCODER_BYTES("\x42\x6C"));
	encoder_put_date(&to, due_date(moment));
	encoder_end(&to);
	take(&to, ret_payload);
}

static void read_electricity(const struct meter *meter, uint32_t reading, int64_t moment,
			     const char *line_end, struct payload *ret_payload)
{
	struct encoder to;
	const struct telegram_header header = {
		meter->id, "INE", 0x01, 0x02, access_number(meter, reading), 0
	};
	int64_t total = counter(meter, reading);

	(void)line_end;
	encoder_begin(&to, &header);
	encoder_put(&to, ENCODER_BYTES("\x0C\x04")); /* energy, 10 Wh */
	encoder_put_bcd(&to, total, 4);
	encoder_put(&to, ENCODER_BYTES("\x8C\x10\x04")); /* tariff 1 */
	encoder_put_bcd(&to, total - total / 3, 4);
	encoder_put(&to, ENCODER_BYTES("\x8C\x20\x04")); /* tariff 2 */
	encoder_put_bcd(&to, total / 3, 4);
	encoder_put(&to, ENCODER_BYTES("\x04\x2A")); /* power, 0.1 W; solar feeds in */
	encoder_put_integer(&to, (int64_t)vary(meter, reading, 8, 40000) - 5000, 4);
	encoder_put(&to, ENCODER_BYTES("\x02\xFD\x48")); /* voltage, 0.1 V */
	encoder_put_integer(&to, 2250 + vary(meter, reading, 9, 100), 2);
	encoder_put(&to, ENCODER_BYTES("\x05\xFB\x2F")); /* frequency, Hz */
	encoder_put_float(&to, 49.0F + (float)vary(meter, reading, 10, 64) / 32.0F);
	encoder_put(&to, ENCODER_BYTES("\x04\x6D"));
	encoder_put_date_time(&to, moment);
	encoder_end(&to);
	take(&to, ret_payload);
}

static void read_wmbus(const struct meter *meter, uint32_t reading, int64_t moment,
		       const char *line_end, struct payload *ret_payload)
{
	struct encoder to;
	const struct telegram_header header = {
		meter->id, "BMT", 0x0A, 0x07, access_number(meter, reading), 0x08
	};

	(void)moment, (void)line_end;
	encoder_begin_wireless(&to, &header);
	encoder_put(&to, ENCODER_BYTES("\x0C\x13"));
	encoder_put_bcd(&to, counter(meter, reading), 4);
	take(&to, ret_payload);
}

static void begin_text(struct payload *payload, struct text *ret_text)
{
	text_init(ret_text, (char *)payload->bytes, sizeof payload->bytes);
	payload->is_text = true;
}

static void read_pulse(const struct meter *meter, uint32_t reading, int64_t moment,
		       const char *line_end, struct payload *ret_payload)
{
	struct text text;

	(void)moment, (void)line_end;
	begin_text(ret_payload, &text);
	text_put_number(&text, counter(meter, reading), 1);
	ret_payload->size = text.size;
}

static void read_unknown(const struct meter *meter, uint32_t reading, int64_t moment,
			 const char *line_end, struct payload *ret_payload)
{
	struct text text;

	(void)moment, (void)line_end;
	begin_text(ret_payload, &text);
	text_put_string(&text, "?? ");
	text_put_number(&text, counter(meter, reading), 8);
	ret_payload->size = text.size;
}

/* An OBIS line of an energy in tenths of a kWh. */
static void put_energy(struct text *text, const char *code, uint32_t tenths,
		       const char *line_end)
{
	text_put_string(text, code);
	text_put(text, "(", 1);
	text_put_number(text, tenths / 10, 7);
	text_put(text, ".", 1);
	text_put_number(text, tenths % 10, 1);
	text_put_string(text, "*kWh)");
	text_put_string(text, line_end);
}

static void read_iec(const struct meter *meter, uint32_t reading, int64_t moment,
		     const char *line_end, struct payload *ret_payload)
{
	struct text text;
	uint32_t total = counter(meter, reading);

	(void)moment;
	begin_text(ret_payload, &text);
	text_put_string(&text, "F.F(000000)");
	text_put_string(&text, line_end);
	text_put_string(&text, "C.1.0(");
	text_put_number(&text, meter->id, 8);
	text_put_string(&text, ")");
	text_put_string(&text, line_end);
	put_energy(&text, "1.8.0", total, line_end);
	put_energy(&text, "1.8.1", total - total / 4, line_end);
	put_energy(&text, "1.8.2", total / 4, line_end);
	text_put_string(&text, "0.3.3(000250.00*i\\kWh)");
	text_put_string(&text, line_end);
	text_put_string(&text, "0.4.2(001)");
	text_put_string(&text, line_end);
	ret_payload->size = text.size;
}

static void read_dead(const struct meter *meter, uint32_t reading, int64_t moment,
		      const char *line_end, struct payload *ret_payload)
{
	(void)meter, (void)reading, (void)moment, (void)line_end;
	ret_payload->size = 0;
	ret_payload->is_text = true;
}

void meter_read(const struct meter *meter, uint32_t reading, int64_t moment,
		const char *line_end, struct payload *ret_payload)
{
	KINDS[meter->kind].read(meter, reading, moment, line_end, ret_payload);
}

struct meter_value meter_value(const struct meter *meter, uint32_t reading)
{
	const struct kind_row *row = &KINDS[meter->kind];

	if (row->read == read_dead)
		return (struct meter_value){ 0, 0, "" };
	return (struct meter_value){ counter(meter, reading) % 100000000U, row->exponent,
				     row->unit };
}
