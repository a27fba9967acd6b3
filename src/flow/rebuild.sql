-- Rebuilding matters from their records.

-- :rebuild_records
-- The records of a matter, in the order they were appended.
SELECT id FROM record WHERE kind = 'matter.step' AND subject = $matter:text ORDER BY id LIMIT 100000;

-- :rebuild_codes
-- Every matter.
SELECT id, code FROM matter WHERE id > $after:id ORDER BY id LIMIT 500;

-- :rebuild_desks
-- Its desks.
SELECT desk, unit, due_key FROM matter_desk WHERE matter_id = $matter_id:id ORDER BY desk LIMIT 1000;

-- :rebuild_links
-- Its links.
SELECT what, code FROM matter_link WHERE matter_id = $matter_id:id ORDER BY what, code LIMIT 2000;

-- :rebuild_alarms
-- Its alarms.
SELECT rung, day, what, colour, desk, run FROM matter_alarm WHERE matter_id = $matter_id:id ORDER BY rung LIMIT 1000;

-- :rebuild_tally
-- Where the count and the matters differ.
SELECT t.kind, t.state, t.unit, t.colour, t.n,
       (SELECT count(*) FROM matter m WHERE m.kind = t.kind AND m.state = t.state AND m.unit = t.unit AND m.colour = t.colour) AS "have:int"
  FROM matter_tally t ORDER BY t.kind, t.state, t.unit, t.colour LIMIT 200000;

-- :rebuild_count
-- How many matters there are.
SELECT count(*) AS "n:int" FROM matter;
