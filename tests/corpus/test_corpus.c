/* SPDX-License-Identifier: MIT */
/*
 * Runs every telegram of a corpus, wired and wireless, (frames.jsonl, expected.jsonl)
 * through the decoder and compares status, header and each record with what the corpus
 * expects. The number of telegrams that are right may only rise: see RIGHT_AT_LEAST.
 */
#include "protocol/decimal.h"
#include "protocol/hex.h"
#include "protocol/mbus/telegram.h"
#include "tests/corpus/corpus_file.h"
#include "tests/corpus/corpus_units.h"

#include <math.h>
#include <stdlib.h>

enum { SHOWN_MAX = 40 };

struct score {
	int telegrams;
	int telegrams_right;
	int records;
	int records_right;
	int shown;
};

static bool is_text_equal(const json_t *object, const char *key, const char *text)
{
	const char *wanted = json_string_value(json_object_get(object, key));

	return wanted != NULL && strcmp(wanted, text) == 0;
}

static bool is_number_equal(const json_t *object, const char *key, json_int_t number)
{
	const json_t *wanted = json_object_get(object, key);

	/* A key that the corpus leaves out is not compared. */
	return wanted == NULL || json_is_null(wanted) ||
	       json_number_value(wanted) == (double)number;
}

static bool is_close(double a, double b, double relative)
{
	return a == b || fabs(a - b) <= relative * fmax(fabs(a), fabs(b));
}

/* The decoder writes a NUL inside a text as U+2400; the corpus has it as it is. */
static bool is_string_value_equal(const json_t *wanted, const char *text)
{
	const char *p = json_string_value(wanted);
	size_t size = json_string_length(wanted);

	for (size_t i = 0; i < size; i++) {
		if (p[i] == '\0' && strncmp(text, "\xE2\x90\x80", 3) == 0)
			text += 3;
		else if (p[i] == '\0' || p[i] != *text++)
			return false;
	}
	return *text == '\0';
}

static bool is_value_equal(const json_t *expected, const struct telegram_record *record,
			   const struct reading_register *reg)
{
	const json_t *wanted = json_object_get(expected, "value");
	double relative = (record->dib.data[0] & 15) == 5 ? 2e-7 : 1e-9;
	struct value value;
	char text[READING_TEXT_MAX];

	telegram_value(record, reg, &value);
	value_write(&value, reg, text);
	if (value.kind == VALUE_NONE)
		return json_is_null(wanted) ||
		       json_object_get(expected, "suspect") != NULL ||
		       json_object_get(expected, "record_error") != NULL;
	if (json_is_number(wanted))
		return value.kind != VALUE_TEXT &&
		       is_close(strtod(text, NULL), json_number_value(wanted), relative);
	return json_is_string(wanted) && value.kind == VALUE_TEXT &&
	       is_string_value_equal(wanted, text);
}

static bool is_unit_equal(const json_t *expected, const struct telegram_record *record,
			  const struct reading_register *reg)
{
	return reg->function == READING_MANUFACTURER ||
	       json_is_null(json_object_get(expected, "value")) ||
	       is_text_equal(expected, "unit", corpus_unit(record, reg));
}

/* Returns the name of the first field that differs, or NULL. */
static const char *find_difference(const json_t *expected,
				   const struct telegram_record *record)
{
	struct reading_register reg;
	char dif_hex[2 * READING_HEADER_MAX + 1];
	char vif_hex[2 * READING_HEADER_MAX + 1];

	telegram_register(record, &reg);
	hex_encode(record->dib, dif_hex);
	corpus_vif_hex(record, vif_hex);
	if (!is_text_equal(expected, "function", reading_function_text(reg.function)))
		return "function";
	if (!is_number_equal(expected, "storage", (json_int_t)reg.storage))
		return "storage";
	if (!is_number_equal(expected, "tariff", reg.tariff))
		return "tariff";
	if (!is_number_equal(expected, "subunit", reg.subunit))
		return "subunit";
	if (!is_text_equal(expected, "dif_hex", dif_hex))
		return "dif_hex";
	if (!is_text_equal(expected, "vif_hex", vif_hex))
		return "vif_hex";
	if (!is_value_equal(expected, record, &reg))
		return "value";
	return is_unit_equal(expected, record, &reg) ? NULL : "unit";
}

