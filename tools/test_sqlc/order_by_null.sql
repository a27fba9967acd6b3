-- :a
-- Doc.
SELECT version FROM scheme ORDER BY from_period, version LIMIT 3;
-- expect 3: NULLS FIRST
