-- :a
-- Doc.
SELECT key FROM setting UNION SELECT location FROM request;
-- expect 3: state its type
