-- :a
-- Doc.
SELECT key FROM setting
-- expect 3: one statement
