-- SPDX-License-Identifier: MIT
-- What the database remembers of itself: "views" is the digest of the views in it.
CREATE TABLE setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Where telegrams come from and how they are read: everything that is the same in one after
-- the other of a meter, so that a telegram's row need not repeat it. It also leads from a meter
-- to the terminals that hear it, and to the time in which to look for it there.
CREATE TABLE origin (
  id INTEGER PRIMARY KEY,
  terminal INTEGER NOT NULL,
  meter INTEGER NOT NULL,                 -- 0 none
  layout INTEGER NOT NULL,                -- 0: not decoded
  kind INTEGER NOT NULL,                  -- word
  device_index INTEGER NOT NULL,
  device TEXT NOT NULL,                   -- '' none
  error_code INTEGER NOT NULL,
  time_quality INTEGER NOT NULL,          -- word
  decode_status INTEGER NOT NULL,         -- word
  decode_diagnosis INTEGER NOT NULL,      -- word; 0 none
  decoder_version INTEGER NOT NULL,
  since INTEGER NOT NULL,                 -- all its stamps are since <= stamp < until,
  until INTEGER NOT NULL,                 -- and one is on the last day; whole days of UTC
  UNIQUE (terminal, meter, layout, kind, device_index, device, error_code, time_quality,
    decode_status, decode_diagnosis, decoder_version)
) STRICT;

CREATE INDEX origin_meter ON origin (meter);

INSERT INTO origin (terminal, meter, layout, kind, device_index, device, error_code,
  time_quality, decode_status, decode_diagnosis, decoder_version, since, until)
SELECT terminal, meter, coalesce(layout, 0), kind, device_index, coalesce(device, ''),
  error_code, time_quality, decode_status, coalesce(decode_diagnosis, 0), decoder_version,
  stamp - (stamp % 86400 + 86400) % 86400,
  stamp - (stamp % 86400 + 86400) % 86400 + 86400
FROM telegram
WHERE true
ON CONFLICT DO UPDATE SET since = min(since, excluded.since), until = max(until, excluded.until)
WHERE excluded.since < since OR excluded.until > until;

-- The committed log. id is the position in the log; the identity of a record is
-- (terminal, stamp, sequence, epoch, variant), and the writer sees to it. The origin stands
-- at the end of the one index so that a meter is found through the terminals that hear it.
--
-- Rows of the first schema are written anew. Until this is committed it takes about twice the
-- room of the database beside it (the new table, in the write-ahead log and in the file), and
-- a minute for some four million telegrams; killed, it begins again. Remarks are strings, so
-- what ends in none of their quotes is the nulls after the last, which are no longer kept.
CREATE TABLE telegram_2 (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  terminal INTEGER NOT NULL,
  stamp INTEGER NOT NULL,                 -- as sent by the terminal
  sequence INTEGER NOT NULL,
  epoch INTEGER NOT NULL,                 -- 0 for stamps that can be true
  variant INTEGER NOT NULL,
  origin INTEGER NOT NULL,
  received_at INTEGER NOT NULL,           -- milliseconds
  read_at INTEGER,                        -- NULL: equals stamp
  rssi INTEGER,
  access_number INTEGER,
  meter_status INTEGER,
  revision INTEGER NOT NULL DEFAULT 0,    -- how often it was decoded again
  remarks TEXT,                           -- JSON array: why there is no value, doubts; as
                                          -- far as there are any
  vals TEXT,                              -- JSON array in record order, unscaled
  raw ANY,                                -- BLOB: a well-formed telegram; TEXT: as it came
  UNIQUE (terminal, stamp, sequence, epoch, variant, origin)
) STRICT;

INSERT INTO telegram_2
SELECT t.id, t.terminal, t.stamp, t.sequence, t.epoch, t.variant, o.id, t.received_at, t.read_at,
  t.rssi, t.access_number, t.meter_status, t.revision, rtrim(t.remarks, 'nul,]') || ']',
  t.vals, t.raw
FROM telegram t CROSS JOIN origin o ON o.terminal = t.terminal AND o.meter = t.meter
  AND o.layout = coalesce(t.layout, 0) AND o.kind = t.kind
  AND o.device_index = t.device_index AND o.device = coalesce(t.device, '')
  AND o.error_code = t.error_code AND o.time_quality = t.time_quality
  AND o.decode_status = t.decode_status
  AND o.decode_diagnosis = coalesce(t.decode_diagnosis, 0)
  AND o.decoder_version = t.decoder_version
ORDER BY t.id;

-- A position is never used twice, not even when the last telegrams were deleted.
DELETE FROM sqlite_sequence WHERE name = 'telegram_2';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'telegram_2', seq FROM sqlite_sequence WHERE name = 'telegram';

-- Views that name the table, an operator's own among them, are left alone.
DROP TABLE telegram;
PRAGMA legacy_alter_table = ON;
ALTER TABLE telegram_2 RENAME TO telegram;
PRAGMA legacy_alter_table = OFF;
