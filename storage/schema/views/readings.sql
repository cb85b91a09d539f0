-- SPDX-License-Identifier: MIT
-- IEC 62056-21 and inputs have readings, too. The header of an IEC register is its OBIS code
-- and, in brackets, the form of the content: obis is the code. Such meters have no address of
-- their own: terminal, device_index and device say which one it was.
--
-- value_text works from the inside out: the value as sent; its digits and power of ten (a
-- float's, register.type 5, from its JSON text); the digits times the factor, in two halves
-- because the product may exceed 64 bits; and last the decimal point.
--
-- Conditions on terminal, terminal_name, meter, meter_name and place reach the index, and so do
-- those on id and, with any of the former, on stamp: the time as the terminal sent it, in
-- seconds, stamp >= unixepoch('2026-11-01'). It equals read_at where time_quality is
-- 'terminal'. read_at itself is text for people: a condition on it alone reads everything, so
-- set bounds to stamp as well, generous ones where clocks are corrected. All terminals in a
-- span of time: terminal IN (SELECT terminal FROM terminals) AND stamp >= ...
--
-- The values of a telegram are taken apart last (CROSS JOIN), or each register would go through
-- the telegrams again.
DROP VIEW IF EXISTS readings;
CREATE VIEW readings AS
SELECT t.id, t.revision,
  terminal.identity AS terminal, terminal.name AS terminal_name,
  meter.address AS meter, meter.name AS meter_name,
  place.path AS place,
  meter.medium_name AS medium,
  series.quantity, series.modifiers, series.function, series.storage, series.tariff,
  series.subunit, series.occurrence, series.unit,
  CASE typeof(t.vals ->> lr.position) WHEN 'text' THEN t.vals ->> lr.position
    ELSE (t.vals ->> lr.position) * register.multiplier / register.divisor END AS value,
  (SELECT CASE
      WHEN type = 'null' THEN NULL
      WHEN type = 'text' THEN v
      WHEN power >= 0 AND product = '0' THEN '0'
      WHEN power > 0 THEN sign || product || printf('%0*d', power, 0)
      WHEN power = 0 THEN sign || product
      WHEN length(product) > -power THEN
        sign || substr(product, 1, length(product) + power) || '.' || substr(product, power)
      WHEN length(product) = -power THEN sign || '0.' || product
      ELSE sign || '0.' || printf('%0*d', -power - length(product), 0) || product END
    FROM (SELECT type, v, power, sign,
        CASE WHEN factor = 1 THEN ltrim(digits, '-')
          WHEN high > 0 THEN high || substr('00000000' || low, -9)
          ELSE '' || low END AS product
      FROM (SELECT type, v, power, digits, factor,
          CASE WHEN digits < 0 THEN '-' ELSE '' END AS sign,
          abs(digits / 1000000000) * factor + abs(digits % 1000000000) * factor / 1000000000
            AS high,
          abs(digits % 1000000000) * factor % 1000000000 AS low
        FROM (SELECT type, v, register.factor AS factor,
            CASE type WHEN 'real' THEN CAST(kept AS INTEGER) WHEN 'integer' THEN v END
              AS digits,
            CASE WHEN type <> 'real' THEN register.exponent
              WHEN kept IN ('', '-') THEN 0
              ELSE register.exponent + CAST(substr(json, length(mantissa) + 2) AS INTEGER)
                + length(every) - length(kept)
                - (length(mantissa) - instr(mantissa || '.', '.'))
                * (instr(mantissa, '.') > 0) END AS power
          FROM (SELECT v, type, json, mantissa, every, rtrim(every, '0') AS kept
            FROM (SELECT v, type, json, mantissa, replace(mantissa, '.', '') AS every
              FROM (SELECT v, json, substr(json, 1, instr(json || 'e', 'e') - 1) AS mantissa,
                  CASE WHEN typeof(v) = 'integer' AND register.type = 5 THEN 'real'
                    ELSE typeof(v) END AS type
                FROM (SELECT t.vals ->> lr.position AS v,
                    lower(t.vals -> lr.position) AS json)))))))) AS value_text,
  CASE WHEN t.vals ->> lr.position IS NULL THEN t.remarks ->> lr.position END
    AS no_value_reason,
  strftime('%Y-%m-%dT%H:%M:%SZ', coalesce(t.read_at, t.stamp), 'unixepoch') AS read_at,
  t.vals ->> lr.valid_at AS valid_at,
  strftime('%Y-%m-%dT%H:%M:%fZ', t.received_at / 1000.0, 'unixepoch') AS received_at,
  (SELECT text FROM word WHERE word.id = o.time_quality) AS time_quality,
  CASE register.source WHEN 2 THEN
    substr(CAST(register.header AS TEXT), 1, instr(CAST(register.header AS TEXT), '(') - 1)
    END AS obis,
  o.device_index, nullif(o.device, '') AS device,
  t.stamp, lr.position
FROM telegram t
JOIN origin o ON o.id = t.origin AND o.terminal = t.terminal
JOIN terminal ON terminal.id = t.terminal
LEFT JOIN meter ON meter.id = o.meter
LEFT JOIN (SELECT meter, from_at, to_at, path
    FROM meter_place JOIN place ON place.id = meter_place.place) place
  ON place.meter = o.meter AND place.from_at <= coalesce(t.read_at, t.stamp)
  AND (place.to_at IS NULL OR coalesce(t.read_at, t.stamp) < place.to_at)
  AND NOT EXISTS (SELECT 1 FROM meter_place later WHERE later.meter = o.meter
    AND later.from_at > place.from_at AND later.from_at <= coalesce(t.read_at, t.stamp)
    AND (later.to_at IS NULL OR coalesce(t.read_at, t.stamp) < later.to_at))
CROSS JOIN layout_register lr ON lr.layout = o.layout
JOIN register ON register.id = lr.register
JOIN series ON series.id = lr.series;
