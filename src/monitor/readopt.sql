-- What was decided of indicators, rules and forms in the yearly check-up.

-- :readopt_put
-- Decide, or decide otherwise.
INSERT INTO readopt (checkup, what, item, decision, reason, used, in_force, by_account, at, record_id)
VALUES ($checkup:text, $what:text, $item:text, $decision:text, $reason:text, $used:text, $in_force:bool, $by:text, $at:time, $record:id)
ON CONFLICT (checkup, what, item) DO UPDATE
   SET decision = excluded.decision, reason = excluded.reason, used = excluded.used, in_force = excluded.in_force,
       by_account = excluded.by_account, at = excluded.at, record_id = excluded.record_id;

-- :readopt_of
-- Everything decided in a check-up.
SELECT what, item, decision, reason, used, in_force, by_account, at FROM readopt WHERE checkup = $checkup:text ORDER BY what, item LIMIT 20000;

-- :readopt_newest
-- What was decided last of one thing and counts.
SELECT checkup, decision, reason, used, at FROM readopt WHERE what = $what:text AND item = $item:text AND in_force = 1
 ORDER BY id DESC LIMIT 1;

-- :readopt_expired_items
-- Of a kind, what was last decided to expire.
SELECT item, checkup, reason, at FROM readopt r WHERE what = $what:text AND in_force = 1 AND decision = 'expire'
   AND NOT EXISTS (SELECT 1 FROM readopt n WHERE n.what = r.what AND n.item = r.item AND n.in_force = 1 AND n.id > r.id)
 ORDER BY item LIMIT 20000;

-- :readopt_audit @audit
-- Decisions, as the record of their latest change says.
-- unlimited: the audit goes over every row there is
SELECT record_id, checkup, what, item, decision, reason, used, in_force, by_account, at FROM readopt ORDER BY id;
