-- SPDX-License-Identifier: MIT
-- A terminal that makes the same event again and again fills no disk: a thousand of a kind in
-- 24 hours, and one that says that more were left out.
DROP TRIGGER IF EXISTS event_limit;
CREATE TRIGGER event_limit BEFORE INSERT ON event
WHEN (SELECT count(*) FROM (SELECT 1 FROM event WHERE terminal IS new.terminal
    AND kind = new.kind AND at_ms > new.at_ms - 86400000 AND at_ms <= new.at_ms
    LIMIT 1000)) = 1000
BEGIN
  INSERT INTO event (at_ms, kind, severity, terminal, detail, subject)
  SELECT new.at_ms, 'events_left_out', 'warning', new.terminal,
    'more than 1000 events ' || new.kind || ' in 24 hours: further ones are left out',
    new.kind
  WHERE NOT EXISTS (SELECT 1 FROM event WHERE terminal IS new.terminal
    AND kind = 'events_left_out' AND subject = new.kind
    AND at_ms > new.at_ms - 86400000 AND at_ms <= new.at_ms);
  SELECT RAISE(IGNORE);
END;
