-- SPDX-License-Identifier: MIT
-- The newest reading of each series of a meter; without an address (IEC 62056-21, inputs) of
-- each device of a terminal. A meter whose telegrams alternate has the newest of each.
--
-- Nothing goes through the history: each origin knows the last day on which it was heard, and
-- its newest telegram is found there from the end of the index. Conditions on meter and
-- meter_name reach the index; all others choose among the newest readings of all meters.
DROP VIEW IF EXISTS latest_readings;
CREATE VIEW latest_readings AS
SELECT r.id, r.revision, r.terminal, r.terminal_name, latest.meter, latest.meter_name, r.place,
  r.medium, r.quantity, r.modifiers, r.function, r.storage, r.tariff, r.subunit, r.occurrence,
  r.unit, r.value, r.value_text, r.no_value_reason, r.read_at, r.valid_at, r.received_at,
  r.time_quality, r.obis, r.device_index, r.device, r.stamp, r.position
FROM (SELECT meter.address AS meter, meter.name AS meter_name, t.id, lr.position,
    max(coalesce(t.read_at, t.stamp))
  FROM meter JOIN origin o ON o.meter = meter.id
  CROSS JOIN telegram t ON t.id = (SELECT id FROM telegram newest
      WHERE newest.terminal = o.terminal AND newest.origin = o.id
        AND newest.stamp >= o.until - 86400 AND newest.stamp < o.until
      ORDER BY newest.stamp DESC, newest.sequence DESC LIMIT 1)
  CROSS JOIN layout_register lr ON lr.layout = o.layout
  GROUP BY meter.address, meter.name, lr.series
  UNION ALL
  SELECT NULL, NULL, t.id, lr.position, max(coalesce(t.read_at, t.stamp))
  FROM origin o CROSS JOIN telegram t ON t.id = (SELECT id FROM telegram newest
      WHERE newest.terminal = o.terminal AND newest.origin = o.id
        AND newest.stamp >= o.until - 86400 AND newest.stamp < o.until
      ORDER BY newest.stamp DESC, newest.sequence DESC LIMIT 1)
  CROSS JOIN layout_register lr ON lr.layout = o.layout
  WHERE o.meter = 0
  GROUP BY o.terminal, o.kind, o.device_index, o.device, lr.series) latest
CROSS JOIN readings r ON r.id = latest.id AND r.position = latest.position;
