-- SPDX-License-Identifier: MIT
DROP VIEW IF EXISTS places;
CREATE VIEW places AS
SELECT id, path AS place, kind, name,
  (SELECT above.path FROM place above WHERE above.id = place.parent) AS parent,
  (SELECT count(*) FROM meter_place WHERE meter_place.place = place.id AND to_at IS NULL)
    AS meters
FROM place;
