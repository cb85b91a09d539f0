/* SPDX-License-Identifier: MIT */
/* Record lines through the real decoder and the real store into rows. */
#include <criterion/criterion.h>
#include <semaphore.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/intake.h"
#include "storage/terminal_record.h"

#define WFH21                                                                            \
	"685E5E6808007268170308653299068E0000000C13911800000B22730404046D3510E214326C00" \
	"00"                                                                             \
	"0C786817030806FD0C0A000100FA010DFD0B05313248465701FD0E004C1374180000426CDF1C0F" \
	"37"                                                                             \
	"FD170000000000000000027A2500027825004116"
#define WFH21_BAD_SUM                                                                    \
	"685E5E6808007268170308653299068E0000000C13911800000B22730404046D3510E214326C00" \
	"00"                                                                             \
	"0C786817030806FD0C0A000100FA010DFD0B05313248465701FD0E004C1374180000426CDF1C0F" \
	"37"                                                                             \
	"FD170000000000000000027A2500027825004216"
/* An energy meter with one record. */
#define SMALL "681515680801727856341224400107010000000C04790200008716"

#define MBUS(hex) "^SCDATA: \"AMS\",1449585962,4,\"MBUS\",1,0,\"\",\"" hex "\""

static char directory[32];
static char path[64];
static sem_t woken;
static struct store *store;
static struct store_port *port;
static struct intake *intake;
static struct telegram_batch *batch;
static struct intake_note note;
static int64_t terminal;
static char cell[2048];

static void wake(void *context)
{
	(void)context;
	(void)sem_post(&woken);
}

static void opened(const struct terminal_state *state, enum store_result result,
		   void *context)
{
	int64_t *ret_terminal = context;
	cr_assert_eq(result, STORE_COMMITTED);
	*ret_terminal = state->id;
}

static int64_t open_terminal(void)
{
	int64_t opened_terminal = 0;
	cr_assert(terminal_record_open(store, port, "MC1", "", "", 1449586000000, opened,
				       &opened_terminal));
	while (opened_terminal == 0) {
		(void)sem_wait(&woken);
		store_port_dispatch(port);
	}
	return opened_terminal;
}

static void setup(void)
{
	char error[STORE_ERROR_MAX] = "";
	(void)snprintf(directory, sizeof(directory), "/tmp/readout-XXXXXX");
	cr_assert_not_null(mkdtemp(directory));
	(void)snprintf(path, sizeof(path), "%s/readout.db", directory);
	const struct store_options options = { .path = path,
					       .queue_limit_bytes = 1 << 20,
					       .layout_limit = 16 };
	(void)sem_init(&woken, 0, 0);
	store = store_open(&options, error);
	cr_assert_not_null(store, "%s", error);
	port = store_port_new(store, wake, NULL);
	intake = intake_new(16, 0, NULL);
	terminal = open_terminal();
	batch = telegram_batch_new(port, terminal, 1 << 20);
}

static void teardown(void)
{
	static const char *const files[] = { "", "-wal", "-shm", ".lock" };
	char file[80];

	telegram_batch_free(batch);
	if (store != NULL)
		store_close(store);
	intake_free(intake);
	store_port_free(port);
	store_free(store);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(file, sizeof(file), "%s%s", path, files[i]);
		(void)unlink(file);
	}
	(void)rmdir(directory);
}

TestSuite(intake, .init = setup, .fini = teardown);

static void take(const char *line)
{
	cr_assert(intake_record(intake, batch, span_text(line), 1449586000123, &note));
}

static void done(struct telegram_batch *ended, enum store_result result, void *context)
{
	bool *is_done = context;
	cr_expect_eq(result, STORE_COMMITTED, "%s", telegram_batch_error(ended));
	telegram_batch_free(ended);
	*is_done = true;
}

static void commit(void)
{
	bool is_done = false;
	telegram_batch_submit(batch, done, &is_done);
	batch = NULL;
	while (!is_done) {
		(void)sem_wait(&woken);
		store_port_dispatch(port);
	}
}

/* The first cell of a query, as text; "NULL" for NULL, "no row" without one. */
static const char *query(const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *statement;

	cr_assert_eq(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK, "%s",
		     sqlite3_errmsg(db));
	const char *text = "no row";
	if (sqlite3_step(statement) == SQLITE_ROW)
		text = sqlite3_column_type(statement, 0) == SQLITE_NULL
			       ? "NULL"
			       : (const char *)sqlite3_column_text(statement, 0);
	(void)snprintf(cell, sizeof(cell), "%s", text);
	(void)sqlite3_finalize(statement);
	(void)sqlite3_close(db);
	return cell;
}

