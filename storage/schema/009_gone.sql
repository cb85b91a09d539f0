-- SPDX-License-Identifier: MIT
-- What retention has taken and terminals may deliver again: 8 bytes of each record's content.
-- A horizon of stamps and sequences would not do: a clock that was set back and a counter that
-- began again give new records from before it.
CREATE TABLE gone (
  id INTEGER PRIMARY KEY,
  terminal INTEGER NOT NULL,
  day INTEGER NOT NULL,                   -- of their stamps, from 1970 on
  digests BLOB NOT NULL                   -- storage/housekeeping/gone_record.h
) STRICT;

CREATE INDEX gone_day ON gone (terminal, day);

DROP TABLE horizon;
