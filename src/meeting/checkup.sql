-- 规则体检: what there is, and how it was used.

-- :checkup_last
-- The newest check-up that was not called off.
SELECT code, state, open FROM matter WHERE kind = 'checkup' AND state <> 'cancelled' ORDER BY id DESC LIMIT 1;

-- :checkup_warnings
-- Warnings of each rule since a moment, and matters that dealt with them.
-- unlimited: one row a rule
SELECT r.code, COUNT(DISTINCT w.id) AS "fired:int", COUNT(DISTINCT m.id) AS "matters:int"
  FROM rule r
  LEFT JOIN warning w ON w.rule_id = r.id AND w.created_at >= $since:time
  LEFT JOIN matter_link l ON l.what = 'warning' AND l.code = w.code
  LEFT JOIN matter m ON m.id = l.matter_id
 GROUP BY r.code ORDER BY r.code;

-- :checkup_values
-- Values that came for each point since a moment; none: the point is not there.
-- unlimited: one row a point
SELECT p.code, COUNT(*) AS "n:int" FROM import i JOIN value v ON v.import_id = i.id JOIN point p ON p.id = v.point_id
 WHERE i.state = 'done' AND i.created_at >= $since:time GROUP BY p.code ORDER BY p.code;

-- :checkup_predicts
-- What the comparison with others' evaluations says of each node and rule, all sources and periods together.
-- unlimited: one row a node or rule
SELECT kind, code, n, tau, called, hits, retire FROM agreement WHERE source = '' AND span = '' AND code <> '' ORDER BY kind, code;

-- :checkup_read
-- How often reports were opened since a moment: what every indicator's readers come by.
SELECT COUNT(*) AS "n:int" FROM read_journal WHERE what = 'report' AND denied = 0 AND at >= $since:time;

-- :checkup_gone
-- What has expired of a kind and was not taken up again, with its name; since when, by which check-up.
SELECT r.item, r.checkup, r.reason, r.at,
       COALESCE(CASE r.what WHEN 'form' THEN (SELECT p.name FROM point p WHERE p.code = r.item)
                            WHEN 'rule' THEN (SELECT v.name FROM rule u JOIN rule_version v ON v.rule_id = u.id AND v.version = u.version WHERE u.code = r.item)
                            ELSE (SELECT d.name FROM node d WHERE d.code = r.item ORDER BY d.scheme_id DESC LIMIT 1) END, r.item) AS "name:text"
  FROM readopt r WHERE r.what = $what:text AND r.in_force = 1 AND r.decision = 'expire'
   AND NOT EXISTS (SELECT 1 FROM readopt n WHERE n.what = r.what AND n.item = r.item AND n.in_force = 1 AND n.id > r.id)
 ORDER BY r.item LIMIT 20000;
