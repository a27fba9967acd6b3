-- :a
-- Doc.
SELECT s.key, r.status FROM setting s LEFT JOIN request r ON r.id = s.changed_by;
-- expect 3: state its type
