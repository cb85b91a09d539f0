/* SPDX-License-Identifier: MIT */
#include "storage/statements.h"

/* Stamps before it cannot be true: TELEGRAM_STAMP_PLAUSIBLE. */
#define PLAUSIBLE "1388534400"

/* What of a stretch of the log can be consumption; a clock that runs ahead by more than a
 * day is not believed. */
#define MARKED                                                                           \
	"SELECT meter, stamp, coalesce(read_at, stamp) AS at, received_at FROM telegram" \
	" JOIN origin ON origin.id = origin WHERE telegram.id > ?1 AND telegram.id <= "  \
	"?2"                                                                             \
	" AND meter <> 0 AND layout <> 0"
#define CREDIBLE "at >= " PLAUSIBLE " AND at <= received_at / 1000 + 86400"

/* A meter's telegrams at a terminal, found in the index alone. */
#define HISTORY                                                                          \
	"SELECT coalesce(read_at, stamp) AS at, layout, vals FROM telegram t"            \
	" CROSS JOIN origin o ON o.id = t.origin WHERE t.terminal = ?1"                  \
	" AND o.meter = ?2 AND layout <> 0 AND at <= received_at / 1000 + 86400"

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
		"SELECT id, terminal FROM meter WHERE identification = ?1"
		" AND manufacturer = ?2 AND version = ?3 AND medium = ?4"
		" AND terminal IN (0, ?5)",
	[STATEMENT_METER_IS_SPLIT] =
		"SELECT 1 FROM meter WHERE identification = ?1 AND manufacturer = ?2"
		" AND version = ?3 AND medium = ?4 AND terminal > 0 LIMIT 1",
	[STATEMENT_METER_ADD] =
		"INSERT INTO meter (identification, manufacturer, version, medium,"
		" terminal, address, medium_name, product, first_seen_ms)"
		" VALUES (?1, ?2, ?3, ?4, ?5, CASE ?5 WHEN 0 THEN ?6 ELSE ?6 || '@' ||"
		" (SELECT identity FROM terminal WHERE id = ?5) END, ?7, ?8, ?9)",
	[STATEMENT_METER_HEARD] = "UPDATE meter SET first_seen_ms = ?2 WHERE id = ?1"
				  " AND first_seen_ms = 0",

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
		" type, record_error, exponent, factor, multiplier, divisor,"
		" modulus_digits)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
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

	[STATEMENT_ORIGIN_LIMIT] =
		"SELECT iif(origin_day = ?2, origin_count, 0) FROM terminal"
		" WHERE id = ?1",
	[STATEMENT_ORIGIN_COUNT] =
		"UPDATE terminal SET origin_day = ?2,"
		" origin_count = iif(origin_day = ?2, origin_count + 1, 1) WHERE id = ?1",
	[STATEMENT_ORIGIN_LIMIT_EVENT] =
		"INSERT INTO event (at_ms, kind, severity, terminal, detail)"
		" SELECT ?2, 'origin_limit', 'warning', id, 'the terminal has sent more"
		" than ' || ?3 || ' kinds of records (meters, devices, errors) today;"
		" further ones are stored raw, as decode_status origin_limit, until"
		" midnight UTC: is it what it says it is?'"
		" FROM terminal WHERE id = ?1 AND origin_count = ?3",

	/* The other terminals that hear the meter of an origin by wire: a is the origin,
	 * b one of another terminal. Both on more than one day, and lately. */
	[STATEMENT_CONFLICT_BEGINS] =
		"SELECT b.id FROM origin a"
		" JOIN word ON word.id = a.kind AND word.text = 'mbus'"
		" JOIN meter ON meter.id = a.meter AND meter.terminal = 0"
		" JOIN origin b ON b.meter = a.meter AND b.terminal <> a.terminal"
		" AND b.kind = a.kind WHERE a.id = ?1"
		" AND min(a.until, b.until) - max(a.since, b.since) > 86400"
		" AND abs(a.until - b.until) <= 2 * 86400"
		" AND NOT EXISTS (SELECT 1 FROM address_conflict c"
		" WHERE c.meter = a.meter) LIMIT 1",
	[STATEMENT_CONFLICT_ENDS] = "SELECT a.meter FROM origin a JOIN address_conflict c"
				    " ON c.meter = a.meter WHERE a.id = ?1 AND NOT EXISTS"
				    " (SELECT 1 FROM origin b WHERE b.meter = a.meter"
				    " AND b.terminal <> a.terminal AND b.kind = a.kind"
				    " AND b.until >= a.until - 7 * 86400)",

	[STATEMENT_TELEGRAM_LATEST] =
		"SELECT stamp, sequence FROM telegram WHERE terminal = ?1"
		" ORDER BY stamp DESC, sequence DESC LIMIT 1",
	[STATEMENT_TELEGRAM_FIND] =
		"SELECT epoch, variant, word.text,"
		" iif(remarks GLOB '[[]{*', remarks ->> '$[0].error_code', error_code),"
		" iif(remarks GLOB '[[]{*', remarks ->> '$[0].device', device), raw,"
		" coalesce((SELECT place FROM log_order WHERE telegram = t.id), t.id)"
		" FROM telegram t JOIN origin ON origin.id = t.origin"
		" JOIN word ON word.id = origin.kind"
		" WHERE t.terminal = ?1 AND stamp = ?2 AND sequence = ?3"
		" AND epoch BETWEEN ?4 AND ?5 ORDER BY epoch, variant",
	[STATEMENT_GONE_ADD] = "INSERT INTO gone (terminal, day, digests)"
			       " VALUES (?1, ?2, zeroblob(?3))",
	[STATEMENT_GONE_END] = "SELECT max(day) + 1 FROM gone WHERE terminal = ?1",
	[STATEMENT_GONE_FIND] = "SELECT digests FROM gone WHERE terminal = ?1"
				" AND day = ?2",
	[STATEMENT_LOG_ORDER_SET] =
		"INSERT OR REPLACE INTO log_order (telegram, place) VALUES (?1, ?2)",
	[STATEMENT_TELEGRAM_ADD] =
		"INSERT INTO telegram (terminal, stamp, sequence, epoch, variant, origin,"
		" received_at, read_at, rssi, access_number, meter_status, remarks, vals,"
		" raw) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
		" ?14)",
	[STATEMENT_TELEGRAM_NOTE] =
		"UPDATE telegram SET remarks = json_array(json_object('device', ?2,"
		" 'device_index', ?3, 'error_code', ?4)) WHERE id = ?1",
	[STATEMENT_TELEGRAM_EPOCH] =
		"SELECT min(epoch) FROM telegram WHERE terminal = ?1 AND stamp = ?2"
		" AND sequence = ?3 AND epoch BETWEEN ?4 AND ?5",

	[STATEMENT_TERMINAL_FIND] =
		"SELECT id, deletion_begun_ms, batch, space_max, error_seen, firmware"
		" FROM terminal WHERE identity = ?1",
	[STATEMENT_TERMINAL_ADD] =
		"INSERT INTO terminal (identity, remote, firmware, first_seen_ms,"
		" last_seen_ms) VALUES (?1, ?2, ?3, ?4, ?4)",
	[STATEMENT_TERMINAL_CONTACT] =
		"UPDATE terminal SET remote = coalesce(?2, remote),"
		" firmware = coalesce(?3, firmware), last_seen_ms = ?4 WHERE id = ?1",
	[STATEMENT_TERMINAL_HAS_RECORDS] =
		"SELECT 1 FROM telegram WHERE terminal = ?1 LIMIT 1",
	[STATEMENT_TERMINAL_EPOCHS] =
		"SELECT epoch, epoch_floor, deleted_sequence, head_place"
		" FROM terminal WHERE id = ?1",
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
	[STATEMENT_TERMINAL_HEAD] = "UPDATE terminal SET head_place = ?2 WHERE id = ?1",
	[STATEMENT_TERMINAL_KEEP] = "UPDATE terminal SET batch = ?2, space_max = ?3,"
				    " error_seen = ?4 WHERE id = ?1",
	[STATEMENT_DEVICE_TABLE_SET] =
		"INSERT INTO device_table (terminal, read_ms, devices)"
		" VALUES (?1, ?2, ?3) ON CONFLICT (terminal) DO UPDATE"
		" SET read_ms = excluded.read_ms, devices = excluded.devices",

	[STATEMENT_DAY_FIND] = "SELECT start_at FROM day WHERE day = ?1 AND start_at = ?2"
			       " AND end_at = ?3",
	[STATEMENT_DAY_ADD] = "INSERT INTO day (day, start_at, end_at)"
			      " VALUES (?1, ?2, ?3)",
	[STATEMENT_DAY_REMOVE] = "DELETE FROM day WHERE day >= ?1",
	[STATEMENT_DAY_STALE] = "INSERT INTO stale (meter, from_at, to_at)"
				" SELECT meter, max(first_at, ?1), last_at FROM rhythm "
				"WHERE last_at >= ?1"
				" ON CONFLICT (meter) DO UPDATE SET is_widened = 0,"
				" from_at = min(from_at, excluded.from_at),"
				" to_at = max(to_at, excluded.to_at)",
	[STATEMENT_DAY_LIST] = "SELECT day, start_at, end_at FROM day"
			       " WHERE end_at > ?1 AND start_at <= ?2"
			       " ORDER BY start_at LIMIT ?3",
	[STATEMENT_LOG_END] = "SELECT max(id) FROM telegram",
	[STATEMENT_CONSUMPTION_POSITION] =
		"SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'consumption'",
	[STATEMENT_CONSUMPTION_MOVE] =
		"INSERT INTO setting (name, value) VALUES ('consumption', ?1)"
		" ON CONFLICT (name) DO UPDATE SET value = excluded.value",
	[STATEMENT_RHYTHM_MARK] =
		"INSERT INTO rhythm (meter, first_at, last_at, clock_slack_s)"
		" SELECT meter, min(at), max(at), max(iif(stamp < " PLAUSIBLE
		", 0, abs(at - stamp))) FROM (" MARKED ") WHERE " CREDIBLE
		" GROUP BY meter ON CONFLICT (meter) DO UPDATE SET"
		" first_at = min(first_at, excluded.first_at),"
		" last_at = max(last_at, excluded.last_at),"
		" clock_slack_s = max(clock_slack_s, excluded.clock_slack_s)",
	[STATEMENT_STALE_MARK] =
		"INSERT INTO stale (meter, from_at, to_at)"
		" SELECT meter, min(at), max(at) FROM (" MARKED ") WHERE " CREDIBLE
		" GROUP BY meter ON CONFLICT (meter) DO UPDATE SET is_widened = 0,"
		" from_at = min(from_at, excluded.from_at),"
		" to_at = max(to_at, excluded.to_at)",
	[STATEMENT_STALE_NEXT] =
		"SELECT meter, max(from_at, min(first_at, coalesce((SELECT min(p.from_at)"
		" FROM meter_place p WHERE p.meter = s.meter AND p.from_at > 0 AND "
		"start_reading IS NOT "
		"NULL),"
		" first_at))), min(to_at, max(last_at, coalesce((SELECT max(p.to_at)"
		" FROM meter_place p WHERE p.meter = s.meter AND end_reading IS NOT "
		"NULL),"
		" last_at))), is_widened, period_s, first_at, last_at, clock_slack_s"
		" FROM stale s LEFT JOIN rhythm USING (meter) LIMIT 1",
	[STATEMENT_STALE_WIDEN] = "UPDATE stale SET is_widened = 1, from_at = ?2,"
				  " to_at = ?3 WHERE meter = ?1",
	[STATEMENT_STALE_REMOVE] = "DELETE FROM stale WHERE meter = ?1",
	[STATEMENT_RHYTHM_SET] =
		"UPDATE rhythm SET period_s = ?2, last_at = ?3 WHERE meter = ?1",
	[STATEMENT_METER_IS_CUT] =
		"SELECT 1 FROM origin o JOIN gone g ON g.terminal = o.terminal"
		" WHERE o.meter = ?1 AND g.day >= ?2 LIMIT 1",
	[STATEMENT_METER_CLEAR] =
		"DELETE FROM consumption WHERE counter IN"
		" (SELECT id FROM counter WHERE meter = ?1) AND day BETWEEN ?2 AND ?3",
	[STATEMENT_METER_FORGET_FALLS] = "DELETE FROM counter_fall WHERE counter IN"
					 " (SELECT id FROM counter WHERE meter = ?1)",
	[STATEMENT_METER_FORGET_GAPS] = "DELETE FROM gap WHERE meter = ?1",
	[STATEMENT_METER_FORGET_RHYTHM] = "DELETE FROM rhythm WHERE meter = ?1",
	[STATEMENT_GAP_REMOVE] = "DELETE FROM gap WHERE meter = ?1"
				 " AND from_at >= ?2 AND from_at < ?3",
	[STATEMENT_GAP_ADD] = "INSERT INTO gap (meter, from_at, to_at, missing)"
			      " VALUES (?1, ?2, ?3, ?4)",
	[STATEMENT_HISTORY_TERMINALS] = "SELECT DISTINCT terminal FROM origin"
					" WHERE meter = ?1 AND layout <> 0",
	[STATEMENT_HISTORY_WINDOW] = HISTORY
	" AND stamp BETWEEN ?3 - ?5 AND ?4 + ?5 AND at BETWEEN ?3 AND ?4 - 1"
	" UNION ALL " HISTORY " AND stamp < " PLAUSIBLE " AND at BETWEEN ?3 AND ?4 - 1",
	[STATEMENT_HISTORY_BEFORE] =
		HISTORY " AND stamp BETWEEN max(?4 - ?5, " PLAUSIBLE ") AND ?3 + ?5"
			" AND at < ?3 ORDER BY stamp DESC",
	[STATEMENT_HISTORY_AFTER] = HISTORY
	" AND stamp BETWEEN ?3 - ?5 AND ?4 + ?5 AND at >= ?3 ORDER BY stamp",
	[STATEMENT_LAYOUT_COUNTERS] =
		"SELECT position, series, exponent, factor, type, modulus_digits"
		" FROM layout_register JOIN register ON register.id = register"
		" JOIN series ON series.id = series WHERE layout = ?1 AND is_counter"
		" AND record_error = 0 ORDER BY position",
	[STATEMENT_COUNTER_FIND] = "SELECT id, exponent FROM counter"
				   " WHERE meter = ?1 AND series = ?2",
	[STATEMENT_COUNTER_ADD] = "INSERT INTO counter (meter, series, exponent)"
				  " VALUES (?1, ?2, ?3)",
	[STATEMENT_COUNTER_SCALE] = "UPDATE counter SET exponent = ?2 WHERE id = ?1",
	[STATEMENT_CONSUMPTION_SCALE] =
		"UPDATE consumption SET from_digits = from_digits * ?2,"
		" to_digits = to_digits * ?2, digits = digits * ?2,"
		" hours = (SELECT json_group_array(value * ?2) FROM json_each(hours))"
		" WHERE counter = ?1",
	[STATEMENT_CONSUMPTION_IS_LARGE] =
		"SELECT 1 FROM consumption WHERE counter = ?1 AND (abs(from_digits) > ?2"
		" OR abs(to_digits) > ?2 OR abs(digits) > ?2) LIMIT 1",
	[STATEMENT_PLACES] = "SELECT place, from_at, to_at, start_reading, end_reading"
			     " FROM meter_place WHERE meter = ?1 ORDER BY from_at",
	[STATEMENT_SERIES_UNIT] = "SELECT unit FROM series WHERE id = ?1",
	[STATEMENT_CONSUMPTION_REMOVE] =
		"DELETE FROM consumption WHERE counter = ?1 AND day BETWEEN ?2 AND ?3"
		" AND (day > ?4 OR NOT is_whole)",
	[STATEMENT_CONSUMPTION_ADD] =
		"INSERT INTO consumption (counter, day, part, place, from_at, to_at,"
		" from_digits, to_digits, digits, is_whole, interpolated, hours,"
		" interpolated_hours)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
		" ON CONFLICT DO NOTHING",
	[STATEMENT_FALL_ADD] = "INSERT INTO counter_fall (counter, at) VALUES (?1, ?2)"
			       " ON CONFLICT DO NOTHING",
	[STATEMENT_FALL_EVENT] =
		"INSERT INTO event (at_ms, kind, severity, detail)"
		" SELECT ?2, 'counter_fell', 'warning', 'meter ' || address || ': the '"
		" || quantity || ' fell from ' || ?3 || ' to ' || ?4 || ' ' || unit"
		" || ' between ' || strftime('%Y-%m-%dT%H:%M:%SZ', ?5, 'unixepoch')"
		" || ' and ' || strftime('%Y-%m-%dT%H:%M:%SZ', ?6, 'unixepoch')"
		" || ', which is no roll-over; that time has no consumption. Was the "
		"meter"
		" reset or exchanged?' FROM counter JOIN meter ON meter.id = meter"
		" JOIN series ON series.id = series WHERE counter.id = ?1",

	[STATEMENT_EVENT_ADD] =
		"INSERT INTO event (at_ms, kind, severity, terminal, detail)"
		" VALUES (?1, ?2, ?3, ?4, ?5)",

	[STATEMENT_CONDITION_BEGIN] =
		"INSERT INTO condition (terminal, kind, subject, severity, begun_ms,"
		" detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
	[STATEMENT_CONDITION_END] = "DELETE FROM condition WHERE terminal = ?1"
				    " AND kind = ?2 AND subject = ?3",
	[STATEMENT_CONDITION_EVENT] =
		"INSERT INTO event (at_ms, kind, severity, terminal, detail, subject,"
		" phase) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",

	[STATEMENT_CURSOR_ADD] =
		"INSERT INTO cursor (exporter) VALUES (?1) ON CONFLICT DO NOTHING",
	[STATEMENT_CURSOR_FIND] =
		"SELECT position, announced, ahead_from, ahead_to, is_paused FROM cursor"
		" WHERE exporter = ?1",
	[STATEMENT_CURSOR_ANNOUNCE] =
		"UPDATE cursor SET announced = max(position, ?2) WHERE exporter = ?1",
	[STATEMENT_CURSOR_MOVE] = "UPDATE cursor SET position = max(position, ?2),"
				  " announced = max(announced, ?2) WHERE exporter = ?1",
	[STATEMENT_CURSOR_SET] =
		"UPDATE cursor SET position = ?2, announced = ?3, ahead_from = ?4,"
		" ahead_to = ?5, is_paused = ?6 WHERE exporter = ?1",
	[STATEMENT_DEAD_LETTER_REMOVE] =
		"DELETE FROM dead_letter WHERE exporter = ?1 AND telegram = ?2",
	[STATEMENT_DEAD_LETTER_PURGE] = "DELETE FROM dead_letter WHERE exporter = ?1",
	[STATEMENT_DEAD_LETTER_ADD] =
		"INSERT OR REPLACE INTO dead_letter"
		" (exporter, telegram, at_ms, reason, payload, reply)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[STATEMENT_REMOTE_ID_SET] = "INSERT OR REPLACE INTO remote_id (exporter, key, "
				    "remote) VALUES (?1, ?2, ?3)",
	[STATEMENT_REMOTE_ID_DELETE] =
		"DELETE FROM remote_id WHERE exporter = ?1 AND key = ?2",
};
