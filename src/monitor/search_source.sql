-- What of figures can be found.

-- :search_points_of
-- Points that a record set.
SELECT p.code, p.name, p.indicator, p.owner, p.unit_of_measure, p.purpose, p.legal_basis, p.record_id FROM point p
 WHERE p.record_id = $record:id ORDER BY p.code LIMIT 100000;

-- :search_nodes_of
-- What a scheme that was adopted by a record consists of.
SELECT n.code, n.name, n.level, n.owner, n.unit_of_measure, n.standard, n.source FROM node n JOIN scheme s ON s.id = n.scheme_id
 WHERE s.record_id = $record:id AND s.state = 'adopted' AND n.type IN ('Indicator', 'Aggregate') ORDER BY n.sort, n.id LIMIT 100000;

-- :search_nodes_gone
-- What schemes before it had and it has not.
SELECT DISTINCT n.code FROM node n JOIN scheme s ON s.id = n.scheme_id
 WHERE s.state = 'adopted' AND s.version < (SELECT x.version FROM scheme x WHERE x.record_id = $record:id)
   AND NOT EXISTS (SELECT 1 FROM node m JOIN scheme t ON t.id = m.scheme_id WHERE t.record_id = $record AND m.code = n.code)
 ORDER BY n.code LIMIT 100000;

-- :search_import_of
-- The file that a record made visible.
SELECT i.code, i.file_name, i.account_id, i.done_at, a.name AS "sender:text?", u.code AS "unit:text?"
  FROM import i LEFT JOIN account a ON a.id = i.account_id LEFT JOIN unit u ON u.id = a.unit_id WHERE i.record_id = $record:id;

-- :search_import_sender
-- Whose file it is.
SELECT account_id FROM import WHERE code = $code:text;

-- :search_stage_of
-- The computation whose stage a record set.
SELECT computation_id, period, stage, record_id FROM publication WHERE record_id = $record:id;

-- :search_stage_best
-- How far the figures of a period have come, by any computation.
SELECT COALESCE(MAX(p.stage), 0) AS "stage:int" FROM publication p JOIN computation c ON c.id = p.computation_id
 WHERE p.period = $period:period AND c.state = 'done';

-- :search_reports_of
-- The units that have a report by any computation of a period, and what they are called today.
SELECT DISTINCT u.id, u.code, t.name FROM report r JOIN unit u ON u.id = r.unit_id JOIN unit_term t ON t.unit_id = u.id
 WHERE r.period = $period:period AND t.from_day = (SELECT MAX(x.from_day) FROM unit_term x WHERE x.unit_id = u.id)
 ORDER BY u.code LIMIT 200000;

-- :search_warnings_of
-- The warnings that a computation judged, and how far any judgement of each has come.
SELECT w.code, u.id AS unit_id, u.code AS unit, t.name AS unit_name, r.code AS rule, v.name, v.target, s.subject,
       (SELECT COALESCE(MAX(p.stage), 0) FROM warning_step x JOIN publication p ON p.computation_id = x.computation_id
         WHERE x.warning_id = w.id) AS "stage:int"
  FROM warning_step s JOIN warning w ON w.id = s.warning_id JOIN unit u ON u.id = w.unit_id JOIN unit_term t ON t.unit_id = u.id
  JOIN rule r ON r.id = w.rule_id JOIN rule_version v ON v.id = s.rule_version_id
 WHERE s.computation_id = $computation:id
   AND t.from_day = (SELECT MAX(x.from_day) FROM unit_term x WHERE x.unit_id = u.id)
 ORDER BY w.code LIMIT 200000;
