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

-- :run_units
-- The units that have a report in a run.
SELECT u.code FROM report r JOIN unit u ON u.id = r.unit_id WHERE r.computation_id = $computation:id ORDER BY r.id LIMIT 100000;

-- :release_list
-- The periods at the desk, newest first.
SELECT m.code, m.state, m.open, m.due_day, m.gap_year, m.colour, m.version, l.code AS period
  FROM matter m JOIN matter_link l ON l.matter_id = m.id AND l.what = 'period'
 WHERE m.kind = 'release' ORDER BY m.id DESC LIMIT 200;
