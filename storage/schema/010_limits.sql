-- SPDX-License-Identifier: MIT
-- How many origins a terminal has made on one day; storage/origin_limit.h.
ALTER TABLE terminal ADD COLUMN origin_day INTEGER NOT NULL DEFAULT 0; -- from 1970 on
ALTER TABLE terminal ADD COLUMN origin_count INTEGER NOT NULL DEFAULT 0;

-- For the limit of events (views/event_limit.sql).
CREATE INDEX event_kind ON event (terminal, kind, at_ms);
