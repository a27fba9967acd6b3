-- Publication: how far the figures of each computation have come.

-- :publication_list
-- Every computation that is done, newest first; only what counts now is kept in memory (publication.c).
SELECT p.computation_id, p.period, p.last_day, p.stage, p.at, p.published_at, p.approved_by, p.erratum, p.replaced_by, p.replaced_at,
       a.name AS "approver:text?", c.started_at, c.done_at
  FROM publication p JOIN computation c ON c.id = p.computation_id LEFT JOIN account a ON a.code = p.approved_by
 WHERE c.state = 'done'
 ORDER BY p.last_day DESC, p.period DESC, p.computation_id DESC LIMIT 100000;

-- :publication_stamp
-- Changes with every change of the list.
SELECT (SELECT COALESCE(MAX(p.record_id), 0) FROM publication p) AS "record:int",
       (SELECT COALESCE(MAX(t.record_id), 0) FROM trial_cleared t) AS "cleared:int";

-- :publication_of
-- One.
SELECT computation_id, period, last_day, stage, at, published_at, approved_by, erratum, replaced_by, replaced_at
  FROM publication WHERE computation_id = $computation:id;

-- :publication_of_period
-- Those of a period, newest first.
SELECT p.computation_id, p.period, p.last_day, p.stage, p.at, p.published_at, p.approved_by, p.erratum, p.replaced_by, p.replaced_at
  FROM publication p JOIN computation c ON c.id = p.computation_id
 WHERE p.period = $period:period AND c.state = 'done' ORDER BY p.computation_id DESC LIMIT 10000;

-- :publication_put
-- How one stands.
INSERT INTO publication (computation_id, period, last_day, stage, at, published_at, approved_by, erratum, replaced_by, replaced_at, record_id)
VALUES ($computation:id, $period:period, $last_day:int, $stage:int, $at:time, $published_at:time, $approved_by:text, $erratum:text,
        $replaced_by:id?, $replaced_at:time, $record:id)
ON CONFLICT (computation_id) DO UPDATE
   SET stage = excluded.stage, at = excluded.at, published_at = excluded.published_at, approved_by = excluded.approved_by,
       erratum = excluded.erratum, replaced_by = excluded.replaced_by, replaced_at = excluded.replaced_at, record_id = excluded.record_id;

-- :publication_audit @audit
-- Stages, as their records say.
-- unlimited: the audit goes over every row there is
SELECT record_id, approved_by, at, computation_id AS computation, erratum, last_day, period, published_at, replaced_at, replaced_by, stage
  FROM publication ORDER BY id;

-- :run_of_report_record
-- The computation of a report by the report's record.
SELECT r.computation_id FROM report r JOIN unit u ON u.id = r.unit_id
 WHERE u.code = $unit:text AND r.period = $period:period AND r.record_id = $record:id;

-- :run_of_record
-- The computation that a record tells of.
SELECT id FROM computation WHERE period = $period:period AND record_id = $record:id;

-- :run_of_warning_record
-- The first computation that a record of a warning tells of; 0: none.
SELECT COALESCE(MIN(s.computation_id), 0) AS "computation:id" FROM warning_step s JOIN warning w ON w.id = s.warning_id
 WHERE w.code = $code:text 
   AND (s.record_id = $record:id OR w.record_id = $record
        OR EXISTS (SELECT 1 FROM warning_void v WHERE v.warning_id = w.id AND v.period = s.period AND v.record_id = $record));
