-- SPDX-License-Identifier: MIT
-- What an operator paused stays paused; what newest-first delivery has taken ahead of the
-- cursor: the range (ahead_from, ahead_to], empty when both are equal.
ALTER TABLE cursor ADD COLUMN is_paused INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cursor ADD COLUMN ahead_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cursor ADD COLUMN ahead_to INTEGER NOT NULL DEFAULT 0;
