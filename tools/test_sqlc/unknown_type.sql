-- :a
-- Doc.
SELECT key FROM setting WHERE value = $x:string;
-- expect 3: no such type
