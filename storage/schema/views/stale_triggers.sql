-- SPDX-License-Identifier: MIT
-- What a label changes in the past has to be worked out again (storage/consumption/consumption.c). These
-- stand beside the views because they fall with their tables when a migration makes those anew.
DROP TRIGGER IF EXISTS meter_place_added;
CREATE TRIGGER meter_place_added AFTER INSERT ON meter_place BEGIN
  INSERT INTO stale (meter, from_at, to_at)
  VALUES (new.meter, new.from_at, coalesce(new.to_at, 1 << 40))
  ON CONFLICT (meter) DO UPDATE SET is_widened = 0,
    from_at = min(from_at, excluded.from_at), to_at = max(to_at, excluded.to_at);
END;
DROP TRIGGER IF EXISTS meter_place_changed;
CREATE TRIGGER meter_place_changed AFTER UPDATE ON meter_place BEGIN
  INSERT INTO stale (meter, from_at, to_at)
  VALUES (old.meter, old.from_at, 1 << 40)
  ON CONFLICT (meter) DO UPDATE SET is_widened = 0,
    from_at = min(from_at, excluded.from_at), to_at = max(to_at, excluded.to_at);
  INSERT INTO stale (meter, from_at, to_at)
  VALUES (new.meter, new.from_at, 1 << 40)
  ON CONFLICT (meter) DO UPDATE SET is_widened = 0,
    from_at = min(from_at, excluded.from_at), to_at = max(to_at, excluded.to_at);
END;
DROP TRIGGER IF EXISTS meter_place_removed;
CREATE TRIGGER meter_place_removed AFTER DELETE ON meter_place BEGIN
  INSERT INTO stale (meter, from_at, to_at)
  VALUES (old.meter, old.from_at, coalesce(old.to_at, 1 << 40))
  ON CONFLICT (meter) DO UPDATE SET is_widened = 0,
    from_at = min(from_at, excluded.from_at), to_at = max(to_at, excluded.to_at);
END;
DROP TRIGGER IF EXISTS origin_given_away;
CREATE TRIGGER origin_given_away AFTER UPDATE OF meter ON origin
WHEN new.meter <> old.meter AND new.layout <> 0 BEGIN
  INSERT INTO rhythm (meter, first_at, last_at, clock_slack_s)
  SELECT new.meter, new.since, new.until,
    coalesce((SELECT clock_slack_s FROM rhythm WHERE meter = old.meter), 0)
  WHERE new.meter <> 0
  ON CONFLICT (meter) DO UPDATE SET first_at = min(first_at, excluded.first_at),
    last_at = max(last_at, excluded.last_at),
    clock_slack_s = max(clock_slack_s, excluded.clock_slack_s);
  INSERT INTO stale (meter, from_at, to_at)
  VALUES (old.meter, new.since, new.until)
  ON CONFLICT (meter) DO UPDATE SET is_widened = 0,
    from_at = min(from_at, excluded.from_at), to_at = max(to_at, excluded.to_at);
  INSERT INTO stale (meter, from_at, to_at)
  VALUES (new.meter, new.since, new.until)
  ON CONFLICT (meter) DO UPDATE SET is_widened = 0,
    from_at = min(from_at, excluded.from_at), to_at = max(to_at, excluded.to_at);
END;
