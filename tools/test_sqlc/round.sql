-- :a
-- Doc.
SELECT round(avg(changed_at), 2) AS "k:real?" FROM setting;
-- expect 3: round in C
