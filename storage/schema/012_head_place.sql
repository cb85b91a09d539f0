-- SPDX-License-Identifier: MIT
-- Where in the order of the log the first record of the terminal's latest reply stands: as
-- its memory is first in, first out, all that it holds stands there or behind. 0: not
-- known.
ALTER TABLE terminal ADD COLUMN head_place INTEGER NOT NULL DEFAULT 0;
