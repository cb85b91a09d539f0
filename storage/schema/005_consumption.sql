-- SPDX-License-Identifier: MIT
-- What counters went on by, worked out from the log by storage/consumption/consumption.c. All of it
-- can be made again from the telegrams: it is kept because a year of hourly readings is
-- too much to go through for every question.

-- The days of the configured time zone. A day that the zone left out has no row.
CREATE TABLE day (
  day TEXT PRIMARY KEY,                   -- local date, 2026-03-29
  start_at INTEGER NOT NULL UNIQUE,
  end_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Cumulating quantities. Modifiers that make another thing of one are refused by name.
ALTER TABLE series ADD COLUMN is_counter INTEGER GENERATED ALWAYS AS (
  function = 'instantaneous' AND storage = 0 AND unit <> ''
  AND quantity IN ('energy', 'reactive energy', 'apparent energy', 'volume', 'mass',
    'heat cost allocation')
  AND NOT (modifiers GLOB '*per *' OR modifiers GLOB '*times *' OR modifiers GLOB '*limit*'
    OR modifiers GLOB '*average*' OR modifiers GLOB '*deviation*'
    OR modifiers GLOB '*date*' OR modifiers GLOB '*duration*' OR modifiers GLOB '*future*'
    OR modifiers GLOB '*exceed*' OR modifiers GLOB '*leakage*'
    OR modifiers GLOB '*overflow*' OR modifiers GLOB '*profile*'
    OR modifiers GLOB '*cumulative*' OR modifiers GLOB '*billing*'
    OR modifiers GLOB '*delta*' OR modifiers GLOB '*reserved*'
    OR modifiers GLOB '*manufacturer*')) VIRTUAL;

-- Decimal digits of a BCD register: it goes on with 0 after 10^n - 1. NULL: unknown.
ALTER TABLE register ADD COLUMN modulus_digits INTEGER;

-- One series of one meter; its digits are all at one power of ten.
CREATE TABLE counter (
  id INTEGER PRIMARY KEY,
  meter INTEGER NOT NULL,
  series INTEGER NOT NULL REFERENCES series (id),
  exponent INTEGER NOT NULL,              -- value = digits * multiplier / divisor
  multiplier ANY GENERATED ALWAYS AS
    (CAST(CAST('1e' || max(exponent, 0) AS REAL) AS INTEGER)) VIRTUAL,
  divisor ANY GENERATED ALWAYS AS
    (iif(exponent < 0, CAST('1e' || (-exponent) AS REAL), 1)) VIRTUAL,
  UNIQUE (meter, series)
) STRICT;

-- A day of a counter. On the day a meter moves to another place it has a part for each.
CREATE TABLE consumption (
  counter INTEGER NOT NULL REFERENCES counter (id),
  day TEXT NOT NULL,
  part INTEGER NOT NULL,                  -- from 0
  place INTEGER NOT NULL,                 -- 0 none
  from_at INTEGER NOT NULL,               -- what is covered: the part, or less at the
  to_at INTEGER NOT NULL,                 -- ends of what the meter has sent
  from_digits INTEGER,                    -- the counter then; NULL: no value
  to_digits INTEGER,
  digits INTEGER,                         -- NULL: the counter fell
  is_whole INTEGER NOT NULL,              -- covered from end to end
  interpolated INTEGER NOT NULL,          -- 1 from_digits, 2 to_digits is
  hours TEXT NOT NULL,                    -- JSON array: digits per hour from day.start_at
  interpolated_hours INTEGER NOT NULL,    -- bit n: an end of hour n is interpolated
  PRIMARY KEY (counter, day, part)
) STRICT, WITHOUT ROWID;

-- A place is asked for as often as a meter.
CREATE INDEX consumption_place ON consumption (place, day);

-- A counter went back, and not because it rolled over.
CREATE TABLE counter_fall (
  counter INTEGER NOT NULL REFERENCES counter (id),
  at INTEGER NOT NULL,                    -- the first reading after it
  PRIMARY KEY (counter, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE rhythm (
  meter INTEGER PRIMARY KEY,
  period_s INTEGER NOT NULL DEFAULT 0,    -- between its latest readings; 0 not known yet
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  clock_slack_s INTEGER NOT NULL          -- most that read_at ever differed from stamp
) STRICT;

CREATE TABLE gap (
  meter INTEGER NOT NULL,
  from_at INTEGER NOT NULL,               -- the reading before
  to_at INTEGER NOT NULL,                 -- the reading after
  missing INTEGER NOT NULL,
  PRIMARY KEY (meter, from_at)
) STRICT, WITHOUT ROWID;

-- What has to be worked out again.
CREATE TABLE stale (
  meter INTEGER PRIMARY KEY,
  from_at INTEGER NOT NULL,
  to_at INTEGER NOT NULL,
  is_widened INTEGER NOT NULL DEFAULT 0   -- to the days of the readings around it
) STRICT;
