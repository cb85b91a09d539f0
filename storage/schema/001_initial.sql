-- SPDX-License-Identifier: MIT
-- The tables are ours and may change; the views at the end are the published schema.
-- Times are Unix time: seconds, or milliseconds in columns named ..._ms and received_at.

CREATE TABLE terminal (
  id INTEGER PRIMARY KEY,
  identity TEXT NOT NULL UNIQUE,          -- serial number, IMEI or address
  name TEXT,                              -- given by the operator
  remote TEXT,                            -- address of the last contact
  firmware TEXT,
  first_seen_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,          -- last contact, not last telegram
  epoch INTEGER NOT NULL DEFAULT 0,       -- see storage/terminal_record.h
  epoch_floor INTEGER NOT NULL DEFAULT 0,
  deleted_sequence INTEGER,               -- last confirmed deletion in this epoch
  deletion_begun_ms INTEGER               -- a deletion whose outcome is not known yet
) STRICT;

CREATE TABLE device_table (
  terminal INTEGER PRIMARY KEY REFERENCES terminal (id),
  read_ms INTEGER NOT NULL,
  devices TEXT NOT NULL                   -- JSON array of objects, as AT^SCAMS? gave it
) STRICT;

CREATE TABLE place (
  id INTEGER PRIMARY KEY,
  parent INTEGER REFERENCES place (id),
  kind TEXT NOT NULL,                     -- building, flat, cost centre
  name TEXT NOT NULL
) STRICT;

CREATE TABLE meter (
  id INTEGER PRIMARY KEY,
  identification TEXT NOT NULL,           -- 8 digits as printed on the meter
  manufacturer INTEGER NOT NULL,          -- three letters in 5 bits each
  version INTEGER NOT NULL,
  medium INTEGER NOT NULL,
  address TEXT NOT NULL,                  -- 16 hex digits, the secondary address
  medium_name TEXT NOT NULL,
  product TEXT,
  name TEXT,                              -- given by the operator
  first_seen_ms INTEGER NOT NULL,
  UNIQUE (identification, manufacturer, version, medium)
) STRICT;

CREATE INDEX meter_address ON meter (address);

CREATE TABLE meter_place (
  meter INTEGER NOT NULL REFERENCES meter (id),
  place INTEGER NOT NULL REFERENCES place (id),
  from_at INTEGER NOT NULL,
  to_at INTEGER,                          -- NULL: still there
  start_reading TEXT,
  end_reading TEXT,
  PRIMARY KEY (meter, from_at)
) STRICT, WITHOUT ROWID;

-- Words of the published schema that stand as small numbers in each telegram.
CREATE TABLE word (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO word (id, text) VALUES (0, 'ok'), (1, 'mbus'), (2, 'terminal'), (3, 'corrected'),
  (4, 'received'), (5, 'wmbus');

-- The committed log. id is the position in the log; the identity of a record is
-- (terminal, stamp, sequence, epoch, variant), and the writer sees to it. The meter stands
-- at the end of the one index so that a meter is found through the terminals that hear it.
CREATE TABLE telegram (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  terminal INTEGER NOT NULL,
  stamp INTEGER NOT NULL,                 -- as sent by the terminal
  sequence INTEGER NOT NULL,
  epoch INTEGER NOT NULL,                 -- 0 for stamps that can be true
  variant INTEGER NOT NULL,
  meter INTEGER NOT NULL,                 -- 0 none
  received_at INTEGER NOT NULL,           -- milliseconds
  read_at INTEGER,                        -- NULL: equals stamp
  time_quality INTEGER NOT NULL,          -- word
  kind INTEGER NOT NULL,                  -- word
  device_index INTEGER NOT NULL,
  error_code INTEGER NOT NULL,
  rssi INTEGER,
  device TEXT,
  access_number INTEGER,
  meter_status INTEGER,
  layout INTEGER,                         -- NULL: not decoded
  decode_status INTEGER NOT NULL,         -- word
  decode_diagnosis INTEGER,               -- word
  decoder_version INTEGER NOT NULL,
  revision INTEGER NOT NULL DEFAULT 0,    -- how often it was decoded again
  remarks TEXT,                           -- JSON array: why there is no value, doubts
  vals TEXT,                              -- JSON array in record order, unscaled
  raw ANY,                                -- BLOB: a well-formed telegram; TEXT: as it came
  UNIQUE (terminal, stamp, sequence, epoch, variant, meter)
) STRICT;

CREATE TABLE layout (
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL,                      -- the record headers, one after the other
  decoder_version INTEGER NOT NULL,       -- a better decoder makes a new layout
  UNIQUE (key, decoder_version)
) STRICT;

-- How a value is sent. value = digits * multiplier / divisor: dividing by 10^3 gives the
-- double nearest to the decimal number, multiplying by 0.001 does not.
CREATE TABLE register (
  id INTEGER PRIMARY KEY,
  source INTEGER NOT NULL,                -- 1 mbus, 2 iec62056-21, 3 input
  header BLOB NOT NULL,                   -- DIB and VIB, or the OBIS code
  occurrence INTEGER NOT NULL,            -- among equal headers of its telegram
  type INTEGER NOT NULL,                  -- enum reading_type
  record_error INTEGER NOT NULL,
  exponent INTEGER NOT NULL,
  factor INTEGER NOT NULL CHECK (factor BETWEEN 1 AND 999999999),
  multiplier ANY NOT NULL,
  divisor ANY NOT NULL,
  decoder_version INTEGER NOT NULL,
  UNIQUE (source, header, occurrence, decoder_version)
) STRICT;

-- What is measured. Many registers, one series.
CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  quantity TEXT NOT NULL,
  unit TEXT NOT NULL,
  function TEXT NOT NULL,
  storage INTEGER NOT NULL,
  tariff INTEGER NOT NULL,
  subunit INTEGER NOT NULL,
  modifiers TEXT NOT NULL,
  occurrence INTEGER NOT NULL,            -- among equal meanings of its telegram
  UNIQUE (quantity, unit, function, storage, tariff, subunit, modifiers, occurrence)
) STRICT;

