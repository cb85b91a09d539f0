/* SPDX-License-Identifier: MIT */
/* Names of meters and terminals, and the tree of places. */
#include <stdio.h>

#include "storage/labels/label_run.h"
#include "storage/labels/place_name.h"

enum { NAME_MAX_BYTES = 200 };

#define METERS                                                                           \
	"(SELECT id FROM meter WHERE address = upper(?1)"                                \
	" UNION SELECT id FROM meter WHERE identification = upper(?1)"                   \
	" UNION SELECT id FROM meter WHERE name = ?1)"

/* ---- what is meant ---- */

/* Notes that the line is about somebody never heard. Always SQLITE_OK. */
static int unknown(struct label_run *run, const char *what, const char *text,
		   const char *advice)
{
	if (!run->options.skips_unknown)
		return label_complain(run, "no %s %.40s has been heard so far; %s", what,
				      text, advice);
	run->is_wrong = true;
	run->result->skipped++;
	return SQLITE_OK;
}

static bool hex_byte(const char *text, uint8_t *ret_byte)
{
	static const char digits[] = "0123456789ABCDEFabcdef";
	uint8_t byte = 0;
	for (int i = 0; i < 2; i++) {
		const char *digit = text[i] == '\0' ? NULL : strchr(digits, text[i]);
		if (digit == NULL)
			return false;
		long value = digit - digits;
		byte = (uint8_t)(byte << 4 | (value < 16 ? value : value - 6));
	}
	*ret_byte = byte;
	return true;
}

/* The 16 digits of mbus_address_text() taken apart. */
static bool parse_address(const char *text, struct mbus_address *ret_address)
{
	uint8_t bytes[8];
	if (strlen(text) != 16)
		return false;
	for (int i = 0; i < 8; i++)
		if (!hex_byte(text + i * 2, &bytes[i]))
			return false;
	*ret_address = (struct mbus_address){
		.manufacturer = (uint16_t)(bytes[4] | bytes[5] << 8),
		.version = bytes[6],
		.medium = bytes[7],
	};
	for (int i = 0; i < 8; i++)
		ret_address->id[i] =
			text[i] >= 'a' ? (char)(text[i] - 'a' + 'A') : text[i];
	return true;
}

int label_find_meter(struct label_run *run, const char *text, int64_t *ret_meter)
{
	const struct sql_value name[] = { SQL_TEXT(text) };
	struct mbus_address address;
	bool is_found = false;
	int64_t count = 0;
	int rc = small_sql_find(run->db, "SELECT count(*) FROM " METERS, name, 1,
				&is_found, &count);
	if (rc != SQLITE_OK)
		return rc;
	if (count > 1)
		return label_complain(run,
				      "%lld meters are called %.40s; give the 16 digits "
				      "of one, `readout meters --meter %.40s` lists them",
				      (long long)count, text, text);
	if (count == 1)
		return small_sql_find(run->db, "SELECT id FROM " METERS, name, 1,
				      &is_found, ret_meter);
	const struct sql_value split[] = { SQL_TEXT(text) };
	rc = small_sql_find(run->db,
			    "SELECT count(*) FROM meter WHERE address > upper(?1) || '@'"
			    " AND address < upper(?1) || 'A'",
			    split, 1, &is_found, &count);
	if (rc == SQLITE_OK && count > 0)
		return label_complain(run, "%.40s is split: name %.40s@TERMINAL", text,
				      text);
	if (rc == SQLITE_OK && !run->options.skips_unknown &&
	    parse_address(text, &address))
		return writer_meter_id(run->writer, &address, 0, 0, ret_meter);
	return rc != SQLITE_OK ? rc
			       : unknown(run, "meter", text,
					 "give its 16 digits to name it before it is "
					 "heard, or leave out what is unknown with "
					 "--skip-unknown");
}

int label_find_place(struct label_run *run, const char *text, int64_t *ret_place)
{
	char path[PLACE_PATH_MAX], error[STORE_ERROR_MAX];
	bool is_found = false;
	if (!place_name_find(run->db, text, path, error))
		return label_complain(run, "%s", error);
	return small_sql_find(run->db, "SELECT id FROM place WHERE path = ?1",
			      (const struct sql_value[]){ SQL_TEXT(path) }, 1, &is_found,
			      ret_place);
}

