-- SPDX-License-Identifier: MIT
-- Where a telegram stands among those of its terminal, if that is not its id: decoded anew it
-- has moved to the end of the log but was read where it stood before; 0: imported from a dump,
-- and nobody knows. See find_place_in_epochs() in storage/telegram_writer.c.
CREATE TABLE log_order (
  telegram INTEGER PRIMARY KEY,
  place INTEGER NOT NULL
) STRICT;

-- Files of telegrams without an identity of their own. Their lines up to this one are known;
-- the telegrams stand in the log under epoch -id and sequence = line.
CREATE TABLE import_file (
  id INTEGER PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE,            -- SHA-256 of the file
  name TEXT NOT NULL,
  imported_ms INTEGER NOT NULL,           -- the last time
  lines INTEGER NOT NULL
) STRICT;

-- How far retention has deleted the telegrams of a terminal: what it delivers again from before
-- is known. storage/housekeeping/retention.h says why this is kept for each terminal.
CREATE TABLE horizon (
  terminal INTEGER PRIMARY KEY REFERENCES terminal (id),
  stamp INTEGER NOT NULL,                 -- the latest that was deleted
  sequence INTEGER NOT NULL               -- the highest
) STRICT;

-- Exporters that retention has gone past, and how far; they were told so once (an event).
CREATE TABLE retention_passed (
  exporter TEXT PRIMARY KEY,
  position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How far `readout redecode` has come; killed, it goes on from there.
CREATE TABLE redecode (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  filter TEXT NOT NULL,                   -- what was asked for
  position INTEGER NOT NULL,              -- in the log: looked at up to here
  last INTEGER NOT NULL,                  -- where it ends
  changed INTEGER NOT NULL,
  unchanged INTEGER NOT NULL
) STRICT;
