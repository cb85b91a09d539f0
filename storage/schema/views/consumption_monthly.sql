-- SPDX-License-Identifier: MIT
-- The sum of the days. Every column by which people choose stands in GROUP BY: only then does
-- SQLite look for it before it adds up. interpolated: of the first and the last counter.
DROP VIEW IF EXISTS consumption_monthly;
CREATE VIEW consumption_monthly AS
SELECT meter, meter_name, place, medium, month, quantity, modifiers, tariff, subunit,
  occurrence, unit,
  m.digits * multiplier / divisor AS value,
  CASE WHEN m.digits = 0 AND exponent >= 0 THEN '0'
    WHEN exponent >= 0 THEN m.digits || substr('000000000000000000', 1, exponent)
    WHEN length(abs(m.digits)) > -exponent THEN iif(m.digits < 0, '-', '')
      || substr(abs(m.digits), 1, length(abs(m.digits)) + exponent) || '.'
      || substr(abs(m.digits), exponent)
    ELSE iif(m.digits < 0, '-', '') || '0.'
      || substr('000000000000000000' || abs(m.digits), exponent) END AS value_text,
  days, complete, interpolated,
  strftime('%Y-%m-%dT%H:%M:%SZ', m.from_at, 'unixepoch') AS from_at,
  strftime('%Y-%m-%dT%H:%M:%SZ', m.to_at, 'unixepoch') AS to_at
FROM (SELECT meter.address AS meter, meter.name AS meter_name, place.path AS place,
    meter.medium_name AS medium, substr(c.day, 1, 7) AS month, series.quantity,
    series.modifiers, series.tariff, series.subunit, series.occurrence, series.unit,
    counter.exponent, counter.multiplier, counter.divisor,
    iif(count(*) = count(c.digits), sum(c.digits), NULL) AS digits,
    count(DISTINCT c.day) AS days, min(c.is_whole) AS complete,
    min(c.from_at * 2 + (c.interpolated & 1)) % 2
      OR max(c.to_at * 2 + (c.interpolated >> 1)) % 2 AS interpolated,
    min(c.from_at) AS from_at, max(c.to_at) AS to_at
  FROM meter
  JOIN counter ON counter.meter = meter.id
  JOIN consumption c ON c.counter = counter.id
  JOIN series ON series.id = counter.series
  JOIN (SELECT id, path FROM place UNION ALL SELECT 0, NULL) place
    ON place.id = c.place
  GROUP BY counter.id, meter.address, meter.name, meter.medium_name, place.path,
    substr(c.day, 1, 7), series.quantity, series.modifiers, series.tariff, series.subunit,
    series.occurrence, series.unit) m;
