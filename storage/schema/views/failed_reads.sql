-- SPDX-License-Identifier: MIT
DROP VIEW IF EXISTS failed_reads;
CREATE VIEW failed_reads AS
SELECT t.id, terminal.identity AS terminal, terminal.name AS terminal_name,
  (SELECT text FROM word WHERE word.id = t.kind) AS kind, t.device_index, t.device,
  t.error_code,
  strftime('%Y-%m-%dT%H:%M:%SZ', coalesce(t.read_at, t.stamp), 'unixepoch') AS read_at,
  strftime('%Y-%m-%dT%H:%M:%fZ', t.received_at / 1000.0, 'unixepoch') AS received_at,
  (SELECT text FROM word WHERE word.id = t.time_quality) AS time_quality
FROM telegram t JOIN terminal ON terminal.id = t.terminal
WHERE t.error_code <> 0;
