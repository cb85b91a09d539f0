-- SPDX-License-Identifier: MIT
DROP VIEW IF EXISTS terminals;
CREATE VIEW terminals AS
SELECT id, identity AS terminal, name AS terminal_name, remote, firmware,
  strftime('%Y-%m-%dT%H:%M:%fZ', first_seen_ms / 1000.0, 'unixepoch') AS first_seen,
  strftime('%Y-%m-%dT%H:%M:%fZ', last_seen_ms / 1000.0, 'unixepoch') AS last_seen
FROM terminal;
