-- Notices of the inbox, and the hourly clock.

-- :notice_insert
-- By a step.
INSERT INTO matter_notice (matter_id, desk, unit, what, number, run_id, at)
VALUES ($matter_id:id, $desk:text, $unit:text, $what:text, $number:int, 0, $at:time);

-- :notices_of_desk
-- A desk's newest notices, with who has seen them.
SELECT n.id, n.desk, n.what, n.number, n.at, m.code, m.kind, m.title, m.state, m.unit,
       COALESCE(r.seen_at, 0) AS "seen_at:time", COALESCE(r.acked_at, 0) AS "acked_at:time"
  FROM matter_notice n JOIN matter m ON m.id = n.matter_id
  LEFT JOIN notice_receipt r ON r.notice_id = n.id AND r.account = $account:text
 WHERE n.desk = $desk:text AND n.id < $before:id
 ORDER BY n.id DESC LIMIT $max:int;

-- :notice_seen
-- It was on a page of theirs.
INSERT INTO notice_receipt (notice_id, account, seen_at, acked_at) VALUES ($notice_id:id, $account:text, $at:time, 0)
ON CONFLICT (notice_id, account) DO NOTHING;

-- :notice_acked
-- They said so.
INSERT INTO notice_receipt (notice_id, account, seen_at, acked_at) VALUES ($notice_id:id, $account:text, $at:time, $at)
ON CONFLICT (notice_id, account) DO UPDATE SET acked_at = excluded.acked_at WHERE notice_receipt.acked_at = 0;

-- :notice_row
-- To whom it is, about what.
SELECT n.id, n.desk, n.unit, n.what, m.code FROM matter_notice n JOIN matter m ON m.id = n.matter_id WHERE n.id = $id:id;

-- :notices_of_matter
-- What was told about a matter and who has taken note, for its page.
SELECT n.id, n.desk, n.what, n.at, r.account AS "account:text?", a.name AS "name:text?",
       COALESCE(r.seen_at, 0) AS "seen_at:time", COALESCE(r.acked_at, 0) AS "acked_at:time"
  FROM matter_notice n LEFT JOIN notice_receipt r ON r.notice_id = n.id LEFT JOIN account a ON a.code = r.account
 WHERE n.matter_id = $matter_id:id ORDER BY n.id DESC, r.account NULLS LAST LIMIT 300;

-- :notice_newest
-- The newest of all.
SELECT COALESCE(MAX(id), 0) AS "id:id" FROM matter_notice;

-- :notices_since
-- A desk's notices after one, of matters that are open and not quiet; unit empty: whatever unit.
SELECT n.what, m.colour, m.lamp FROM matter_notice n JOIN matter m ON m.id = n.matter_id
 WHERE n.desk = $desk:text AND n.id > $after:id AND ($unit:text = '' OR n.unit = $unit) AND m.open = 1 AND m.quiet_day < $today:int
 ORDER BY n.id LIMIT 500;

-- :alarms_due
-- Whether there is anything to do.
SELECT count(*) AS "n:int" FROM (SELECT 1 FROM matter_alarm WHERE run = 0 AND day <= $today:int LIMIT $max:int) x;

-- :run_insert
-- A slice of a run of the clock.
INSERT INTO matter_run (day, at, alarms, notices, record_id) VALUES ($day:int, $at:time, 0, 0, 0) RETURNING id;

-- :run_set
-- What it did.
UPDATE matter_run SET alarms = $alarms:int, notices = $notices:int, record_id = $record_id:id WHERE id = $id:id;

-- :alarms_take
-- The next alarms that are due belong to this run.
UPDATE matter_alarm SET run = $run:id
 WHERE id IN (SELECT id FROM matter_alarm WHERE run = 0 AND day <= $today:int ORDER BY run, day, id LIMIT $max:int);

-- :tally_less
-- Matters that will change colour leave their places …
INSERT INTO matter_tally (kind, state, unit, colour, n)
SELECT m.kind, m.state, m.unit, m.colour, -count(*) FROM matter m
 WHERE m.id IN (SELECT a.matter_id FROM matter_alarm a WHERE a.run = $run:id AND a.colour > 0)
 GROUP BY m.kind, m.state, m.unit, m.colour
ON CONFLICT (kind, state, unit, colour) DO UPDATE SET n = matter_tally.n + excluded.n;