Test(intake, brings_the_published_telegram_to_its_row)
{
	take(MBUS(WFH21));
	cr_expect_str_eq(note.decode_status, "ok", "%s", note.diagnosis);
	cr_expect_eq(note.stamp, 1449585962);
	cr_expect_eq(note.sequence, 4);
	cr_expect_eq(note.source_hash, 0);
	commit();
	cr_expect_str_eq(query("SELECT hex(raw) FROM telegram"), WFH21);
	cr_expect_str_eq(query("SELECT address FROM meter JOIN origin o "
			       "ON o.meter = meter.id"),
			 "0803176865329906");
	cr_expect_str_eq(query("SELECT value_text || ' ' || unit FROM readings WHERE "
			       "quantity = 'volume' AND storage = 0"),
			 "1.891 m3");
	cr_expect_str_eq(query("SELECT vals ->> 0 FROM telegram"), "1891");
	cr_expect_str_eq(query("SELECT json_array_length(vals) = (SELECT count(*) FROM "
			       "layout_register) FROM telegram"),
			 "1");
	cr_expect_str_eq(query("SELECT access_number FROM telegram"), "142");
	cr_expect_str_eq(query("SELECT received_at FROM telegram"), "1449586000123");
}

Test(intake, uses_one_layout_for_telegrams_of_one_form)
{
	for (int i = 0; i < 3; i++)
		take(MBUS(WFH21));
	take(MBUS(SMALL));
	cr_expect_str_eq(note.decode_status, "ok", "%s", note.diagnosis);
	commit();
	cr_expect_str_eq(query("SELECT count(*) FROM layout"), "2");
}

Test(intake, keeps_a_failed_read_with_its_code)
{
	take("^SCDATA: \"AMS\",1449585962,4,\"MBUS\",2,7,\"\",\"\"");
	cr_expect_eq(note.error_code, 7);
	cr_expect_eq(note.index, 2);
	cr_expect_str_eq(note.decode_status, "failed_read");
	cr_expect_str_not_empty(note.diagnosis);
	commit();
	cr_expect_str_eq(query("SELECT error_code FROM origin"), "7");
	cr_expect_str_eq(query("SELECT vals FROM telegram"), "NULL");
}

Test(intake, keeps_what_is_no_hex_as_the_text_it_came_in)
{
	take(MBUS("685E5"));
	cr_expect_str_eq(note.decode_status, "malformed");
	commit();
	cr_expect_str_eq(query("SELECT typeof(raw) || ' ' || raw FROM telegram"),
			 "text 685E5");
}

Test(intake, keeps_a_telegram_with_a_wrong_checksum)
{
	take(MBUS(WFH21_BAD_SUM));
	cr_expect_str_eq(note.decode_status, "malformed");
	commit();
	cr_expect_str_eq(query("SELECT hex(raw) FROM telegram"), WFH21_BAD_SUM);
}

Test(intake, keeps_every_kind_as_it_came)
{
	static const struct {
		const char *line;
		enum scdata_kind kind;
		const char *raw;
		const char *status;
	} records[] = {
		{ "^SCDATA: \"AMS\",1461340261,12091,\"AIN_DIN\",1,0,\"\",\"131\"",
		  SCDATA_INPUT, "text 131", "ok" },
		{ "^SCDATA: "
		  "\"AMS\",1463246887,1,\"IEC62056-21\",1,0,\"ZE310\",\"1.8.1\n\"",
		  SCDATA_IEC62056, "text 1.8.1\n", "malformed" },
		{ "^SCDATA: \"AMS\",1463246888,2,\"Unknown\",0,0,\"\",\"what, this\"",
		  SCDATA_UNKNOWN, "text what, this", "not_decoded" },
		{ "^SCDATA: nothing we know", SCDATA_UNKNOWN,
		  "text ^SCDATA: nothing we know", "not_decoded" },
	};
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		take(records[i].line);
		cr_expect_eq(note.kind, records[i].kind);
		cr_expect_str_eq(note.decode_status, records[i].status);
	}
	commit();
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		char sql[120];
		(void)snprintf(sql, sizeof(sql),
			       "SELECT typeof(raw) || ' ' || raw FROM telegram WHERE id "
			       "= %zu",
			       i + 1);
		cr_expect_str_eq(query(sql), records[i].raw);
	}
}

Test(intake, tells_radio_meters_apart_by_their_address)
{
	static const char *const lines[] = {
		"^SCDATA: \"WMBUS\",1449586020,5,-68,20,\"44B409466316140A077A9B08\"",
		"^SCDATA: \"WMBUS\",1449586021,6,-70,20,\"44B409466316140A077A9C09\"",
		"^SCDATA: \"WMBUS\",1449586022,7,-68,20,\"44B409466317140A077A9B08\"",
	};
	uint32_t hashes[3];
	for (size_t i = 0; i < 3; i++) {
		take(lines[i]);
		hashes[i] = note.source_hash;
		cr_expect_neq(hashes[i], 0);
	}
	cr_expect_eq(hashes[0], hashes[1]);
	cr_expect_neq(hashes[0], hashes[2]);
	commit();
	cr_expect_str_eq(query("SELECT rssi FROM telegram WHERE id = 2"), "-70");
}

