-- :a
-- Doc.
SELECT key FROM setting;
-- :a @pg
-- Because.
SELECT key FROM setting WHERE key = $k:text;
-- expect 6: not a parameter of
