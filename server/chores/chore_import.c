/* SPDX-License-Identifier: MIT */
/*
 * A slice of a file whose lines the command has cut out:
 *
 *     {"command": "import", "records": bool, "digest": "", "name": "", "lines": n,
 *      "items": [[line, "terminal", seconds or null, "hex"], ...]}
 *
 * With records, hex holds a record line; else a telegram, which is known by digest and
 * line. lines of the file are known afterwards. Gives {"new", "known", "refused", "bad":
 * [[line, "why"], ...]}; a bad line is not stored: the file still has it.
 */
#include <stdio.h>

#include "protocol/hex.h"
#include "protocol/wmbus/wmbus_frame.h"
#include "server/chores/chore_parts.h"
#include "server/clock.h"
#include "storage/housekeeping/telegram_import.h"

enum { WMBUS_BYTES_MAX = 256 }; /* the L field counts no more */

/* One item, and where it goes. */
struct item {
	int64_t line;
	const char *terminal;
	bool has_time;
	int64_t time_s;
	struct span bytes; /* in import->bytes */
};

struct import {
	struct intake *intake;
	struct telegram_import *slice;
	bool is_records;
	int64_t now_ms;
	json_t *bad;
	uint8_t bytes[CONTROL_REQUEST_MAX / 2];
	uint8_t stripped[WMBUS_BYTES_MAX];
};

static void note_bad(struct import *import, const struct item *item, const char *why,
		     const char *more)
{
	char text[240];
	(void)snprintf(text, sizeof(text), "%s%s%s", why, more[0] != '\0' ? ": " : "",
		       more);
	(void)json_array_append_new(import->bad,
				    json_pack("[I, s]", (json_int_t)item->line, text));
}

static bool read_item(struct import *import, const json_t *json, struct item *ret_item)
{
	const json_t *time = json_array_get(json, 2);
	const char *terminal = json_string_value(json_array_get(json, 1));
	const char *hex = json_string_value(json_array_get(json, 3));

	if (terminal == NULL || terminal[0] == '\0' || hex == NULL ||
	    strlen(hex) > 2 * sizeof(import->bytes) ||
	    !hex_decode(span_text(hex), import->bytes))
		return false;
	*ret_item = (struct item){
		.line = json_integer_value(json_array_get(json, 0)),
		.terminal = terminal,
		.has_time = json_is_integer(time),
		.time_s = json_integer_value(time),
		.bytes = span_of(import->bytes, strlen(hex) / 2),
	};
	return true;
}

/* Broken telegrams are kept when a terminal delivers them, for there is no second copy.
 * Here there is one, and a line cut off by a terminal program must not stand for the
 * whole record that may come yet. */
static bool is_good(struct import *import, const struct item *item,
		    const struct store_telegram *telegram)
{
	if (strcmp(telegram->decode_status, "malformed") != 0)
		return true;
	note_bad(import, item, "broken", telegram->decode_diagnosis);
	return false;
}

static bool read_record(struct import *import, const struct item *item,
			struct store_telegram *ret_telegram)
{
	struct intake_note note;

	intake_read(import->intake, item->bytes, import->now_ms, ret_telegram, &note);
	/* The whole line as its data: its form is not known. */
	if (!note.has_stamp ||
	    (note.kind == SCDATA_UNKNOWN && ret_telegram->raw.size == item->bytes.size)) {
		note_bad(import, item, "no whole record line", "");
		return false;
	}
	return is_good(import, item, ret_telegram);
}

/* As terminals keep them: without L field and link CRCs. */
static bool strip_wireless(struct import *import, const struct item *item,
			   struct span *ret_bytes)
{
	struct wmbus_frame frame;

	if (wmbus_frame_measure(item->bytes, &frame) != WMBUS_FRAME_OK ||
	    frame.size > sizeof(import->stripped))
		return false;
	wmbus_frame_strip(item->bytes, &frame, import->stripped);
	*ret_bytes = span_of(import->stripped + 1, frame.size - 1);
	return true;
}

static bool read_telegram(struct import *import, const struct item *item,
			  struct store_telegram *ret_telegram)
{
	static const uint8_t wired_start = 0x68, send_no_reply = 0x44;
	const struct span bytes = item->bytes;
	bool is_wired = bytes.size > 3 && bytes.data[0] == wired_start &&
			bytes.data[3] == wired_start;
	struct store_telegram telegram = {
		.stamp = item->has_time ? item->time_s : import->now_ms / 1000,
		.sequence = item->line,
		.received_at_ms = import->now_ms,
		.time_quality = item->has_time ? "imported" : "received",
		.raw = bytes,
	};

	telegram.read_at = telegram.stamp;
	if (!is_wired && !strip_wireless(import, item, &telegram.raw) &&
	    (bytes.size < 2 || bytes.data[0] != send_no_reply)) {
		note_bad(import, item, "neither a wired nor a wireless telegram", "");
		return false;
	}
	intake_decode(import->intake, is_wired ? SCDATA_MBUS : SCDATA_WMBUS, &telegram);
	*ret_telegram = telegram;
	return is_good(import, item, ret_telegram);
}

static void take_item(struct import *import, const json_t *json)
{
	struct store_telegram telegram;
	struct item item = { .line = json_integer_value(json_array_get(json, 0)) };

	if (!read_item(import, json, &item)) {
		note_bad(import, &item, "no hex digits, or no terminal", "");
		return;
	}
	bool is_read = import->is_records ? read_record(import, &item, &telegram)
					  : read_telegram(import, &item, &telegram);
	if (is_read && !telegram_import_add(import->slice, item.terminal, &telegram))
		note_bad(import, &item, "no memory, or the terminal's name is too long",
			 "");
}

static json_t *commit(struct import *import, struct store_caller *caller)
{
	struct telegram_import_counts counts;
	char error[STORE_ERROR_MAX];

	if (telegram_import_commit(import->slice, caller, &counts, error) !=
	    STORE_COMMITTED)
		return chore_error(error);
	return json_pack("{s:I, s:I, s:I, s:O}", "new", (json_int_t)counts.telegrams_new,
			 "known", (json_int_t)counts.telegrams_known, "refused",
			 (json_int_t)counts.telegrams_refused, "bad", import->bad);
}

static const char *text_of(const json_t *request, const char *key)
{
	const char *text = json_string_value(json_object_get(request, key));
	return text != NULL ? text : "";
}

json_t *chore_import(struct chore_place *place, const json_t *request,
		     const struct progress *progress)
{
	const json_t *json;
	size_t i;
	struct import *import = calloc(1, sizeof(*import));
	struct telegram_import_file file = {
		.digest = text_of(request, "digest"),
		.name = text_of(request, "name"),
		.lines = json_integer_value(json_object_get(request, "lines")),
		.now_ms = clock_wall_ms(),
	};
	json_t *reply = NULL;

	(void)progress; /* the command knows how far its file is */
	if (import == NULL)
		return chore_error("out of memory");
	import->intake = chore_place_intake(place);
	import->slice = telegram_import_new(&file);
	import->is_records = json_is_true(json_object_get(request, "records"));
	import->now_ms = file.now_ms;
	import->bad = json_array();
	if (import->intake != NULL && import->slice != NULL && import->bad != NULL) {
		json_array_foreach(json_object_get(request, "items"), i, json)
			take_item(import, json);
		reply = commit(import, place->caller);
	}
	telegram_import_free(import->slice);
	json_decref(import->bad);
	free(import);
	return reply != NULL ? reply : chore_error("out of memory");
}