static bool is_name(struct label_run *run, const char *name)
{
	if (strlen(name) > NAME_MAX_BYTES)
		label_complain(run, "a name has at most %d bytes: %.40s...",
			       NAME_MAX_BYTES, name);
	return !run->is_wrong;
}

/* ---- terminals ---- */

int label_terminal(struct label_run *run, const struct label_change *change)
{
	const struct sql_value id[] = { SQL_TEXT(change->id) };
	bool is_found = false;
	int64_t terminal = 0;
	int rc = small_sql_find(run->db, "SELECT id FROM terminal WHERE identity = ?1",
				id, 1, &is_found, &terminal);
	if (rc != SQLITE_OK)
		return rc;
	if (!is_found)
		return unknown(
			run, "terminal", change->id,
			"name it by its serial number when it has called, or leave "
			"out what is unknown with --skip-unknown");
	if (change->name == NULL || !is_name(run, change->name))
		return SQLITE_OK;
	const struct sql_value values[] = { SQL_NUMBER(terminal),
					    SQL_TEXT(change->name) };
	return small_sql_run(run->db,
			     "UPDATE terminal SET name = nullif(?2, '') WHERE id = ?1"
			     " AND name IS NOT nullif(?2, '')",
			     values, 2);
}

/* ---- places ---- */

/* The place above path, 0 at the top. Complains when there is none. */
static int find_parent(struct label_run *run, const char *path, int64_t *ret_parent)
{
	char above[PLACE_PATH_MAX];
	bool is_found = false;
	const char *slash = strrchr(path, '/');
	*ret_parent = 0;
	if (slash == NULL)
		return SQLITE_OK;
	snprintf(above, sizeof above, "%.*s", (int)(slash - path), path);
	int rc = small_sql_find(run->db, "SELECT id FROM place WHERE path = ?1",
				(const struct sql_value[]){ SQL_TEXT(above) }, 1,
				&is_found, ret_parent);
	if (rc == SQLITE_OK && !is_found)
		return label_complain(run,
				      "there is no place %.80s above it; make that "
				      "first",
				      above);
	return rc;
}

static bool is_path(struct label_run *run, const char *path)
{
	size_t size = strlen(path);
	if (size == 0 || size >= PLACE_PATH_MAX || path[0] == '/' ||
	    path[size - 1] == '/' || strstr(path, "//") != NULL)
		label_complain(run,
			       "a path is names with single slashes in between: %.80s",
			       path);
	return !run->is_wrong;
}

static int add_place(struct label_run *run, const struct label_change *change)
{
	const char *slash = strrchr(change->id, '/');
	const char *kind = change->place_kind;
	int64_t parent = 0;
	int rc = find_parent(run, change->id, &parent);
	if (rc != SQLITE_OK || run->is_wrong)
		return rc;
	if (kind == NULL || kind[0] == '\0')
		kind = parent == 0 ? "building" : "flat";
	const struct sql_value values[] = {
		SQL_NUMBER(parent), SQL_TEXT(kind),
		SQL_TEXT(slash != NULL ? slash + 1 : change->id), SQL_TEXT(change->id)
	};
	return small_sql_run(run->db,
			     "INSERT INTO place (parent, kind, name, path)"
			     " VALUES (nullif(?1, 0), ?2, ?3, ?4)",
			     values, 4);
}

