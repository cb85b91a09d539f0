/* SPDX-License-Identifier: MIT */
/*
 * Origins: what is the same in one telegram after the other of a meter stands in one row
 * of the table origin, and telegrams name it. Found in a cache, in the table, or made.
 * This is the hot path of the writer: a telegram whose origin is in the cache costs one
 * comparison.
 *
 * An origin also says on which days its telegrams were stamped. It is made, or its days
 * are widened, in the transaction of the telegram that asks for it.
 */
#include "storage/labels/address_conflict.h"
#include "storage/origin_limit.h"
#include "storage/telegram_batch.h"
#include "storage/writer.h"

enum { DAY_S = 86400 };

/* Row ids of what an origin names. */
struct names {
	int64_t meter, layout, kind, time_quality, decode_status, decode_diagnosis;
};

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

/* false: its device is too long for the cache. */
static bool make_key(int64_t terminal, const struct store_telegram *telegram,
		     struct origin_key *ret_key)
{
	*ret_key = (struct origin_key){
		.terminal = terminal,
		.has_meter = telegram->has_meter,
		.meter = telegram->has_meter ? writer_meter_key(&telegram->meter) : 0,
		.layout = telegram->layout,
		.kind = telegram->kind,
		.time_quality = telegram->time_quality,
		.decode_status = telegram->decode_status,
		.decode_diagnosis = telegram->decode_diagnosis,
		.device_index = telegram->device_index,
		.error_code = telegram->error_code,
		.device_size = telegram->device.size,
	};
	if (telegram->device.size > sizeof ret_key->device)
		return false;
	if (telegram->device.size > 0)
		memcpy(ret_key->device, telegram->device.data, telegram->device.size);
	return true;
}

static bool is_same(const struct origin_key *a, const struct origin_key *b)
{
	return a->terminal == b->terminal && a->meter == b->meter &&
	       a->has_meter == b->has_meter && a->layout == b->layout &&
	       a->kind == b->kind && a->time_quality == b->time_quality &&
	       a->decode_status == b->decode_status &&
	       a->decode_diagnosis == b->decode_diagnosis &&
	       a->device_index == b->device_index && a->error_code == b->error_code &&
	       a->device_size == b->device_size &&
	       memcmp(a->device, b->device, sizeof a->device) == 0;
}

/* The slot for a key; what else the key says seldom differs within these. */
static struct writer_origin *slot_of(struct store_writer *writer,
				     const struct origin_key *key)
{
	uint64_t hash = mix(mix(0, key->meter), (uint64_t)key->terminal);
	hash = mix(hash, (uint64_t)key->device_index << 32 ^ (uint64_t)key->error_code);
	hash = mix(hash, (uintptr_t)key->layout);
	return &writer->origins[hash % WRITER_ORIGINS_MAX];
}

static int find_names(struct store_writer *writer, int64_t terminal,
		      const struct store_telegram *telegram, struct names *names)
{
	int rc = writer_word_id(writer, telegram->kind, &names->kind);
	if (rc == SQLITE_OK)
		rc = writer_word_id(writer, telegram->time_quality, &names->time_quality);
	if (rc == SQLITE_OK)
		rc = writer_word_id(writer, telegram->decode_status,
				    &names->decode_status);
	if (rc == SQLITE_OK && telegram->decode_diagnosis[0] != '\0')
		rc = writer_word_id(writer, telegram->decode_diagnosis,
				    &names->decode_diagnosis);
	if (rc == SQLITE_OK && telegram->has_meter)
		rc = writer_meter_id(writer, &telegram->meter, terminal,
				     telegram->received_at_ms, &names->meter);
	if (rc == SQLITE_OK && telegram->layout != NULL)
		rc = writer_layout_id(writer, telegram->layout, &names->layout);
	return rc;
}

/* Parameters as numbered in STATEMENT_ORIGIN_FIND and STATEMENT_ORIGIN_ADD. */
static void bind(sqlite3_stmt *statement, int64_t terminal,
		 const struct store_telegram *telegram, const struct names *names)
{
	sqlite3_bind_int64(statement, 1, terminal);
	sqlite3_bind_int64(statement, 2, names->meter);
	sqlite3_bind_int64(statement, 3, names->layout);
	sqlite3_bind_int64(statement, 4, names->kind);
	sqlite3_bind_int64(statement, 5, telegram->device_index);
	sqlite3_bind_text64(
		statement, 6,
		telegram->device.size > 0 ? (const char *)telegram->device.data : "",
		telegram->device.size, SQLITE_STATIC, SQLITE_UTF8);
	sqlite3_bind_int64(statement, 7, telegram->error_code);
	sqlite3_bind_int64(statement, 8, names->time_quality);
	sqlite3_bind_int64(statement, 9, names->decode_status);
	sqlite3_bind_int64(statement, 10, names->decode_diagnosis);
	sqlite3_bind_int(statement, 11, DECODER_VERSION);
}

