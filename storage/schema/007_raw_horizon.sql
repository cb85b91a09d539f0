-- SPDX-License-Identifier: MIT
-- Up to which stamp retention has looked at the raw data of a terminal.
CREATE TABLE raw_horizon (
  terminal INTEGER PRIMARY KEY REFERENCES terminal (id),
  stamp INTEGER NOT NULL
) STRICT;