-- :colour_set
-- … take the colour of the highest rung they have reached …
UPDATE matter SET colour = (SELECT MAX(b.colour) FROM matter_alarm b WHERE b.matter_id = matter.id AND b.run > 0)
 WHERE id IN (SELECT a.matter_id FROM matter_alarm a WHERE a.run = $run:id AND a.colour > 0)
   AND colour < (SELECT MAX(b.colour) FROM matter_alarm b WHERE b.matter_id = matter.id AND b.run > 0);

-- :tally_more
-- … and come to their new ones.
INSERT INTO matter_tally (kind, state, unit, colour, n)
SELECT m.kind, m.state, m.unit, m.colour, count(*) FROM matter m
 WHERE m.id IN (SELECT a.matter_id FROM matter_alarm a WHERE a.run = $run:id AND a.colour > 0)
 GROUP BY m.kind, m.state, m.unit, m.colour
ON CONFLICT (kind, state, unit, colour) DO UPDATE SET n = matter_tally.n + excluded.n;

-- :alarms_tell
-- Those on whose desk they lie are told, unless two people agreed on quiet.
INSERT INTO matter_notice (matter_id, desk, unit, what, number, run_id, at)
SELECT a.matter_id, d.desk, d.unit,
       CASE a.colour WHEN 1 THEN 'yellow' WHEN 2 THEN 'orange' WHEN 3 THEN 'red' ELSE 'remind' END, 0, $run:id, $at:time
  FROM matter_alarm a JOIN matter m ON m.id = a.matter_id JOIN matter_desk d ON d.matter_id = a.matter_id
 WHERE a.run = $run AND a.what <> 'lapse' AND m.quiet_day < $today:int
 ORDER BY a.id, d.desk;

-- :alarms_tell_more
-- And those the ladder names besides.
INSERT INTO matter_notice (matter_id, desk, unit, what, number, run_id, at)
SELECT a.matter_id, a.desk, m.unit,
       CASE a.colour WHEN 1 THEN 'yellow' WHEN 2 THEN 'orange' WHEN 3 THEN 'red' ELSE 'remind' END, 0, $run:id, $at:time
  FROM matter_alarm a JOIN matter m ON m.id = a.matter_id
 WHERE a.run = $run AND a.what <> 'lapse' AND a.desk <> '' AND m.quiet_day < $today:int
   AND NOT EXISTS (SELECT 1 FROM matter_desk d WHERE d.matter_id = a.matter_id AND d.desk = a.desk)
 ORDER BY a.id;

-- :orphans_tell
-- Who gives matters to units hears once of each that lies with a unit which is not there any more.
INSERT INTO matter_notice (matter_id, desk, unit, what, number, run_id, at)
SELECT m.id, $desk:text, m.unit, 'orphan', 0, $run:id, $at:time FROM matter m
 WHERE m.unit = $unit:text AND m.open = 1 AND (m.draft = 0 OR m.opener = '')
   AND NOT EXISTS (SELECT 1 FROM matter_notice n WHERE n.matter_id = m.id AND n.desk = $desk AND n.what = 'orphan')
 ORDER BY m.id;

-- :orphans_untold
-- How many of a unit nobody has heard of.
SELECT count(*) AS "n:int" FROM matter m
 WHERE m.unit = $unit:text AND m.open = 1 AND (m.draft = 0 OR m.opener = '')
   AND NOT EXISTS (SELECT 1 FROM matter_notice n WHERE n.matter_id = m.id AND n.desk = $desk:text AND n.what = 'orphan');

-- :run_lapsed
-- Clocks that have run out with a move to make.
SELECT a.matter_id, m.code, m.clock, m.kind FROM matter_alarm a JOIN matter m ON m.id = a.matter_id
 WHERE a.what = 'lapse' AND a.run > 0 AND m.open = 1 ORDER BY a.id LIMIT 2000;

-- :gaps
-- Matters whose clock wants the calendar of a year, oldest first.
SELECT id, code, gap_year FROM matter WHERE gap_year > 0 AND open = 1 AND id > $after:id ORDER BY id LIMIT 200;

-- :gaps_of
-- The same of one year.
SELECT id, code FROM matter WHERE gap_year = $year:int AND open = 1 AND id > $after:id ORDER BY id LIMIT 200;

-- :gaps_n
-- How many that are.
SELECT count(*) AS "n:int" FROM matter WHERE gap_year = $year:int AND open = 1;

-- :run_audit @audit
-- Runs, as their records say.
SELECT record_id, day, at, alarms, notices FROM matter_run ORDER BY id;
