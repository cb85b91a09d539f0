-- SPDX-License-Identifier: MIT
-- What is remembered of a terminal's link and health. A condition is something that lasts:
-- its row is there from its beginning to its end, and each of the two is one event.
ALTER TABLE terminal ADD COLUMN batch INTEGER NOT NULL DEFAULT 0; -- records per GET; 0 unknown
ALTER TABLE terminal ADD COLUMN space_max INTEGER NOT NULL DEFAULT 0; -- most bytes ever free
ALTER TABLE terminal ADD COLUMN error_seen INTEGER NOT NULL DEFAULT 0; -- last of AT^SCERR?

ALTER TABLE event ADD COLUMN subject TEXT; -- which meter; NULL the terminal itself
ALTER TABLE event ADD COLUMN phase TEXT;   -- begin, end; NULL for what does not last

CREATE TABLE condition (
  terminal INTEGER NOT NULL REFERENCES terminal (id),
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,                  -- '' the terminal itself
  severity TEXT NOT NULL,
  begun_ms INTEGER NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (terminal, kind, subject)
) STRICT, WITHOUT ROWID;
