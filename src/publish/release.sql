-- The desk: what it asks of matters.

-- :linked_newest
-- The newest matter of a kind that is linked with something.
SELECT m.code, m.state, m.open FROM matter_link l JOIN matter m ON m.id = l.matter_id
 WHERE l.what = $what:text AND l.code = $code:text AND m.kind = $kind:text ORDER BY m.id DESC LIMIT 1;

-- :linked_open
-- How many matters of a kind that are linked with something are open.
SELECT COUNT(*) AS "n:int" FROM matter_link l JOIN matter m ON m.id = l.matter_id
 WHERE l.what = $what:text AND l.code = $code:text AND m.kind = $kind:text AND m.open = 1;

-- :linked_states
-- Matters of a kind that are linked with something, by state.
SELECT m.state, COUNT(*) AS "n:int" FROM matter_link l JOIN matter m ON m.id = l.matter_id
 WHERE l.what = $what:text AND l.code = $code:text AND m.kind = $kind:text GROUP BY m.state ORDER BY m.state LIMIT 100;

-- :parts_open
-- How many parts of a matter are open.
SELECT COUNT(*) AS "n:int" FROM matter p JOIN matter m ON p.parent_id = m.id WHERE m.code = $code:text AND p.open = 1;

-- :unit_unasked
-- The first unit behind a row that has a report in a run and has not been asked about it since a moment.
SELECT r.id, u.code FROM report r JOIN unit u ON u.id = r.unit_id
 WHERE r.computation_id = $computation:id AND r.id > $after:id
   AND NOT EXISTS (SELECT 1 FROM matter_link l JOIN matter m ON m.id = l.matter_id
                    WHERE l.what = 'report' AND l.code = u.code || '-' || $period:text AND m.kind = 'opinion' AND m.state <> 'dropped'
                      AND m.opened_at >= $since:time)
 ORDER BY r.id LIMIT 1;

-- :opinions_before
-- What units are still asked as parts of a matter since before a moment.
SELECT o.code FROM matter o JOIN matter m ON o.parent_id = m.id
 WHERE m.code = $release:text AND o.open = 1 AND o.opened_at < $before:time ORDER BY o.id LIMIT 200;

-- :release_list
-- The periods at the desk, newest first.
SELECT m.code, m.state, m.open, m.due_day, m.gap_year, m.colour, m.version, l.code AS period
  FROM matter m JOIN matter_link l ON l.matter_id = m.id AND l.what = 'period'
 WHERE m.kind = 'release' ORDER BY m.id DESC LIMIT 200;

-- :run_issuer
-- Who computed the newest run of a period.
SELECT r.by_account FROM publication p JOIN computation c ON c.id = p.computation_id JOIN record r ON r.id = c.record_id
 WHERE p.period = $period:period ORDER BY p.computation_id DESC LIMIT 1;

-- :value_issuer
-- Who sent the newest version of a value, and what it says.
SELECT a.code AS "account:text?", v.value, v.version, i.done_at FROM value v JOIN import i ON i.id = v.import_id LEFT JOIN account a ON a.id = i.account_id
 WHERE v.unit_id = $unit:id AND v.point_id = $point:id AND v.period = $period:period AND i.state = 'done'
 ORDER BY v.version DESC LIMIT 1;

-- :run_hand
-- Whether somebody computed a period, or sent its results on at the desk.
SELECT (SELECT COUNT(*) FROM publication p JOIN computation c ON c.id = p.computation_id JOIN record r ON r.id = c.record_id
         WHERE p.period = $period:period AND r.by_account = $account:text)
     + (SELECT COUNT(*) FROM matter_link l JOIN matter m ON m.id = l.matter_id JOIN matter_step s ON s.matter = m.code
         WHERE l.what = 'period' AND l.code = $code:text AND m.kind = 'release' AND s.verb IN ('ask', 'publish')
           AND s.by_account = $account) AS "n:int";

-- :value_hand
-- Whether somebody sent a version of a value.
SELECT COUNT(*) AS "n:int" FROM value v JOIN import i ON i.id = v.import_id JOIN account a ON a.id = i.account_id
 WHERE v.unit_id = $unit:id AND v.point_id = $point:id AND v.period = $period:period AND i.state = 'done' AND a.code = $account:text;

-- :warning_hand
-- Whether somebody sent a warning out.
SELECT COUNT(*) AS "n:int" FROM matter_link l JOIN matter m ON m.id = l.matter_id JOIN matter_step s ON s.matter = m.code
 WHERE l.what = 'warning' AND l.code = $warning:text AND m.kind = 'warning' AND s.verb = 'send' AND s.by_account = $account:text;

-- :values_newer
-- Periods of a unit's values that came after a moment.
SELECT DISTINCT v.period FROM value v JOIN import i ON i.id = v.import_id
 WHERE v.unit_id = $unit:id AND i.state = 'done' AND i.done_at > $at:time ORDER BY v.period LIMIT 1000;

-- :objection_list
-- Objections, newest first.
SELECT m.code, m.title, m.state, m.unit, m.opened_at, m.closed_at, m.due_day, m.gap_year, m.colour
  FROM matter m WHERE m.kind = 'objection' ORDER BY m.id DESC LIMIT 1000;

-- :objection_rates
-- How often objections against a rule, a check rule or a source were decided, and upheld.
SELECT l.what, l.code, SUM(CASE WHEN m.state IN ('righting', 'righting_part', 'upheld', 'partly') THEN 1 ELSE 0 END) AS "upheld:int",
       SUM(CASE WHEN m.state = 'refused' THEN 1 ELSE 0 END) AS "refused:int", COUNT(*) AS "n:int"
  FROM matter_link l JOIN matter m ON m.id = l.matter_id
 WHERE m.kind = 'objection' AND l.what IN ('rule', 'check', 'source') GROUP BY l.what, l.code ORDER BY l.what, l.code LIMIT 1000;

-- :rule_name
-- What a rule is called now.
SELECT v.name FROM rule r JOIN rule_version v ON v.rule_id = r.id AND v.version = r.version WHERE r.code = $code:text;

-- :periods_after
-- Periods with a computation that end after a day, oldest first.
SELECT DISTINCT period, last_day FROM publication WHERE last_day > $day:int ORDER BY last_day, period LIMIT 400;
