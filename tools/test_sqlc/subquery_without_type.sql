-- :a
-- Doc.
SELECT x.key FROM (SELECT key FROM setting) x;
-- expect 3: state its type
