-- :a
-- Doc.
SELECT key FROM setting; SELECT 1;
-- expect 3: one statement