static int find(struct store_writer *writer, int64_t terminal,
		const struct store_telegram *telegram, const struct names *names,
		struct writer_origin *origin)
{
	sqlite3_stmt *row = writer->statements[STATEMENT_ORIGIN_FIND];
	bind(row, terminal, telegram, names);
	if (sqlite3_step(row) == SQLITE_ROW) {
		origin->id = sqlite3_column_int64(row, 0);
		origin->since = sqlite3_column_int64(row, 1);
		origin->until = sqlite3_column_int64(row, 2);
	}
	return sqlite3_reset(row);
}

static int add(struct store_writer *writer, int64_t terminal,
	       const struct store_telegram *telegram, const struct names *names,
	       struct writer_origin *origin)
{
	sqlite3_stmt *row = writer->statements[STATEMENT_ORIGIN_ADD];
	bind(row, terminal, telegram, names);
	sqlite3_bind_int64(row, 12, origin->since);
	sqlite3_bind_int64(row, 13, origin->until);
	int rc = statement_run(row);
	origin->id = sqlite3_last_insert_rowid(writer->db);
	return rc;
}

static int64_t day_start(int64_t stamp)
{
	return stamp - (stamp % DAY_S + DAY_S) % DAY_S;
}

/* Once a day: is its meter heard by wire elsewhere, too? */
static int check(struct store_writer *writer, const struct writer_origin *origin,
		 const struct store_telegram *telegram)
{
	if (!telegram->has_meter)
		return SQLITE_OK;
	return address_conflict_check(writer, origin->id, telegram->received_at_ms);
}

static int make(struct store_writer *writer, const struct store_telegram *telegram,
		const struct names *names, struct writer_origin *origin)
{
	int64_t terminal = origin->key.terminal;
	int rc = add(writer, terminal, telegram, names, origin);
	if (rc == SQLITE_OK && writer->has_origin_limit)
		rc = origin_limit_count(writer, terminal, telegram);
	return rc == SQLITE_OK ? check(writer, origin, telegram) : rc;
}

/* An origin that is in no cache; it covers the day of the telegram if it is new. */
static int look_up(struct store_writer *writer, const struct origin_key *key,
		   const struct store_telegram *telegram,
		   struct writer_origin *ret_origin)
{
	int64_t day = day_start(telegram->stamp);
	struct writer_origin origin = { *key, .since = day, .until = day + DAY_S };
	struct names names = { 0 };
	bool is_full = false;
	int rc = writer->has_origin_limit
			 ? origin_limit_reached(writer, key->terminal, telegram, &is_full)
			 : SQLITE_OK;
	writer->is_closed_to_new = is_full;
	if (rc == SQLITE_OK)
		rc = find_names(writer, key->terminal, telegram, &names);
	writer->is_closed_to_new = false;
	if (rc == SQLITE_OK)
		rc = find(writer, key->terminal, telegram, &names, &origin);
	if (rc == SQLITE_OK && origin.id == 0)
		rc = is_full ? WRITER_ORIGIN_LIMIT
			     : make(writer, telegram, &names, &origin);
	if (rc == SQLITE_OK)
		*ret_origin = origin;
	return rc;
}

static int widen(struct store_writer *writer, struct writer_origin *origin,
		 const struct store_telegram *telegram)
{
	sqlite3_stmt *row = writer->statements[STATEMENT_ORIGIN_WIDEN];
	int64_t day = day_start(telegram->stamp);
	origin->since = day < origin->since ? day : origin->since;
	origin->until = day + DAY_S > origin->until ? day + DAY_S : origin->until;
	sqlite3_bind_int64(row, 1, origin->id);
	sqlite3_bind_int64(row, 2, origin->since);
	sqlite3_bind_int64(row, 3, origin->until);
	int rc = statement_run(row);
	return rc == SQLITE_OK ? check(writer, origin, telegram) : rc;
}

int writer_origin_id(struct store_writer *writer, int64_t terminal,
		     const struct store_telegram *telegram, int64_t *ret_id)
{
	struct origin_key key = { 0 };
	struct writer_origin uncached = { 0 };
	bool is_cachable = make_key(terminal, telegram, &key);
	struct writer_origin *origin = is_cachable ? slot_of(writer, &key) : &uncached;
	int rc = SQLITE_OK;
	if (origin->id == 0 || !is_same(&origin->key, &key))
		rc = look_up(writer, &key, telegram, origin);
	if (rc == SQLITE_OK &&
	    (telegram->stamp < origin->since || telegram->stamp >= origin->until))
		rc = widen(writer, origin, telegram);
	if (rc == SQLITE_OK)
		*ret_id = origin->id;
	return rc;
}