CREATE TABLE layout_register (
  layout INTEGER NOT NULL REFERENCES layout (id),
  position INTEGER NOT NULL,              -- from 0, in vals and remarks
  register INTEGER NOT NULL REFERENCES register (id),
  series INTEGER NOT NULL REFERENCES series (id),
  valid_at INTEGER,                       -- position of the date of this stored value
  PRIMARY KEY (layout, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  severity TEXT NOT NULL,
  terminal INTEGER,
  detail TEXT NOT NULL
) STRICT;

CREATE TABLE cursor (
  exporter TEXT PRIMARY KEY,
  position INTEGER NOT NULL DEFAULT 0,    -- everything up to here is delivered
  announced INTEGER NOT NULL DEFAULT 0    -- end of the batch in flight, or position
) STRICT, WITHOUT ROWID;

CREATE TABLE dead_letter (
  exporter TEXT NOT NULL,
  telegram INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (exporter, telegram)
) STRICT, WITHOUT ROWID;

CREATE TABLE remote_id (
  exporter TEXT NOT NULL,
  key TEXT NOT NULL,                      -- what it names here
  remote TEXT NOT NULL,                   -- what the sink calls it
  PRIMARY KEY (exporter, key)
) STRICT, WITHOUT ROWID;

CREATE VIEW terminals AS
SELECT id, identity AS terminal, name AS terminal_name, remote, firmware,
  strftime('%Y-%m-%dT%H:%M:%fZ', first_seen_ms / 1000.0, 'unixepoch') AS first_seen,
  strftime('%Y-%m-%dT%H:%M:%fZ', last_seen_ms / 1000.0, 'unixepoch') AS last_seen
FROM terminal;

CREATE VIEW meters AS
SELECT id, address AS meter, name AS meter_name, identification,
  char(64 + (manufacturer >> 10 & 31), 64 + (manufacturer >> 5 & 31), 64 + (manufacturer & 31))
    AS manufacturer,
  version, medium_name AS medium, product,
  (SELECT place.name FROM meter_place JOIN place ON place.id = meter_place.place
    WHERE meter_place.meter = meter.id AND to_at IS NULL
    ORDER BY from_at DESC LIMIT 1) AS place,
  strftime('%Y-%m-%dT%H:%M:%fZ', first_seen_ms / 1000.0, 'unixepoch') AS first_seen
FROM meter;

CREATE VIEW events AS
SELECT event.id, strftime('%Y-%m-%dT%H:%M:%fZ', at_ms / 1000.0, 'unixepoch') AS at,
  kind, severity, identity AS terminal, name AS terminal_name, detail
FROM event LEFT JOIN terminal ON terminal.id = event.terminal;

CREATE VIEW failed_reads AS
SELECT t.id, terminal.identity AS terminal, terminal.name AS terminal_name,
  (SELECT text FROM word WHERE word.id = t.kind) AS kind, t.device_index, t.device,
  t.error_code,
  strftime('%Y-%m-%dT%H:%M:%SZ', coalesce(t.read_at, t.stamp), 'unixepoch') AS read_at,
  strftime('%Y-%m-%dT%H:%M:%fZ', t.received_at / 1000.0, 'unixepoch') AS received_at,
  (SELECT text FROM word WHERE word.id = t.time_quality) AS time_quality
FROM telegram t JOIN terminal ON terminal.id = t.terminal
WHERE t.error_code <> 0;

-- IEC 62056-21 and inputs have readings, too. The header of an IEC register is its OBIS code
-- and, in brackets, the form of the content: obis is the code. Such meters have no address of
-- their own: terminal, device_index and device say which one it was.
--
-- value_text works from the inside out: the value as sent; its digits and power of ten (a
-- float's, register.type 5, from its JSON text); the digits times the factor, in two halves
-- because the product may exceed 64 bits; and last the decimal point.
CREATE VIEW readings AS
SELECT t.id, t.revision,
  terminal.identity AS terminal, terminal.name AS terminal_name,
  meter.address AS meter, meter.name AS meter_name,
  (SELECT place.name FROM meter_place JOIN place ON place.id = meter_place.place
    WHERE meter_place.meter = t.meter AND from_at <= coalesce(t.read_at, t.stamp)
      AND (to_at IS NULL OR coalesce(t.read_at, t.stamp) < to_at)
    ORDER BY from_at DESC LIMIT 1) AS place,
  meter.medium_name AS medium,
  series.quantity, series.modifiers, series.function, series.storage, series.tariff,
  series.subunit, series.occurrence, series.unit,
  CASE typeof(t.vals ->> lr.position) WHEN 'text' THEN t.vals ->> lr.position
    ELSE (t.vals ->> lr.position) * register.multiplier / register.divisor END AS value,
  (SELECT CASE
      WHEN type = 'null' THEN NULL
      WHEN type = 'text' THEN v
      WHEN power >= 0 AND product = '0' THEN '0'
      WHEN power > 0 THEN sign || product || printf('%0*d', power, 0)
      WHEN power = 0 THEN sign || product
      WHEN length(product) > -power THEN
        sign || substr(product, 1, length(product) + power) || '.' || substr(product, power)
      WHEN length(product) = -power THEN sign || '0.' || product
      ELSE sign || '0.' || printf('%0*d', -power - length(product), 0) || product END
    FROM (SELECT type, v, power, sign,
        CASE WHEN factor = 1 THEN ltrim(digits, '-')
          WHEN high > 0 THEN high || substr('00000000' || low, -9)
          ELSE '' || low END AS product
      FROM (SELECT type, v, power, digits, factor,
          CASE WHEN digits < 0 THEN '-' ELSE '' END AS sign,
          abs(digits / 1000000000) * factor + abs(digits % 1000000000) * factor / 1000000000
            AS high,
          abs(digits % 1000000000) * factor % 1000000000 AS low
        FROM (SELECT type, v, register.factor AS factor,
            CASE type WHEN 'real' THEN CAST(kept AS INTEGER) WHEN 'integer' THEN v END
              AS digits,
            CASE WHEN type <> 'real' THEN register.exponent
              WHEN kept IN ('', '-') THEN 0
              ELSE register.exponent + CAST(substr(json, length(mantissa) + 2) AS INTEGER)
                + length(every) - length(kept)
                - (length(mantissa) - instr(mantissa || '.', '.'))
                * (instr(mantissa, '.') > 0) END AS power
          FROM (SELECT v, type, json, mantissa, every, rtrim(every, '0') AS kept
            FROM (SELECT v, type, json, mantissa, replace(mantissa, '.', '') AS every
              FROM (SELECT v, json, substr(json, 1, instr(json || 'e', 'e') - 1) AS mantissa,
                  CASE WHEN typeof(v) = 'integer' AND register.type = 5 THEN 'real'
                    ELSE typeof(v) END AS type
                FROM (SELECT t.vals ->> lr.position AS v,
                    lower(t.vals -> lr.position) AS json)))))))) AS value_text,
  CASE WHEN t.vals ->> lr.position IS NULL THEN t.remarks ->> lr.position END
    AS no_value_reason,
  strftime('%Y-%m-%dT%H:%M:%SZ', coalesce(t.read_at, t.stamp), 'unixepoch') AS read_at,
  t.vals ->> lr.valid_at AS valid_at,
  strftime('%Y-%m-%dT%H:%M:%fZ', t.received_at / 1000.0, 'unixepoch') AS received_at,
  (SELECT text FROM word WHERE word.id = t.time_quality) AS time_quality,
  CASE register.source WHEN 2 THEN
    substr(CAST(register.header AS TEXT), 1, instr(CAST(register.header AS TEXT), '(') - 1)
    END AS obis,
  t.device_index, t.device
FROM telegram t
JOIN layout_register lr ON lr.layout = t.layout
JOIN register ON register.id = lr.register
JOIN series ON series.id = lr.series
JOIN terminal ON terminal.id = t.terminal
LEFT JOIN meter ON meter.id = t.meter;
