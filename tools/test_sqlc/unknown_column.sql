-- :a
-- Doc.
SELECT key FROM setting WHERE
 nam = $x:text;
-- expect 4: no such column: nam
