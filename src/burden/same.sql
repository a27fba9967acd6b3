-- What people decided about points that look alike.

-- :verdicts
-- The newest decision about every pair.
SELECT v.point, v.other, v.name, v.number, v.verdict, v.reason FROM same_verdict v
 WHERE NOT EXISTS (SELECT 1 FROM same_verdict w WHERE w.point = v.point AND w.other = v.other AND w.number > v.number)
 ORDER BY v.point, v.other, v.id LIMIT 20000;

-- :verdict_of
-- The newest decision about a pair.
SELECT number, name, verdict, reason FROM same_verdict v WHERE point = $point:text AND other = $other:text
   AND NOT EXISTS (SELECT 1 FROM same_verdict w WHERE w.point = v.point AND w.other = v.other AND w.number > v.number);

-- :verdict_insert
-- Write a decision.
INSERT INTO same_verdict (point, other, name, number, verdict, reason, by_account, at, record_id)
VALUES ($point:text, $other:text, $name:text, $number:int, $verdict:text, $reason:text, $by:text, $at:time, $record:id);

-- :same_audit @audit
-- What the audit compares.
-- unlimited: it goes over every row there is
SELECT record_id, at, by_account, name, number, other, point, reason, verdict FROM same_verdict ORDER BY id;
