/* SPDX-License-Identifier: MIT */
/* Meters by their secondary address: found in a cache, in the table, or made. */
#include "storage/writer.h"

static uint32_t hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return (uint32_t)(digit - '0');
	return ((uint32_t)digit - 'A' + 10) & 15;
}

uint64_t writer_meter_key(const struct mbus_address *address)
{
	uint64_t id = 0;
	for (int i = 0; i < 8; i++)
		id = id << 4 | hex_value(address->id[i]);
	return id << 32 | (uint64_t)address->manufacturer << 16 |
	       (uint64_t)address->version << 8 | address->medium;
}

static void bind_address(sqlite3_stmt *statement, const struct mbus_address *address)
{
	sqlite3_bind_text(statement, 1, address->id, -1, SQLITE_STATIC);
	sqlite3_bind_int(statement, 2, address->manufacturer);
	sqlite3_bind_int(statement, 3, address->version);
	sqlite3_bind_int(statement, 4, address->medium);
}

static int add(struct store_writer *writer, const struct mbus_address *address,
	       int64_t now_ms, int64_t *ret_id)
{
	sqlite3_stmt *statement = writer->statements[STATEMENT_METER_ADD];
	char text[MBUS_ADDRESS_TEXT_SIZE];
	mbus_address_text(address, text);
	bind_address(statement, address);
	sqlite3_bind_text(statement, 5, text, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 6, mbus_medium_text(address->medium), -1,
			  SQLITE_STATIC);
	statement_bind_text(statement, 7, span_text(mbus_product_text(address)));
	sqlite3_bind_int64(statement, 8, now_ms);
	int rc = statement_run(statement);
	*ret_id = sqlite3_last_insert_rowid(writer->db);
	return rc;
}

int writer_meter_id(struct store_writer *writer, const struct mbus_address *address,
		    int64_t now_ms, int64_t *ret_id)
{
	uint64_t key = writer_meter_key(address);
	uint64_t hash = key * UINT64_C(0x9e3779b97f4a7c15);
	struct writer_meter *cached = &writer->meters[hash >> 50];
	if (cached->id != 0 && cached->key == key) {
		*ret_id = cached->id;
		return SQLITE_OK;
	}
	sqlite3_stmt *find = writer->statements[STATEMENT_METER_FIND];
	bool is_found = false;
	bind_address(find, address);
	int rc = statement_find(find, &is_found, ret_id);
	if (rc == SQLITE_OK && !is_found)
		rc = add(writer, address, now_ms, ret_id);
	if (rc == SQLITE_OK)
		*cached = (struct writer_meter){ key, *ret_id };
	return rc;
}

_Static_assert(WRITER_METERS_MAX == 1 << 14, "hash >> 50 gives 14 bits");
