-- Finding matters.

-- :desk_lines
-- A desk, soonest first, after a line.
SELECT m.id, m.code, m.kind, m.title, m.state, m.unit, m.account, m.due_day, m.first_due, d.due_key, m.gap_year, m.quiet_day, m.colour, m.lamp,
       m.version, m.state_at
  FROM matter_desk d JOIN matter m ON m.id = d.matter_id
 WHERE d.desk = $desk:text AND (d.due_key > $due:int OR (d.due_key = $due AND d.matter_id > $after:id))
   AND ($kind:text = '' OR m.kind = $kind)
 ORDER BY d.due_key, d.matter_id LIMIT $max:int;

-- :desk_unit_lines
-- The same of a capability's desk, for one unit.
SELECT m.id, m.code, m.kind, m.title, m.state, m.unit, m.account, m.due_day, m.first_due, d.due_key, m.gap_year, m.quiet_day, m.colour, m.lamp,
       m.version, m.state_at
  FROM matter_desk d JOIN matter m ON m.id = d.matter_id
 WHERE d.desk = $desk:text AND d.unit = $unit:text AND (d.due_key > $due:int OR (d.due_key = $due AND d.matter_id > $after:id))
   AND ($kind:text = '' OR m.kind = $kind)
 ORDER BY d.due_key, d.matter_id LIMIT $max:int;

-- :desk_count
-- How many lie there, counted so far.
SELECT count(*) AS "n:int" FROM (SELECT 1 FROM matter_desk WHERE desk = $desk:text LIMIT $max:int) x;

-- :desk_unit_count
-- The same for one unit.
SELECT count(*) AS "n:int" FROM (SELECT 1 FROM matter_desk WHERE desk = $desk:text AND unit = $unit:text LIMIT $max:int) x;

-- :board_tally
-- How many stand where, of a kind.
SELECT state, unit, colour, n FROM matter_tally WHERE kind = $kind:text AND n <> 0 ORDER BY state, unit, colour LIMIT 200000;

-- :board_lines
-- The soonest of a state.
SELECT m.id, m.code, m.kind, m.title, m.state, m.unit, m.account, m.due_day, m.first_due, m.due_key, m.gap_year, m.quiet_day, m.colour, m.lamp,
       m.version, m.state_at
  FROM matter m WHERE m.kind = $kind:text AND m.state = $state:text ORDER BY m.due_key, m.id LIMIT $max:int;

-- :board_unit_lines
-- The soonest of a state at a unit.
SELECT m.id, m.code, m.kind, m.title, m.state, m.unit, m.account, m.due_day, m.first_due, m.due_key, m.gap_year, m.quiet_day, m.colour, m.lamp,
       m.version, m.state_at
  FROM matter m WHERE m.unit = $unit:text AND m.open = $open:bool AND m.kind = $kind:text AND m.state = $state:text
 ORDER BY m.due_key, m.id LIMIT $max:int;

-- :agenda_lines
-- Open ones due in a span.
SELECT m.id, m.code, m.kind, m.title, m.state, m.unit, m.account, m.due_day, m.first_due, m.due_key, m.gap_year, m.quiet_day, m.colour, m.lamp,
       m.version, m.state_at, m.opener
  FROM matter m WHERE m.open = 1 AND m.due_key >= $from:int AND m.due_key <= $to:int ORDER BY m.due_key, m.id LIMIT $max:int;

-- :search_lines
-- Those whose code or title contains a pattern.
SELECT m.id, m.code, m.kind, m.title, m.state, m.unit, m.account, m.due_day, m.first_due, m.due_key, m.gap_year, m.quiet_day, m.colour, m.lamp,
       m.version, m.state_at
  FROM matter m WHERE m.words LIKE $pattern:text ESCAPE '\' AND ($before:id = 0 OR m.id < $before)
 ORDER BY m.id DESC LIMIT $max:int;

-- :linked_lines
-- Those linked with something.
SELECT m.id, m.code, m.kind, m.title, m.state, m.unit, m.account, m.due_day, m.first_due, m.due_key, m.gap_year, m.quiet_day, m.colour, m.lamp,
       m.version, m.state_at
  FROM matter_link l JOIN matter m ON m.id = l.matter_id WHERE l.what = $what:text AND l.code = $code:text
 ORDER BY m.id DESC LIMIT $max:int;

-- :open_units
-- Units that hold or held something: from the counts, since matters are too many to look through.
SELECT DISTINCT unit FROM matter_tally WHERE n <> 0 AND unit <> '' ORDER BY unit LIMIT 100000;

-- :unit_lines
-- What a unit holds open.
SELECT m.id, m.code, m.kind, m.title, m.state, m.unit, m.account, m.due_day, m.first_due, m.due_key, m.gap_year, m.quiet_day, m.colour, m.lamp,
       m.version, m.state_at
  FROM matter m WHERE m.unit = $unit:text AND m.open = 1 ORDER BY m.due_key, m.id LIMIT $max:int;

-- :kind_lines
-- All of a kind, for exports.
SELECT m.id, m.code, m.kind, m.title, m.state, m.unit, m.account, m.due_day, m.first_due, m.due_key, m.gap_year, m.quiet_day, m.colour, m.lamp,
       m.version, m.state_at, m.opened_at, m.closed_at, m.opener, m.returned, m.reopened, m.gross_days, m.net_days, m.on_time, m.on_first
  FROM matter m WHERE m.kind = $kind:text ORDER BY m.id LIMIT $max:int;

-- :stats_ended
-- What ended in a span; a draft that was dropped has never begun.
SELECT unit, returned, reopened, gross_days, net_days, on_time, on_first FROM matter
 WHERE kind = $kind:text AND closed_at >= $from:time AND closed_at < $to:time AND open = 0 AND draft = 0 ORDER BY closed_at, id LIMIT 1000000;
