-- :a
-- Doc.
SELECT key FROM setting
 WHERE value = $x:int::text;
-- expect 4: not portable
