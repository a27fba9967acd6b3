-- :a
-- Doc.
SELECT key FROM setting;

-- :a
-- Doc.
SELECT key FROM setting;
-- expect 5: is there twice
