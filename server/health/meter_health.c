/* SPDX-License-Identifier: MIT */
#include "server/health/meter_health.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "protocol/scdata/scams.h"
#include "protocol/scdata/scdata.h"
#include "server/fleet.h"

/* ---- the device table ---- */

void meter_list_free(struct meter_list *list)
{
	free(list->meters);
	*list = (struct meter_list){ 0 };
}

static struct listed_meter *find(const struct meter_list *list, int64_t index)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (list->meters[i].index == index)
			return &list->meters[i];
	return NULL;
}

static struct listed_meter *add(struct meter_list *list, int64_t index)
{
	struct listed_meter *grown;

	if (list->count == METERS_LISTED_MAX)
		return NULL;
	grown = realloc(list->meters, (list->count + 1u) * sizeof(*grown));
	if (grown == NULL)
		return NULL;
	list->meters = grown;
	grown += list->count++;
	*grown = (struct listed_meter){ .index = index };
	return grown;
}

void meter_health_table_begins(struct terminal *terminal)
{
	for (uint32_t i = 0; i < terminal->meters.count; i++)
		terminal->meters.meters[i].is_listed = false;
}

void meter_health_device(struct terminal *terminal, struct span line)
{
	struct scams_line row;
	struct listed_meter *meter;
	char address[CONDITION_SUBJECT_MAX];

	scams_parse(line, &row);
	if (row.kind != SCAMS_DEVICE)
		return;
	(void)snprintf(address, sizeof(address), "%.*s", (int)row.address.size,
		       row.address.size > 0 ? (const char *)row.address.data : "");
	meter = find(&terminal->meters, row.number);
	if (meter == NULL)
		meter = add(&terminal->meters, row.number);
	if (meter == NULL)
		return;
	/* Another meter in the same row: nothing is known of it yet. */
	if (strcmp(meter->address, address) != 0)
		meter->heard_at_ms = 0;
	memcpy(meter->address, address, sizeof(address));
	meter->is_listed = true;
}

static void forget_unlisted(struct fleet *fleet, struct terminal *terminal)
{
	struct meter_list *list = &terminal->meters;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < list->count; i++) {
		struct listed_meter *meter = &list->meters[i];
		if (meter->is_listed) {
			list->meters[kept++] = *meter;
			continue;
		}
		condition_is_not(fleet, terminal, CONDITION_METER_MISSING, meter->address,
				 "no longer in the device table");
		condition_is_not(fleet, terminal, CONDITION_READ_FAILED, meter->address,
				 "no longer in the device table");
	}
	list->count = kept;
}

void meter_health_table_ends(struct fleet *fleet, struct terminal *terminal)
{
	uint64_t now_ms = uv_now(fleet->loop);

	forget_unlisted(fleet, terminal);
	for (uint32_t i = 0; i < terminal->meters.count; i++)
		if (terminal->meters.meters[i].heard_at_ms == 0)
			terminal->meters.meters[i].heard_at_ms = now_ms;
}

void meter_health_look(struct fleet *fleet, struct terminal *terminal,
		       uint64_t missing_ms)
{
	uint64_t now_ms = uv_now(fleet->loop);

	for (uint32_t i = 0; missing_ms > 0 && i < terminal->meters.count; i++) {
		const struct listed_meter *meter = &terminal->meters.meters[i];
		char detail[160];
		if (meter->heard_at_ms == 0 || now_ms - meter->heard_at_ms < missing_ms)
			continue;
		(void)snprintf(detail, sizeof(detail),
			       "meter %s (row %" PRId64
			       " of the device table) has sent no record for %" PRIu64
			       " minutes, not even a failed read",
			       meter->address, meter->index,
			       (now_ms - meter->heard_at_ms) / 60000);
		condition_is(fleet, terminal, CONDITION_METER_MISSING, meter->address,
			     detail);
	}
}

/* ---- failed reads ---- */

/* Which meter a record is of, as its terminal knows it. */
static void name_source(const struct terminal *terminal,
			const struct store_telegram *record,
			char ret_name[CONDITION_SUBJECT_MAX])
{
	const struct listed_meter *meter = find(&terminal->meters, record->device_index);

	if (meter != NULL && meter->address[0] != '\0')
		(void)snprintf(ret_name, CONDITION_SUBJECT_MAX, "%s", meter->address);
	else
		(void)snprintf(ret_name, CONDITION_SUBJECT_MAX, "row %" PRId64,
			       record->device_index);
}

