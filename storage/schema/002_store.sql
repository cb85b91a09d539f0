-- SPDX-License-Identifier: MIT
-- What the database remembers of itself: "views" is the digest of the views in it.
CREATE TABLE setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
