-- :a
-- Doc.
SELECT key FROM setting WHERE value = "abc";
-- expect 3: no such column
