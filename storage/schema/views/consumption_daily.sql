-- SPDX-License-Identifier: MIT
-- Consumption is worked out by storage/consumption/consumption.c; here it gets names and a decimal
-- point. day is that of the configured time zone; on the day a meter was moved there is a
-- row for each place. value: NULL if the counter fell. complete: 0 at the ends of what the
-- meter has sent. interpolated: the counter at one of the ends is. The place is no LEFT JOIN,
-- or SQLite would not begin with it when somebody asks for one.
DROP VIEW IF EXISTS consumption_daily;
CREATE VIEW consumption_daily AS
SELECT meter.address AS meter, meter.name AS meter_name, place.path AS place,
  meter.medium_name AS medium, c.day, series.quantity, series.modifiers,
  series.tariff, series.subunit, series.occurrence, series.unit,
  c.digits * counter.multiplier / counter.divisor AS value,
  CASE WHEN c.digits = 0 AND exponent >= 0 THEN '0'
    WHEN exponent >= 0 THEN c.digits || substr('000000000000000000', 1, exponent)
    WHEN length(abs(c.digits)) > -exponent THEN iif(c.digits < 0, '-', '')
      || substr(abs(c.digits), 1, length(abs(c.digits)) + exponent) || '.'
      || substr(abs(c.digits), exponent)
    ELSE iif(c.digits < 0, '-', '') || '0.'
      || substr('000000000000000000' || abs(c.digits), exponent) END AS value_text,
  c.from_digits * counter.multiplier / counter.divisor AS counter_from,
  c.to_digits * counter.multiplier / counter.divisor AS counter_to,
  c.interpolated <> 0 AS interpolated, c.is_whole AS complete,
  strftime('%Y-%m-%dT%H:%M:%SZ', c.from_at, 'unixepoch') AS from_at,
  strftime('%Y-%m-%dT%H:%M:%SZ', c.to_at, 'unixepoch') AS to_at
FROM meter
JOIN counter ON counter.meter = meter.id
JOIN consumption c ON c.counter = counter.id
JOIN series ON series.id = counter.series
JOIN (SELECT id, path FROM place UNION ALL SELECT 0, NULL) place
  ON place.id = c.place;
