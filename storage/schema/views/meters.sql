-- SPDX-License-Identifier: MIT
DROP VIEW IF EXISTS meters;
CREATE VIEW meters AS
SELECT id, address AS meter, name AS meter_name, identification,
  char(64 + (manufacturer >> 10 & 31), 64 + (manufacturer >> 5 & 31), 64 + (manufacturer & 31))
    AS manufacturer,
  version, medium_name AS medium, product,
  (SELECT place.name FROM meter_place JOIN place ON place.id = meter_place.place
    WHERE meter_place.meter = meter.id AND to_at IS NULL
    ORDER BY from_at DESC LIMIT 1) AS place,
  strftime('%Y-%m-%dT%H:%M:%fZ', first_seen_ms / 1000.0, 'unixepoch') AS first_seen
FROM meter;
