-- Estimates, requests, answers.

-- :estimate_of
-- What was stated of a thing.
SELECT minutes, requester FROM burden_estimate WHERE what = $what:text AND code = $code:text;

-- :estimate_put
-- State it; the newest counts.
INSERT INTO burden_estimate (what, code, minutes, requester, by_account, at, record_id)
VALUES ($what:text, $code:text, $minutes:int, $requester:text, $by:text, $at:time, $record:id)
ON CONFLICT (what, code) DO UPDATE
   SET minutes = excluded.minutes, requester = excluded.requester, by_account = excluded.by_account, at = excluded.at,
       record_id = excluded.record_id;

-- :estimate_audit @audit
-- What the audit compares.
-- unlimited: it goes over every row there is
SELECT record_id, at, by_account, code, minutes, requester, what FROM burden_estimate ORDER BY id;

-- :ask_insert
-- A request reaches a unit.
INSERT INTO burden_ask (what, code, title, unit, requester, month, minutes, record_id)
VALUES ($what:text, $code:text, $title:text, $unit:text, $requester:text, $month:period, $minutes:int, $record:id);

-- :ask_of
-- Whether it has reached the unit already.
SELECT id FROM burden_ask WHERE what = $what:text AND code = $code:text AND unit = $unit:text;

-- :ask_audit @audit
-- What the audit compares.
-- unlimited: it goes over every row there is
SELECT record_id, code, minutes, month, requester, title, unit, what FROM burden_ask ORDER BY id;

-- :asks_of_unit
-- What was asked of a unit from a month on, newest first.
SELECT id, what, code, title, requester, month, minutes FROM burden_ask
 WHERE unit = $unit:text AND month >= $from:period ORDER BY month DESC, id DESC LIMIT 500;

-- :load_of_unit
-- All of it: minutes of every requester in every month.
SELECT requester, month, COUNT(*) AS "asks:int", SUM(minutes) AS "minutes:int" FROM burden_ask
 WHERE unit = $unit:text AND month >= $from:period GROUP BY requester, month ORDER BY requester, month LIMIT 20000;

-- :load_caused
-- All that a unit has asked for from a month on, and in how many requests.
SELECT COUNT(DISTINCT what || ' ' || code || ' ' || month) AS "requests:int", COALESCE(SUM(minutes), 0) AS "minutes:int" FROM burden_ask
 WHERE requester = $requester:text AND month >= $from:period;

-- :asks_of_requester
-- What a unit has asked for from a month on, request by request, newest first.
SELECT what, code, MIN(title) AS "title:text", month, COUNT(*) AS "units:int", SUM(minutes) AS "minutes:int" FROM burden_ask
 WHERE requester = $requester:text AND month >= $from:period GROUP BY what, code, month ORDER BY month DESC, what, code LIMIT 500;

-- :load_by_requester
-- Minutes of every requester in every month.
SELECT requester, month, COUNT(*) AS "asks:int", SUM(minutes) AS "minutes:int" FROM burden_ask
 WHERE month >= $from:period GROUP BY requester, month ORDER BY requester, month LIMIT 5000;

-- :load_by_unit
-- Minutes asked of every unit in every month.
SELECT unit, month, COUNT(*) AS "asks:int", SUM(minutes) AS "minutes:int" FROM burden_ask
 WHERE month >= $from:period GROUP BY unit, month ORDER BY unit, month LIMIT 20000;

-- :once_put
-- That a unit has answered; nothing changes when it has.
INSERT INTO burden_once (id) VALUES ($id:id) ON CONFLICT (id) DO NOTHING;

-- :once_of
-- Whether it has.
SELECT id FROM burden_once WHERE id = $id:id;

-- :tally_begin
-- Counts of a request, from nothing.
INSERT INTO burden_tally (id, what, code, longer, as_said, less, before, shown_longer, shown_as_said, shown_less, shown_before)
VALUES ($id:id, $what:text, $code:text, 0, 0, 0, 0, 0, 0, 0, 0) ON CONFLICT (what, code) DO NOTHING;

-- :tally_of
-- Counts of a request.
SELECT longer, as_said, less, before, shown_longer, shown_as_said, shown_less, shown_before FROM burden_tally
 WHERE what = $what:text AND code = $code:text;

-- :tally_set
-- One answer more, and what may be shown.
UPDATE burden_tally SET longer = $longer:int, as_said = $as_said:int, less = $less:int, before = $before:int,
       shown_longer = $shown_longer:int, shown_as_said = $shown_as_said:int, shown_less = $shown_less:int,
       shown_before = $shown_before:int
 WHERE what = $what:text AND code = $code:text;

-- :tallies_of_points
-- Points of which somebody says that they were asked before.
SELECT code FROM burden_tally WHERE what = 'point' AND before > 0 ORDER BY code LIMIT 10000;

-- :office_of_account
-- The unit an account belongs to.
SELECT u.code AS "unit:text?" FROM account a LEFT JOIN unit u ON u.id = a.unit_id WHERE a.code = $account:text;

-- :point_owner
-- Who supplies a point.
SELECT owner FROM point WHERE code = $code:text;
