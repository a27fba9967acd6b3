-- :a
-- Doc.
SELECT key FROM setting WHERE value = $x:text
 OR changed_by = $x:id;
-- expect 4: another type before
