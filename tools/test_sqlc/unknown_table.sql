-- :a
-- Doc.
SELECT k AS "k:int" FROM settings ORDER BY k LIMIT 1;
-- expect 3: no such table