/* Everything below moves along. */
static int rename_place(struct label_run *run, const struct label_change *change)
{
	const char *slash = strrchr(change->id, '/');
	char path[PLACE_PATH_MAX];
	bool is_taken = false;
	int64_t other = 0;
	int size = snprintf(path, sizeof path, "%.*s%s",
			    slash != NULL ? (int)(slash + 1 - change->id) : 0, change->id,
			    change->name);
	if (change->name[0] == '\0' || strchr(change->name, '/') != NULL ||
	    size >= (int)sizeof path)
		return label_complain(run,
				      "the name of a place is not empty and has no "
				      "slash in it: %.80s",
				      change->name);
	if (strcmp(path, change->id) == 0)
		return SQLITE_OK;
	const struct sql_value values[] = { SQL_TEXT(change->id), SQL_TEXT(path),
					    SQL_TEXT(change->name) };
	int rc = small_sql_find(run->db, "SELECT id FROM place WHERE path = ?2", values,
				2, &is_taken, &other);
	if (rc == SQLITE_OK && is_taken)
		return label_complain(run, "there is a place %.80s already", path);
	if (rc == SQLITE_OK)
		rc = small_sql_run(
			run->db, "UPDATE place SET name = ?3 WHERE path = ?1",
			(const struct sql_value[]){ values[0], SQL_NULL, values[2] }, 3);
	if (rc == SQLITE_OK)
		rc = small_sql_run(run->db,
				   "UPDATE place SET path = ?2 || substr(path,"
				   " length(?1) + 1) WHERE path = ?1"
				   " OR (path > ?1 || '/' AND path < ?1 || '0')",
				   values, 2);
	return rc;
}

int label_place(struct label_run *run, const struct label_change *change)
{
	const struct sql_value values[] = { SQL_TEXT(change->id),
					    SQL_TEXT(change->place_kind) };
	bool is_found = false;
	int64_t place = 0;
	if (!is_path(run, change->id))
		return SQLITE_OK;
	int rc = small_sql_find(run->db, "SELECT id FROM place WHERE path = ?1", values,
				1, &is_found, &place);
	if (rc == SQLITE_OK && !is_found && change->name != NULL)
		return label_complain(run, "there is no place %.80s to be renamed",
				      change->id);
	if (rc != SQLITE_OK || !is_found)
		return rc != SQLITE_OK ? rc : add_place(run, change);
	if (change->place_kind != NULL && change->place_kind[0] != '\0')
		rc = small_sql_run(run->db,
				   "UPDATE place SET kind = ?2 WHERE path = ?1"
				   " AND kind <> ?2",
				   values, 2);
	if (rc == SQLITE_OK && change->name != NULL)
		rc = rename_place(run, change);
	return rc;
}

/* ---- meters ---- */

static int name_meter(struct label_run *run, int64_t meter, const char *name)
{
	if (name == NULL || !is_name(run, name))
		return SQLITE_OK;
	const struct sql_value values[] = { SQL_NUMBER(meter), SQL_TEXT(name) };
	return small_sql_run(run->db,
			     "UPDATE meter SET name = nullif(?2, '') WHERE id = ?1"
			     " AND name IS NOT nullif(?2, '')",
			     values, 2);
}

/* Where it is no longer: its stay ends. */
static int take_away(struct label_run *run, const struct label_change *change,
		     int64_t meter)
{
	const struct sql_value values[] = {
		SQL_NUMBER(meter),
		SQL_NUMBER(change->has_from ? change->from_at
					    : run->options.now_ms / 1000)
	};
	return small_sql_run(run->db,
			     "UPDATE meter_place SET to_at = max(?2, from_at)"
			     " WHERE meter = ?1 AND to_at IS NULL",
			     values, 2);
}

static int put_meter(struct label_run *run, const struct label_change *change,
		     int64_t meter)
{
	struct label_stay stay = {
		.meter = meter,
		.has_from = change->has_from,
		.has_to = change->has_to,
		.from_at = change->from_at,
		.to_at = change->to_at,
	};
	char start[LABEL_READING_MAX], end[LABEL_READING_MAX];
	int rc = label_find_place(run, change->place, &stay.place);
	if (rc == SQLITE_OK && !run->is_wrong)
		rc = label_reading(run, meter, 0, change->start_reading, start,
				   &stay.start_reading);
	if (rc == SQLITE_OK && !run->is_wrong)
		rc = label_reading(run, meter, 0, change->end_reading, end,
				   &stay.end_reading);
	return rc != SQLITE_OK || run->is_wrong ? rc : label_stay(run, &stay);
}

int label_meter(struct label_run *run, const struct label_change *change)
{
	int64_t meter = 0;
	int rc = label_find_meter(run, change->id, &meter);
	if (rc == SQLITE_OK && !run->is_wrong)
		rc = name_meter(run, meter, change->name);
	if (rc != SQLITE_OK || run->is_wrong || change->place == NULL)
		return rc;
	return change->place[0] == '\0' ? take_away(run, change, meter)
					: put_meter(run, change, meter);
}
