-- SPDX-License-Identifier: MIT
-- Readings that are missing by the meter's own rhythm: between the reading at from_at and
-- the one at to_at, or until now (to_at NULL).
DROP VIEW IF EXISTS gaps;
CREATE VIEW gaps AS
SELECT meter.address AS meter, meter.name AS meter_name,
  (SELECT place.path FROM meter_place p JOIN place ON place.id = p.place
    WHERE p.meter = meter.id AND p.from_at <= g.from_at
      AND (p.to_at IS NULL OR g.from_at < p.to_at)
    ORDER BY p.from_at DESC LIMIT 1) AS place,
  strftime('%Y-%m-%dT%H:%M:%SZ', g.from_at, 'unixepoch') AS from_at,
  strftime('%Y-%m-%dT%H:%M:%SZ', g.to_at, 'unixepoch') AS to_at,
  g.missing, g.period_s
FROM meter
JOIN (SELECT gap.meter, gap.from_at, gap.to_at, gap.missing, period_s
    FROM gap JOIN rhythm ON rhythm.meter = gap.meter
    UNION ALL
    SELECT meter, last_at, NULL, (strftime('%s', 'now') - last_at) / period_s, period_s
    FROM rhythm
    WHERE period_s > 0
      AND strftime('%s', 'now') - last_at > period_s + period_s / 2) g
  ON g.meter = meter.id;
