-- SPDX-License-Identifier: MIT
-- What lasts just now: silent terminals, full memories, failing meters.
DROP VIEW IF EXISTS conditions;
CREATE VIEW conditions AS
SELECT strftime('%Y-%m-%dT%H:%M:%fZ', begun_ms / 1000.0, 'unixepoch') AS since,
  kind, severity, identity AS terminal, name AS terminal_name, subject, detail
FROM condition JOIN terminal ON terminal.id = condition.terminal;
