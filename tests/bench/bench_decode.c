/* SPDX-License-Identifier: MIT */
/*
 * What the decoder costs: every record of every wired telegram of a file, down to value,
 * unit, quantity, storage, tariff, subunit, function and flags. The telegrams are in
 * memory before the clock starts, each ending where its buffer ends.
 *
 * Warm passes keep the header memory (--loops of them), cold passes empty it before each
 * telegram. The number of cold passes is fixed: the difference in instructions of two
 * runs with different --loops is that of warm passes alone. A figure is the median pass.
 */
#include "protocol/hex.h"
#include "protocol/mbus/register_memory.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { COLD_PASSES = 31, LOOPS_MAX = 10 * 1000 * 1000 };

struct frame {
	uint8_t *bytes;
	size_t size;
};

struct frames {
	struct frame *list;
	size_t count;
	size_t capacity;
};

/* What a pass adds up, so that no work can be left out. */
struct tally {
	uint64_t records;
	uint64_t sum;
};

static void fail(const char *what, const char *why)
{
	(void)fprintf(stderr, "bench_decode: %s: %s\n", what, why);
	exit(2);
}

static void add_frame(struct frames *frames, const char *hex)
{
	struct span text = span_text(hex);
	struct frame *frame;

	if (frames->count == frames->capacity) {
		frames->capacity = 2 * frames->capacity + 64;
		frames->list =
			realloc(frames->list, frames->capacity * sizeof *frames->list);
		if (frames->list == NULL)
			fail("frames", "out of memory");
	}
	frame = &frames->list[frames->count];
	frame->size = text.size / 2;
	frame->bytes = malloc(frame->size + 1);
	if (frame->bytes == NULL)
		fail("frames", "out of memory");
	if (hex_decode(text, frame->bytes))
		frames->count++;
	else
		free(frame->bytes);
}

static void read_frames(const char *path, struct frames *ret_frames)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t capacity = 0;

	if (file == NULL)
		fail(path, "cannot be read");
	while (getline(&line, &capacity, file) > 0) {
		json_error_t error;
		json_t *object = json_loads(line, JSON_DECODE_INT_AS_REAL, &error);
		const char *kind = json_string_value(json_object_get(object, "kind"));
		const char *hex = json_string_value(json_object_get(object, "hex"));

		if (kind != NULL && hex != NULL && strcmp(kind, "wired") == 0)
			add_frame(ret_frames, hex);
		json_decref(object);
	}
	free(line);
	(void)fclose(file);
	if (ret_frames->count == 0)
		fail(path, "has no line with \"kind\":\"wired\" and \"hex\"");
}

static inline void tally_record(struct tally *tally, const struct reading_register *reg,
				const struct value *value)
{
	uint64_t sum = reg->storage + reg->tariff + reg->subunit +
		       (uint64_t)reg->function + (uint8_t)reg->unit[0] +
		       (uint8_t)reg->quantity[0] + value->is_suspect +
		       value->is_summertime + value->is_periodic;

	if (value->kind == VALUE_INTEGER)
		sum += (uint64_t)value->digits;
	else
		sum += (uint64_t)value->kind;
	tally->sum += sum;
}

static struct tally decode_all(const struct frames *frames,
			       struct register_memory *memory, bool is_cold)
{
	struct tally tally = { 0 };
	struct telegram telegram;
	struct telegram_record record;
	struct value value;

	for (size_t i = 0; i < frames->count; i++) {
		const struct frame *frame = &frames->list[i];
		const struct reading_register *reg;

		if (is_cold)
			register_memory_empty(memory);
		if (!telegram_open(span_of(frame->bytes, frame->size), &telegram))
			continue;
		while ((reg = register_memory_next(memory, &telegram, &record)) != NULL) {
			telegram_value(&record, reg, &value);
			tally_record(&tally, reg, &value);
		}
		tally.records += telegram.record_count;
	}
	return tally;
}

static double now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a;
	double right = *(const double *)b;

	return (left > right) - (left < right);
}

/* The median time of a pass, per record. */
static double measure(const struct frames *frames, struct register_memory *memory,
		      bool is_cold, size_t passes, struct tally expected)
{
	double *times = calloc(passes, sizeof *times);
	double median;

	if (times == NULL)
		fail("--loops", "out of memory");
	for (size_t i = 0; i < passes; i++) {
		double begin = now_ns();
		struct tally tally = decode_all(frames, memory, is_cold);

		times[i] = now_ns() - begin;
		if (tally.sum != expected.sum || tally.records != expected.records)
			fail("decoder", "two passes differ");
	}
	qsort(times, passes, sizeof *times, compare);
	median = times[passes / 2] / (double)(expected.records + !expected.records);
	free(times);
	return median;
}

static size_t loops_of(const char *text)
{
	char *end;
	unsigned long loops = strtoul(text, &end, 10);

	if (*text == '\0' || *end != '\0' || loops == 0 || loops > LOOPS_MAX)
		fail("--loops", "give a number from 1 to 10000000");
	return loops;
}

int main(int argc, char **argv)
{
	struct frames frames = { 0 };
	struct register_memory *memory = malloc(sizeof *memory);
	struct tally tally;
	double cold;
	double warm;

	if (argc != 4 || strcmp(argv[2], "--loops") != 0)
		fail("usage", "bench_decode FILE.jsonl --loops N");
	if (memory == NULL)
		fail("memory", "out of memory");
	read_frames(argv[1], &frames);
	register_memory_init(memory);
	tally = decode_all(&frames, memory, false);
	cold = measure(&frames, memory, true, COLD_PASSES, tally);
	register_memory_empty(memory);
	(void)decode_all(&frames, memory, false);
	warm = measure(&frames, memory, false, loops_of(argv[3]), tally);
	printf("frames=%zu records=%llu ns_per_record_cold=%.1f "
	       "ns_per_record_warm=%.1f\n",
	       frames.count, (unsigned long long)tally.records, cold, warm);
	for (size_t i = 0; i < frames.count; i++)
		free(frames.list[i].bytes);
	free(frames.list);
	free(memory);
	return 0;
}
