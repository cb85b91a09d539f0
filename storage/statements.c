/* SPDX-License-Identifier: MIT */
#include "storage/statements.h"

const char *const statement_sql[STATEMENT_COUNT] = {
	[STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
	[STATEMENT_COMMIT] = "COMMIT",
	[STATEMENT_SAVE] = "SAVEPOINT part",
	[STATEMENT_RELEASE] = "RELEASE part",
	[STATEMENT_UNDO] = "ROLLBACK TO part",
	[STATEMENT_DATA_VERSION] = "PRAGMA data_version",

	[STATEMENT_WORD_FIND] = "SELECT id FROM word WHERE text = ?1",
	[STATEMENT_WORD_ADD] = "INSERT INTO word (text) VALUES (?1)",

	[STATEMENT_METER_FIND] =
		"SELECT id FROM meter WHERE identification = ?1"
		" AND manufacturer = ?2 AND version = ?3 AND medium = ?4",
	[STATEMENT_METER_ADD] =
		"INSERT INTO meter (identification, manufacturer, version, medium,"
		" address, medium_name, product, first_seen_ms)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",

	[STATEMENT_LAYOUT_FIND] = "SELECT id FROM layout"
				  " WHERE key = ?1 AND decoder_version = ?2",
	[STATEMENT_LAYOUT_ADD] = "INSERT INTO layout (key, decoder_version)"
				 " VALUES (?1, ?2)",
	[STATEMENT_REGISTER_FIND] =
		"SELECT id FROM register"
		" WHERE source = ?1 AND header = ?2 AND occurrence = ?3"
		" AND decoder_version = ?4",
	[STATEMENT_REGISTER_ADD] =
		"INSERT INTO register (source, header, occurrence, decoder_version,"
		" type, record_error, exponent, factor, multiplier, divisor)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
	[STATEMENT_SERIES_FIND] =
		"SELECT id FROM series WHERE quantity = ?1 AND unit = ?2"
		" AND function = ?3 AND storage = ?4 AND tariff = ?5 AND subunit = ?6"
		" AND modifiers = ?7 AND occurrence = ?8",
	[STATEMENT_SERIES_ADD] =
		"INSERT INTO series (quantity, unit, function, storage, tariff,"
		" subunit, modifiers, occurrence)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[STATEMENT_LAYOUT_REGISTER_ADD] =
		"INSERT INTO layout_register (layout, position, register, series,"
		" valid_at) VALUES (?1, ?2, ?3, ?4, ?5)",

	[STATEMENT_ORIGIN_FIND] =
		"SELECT id, since, until FROM origin WHERE terminal = ?1 AND meter = ?2"
		" AND layout = ?3 AND kind = ?4 AND device_index = ?5 AND device = ?6"
		" AND error_code = ?7 AND time_quality = ?8 AND decode_status = ?9"
		" AND decode_diagnosis = ?10 AND decoder_version = ?11",
	[STATEMENT_ORIGIN_ADD] =
		"INSERT INTO origin (terminal, meter, layout, kind, device_index, device,"
		" error_code, time_quality, decode_status, decode_diagnosis,"
		" decoder_version, since, until)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
	[STATEMENT_ORIGIN_WIDEN] =
		"UPDATE origin SET since = ?2, until = ?3 WHERE id = ?1",

	[STATEMENT_TELEGRAM_LATEST] =
		"SELECT stamp, sequence FROM telegram WHERE terminal = ?1"
		" ORDER BY stamp DESC, sequence DESC LIMIT 1",
	[STATEMENT_TELEGRAM_FIND] =
		"SELECT epoch, variant, word.text, error_code, device, raw,"
		" coalesce((SELECT place FROM log_order WHERE telegram = t.id), t.id)"
		" FROM telegram t JOIN origin ON origin.id = t.origin"
		" JOIN word ON word.id = origin.kind"
		" WHERE t.terminal = ?1 AND stamp = ?2 AND sequence = ?3"
		" AND epoch BETWEEN ?4 AND ?5 ORDER BY epoch, variant",
	[STATEMENT_HORIZON] = "SELECT stamp, sequence FROM horizon WHERE terminal = ?1",
	[STATEMENT_LOG_ORDER_SET] =
		"INSERT OR REPLACE INTO log_order (telegram, place) VALUES (?1, ?2)",
	[STATEMENT_TELEGRAM_ADD] =
		"INSERT INTO telegram (terminal, stamp, sequence, epoch, variant, origin,"
		" received_at, read_at, rssi, access_number, meter_status, remarks, vals,"
		" raw) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
		" ?14)",
	[STATEMENT_TELEGRAM_EPOCH] =
		"SELECT min(epoch) FROM telegram WHERE terminal = ?1 AND stamp = ?2"
		" AND sequence = ?3 AND epoch BETWEEN ?4 AND ?5",

	[STATEMENT_TERMINAL_FIND] =
		"SELECT id, deletion_begun_ms FROM terminal WHERE identity = ?1",
	[STATEMENT_TERMINAL_ADD] =
		"INSERT INTO terminal (identity, remote, firmware, first_seen_ms,"
		" last_seen_ms) VALUES (?1, ?2, ?3, ?4, ?4)",
	[STATEMENT_TERMINAL_CONTACT] =
		"UPDATE terminal SET remote = coalesce(?2, remote),"
		" firmware = coalesce(?3, firmware), last_seen_ms = ?4 WHERE id = ?1",
	[STATEMENT_TERMINAL_HAS_RECORDS] =
		"SELECT 1 FROM telegram WHERE terminal = ?1 LIMIT 1",
	[STATEMENT_TERMINAL_EPOCHS] =
		"SELECT epoch, epoch_floor, deleted_sequence FROM terminal WHERE id = ?1",
	[STATEMENT_TERMINAL_RAISE_EPOCH] =
		"UPDATE terminal SET epoch = epoch + 1, deleted_sequence = NULL"
		" WHERE id = ?1",
	[STATEMENT_TERMINAL_DELETION_BEGUN] =
		"UPDATE terminal SET deletion_begun_ms = ?2 WHERE id = ?1",
	[STATEMENT_TERMINAL_DELETION_ENDED] =
		"UPDATE terminal SET deletion_begun_ms = NULL WHERE id = ?1",
	[STATEMENT_TERMINAL_DELETED] =
		"UPDATE terminal SET epoch_floor = ?2,"
		" deleted_sequence = coalesce(?3, deleted_sequence)"
		" WHERE id = ?1",
	[STATEMENT_DEVICE_TABLE_SET] =
		"INSERT INTO device_table (terminal, read_ms, devices)"
		" VALUES (?1, ?2, ?3) ON CONFLICT (terminal) DO UPDATE"
		" SET read_ms = excluded.read_ms, devices = excluded.devices",

	[STATEMENT_EVENT_ADD] =
		"INSERT INTO event (at_ms, kind, severity, terminal, detail)"
		" VALUES (?1, ?2, ?3, ?4, ?5)",

	[STATEMENT_CURSOR_ADD] =
		"INSERT INTO cursor (exporter) VALUES (?1) ON CONFLICT DO NOTHING",
	[STATEMENT_CURSOR_FIND] =
		"SELECT position, announced FROM cursor WHERE exporter = ?1",
	[STATEMENT_CURSOR_ANNOUNCE] =
		"UPDATE cursor SET announced = max(position, ?2) WHERE exporter = ?1",
	[STATEMENT_CURSOR_MOVE] = "UPDATE cursor SET position = max(position, ?2),"
				  " announced = max(announced, ?2) WHERE exporter = ?1",
	[STATEMENT_DEAD_LETTER_ADD] =
		"INSERT OR REPLACE INTO dead_letter"
		" (exporter, telegram, at_ms, reason, payload, reply)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[STATEMENT_REMOTE_ID_SET] = "INSERT OR REPLACE INTO remote_id (exporter, key, "
				    "remote) VALUES (?1, ?2, ?3)",
	[STATEMENT_REMOTE_ID_DELETE] =
		"DELETE FROM remote_id WHERE exporter = ?1 AND key = ?2",
};
