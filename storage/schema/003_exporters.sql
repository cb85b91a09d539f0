-- SPDX-License-Identifier: MIT
-- What was sent to the sink that will never take it, and what it replied; '' none.
ALTER TABLE dead_letter ADD COLUMN payload TEXT NOT NULL DEFAULT '';
ALTER TABLE dead_letter ADD COLUMN reply TEXT NOT NULL DEFAULT '';