static void take_read(struct fleet *fleet, struct terminal *terminal,
		      const struct store_telegram *record)
{
	char name[CONDITION_SUBJECT_MAX], detail[CONDITION_DETAIL_MAX];

	if (record->error_code == 0 && terminal->condition_count == 0)
		return;
	name_source(terminal, record, name);
	if (record->error_code == 0) {
		condition_is_not(fleet, terminal, CONDITION_READ_FAILED, name,
				 "read again");
		condition_is_not(fleet, terminal, CONDITION_METER_MISSING, name,
				 "heard again");
		return;
	}
	(void)snprintf(detail, sizeof(detail),
		       "meter %s (row %" PRId64
		       " of the device table) could not be read: %s (error code %" PRId64
		       ")",
		       name, record->device_index, scdata_error_text(record->error_code),
		       record->error_code);
	condition_is_not(fleet, terminal, CONDITION_METER_MISSING, name,
			 "heard again, though its read failed");
	condition_is(fleet, terminal, CONDITION_READ_FAILED, name, detail);
}

/* ---- what a meter says of itself ---- */

/* EN 13757-3, status byte: two bits of the application, three of all meters, three of the
 * manufacturer. */
enum { APPLICATION_BITS = 0x03, APPLICATION_ANY_ERROR = 2, APPLICATION_ALARM = 3 };

struct status_row {
	uint8_t mask;
	uint8_t value; /* under the mask; 0: any but 0 */
	enum condition_kind kind;
	const char *meaning;
};

static const struct status_row status_rows[] = {
	{ APPLICATION_BITS, APPLICATION_ANY_ERROR, CONDITION_APPLICATION_ERROR,
	  "application error: the meter could not answer properly" },
	{ APPLICATION_BITS, APPLICATION_ALARM, CONDITION_ALARM,
	  "alarm: an abnormal condition such as leak, burst or manipulation; its error "
	  "flags or display say which" },
	{ 0x04, 0, CONDITION_POWER_LOW, "power low: battery or supply is running out" },
	{ 0x08, 0, CONDITION_PERMANENT_ERROR,
	  "permanent error: its readings cannot be trusted, have it looked at" },
	{ 0x10, 0, CONDITION_TEMPORARY_ERROR, "temporary error: it may pass by itself" },
	{ 0xe0, 0, CONDITION_MANUFACTURER,
	  "bits of the manufacturer; the meter's manual names them" },
};

static bool is_set(const struct status_row *row, uint8_t status)
{
	uint8_t bits = status & row->mask;
	return row->value != 0 ? bits == row->value : bits != 0;
}

static void take_status(struct fleet *fleet, struct terminal *terminal, const char *meter,
			uint8_t status)
{
	char detail[CONDITION_DETAIL_MAX];

	for (size_t i = 0; i < sizeof(status_rows) / sizeof(status_rows[0]); i++) {
		const struct status_row *row = &status_rows[i];
		(void)snprintf(detail, sizeof(detail), "meter %s, status byte 0x%02X: %s",
			       meter, status, row->meaning);
		if (is_set(row, status))
			condition_is(fleet, terminal, row->kind, meter, detail);
		else
			condition_is_not(fleet, terminal, row->kind, meter, detail);
	}
}

static void take_flags(struct fleet *fleet, struct terminal *terminal, const char *meter,
		       uint64_t flags)
{
	char detail[CONDITION_DETAIL_MAX];

	(void)snprintf(detail, sizeof(detail),
		       "meter %s, error flags 0x%" PRIX64
		       ": their bits are the manufacturer's, its manual names them",
		       meter, flags);
	if (flags != 0)
		condition_is(fleet, terminal, CONDITION_ERROR_FLAGS, meter, detail);
	else
		condition_is_not(fleet, terminal, CONDITION_ERROR_FLAGS, meter, detail);
}

void meter_health_record(struct fleet *fleet, struct terminal *terminal,
			 const struct store_telegram *record)
{
	struct listed_meter *listed = find(&terminal->meters, record->device_index);
	char meter[CONDITION_SUBJECT_MAX];

	if (listed != NULL)
		listed->heard_at_ms = uv_now(fleet->loop);
	take_read(fleet, terminal, record);
	bool is_well = record->meter_status <= 0 && record->error_flags == 0;
	if (!record->has_meter || (is_well && terminal->condition_count == 0))
		return;
	mbus_address_text(&record->meter, meter);
	if (record->meter_status >= 0)
		take_status(fleet, terminal, meter, (uint8_t)record->meter_status);
	if (record->has_error_flags)
		take_flags(fleet, terminal, meter, (uint64_t)record->error_flags);
}
