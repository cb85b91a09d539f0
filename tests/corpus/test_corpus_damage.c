/* SPDX-License-Identifier: MIT */
/*
 * Cuts every telegram of the corpus at every byte and changes each of its bytes, one at a
 * time, and decodes the result: built with sanitizers, nothing may be reported. Each byte
 * is changed in each bit, or with READOUT_LONG=1 to all 255 other values.
 */
#include "protocol/decimal.h"
#include "tests/corpus/corpus_file.h"

#include <stdlib.h>

struct damage {
	struct corpus_radio *radio;
	const json_t *frame;
	bool is_wired;
	bool is_long;
	/* What was learned from the telegrams as they are. */
	struct wmbus_formats formats;
	long decoded;
	long records;
};

/* The copy ends where the bytes end, so that ASan sees every step beyond. */
static void decode(struct damage *damage, const uint8_t *bytes, size_t size)
{
	uint8_t *copy = malloc(size + 1);
	struct telegram telegram;
	struct telegram_record record;
	struct reading_register reg;
	struct value value;
	char text[READING_TEXT_MAX];
	bool is_open;

	memcpy(copy + 1, bytes, size);
	is_open = corpus_telegram_open(damage->radio, damage->frame,
				       span_of(copy + 1, size), &telegram);
	while (is_open && telegram_next(&telegram, &record)) {
		telegram_register(&record, &reg);
		telegram_value(&record, &reg, &value);
		value_write(&value, &reg, text);
		damage->records++;
	}
	damage->decoded++;
	damage->radio->formats = damage->formats;
	free(copy);
}

/* The checksum of a wired telegram follows, or the damage would end in the link layer. */
static void decode_changed(struct damage *damage, uint8_t *bytes, size_t size, size_t i,
			   unsigned change)
{
	uint8_t byte = bytes[i];
	uint8_t checksum = bytes[size - 2];

	if (damage->is_wired && i + 2 != size)
		bytes[size - 2] = (uint8_t)(checksum + (byte ^ change) - byte);
	bytes[i] = (uint8_t)(byte ^ change);
	decode(damage, bytes, size);
	bytes[size - 2] = checksum;
	bytes[i] = byte;
}

static void damage_telegram(struct damage *damage, uint8_t *bytes, size_t size)
{
	for (size_t cut = 0; cut < size; cut++)
		decode(damage, bytes, cut);
	for (size_t i = 0; size > 2 && i < size; i++)
		for (unsigned change = 1; change < 256; change++)
			if (damage->is_long || (change & (change - 1)) == 0)
				decode_changed(damage, bytes, size, i, change);
}

static json_t *read_all(FILE *file)
{
	char *line = malloc(CORPUS_LINE_MAX);
	json_t *frames = json_array();
	json_t *frame;

	while ((frame = corpus_read_line(file, line)) != NULL)
		json_array_append_new(frames, frame);
	free(line);
	return frames;
}

static void run(struct damage *damage, const json_t *frames)
{
	uint8_t bytes[CORPUS_TELEGRAM_MAX];
	size_t i;
	json_t *frame;

	json_array_foreach(frames, i, frame)
	{
		const char *kind = json_string_value(json_object_get(frame, "kind"));
		size_t size = corpus_bytes(frame, bytes);

		damage->frame = frame;
		damage->is_wired = strcmp(kind, "wired") == 0;
		damage_telegram(damage, bytes, size);
	}
}

/* What a damaged telegram teaches is forgotten; there must be room for it. */
static void learn(struct damage *damage, const json_t *frames)
{
	size_t i;
	json_t *frame;
	uint8_t bytes[CORPUS_TELEGRAM_MAX];
	struct telegram telegram;

	json_array_foreach(frames, i, frame) corpus_telegram_open(
		damage->radio, frame, span_of(bytes, corpus_bytes(frame, bytes)),
		&telegram);
	damage->formats = damage->radio->formats;
}

int main(void)
{
	struct damage damage = { .radio = corpus_radio_create(),
				 .is_long = getenv("READOUT_LONG") != NULL };
	FILE *file = corpus_open("frames.jsonl");
	json_t *frames;

	if (file == NULL) {
		puts("corpus: skipped, no frames.jsonl in $READOUT_CORPUS or "
		     "../shared/corpus");
		free(damage.radio);
		return 0;
	}
	frames = read_all(file);
	fclose(file);
	learn(&damage, frames);
	run(&damage, frames);
	printf("corpus: %ld damaged telegrams decoded, %ld records, %zu formats\n",
	       damage.decoded, damage.records, damage.formats.count);
	json_decref(frames);
	free(damage.radio);
	return 0;
}
