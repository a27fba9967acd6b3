-- :a
-- Doc.
SELECT * FROM setting ORDER BY key LIMIT 1;
-- expect 3: name the columns
