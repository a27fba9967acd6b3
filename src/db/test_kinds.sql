-- Queries of the tests of src/db.

-- :kinds_add
-- A row with everything.
INSERT INTO kinds (parent_id, n, n_opt, v, name, note, data, at, amount, period, flag)
VALUES ($parent:id?, $n:int, $n_opt:int?, $v:real?, $name:text, $note:text?, $data:blob?, $at:time?, $amount:money?,
        $period:period?, $flag:bool)
RETURNING id;

-- :kinds_get
-- A row by its name.
SELECT id, parent_id, n, n_opt, v, name, note, data, at, amount, period, flag FROM kinds WHERE name = $name:text;

-- :kinds_names
-- Names in order.
SELECT id, name FROM kinds ORDER BY name LIMIT $max:int;

-- :kinds_count
-- How many rows.
SELECT count(*) AS "n:int" FROM kinds;

-- :kinds_sums
-- Aggregates, whose types the databases choose differently.
SELECT sum(n) AS "n:int?", coalesce(sum(amount), 0) AS "amount:money", avg(n) AS "mean:real?",
       max(period) AS "period:period?", EXISTS (SELECT 1 FROM kinds WHERE flag = 1) AS "flagged:bool"
  FROM kinds;

-- :kinds_put
-- Only what must be there.
INSERT INTO kinds (n, name) VALUES ($n:int, $name:text);

-- :kinds_bump
-- Add to one row's number.
UPDATE kinds SET n = n + $by:int WHERE name = $name:text;

-- :kinds_set
-- Write one row's number.
UPDATE kinds SET n = $n:int WHERE name = $name:text;

-- :kinds_parents
-- Rows and, where there is one, the name of their parent.
SELECT k.name, p.name AS "parent:text?" FROM kinds k LEFT JOIN kinds p ON p.id = k.parent_id
 WHERE $like:text = '' OR k.name LIKE $like ORDER BY k.name LIMIT 100;

-- :kinds_drop
-- All rows, giving their names.
DELETE FROM kinds RETURNING name;

-- :kinds_audit @audit
-- For the list of audited tables.
SELECT id AS record_id, n, name FROM kinds ORDER BY id;

-- :kinds_two
-- Wrongly meant to give one row.
SELECT name FROM kinds WHERE n = $n:int;
