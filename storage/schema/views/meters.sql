-- SPDX-License-Identifier: MIT
-- last_read_at: of the newest telegram, found as in latest_readings.
DROP VIEW IF EXISTS meters;
CREATE VIEW meters AS
SELECT id, address AS meter, name AS meter_name, identification,
  char(64 + (manufacturer >> 10 & 31), 64 + (manufacturer >> 5 & 31), 64 + (manufacturer & 31))
    AS manufacturer,
  version, medium_name AS medium, product,
  (SELECT place.path FROM meter_place JOIN place ON place.id = meter_place.place
    WHERE meter_place.meter = meter.id AND to_at IS NULL
    ORDER BY from_at DESC LIMIT 1) AS place,
  strftime('%Y-%m-%dT%H:%M:%fZ', nullif(first_seen_ms, 0) / 1000.0, 'unixepoch')
    AS first_seen,
  (SELECT strftime('%Y-%m-%dT%H:%M:%SZ', max(coalesce(t.read_at, t.stamp)), 'unixepoch')
    FROM origin o CROSS JOIN telegram t ON t.id = (SELECT id FROM telegram newest
      WHERE newest.terminal = o.terminal AND newest.origin = o.id
        AND newest.stamp >= o.until - 86400 AND newest.stamp < o.until
      ORDER BY newest.stamp DESC, newest.sequence DESC LIMIT 1)
    WHERE o.meter = meter.id) AS last_read_at
FROM meter;
