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
-- Values that came for each point since a moment.
-- unlimited: one row a point
SELECT p.code, COUNT(v.id) AS "n:int"
  FROM point p LEFT JOIN import i ON i.state = 'done' AND i.created_at >= $since:time LEFT JOIN value v ON v.point_id = p.id AND v.import_id = i.id
 GROUP BY p.code ORDER BY p.code;

-- :checkup_predicts
-- What the comparison with others' evaluations says of each node and rule, all sources and periods together.
-- unlimited: one row a node or rule
SELECT kind, code, n, tau, called, hits, retire FROM agreement WHERE source = '' AND span = '' AND code <> '' ORDER BY kind, code;

-- :checkup_read
-- How often reports were opened since a moment: what every indicator's readers come by.
SELECT COUNT(*) AS "n:int" FROM read_journal WHERE what = 'report' AND denied = 0 AND at >= $since:time;
