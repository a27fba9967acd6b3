-- :a
-- Doc.
SELECT key FROM setting ORDER BY changed_by, key LIMIT 3;
-- expect 3: NULLS FIRST
