-- What tests look at and spoil.

-- :spoil_state
-- Somebody changes a row by hand.
UPDATE matter SET state = $state:text WHERE code = $code:text;

-- :spoil_due
-- Another column.
UPDATE matter SET due_day = due_day + 1 WHERE code = $code:text;

-- :spoil_desk
-- A desk more.
INSERT INTO matter_desk (matter_id, desk, unit, due_key) SELECT id, 'u:T1', unit, due_key FROM matter WHERE code = $code:text;

-- :spoil_link
-- A link less.
DELETE FROM matter_link WHERE matter_id = (SELECT id FROM matter WHERE code = $code:text);

-- :spoil_alarm
-- An alarm on another day.
UPDATE matter_alarm SET day = day + 1 WHERE matter_id = (SELECT id FROM matter WHERE code = $code:text);

-- :spoil_tally
-- A count off.
UPDATE matter_tally SET n = n + 1 WHERE kind = $kind:text;

-- :spoil_body
-- Something inside.
UPDATE matter SET body = $body:text WHERE code = $code:text;

-- :test_notices
-- What was told about a matter.
SELECT n.what, n.desk FROM matter_notice n JOIN matter m ON m.id = n.matter_id WHERE m.code = $code:text ORDER BY n.id LIMIT 1000;

-- :test_counts
-- How much there is.
SELECT (SELECT count(*) FROM matter) AS "matters:int", (SELECT count(*) FROM matter_step) AS "steps:int",
       (SELECT count(*) FROM matter_notice) AS "notices:int", (SELECT count(*) FROM record WHERE kind = 'matter.step') AS "records:int";
