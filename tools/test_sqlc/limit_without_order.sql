-- :a
-- Doc.
SELECT key FROM setting LIMIT 3;
-- expect 1: without ORDER BY
