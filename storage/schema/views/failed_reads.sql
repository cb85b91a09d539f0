-- SPDX-License-Identifier: MIT
-- Goes through the index alone and takes the row of a failed read only; conditions on terminal,
-- terminal_name and stamp (as in readings) bound it.
DROP VIEW IF EXISTS failed_reads;
CREATE VIEW failed_reads AS
SELECT t.id, terminal.identity AS terminal, terminal.name AS terminal_name,
  (SELECT text FROM word WHERE word.id = o.kind) AS kind, o.device_index,
  nullif(o.device, '') AS device,
  o.error_code,
  strftime('%Y-%m-%dT%H:%M:%SZ', coalesce(t.read_at, t.stamp), 'unixepoch') AS read_at,
  strftime('%Y-%m-%dT%H:%M:%fZ', t.received_at / 1000.0, 'unixepoch') AS received_at,
  (SELECT text FROM word WHERE word.id = o.time_quality) AS time_quality,
  (SELECT text FROM word WHERE word.id = nullif(o.decode_diagnosis, 0)) AS reason, t.stamp
FROM terminal CROSS JOIN telegram t ON t.terminal = terminal.id
JOIN origin o ON o.id = t.origin
WHERE o.error_code <> 0;
