-- :a
-- Doc.
SELECT key AS default FROM setting WHERE key = $int:text;
-- expect 3: another name
