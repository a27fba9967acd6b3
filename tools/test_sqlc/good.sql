-- :a
-- Doc.
SELECT s.key, s.value AS v, r.status AS "st:int?" FROM setting s LEFT JOIN request r ON r.id = s.record_id
 WHERE s.key <> $k:text OR s.value = $k ORDER BY r.status NULLS LAST, s.key LIMIT 5;
-- :b
-- Doc.
SELECT group_concat(key) AS "k:text?" FROM setting;
-- :b @pg
-- Because it can.
SELECT string_agg(key, ',') AS k FROM setting;
-- expect 0: 
