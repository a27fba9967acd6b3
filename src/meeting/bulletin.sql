-- The monthly bulletin: the queries behind its figures.

-- :bulletin_steps
-- Matters of a kind that took one of some steps in a span of time; only: 1 those that ended by the day first set, 2 those that ended late.
SELECT m.code, m.title, m.unit, MIN(s.at) AS "at:time", m.state, m.quiet_day
  FROM matter_step s JOIN matter m ON m.code = s.matter
 WHERE m.kind = $kind:text AND m.draft = 0 AND s.at >= $from:time AND s.at < $to:time AND $verbs:text LIKE '%|' || s.verb || '|%'
   AND ($only:int = 0 OR ($only = 1 AND m.on_first = 1) OR ($only = 2 AND m.on_time = 0))
 GROUP BY m.code, m.title, m.unit, m.state, m.quiet_day ORDER BY m.code LIMIT 20000;

-- :bulletin_rules
-- Rules issued in a span of days.
SELECT code, title, unit, day FROM regulation WHERE day >= $from:int AND day <= $to:int ORDER BY code LIMIT 20000;

-- :bulletin_matter
-- One matter as lists show it.
SELECT code, kind, title, unit, state, open, draft FROM matter WHERE code = $code:text;

-- :bulletin_rule
-- One rule as lists show it.
SELECT code, title, unit FROM regulation WHERE code = $code:text;

-- :bulletin_of_month
-- The bulletin of a month that was not dropped.
SELECT m.code FROM matter_link l JOIN matter m ON m.id = l.matter_id
 WHERE l.what = 'period' AND l.code = $period:text AND m.kind = 'bulletin' AND m.state <> 'dropped' ORDER BY m.id DESC LIMIT 1;
