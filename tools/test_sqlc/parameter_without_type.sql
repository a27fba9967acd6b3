-- :a
-- Doc.
SELECT key FROM setting WHERE value = $x;
-- expect 3: needs a type
