-- SPDX-License-Identifier: MIT
-- As consumption_daily. hour counts from the begin of the day: 0 to 22, 23 or 24.
DROP VIEW IF EXISTS consumption_hourly;
CREATE VIEW consumption_hourly AS
SELECT meter.address AS meter, meter.name AS meter_name, place.path AS place,
  meter.medium_name AS medium, c.day, h.key AS hour, series.quantity, series.modifiers,
  series.tariff, series.subunit, series.occurrence, series.unit,
  h.value * counter.multiplier / counter.divisor AS value,
  CASE WHEN h.value = 0 AND exponent >= 0 THEN '0'
    WHEN exponent >= 0 THEN h.value || substr('000000000000000000', 1, exponent)
    WHEN length(abs(h.value)) > -exponent THEN iif(h.value < 0, '-', '')
      || substr(abs(h.value), 1, length(abs(h.value)) + exponent) || '.'
      || substr(abs(h.value), exponent)
    ELSE iif(h.value < 0, '-', '') || '0.'
      || substr('000000000000000000' || abs(h.value), exponent) END AS value_text,
  c.interpolated_hours >> h.key & 1 AS interpolated,
  c.from_at <= day.start_at + h.key * 3600
    AND c.to_at >= min(day.start_at + h.key * 3600 + 3600, day.end_at) AS complete,
  strftime('%Y-%m-%dT%H:%M:%SZ', max(c.from_at, day.start_at + h.key * 3600), 'unixepoch') AS from_at,
  strftime('%Y-%m-%dT%H:%M:%SZ', min(c.to_at, day.start_at + h.key * 3600 + 3600, day.end_at), 'unixepoch') AS to_at
FROM meter
JOIN counter ON counter.meter = meter.id
JOIN consumption c ON c.counter = counter.id
JOIN series ON series.id = counter.series
JOIN day ON day.day = c.day
JOIN json_each(c.hours) h
JOIN (SELECT id, path FROM place UNION ALL SELECT 0, NULL) place
  ON place.id = c.place
WHERE day.start_at + h.key * 3600 < c.to_at
  AND min(day.start_at + h.key * 3600 + 3600, day.end_at) > c.from_at;
