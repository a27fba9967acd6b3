-- The first set-up: how far it is, and what its trial made.

-- :setup_get
-- How the set-up stands; no row: the county never was in it.
SELECT state, begun_at, live_at, live_by FROM setup WHERE id = 1;

-- :setup_make
-- It begins.
INSERT INTO setup (id, state, begun_at, live_at, live_by, record_id) VALUES (1, 'trial', $now:time, 0, '', $record:id);

-- :setup_end
-- The county is live.
UPDATE setup SET state = 'live', live_at = $now:time, live_by = $by:text, record_id = $record:id WHERE id = 1 AND state = 'trial';

-- :setup_audit @audit
-- How the set-up stands, as its record says.
SELECT record_id, begun_at, live_at, live_by, state FROM setup ORDER BY id;

-- :trial_imports
-- Files of values that count.
SELECT id, code FROM import WHERE kind = 'values' AND state = 'done' ORDER BY id LIMIT 1000000;

-- :trial_computations
-- Computations that count.
SELECT id, period FROM computation WHERE state = 'done' ORDER BY id LIMIT 1000000;

-- :trial_import_clear
-- A file of values counts no more; its rows stay as its record says.
UPDATE import SET state = 'cleared' WHERE id = $id:id AND state = 'done';

-- :trial_computation_clear
-- A computation counts no more, and with it its scores, reports and warnings.
UPDATE computation SET state = 'cleared' WHERE id = $id:id AND state = 'done';

-- :trial_warnings
-- Warnings of the trial; a first one afterwards is a first one.
SELECT id, code, rule_id, unit_id, created_at FROM warning WHERE occurrence > 0 ORDER BY id LIMIT 1000000;

-- :trial_warning_clear
-- It counts as no occurrence.
UPDATE warning SET occurrence = -id, record_id = $record:id WHERE id = $id:id;

-- :trial_hints
-- Periods with hints that wait for somebody.
SELECT DISTINCT period FROM hint WHERE state = 'open' ORDER BY period LIMIT 400;

-- :trial_waiting_drop
-- Dry runs that nobody has confirmed.
UPDATE import SET state = 'given_up' WHERE kind = 'values' AND state = 'checked';

-- :trial_running_stop
-- What is being computed now does not become visible any more.
UPDATE computation SET state = 'failed', message = $message:text WHERE state = 'running';

-- :trial_loading
-- Files that are being taken in at this moment.
SELECT COUNT(*) AS "n:int" FROM import WHERE kind = 'values' AND state = 'loading';

-- :trial_cleared_add
-- One thing that was cleared.
INSERT INTO trial_cleared (what, row_id, code, record_id) VALUES ($what:text, $row:id, $code:text, $record:id);

-- :trial_cleared_audit @audit
-- What was cleared, by the record of the clearing.
-- unlimited: the audit goes over every row there is
SELECT record_id, code, row_id, what FROM trial_cleared ORDER BY id;

-- :trial_cleared_count
-- How much was cleared.
SELECT (SELECT COUNT(*) FROM trial_cleared i WHERE i.what = 'import') AS "imports:int",
       (SELECT COUNT(*) FROM trial_cleared c WHERE c.what = 'computation') AS "computations:int";

-- :trial_cleared_wrong
-- Rows in state cleared that no clearing names, and the other way about.
SELECT (SELECT COUNT(*) FROM import i WHERE i.state = 'cleared'
           AND NOT EXISTS (SELECT 1 FROM trial_cleared t WHERE t.what = 'import' AND t.row_id = i.id))
     + (SELECT COUNT(*) FROM trial_cleared u WHERE u.what = 'import'
           AND NOT EXISTS (SELECT 1 FROM import k WHERE k.id = u.row_id AND k.state = 'cleared')) AS "imports:int",
       (SELECT COUNT(*) FROM computation c WHERE c.state = 'cleared'
           AND NOT EXISTS (SELECT 1 FROM trial_cleared v WHERE v.what = 'computation' AND v.row_id = c.id))
     + (SELECT COUNT(*) FROM trial_cleared w WHERE w.what = 'computation'
           AND NOT EXISTS (SELECT 1 FROM computation d WHERE d.id = w.row_id AND d.state = 'cleared')) AS "computations:int";

-- :trial_count
-- What there is of the trial.
SELECT (SELECT COUNT(*) FROM import i WHERE i.kind = 'values' AND i.state = 'done') AS "imports:int",
       (SELECT COALESCE(SUM(j.rows_new), 0) FROM import j WHERE j.kind = 'values' AND j.state = 'done') AS "n_values:int",
       (SELECT COUNT(*) FROM import w WHERE w.kind = 'values' AND w.state = 'checked') AS "waiting:int",
       (SELECT COALESCE(MAX(k.done_at), 0) FROM import k WHERE k.kind = 'values' AND k.state = 'done') AS "sent_at:time",
       (SELECT COUNT(*) FROM computation c WHERE c.state = 'done') AS "computations:int",
       (SELECT COUNT(*) FROM report r JOIN computation d ON d.id = r.computation_id WHERE d.state = 'done') AS "reports:int",
       (SELECT COUNT(DISTINCT s.warning_id) FROM warning_step s JOIN computation f ON f.id = s.computation_id WHERE f.state = 'done') AS "warnings:int";

-- :trial_periods
-- Which periods values were sent of.
SELECT v.period, COUNT(*) AS "n:int" FROM value v JOIN import i ON i.id = v.import_id WHERE i.state = 'done'
 GROUP BY v.period ORDER BY v.period LIMIT 5000;

-- :trial_runs
-- The newest computation.
SELECT c.id, c.period, c.n_units, c.started_at FROM computation c WHERE c.state = 'done' ORDER BY c.id DESC LIMIT 1;

-- :setup_people
-- Who has which role today, but for those who are shut out.
SELECT g.role, a.code, a.name, a.state, u.code AS "unit:text?" FROM role_grant g JOIN account a ON a.id = g.account_id
  LEFT JOIN unit u ON u.id = a.unit_id
 WHERE g.from_day <= $day:int AND (g.to_day = 0 OR g.to_day >= $day:int) AND a.state <> 'locked'
 ORDER BY g.role, a.code, g.id LIMIT 100000;
