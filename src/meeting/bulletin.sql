-- The monthly bulletin: the queries behind its figures.

-- :bulletin_steps
-- Steps of some verbs (|send|issue|) in a span of time, and how matters that ended stood: once for all figures.
-- unlimited: a month's; each counts where it belongs
SELECT m.code, m.kind, s.verb, m.quiet_day, m.on_first, m.on_time FROM matter_step s JOIN matter m ON m.code = s.matter
 WHERE s.at >= $from:time AND s.at < $to:time AND $verbs:text LIKE '%|' || s.verb || '|%' AND m.draft = 0 ORDER BY m.code, s.number;

-- :bulletin_rules
-- Rules issued in a span of days.
-- unlimited: a month's
SELECT code FROM regulation WHERE day >= $from:int AND day <= $to:int ORDER BY code;

-- :bulletin_matter
-- One matter as lists show it.
SELECT code, kind, title, unit, state, draft FROM matter WHERE code = $code:text;

-- :bulletin_rule
-- One rule as lists show it.
SELECT code, title, unit FROM regulation WHERE code = $code:text;

-- :bulletin_of_month
-- The bulletin of a month that was not dropped.
SELECT m.code FROM matter_link l JOIN matter m ON m.id = l.matter_id
 WHERE l.what = 'period' AND l.code = $period:text AND m.kind = 'bulletin' AND m.state <> 'dropped' ORDER BY m.id DESC LIMIT 1;
