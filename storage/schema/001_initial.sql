-- SPDX-License-Identifier: MIT
-- The tables are ours and may change; the views are the published schema (views/).
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