Test(intake, stores_raw_what_is_beyond_the_limit_of_layouts)
{
	intake_free(intake);
	intake = intake_new(1, 0, NULL);
	take(MBUS(WFH21));
	take(MBUS(SMALL));
	cr_expect_str_eq(note.decode_status, "layout_limit");
	take(MBUS(WFH21));
	cr_expect_str_eq(note.decode_status, "ok");
	commit();
	cr_expect_str_eq(query("SELECT hex(raw) FROM telegram t JOIN origin o "
			       "ON o.id = t.origin WHERE layout = 0"),
			 SMALL);
}

Test(intake, a_block_of_iec_62056_21_becomes_readings_by_obis_code)
{
	take("^SCDATA: \"AMS\",1463246887,48962,\"IEC62056-21\",3,0,\"ZE310.iv30_012\","
	     "\"F.F(000000)\r\nC.1.0(04869551)\r\n1.8.1(0000002.7#kWh)\r\n"
	     "1.8.1*03(0000001.25*kWh)\r\n\"");
	cr_expect_str_eq(note.decode_status, "ok");
	/* The same meter a digit further: the scale is that of the digits as sent. */
	take("^SCDATA: \"AMS\",1463246947,48963,\"IEC62056-21\",3,0,\"ZE310.iv30_012\","
	     "\"1.8.1(0000002.70*kWh)\r\n\"");
	commit();
	cr_expect_str_eq(
		query("SELECT group_concat(obis || '=' || value_text || unit, ' ')"
		      " FROM (SELECT * FROM readings ORDER BY id, rowid)"
		      " WHERE id = 1"),
		"F.F=000000 C.1.0=04869551 1.8.1=2700Wh 1.8.1*03=1250Wh");
	cr_expect_str_eq(query("SELECT value_text FROM readings WHERE id = 2"), "2700");
	cr_expect_str_eq(query("SELECT quantity || ' ' || modifiers || ' ' || tariff ||"
			       " ' ' || storage FROM readings WHERE obis = '1.8.1*03'"),
			 "energy import 1 3");
	cr_expect_str_eq(query("SELECT device_index || ' ' || device FROM readings"),
			 "3 ZE310.iv30_012");
	cr_expect_str_eq(query("SELECT count(*) FROM readings WHERE meter IS NOT NULL"),
			 "0");
}

Test(intake, an_input_is_one_reading_of_its_row)
{
	take("^SCDATA: \"AMS\",1461340261,12091,\"AIN_DIN\",2,0,\"\",\"131\"");
	take("^SCDATA: \"AMS\",1461340321,12092,\"AIN_DIN\",2,0,\"\",\"-1.50\"");
	take("^SCDATA: \"AMS\",1461340381,12093,\"AIN_DIN\",2,0,\"\",\"many\"");
	cr_expect_str_eq(note.decode_status, "malformed");
	commit();
	cr_expect_str_eq(
		query("SELECT group_concat(quantity || subunit || '=' || value_text)"
		      " FROM readings"),
		"input2=131,input2=-1.50");
}

Test(intake, a_wireless_record_is_decoded_like_a_wired_telegram)
{
	take("^SCDATA: \"WMBUS\",1449586020,5,-68,20,"
	     "\"44B409466316140A077A9B0800000C1305000000\"");
	cr_expect_str_eq(note.decode_status, "ok");
	commit();
	cr_expect_str_eq(
		query("SELECT meter || ' ' || medium || ' ' || value_text || unit"
		      " FROM readings"),
		"14166346B4090A07 water 0.005m3");
	cr_expect_str_eq(query("SELECT rssi FROM telegram"), "-68");
}

Test(intake, corrects_the_time_but_never_the_stamp)
{
	intake_free(intake);
	intake = intake_new(16, -3600000, NULL);
	take(MBUS(WFH21));
	commit();
	cr_expect_str_eq(query("SELECT stamp FROM telegram"), "1449585962");
	cr_expect_str_eq(query("SELECT read_at FROM telegram"), "1449582362");
}

Test(intake, takes_the_time_of_arrival_when_the_clock_was_never_set)
{
	take("^SCDATA: \"AMS\",86400,4,\"MBUS\",1,0,\"\",\"" WFH21 "\"");
	commit();
	cr_expect_str_eq(query("SELECT read_at FROM telegram"), "1449586000");
	cr_expect_str_eq(query("SELECT time_quality FROM readings"), "received");
}

Test(intake, says_when_the_batch_is_full)
{
	telegram_batch_free(batch);
	batch = telegram_batch_new(port, terminal, 600);
	uint32_t taken = 0;
	while (intake_record(intake, batch, span_text(MBUS(WFH21)), 1449586000123, &note))
		taken++;
	cr_expect_lt(taken, 10);
	cr_expect_eq(telegram_batch_count(batch), taken);
	cr_expect_str_eq(note.decode_status, "ok", "the note is written all the same");
}
