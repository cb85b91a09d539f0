-- SPDX-License-Identifier: MIT
DROP VIEW IF EXISTS events;
CREATE VIEW events AS
SELECT event.id, strftime('%Y-%m-%dT%H:%M:%fZ', at_ms / 1000.0, 'unixepoch') AS at,
  kind, severity, identity AS terminal, name AS terminal_name, detail, subject, phase
FROM event LEFT JOIN terminal ON terminal.id = event.terminal;
