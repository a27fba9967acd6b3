-- :a
-- Doc.
SELECT s.key FROM setting s RIGHT JOIN request r ON r.id = s.changed_by;
-- expect 3: LEFT JOIN
