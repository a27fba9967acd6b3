-- Official holiday arrangements.

-- :calendar_newest
-- The arrangement in force of each year.
SELECT y.id, y.year, y.version, y.days, y.source, y.by_account, y.at, y.record_id FROM calendar_year y
 WHERE y.version = (SELECT MAX(z.version) FROM calendar_year z WHERE z.year = y.year)
 ORDER BY y.year LIMIT 200;

-- :calendar_mark
-- Tells whether anything has been imported since.
SELECT COALESCE(MAX(id), 0) AS "id:id" FROM calendar_year;

-- :calendar_insert
-- A new version of a year.
INSERT INTO calendar_year (year, version, days, source, by_account, at, record_id)
VALUES ($year:int, $version:int, $days:text, $source:text, $by_account:text, $at:time, $record_id:id);

-- :calendar_audit @audit
-- Arrangements, as their records say.
SELECT record_id, year, version, days, source, by_account, at FROM calendar_year ORDER BY id;
