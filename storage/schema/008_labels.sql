-- SPDX-License-Identifier: MIT
-- Labels: what operators call meters, terminals and places.

-- The names from the top with slashes in between: what a place is known by, and what leads
-- to everything below it.
ALTER TABLE place ADD COLUMN path TEXT;
WITH RECURSIVE path (id, text) AS (
  SELECT id, replace(name, '/', '-') FROM place WHERE parent IS NULL
  UNION ALL
  SELECT place.id, path.text || '/' || replace(place.name, '/', '-')
  FROM path JOIN place ON place.parent = path.id)
UPDATE place SET path = (SELECT text FROM path WHERE path.id = place.id);
CREATE UNIQUE INDEX place_path ON place (path);

-- A wired address that two meters have is split: then each has a row of its own, of its
-- terminal, and the address has the terminal behind it.
CREATE TABLE meter_8 (
  id INTEGER PRIMARY KEY,
  identification TEXT NOT NULL,           -- 8 digits as printed on the meter
  manufacturer INTEGER NOT NULL,          -- three letters in 5 bits each
  version INTEGER NOT NULL,
  medium INTEGER NOT NULL,
  terminal INTEGER NOT NULL DEFAULT 0,    -- 0: one meter, whoever hears it
  address TEXT NOT NULL,                  -- 16 hex digits; of a split one ...@TERMINAL
  medium_name TEXT NOT NULL,
  product TEXT,
  name TEXT,                              -- given by the operator
  first_seen_ms INTEGER NOT NULL,         -- 0: labelled before it was ever heard
  UNIQUE (identification, manufacturer, version, medium, terminal)
) STRICT;
INSERT INTO meter_8 SELECT id, identification, manufacturer, version, medium, 0, address,
  medium_name, product, name, first_seen_ms FROM meter;

-- Whatever refers to a meter steps aside. What is worked out from the log is made again.
CREATE TABLE stay_8 AS SELECT * FROM meter_place;
DELETE FROM meter_place;
DELETE FROM consumption;
DELETE FROM counter_fall;
DELETE FROM counter;
INSERT INTO stale (meter, from_at, to_at)
SELECT meter, min(since), max(until) FROM origin WHERE meter > 0 GROUP BY meter
ON CONFLICT DO UPDATE SET from_at = min(from_at, excluded.from_at),
  to_at = max(to_at, excluded.to_at);

-- Views that name the table, an operator's own among them, are left alone.
PRAGMA legacy_alter_table = ON;
DROP TABLE meter;
ALTER TABLE meter_8 RENAME TO meter;
PRAGMA legacy_alter_table = OFF;

-- Readings are exact decimal numbers in the base unit of a register: '123.456 m3'.
INSERT INTO meter_place SELECT * FROM stay_8;
DROP TABLE stay_8;

CREATE INDEX meter_address ON meter (address);
CREATE INDEX meter_name ON meter (name) WHERE name IS NOT NULL;
CREATE INDEX terminal_name ON terminal (name) WHERE name IS NOT NULL;
CREATE INDEX meter_place_place ON meter_place (place);

-- A wired address that two terminals hear now: the event was raised and not ended yet.
CREATE TABLE address_conflict (
  meter INTEGER PRIMARY KEY,
  begun_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX event_at ON event (at_ms);
CREATE INDEX telegram_read ON telegram (terminal, read_at) WHERE read_at IS NOT NULL;