static bool is_header_equal(const json_t *expected, const struct telegram *telegram)
{
	const json_t *header = json_object_get(expected, "header");
	const struct mbus_address *address = &telegram->address;

	if (json_object_get(header, "id") != NULL &&
	    !(telegram->has_address && is_text_equal(header, "id", address->id) &&
	      is_number_equal(header, "manufacturer_raw", address->manufacturer) &&
	      is_number_equal(header, "version", address->version) &&
	      is_number_equal(header, "medium", address->medium)))
		return false;
	return is_number_equal(header, "access", telegram->access_number) &&
	       is_number_equal(header, "status", telegram->meter_status) &&
	       is_number_equal(header, "signature", telegram->signature);
}

static void report(struct score *score, const json_t *expected, const char *what,
		   size_t record)
{
	if (score->shown++ < SHOWN_MAX)
		printf("%s: record %zu: %s differs\n",
		       json_string_value(json_object_get(expected, "id")), record, what);
}

static bool compare_records(struct score *score, const json_t *expected,
			    struct telegram *telegram, bool is_open)
{
	const json_t *records = json_object_get(expected, "records");
	struct telegram_record record;
	size_t count = 0;
	bool is_right = true;

	if (json_object_get(expected, "noise") != NULL) {
		while (is_open && telegram_next(telegram, &record))
			;
		return true;
	}
	for (; is_open && telegram_next(telegram, &record); count++) {
		const json_t *wanted = json_array_get(records, count);
		const char *difference = wanted == NULL
						 ? "number of records"
						 : find_difference(wanted, &record);

		if (difference == NULL)
			score->records_right++;
		else
			report(score, expected, difference, count);
		is_right = is_right && difference == NULL;
	}
	score->records += (int)json_array_size(records);
	if (count < json_array_size(records))
		report(score, expected, "number of records", count);
	return is_right && count == json_array_size(records);
}

static void compare_telegram(struct score *score, struct corpus_radio *radio,
			     const json_t *frame, const json_t *expected)
{
	uint8_t bytes[CORPUS_TELEGRAM_MAX];
	size_t size = corpus_bytes(frame, bytes);
	struct telegram telegram;
	bool is_open;
	bool is_right;

	if (size == 0) {
		report(score, expected, "hex", 0);
		return;
	}
	is_open = corpus_telegram_open(radio, frame, span_of(bytes, size), &telegram);
	is_right = compare_records(score, expected, &telegram, is_open);
	if (!is_header_equal(expected, &telegram)) {
		report(score, expected, "header", 0);
		is_right = false;
	}
	if (!is_text_equal(expected, "status", telegram_status_text(telegram.status))) {
		report(score, expected, "status", 0);
		is_right = false;
	}
	score->telegrams++;
	score->telegrams_right += is_right;
}

/* id to frame, so that the two files may be in any order. */
static json_t *read_frames(FILE *file, char *line)
{
	json_t *frames = json_object();
	json_t *frame;

	while ((frame = corpus_read_line(file, line)) != NULL)
		json_object_set_new(
			frames, json_string_value(json_object_get(frame, "id")), frame);
	return frames;
}

static void compare_all(struct score *score, FILE *frames_file, FILE *expected_file)
{
	char *line = malloc(CORPUS_LINE_MAX);
	json_t *frames = read_frames(frames_file, line);
	struct corpus_radio *radio = corpus_radio_create();
	json_t *expected;

	while ((expected = corpus_read_line(expected_file, line)) != NULL) {
		const char *id = json_string_value(json_object_get(expected, "id"));

		compare_telegram(score, radio, json_object_get(frames, id), expected);
		json_decref(expected);
	}
	json_decref(frames);
	free(radio);
	free(line);
}

int main(void)
{
	struct score score = { 0 };
	FILE *frames = corpus_open("frames.jsonl");
	FILE *expected = corpus_open("expected.jsonl");

	if (frames == NULL || expected == NULL) {
		puts("corpus: skipped, no frames.jsonl and expected.jsonl in "
		     "$READOUT_CORPUS "
		     "or ../shared/corpus");
	} else {
		compare_all(&score, frames, expected);
		printf("corpus: %d of %d telegrams right, %d of %d records\n",
		       score.telegrams_right, score.telegrams, score.records_right,
		       score.records);
	}
	if (frames != NULL)
		fclose(frames);
	if (expected != NULL)
		fclose(expected);
	return score.telegrams == score.telegrams_right ? 0 : 1;
}
