-- :a
-- Doc.
SELECT count(*) AS n FROM setting;
-- expect 3: state its type
