-- :a
-- Doc.
SELECT group_concat(key) AS "k:text?" FROM setting;
-- expect 3: not portable
