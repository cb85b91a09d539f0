/* SPDX-License-Identifier: MIT */
#include "exporters/log_batch.h"

#include <stdio.h>
#include <stdlib.h>

bool log_batch_open(struct log_batch *batch, const char *database_path,
		    char error[EXPORTER_ERROR_MAX])
{
	char why[LOG_READER_ERROR_MAX];
	*batch = (struct log_batch){ .reader = log_reader_open(database_path, why) };
	if (!batch->reader)
		snprintf(error, EXPORTER_ERROR_MAX, "%s", why);
	return batch->reader != NULL;
}

void log_batch_close(struct log_batch *batch)
{
	log_reader_close(batch->reader);
	free(batch->telegrams);
	free(batch->readings);
	*batch = (struct log_batch){ .reader = NULL };
}

static bool reserve(struct log_batch *batch, size_t telegrams, size_t readings)
{
	if (telegrams > batch->telegram_capacity) {
		void *grown =
			realloc(batch->telegrams, telegrams * sizeof *batch->telegrams);
		if (!grown)
			return false;
		batch->telegrams = grown;
		batch->telegram_capacity = telegrams;
	}
	if (readings > batch->reading_capacity) {
		void *grown =
			realloc(batch->readings, readings * sizeof *batch->readings);
		if (!grown)
			return false;
		batch->readings = grown;
		batch->reading_capacity = readings;
	}
	return true;
}

static struct exporter_reading reading_of(const struct log_reading *from)
{
	return (struct exporter_reading){
		.quantity = from->quantity,
		.unit = from->unit,
		.modifiers = from->modifiers,
		.function = from->function,
		.storage = from->storage,
		.tariff = from->tariff,
		.subunit = from->subunit,
		.occurrence = from->occurrence,
		.value_text = from->value_text,
		.is_number = from->is_number,
		.no_value_reason = from->no_value_reason,
		.valid_at = from->has_valid_at ? from->valid_at : "",
		.obis = from->obis,
	};
}

static struct exporter_telegram telegram_of(const struct log_telegram *from,
					    const struct exporter_reading *readings)
{
	return (struct exporter_telegram){
		.id = from->id,
		.revision = from->revision,
		.terminal = from->terminal,
		.terminal_name = from->terminal_name,
		.meter = from->meter,
		.meter_name = from->meter_name,
		.place = from->place,
		.medium = from->medium,
		.kind = from->kind,
		.stamp = from->stamp,
		.sequence = from->sequence,
		.error_code = from->error_code,
		.received_at_ms = from->received_at_ms,
		.read_at = from->read_at,
		.time_quality = from->time_quality,
		.decode_status = from->decode_status,
		.raw = from->raw.data,
		.raw_size = from->raw.size,
		.raw_is_text = from->raw_is_text,
		.readings = readings,
		.reading_count = from->reading_count,
	};
}

static bool fill(struct log_batch *batch, const struct log_telegram *from, size_t count)
{
	size_t reading_count = 0;
	for (size_t i = 0; i < count; i++)
		reading_count += from[i].reading_count;
	if (!reserve(batch, count, reading_count))
		return false;
	struct exporter_reading *next = batch->readings;
	for (size_t i = 0; i < count; i++) {
		batch->telegrams[i] = telegram_of(&from[i], next);
		for (uint32_t k = 0; k < from[i].reading_count; k++)
			*next++ = reading_of(&from[i].readings[k]);
	}
	return true;
}

int log_batch_read(struct log_batch *batch, const struct log_query *query,
		   char error[EXPORTER_ERROR_MAX])
{
	struct log_found found;
	batch->batch = (struct exporter_batch){ .count = 0 };
	if (!log_reader_find(batch->reader, query, &found)) {
		snprintf(error, EXPORTER_ERROR_MAX, "%s",
			 log_reader_error(batch->reader));
		return -1;
	}
	if (found.count > 0 && !fill(batch, found.telegrams, found.count)) {
		snprintf(error, EXPORTER_ERROR_MAX,
			 "out of memory for a batch of %u telegrams: a smaller batch "
			 "needs less",
			 found.count);
		return -1;
	}
	batch->bytes = found.bytes;
	batch->is_full = found.is_full;
	batch->batch = (struct exporter_batch){
		.first_id = query->after + 1,
		.last_id =
			query->until >= 0 && !found.is_full ? query->until : found.last,
		.telegrams = batch->telegrams,
		.count = found.count,
	};
	return (int)found.count;
}

void log_batch_drop(struct log_batch *batch, uint32_t count,
		    bool (*is_done)(const void *context, uint32_t i), const void *context)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < batch->batch.count; i++)
		if (i >= count || !is_done(context, i))
			batch->telegrams[kept++] = batch->telegrams[i];
	batch->batch.count = kept;
}
