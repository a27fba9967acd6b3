-- Warnings and how they stood after each period.

-- :warning_identities
-- Every occurrence there ever was, oldest first.
SELECT id, code, rule_id, unit_id, occurrence FROM warning ORDER BY id LIMIT 5000000;

-- :judged_before
-- Periods that have a done computation and end before a day, newest first.
SELECT DISTINCT period, last_day FROM computation WHERE state = 'done' AND last_day < $day:int
 ORDER BY last_day DESC, period DESC LIMIT 400;

-- :warning_steps_at
-- Steps of two periods, also those of computations that failed.
SELECT s.id, s.warning_id, s.period, s.computation_id, c.state AS run_state, s.rule_version_id, s.state, s.held, s.ended, s.colour, s.run,
       s.clear, s.eased, s.first_period, s.fired_period, s.value, s.previous, s.limit_value, s.merged_into, s.subject, s.measure,
       s.holder, u.code AS unit
  FROM warning_step s JOIN warning w ON w.id = s.warning_id JOIN unit u ON u.id = w.unit_id
  JOIN computation c ON c.id = s.computation_id
 WHERE s.period = $period:period OR s.period = $before:period
 ORDER BY s.id LIMIT 5000000;

-- :warning_insert
-- A new occurrence.
INSERT INTO warning (code, rule_id, unit_id, occurrence, created_at, record_id)
VALUES ($code:text, $rule_id:id, $unit_id:id, $occurrence:int, $created_at:time, $record_id:id)
RETURNING id;

-- :warning_step_insert
-- How it stands after a period.
INSERT INTO warning_step (warning_id, period, last_day, computation_id, rule_version_id, from_state, state, held, ended, colour, run,
                          clear, eased, first_period, fired_period, value, previous, limit_value, merged_into, subject, measure,
                          holder, at, record_id)
VALUES ($warning_id:id, $period:period, $last_day:int, $computation_id:id, $rule_version_id:id, $from_state:text, $state:text,
        $held:text, $ended:text, $colour:text, $run:int, $clear:int, $eased:text, $first_period:period, $fired_period:period?,
        $value:real?, $previous:real?, $limit_value:real?, $merged_into:id?, $subject:text, $measure:text, $holder:text, $at:time,
        $record_id:id);

-- :warning_views
-- Steps of a period with all that sentences need; of a warning the last row counts.
SELECT s.id, s.computation_id, c.state AS run_state, s.warning_id, s.period, s.state, s.held, s.ended, s.colour, s.clear, s.first_period, s.fired_period, s.value, s.previous,
       s.limit_value, s.merged_into, s.subject, s.measure, s.holder, s.at, s.record_id, w.code, w.unit_id, w.rule_id, w.occurrence,
       r.code AS rule_code, v.version, v.name, v.target_kind, v.target, v.op, v.yellow, v.orange, v.red, v.recover, v.for_periods,
       v.recover_periods, v.advice
  FROM warning_step s JOIN warning w ON w.id = s.warning_id JOIN rule r ON r.id = w.rule_id
  JOIN rule_version v ON v.id = s.rule_version_id JOIN computation c ON c.id = s.computation_id
 WHERE s.period = $period:period AND ($unit:id = 0 OR w.unit_id = $unit)
 ORDER BY s.warning_id, s.id LIMIT 1000000;

-- :warning_history
-- The same of one warning over all periods; of a period the last row counts.
SELECT s.id, s.computation_id, c.state AS run_state, s.warning_id, s.period, s.state, s.held, s.ended, s.colour, s.clear, s.first_period, s.fired_period, s.value, s.previous,
       s.limit_value, s.merged_into, s.subject, s.measure, s.holder, s.at, s.record_id, w.code, w.unit_id, w.rule_id, w.occurrence,
       r.code AS rule_code, v.version, v.name, v.target_kind, v.target, v.op, v.yellow, v.orange, v.red, v.recover, v.for_periods,
       v.recover_periods, v.advice
  FROM warning_step s JOIN warning w ON w.id = s.warning_id JOIN rule r ON r.id = w.rule_id
  JOIN rule_version v ON v.id = s.rule_version_id JOIN computation c ON c.id = s.computation_id
 WHERE w.code = $code:text
 ORDER BY s.last_day, s.id LIMIT 10000;

-- :warning_trail
-- Values that warnings were judged by before a day.
SELECT s.warning_id, w.unit_id, s.computation_id, c.state AS run_state, s.period, s.value, s.previous
  FROM warning_step s JOIN warning w ON w.id = s.warning_id JOIN computation c ON c.id = s.computation_id
 WHERE s.last_day >= $from:int AND s.last_day < $to:int AND ($unit:id = 0 OR w.unit_id = $unit)
 ORDER BY s.warning_id, s.last_day, s.id LIMIT 1000000;

-- :warning_audit @audit
-- Occurrences, as their records say.
SELECT record_id, code, rule_id, unit_id, occurrence, created_at FROM warning ORDER BY id;

-- :warning_step_audit @audit
-- Steps, as their records say.
SELECT record_id, warning_id, period, last_day, computation_id, rule_version_id, from_state, state, held, ended, colour, run, clear,
       eased, first_period, fired_period, value, previous, limit_value, merged_into, subject, measure, holder, at
  FROM warning_step ORDER BY id;

-- :warning_judged
-- How a warning was judged in a period, newest first, by runs that are done.
SELECT s.warning_id, s.colour, u.code AS unit FROM warning_step s JOIN warning w ON w.id = s.warning_id JOIN unit u ON u.id = w.unit_id
  JOIN computation c ON c.id = s.computation_id
 WHERE w.code = $code:text AND s.period = $period:period AND c.state = 'done' ORDER BY s.id DESC LIMIT 1;

-- :warning_void_insert
-- A finding that does not count; once is enough.
INSERT INTO warning_void (warning_id, period, colour, objection, at, record_id)
VALUES ($warning_id:id, $period:period, $colour:text, $objection:text, $at:time, $record_id:id)
ON CONFLICT (warning_id, period) DO UPDATE
   SET colour = excluded.colour, objection = excluded.objection, at = excluded.at, record_id = excluded.record_id;

-- :warnings_void
-- Findings of a period that do not count.
SELECT w.rule_id, w.unit_id, v.colour FROM warning_void v JOIN warning w ON w.id = v.warning_id
 WHERE v.period = $period:period ORDER BY v.id LIMIT 1000000;

-- :warning_void_audit @audit
-- Findings that do not count, as their records say.
-- unlimited: the audit goes over every row there is
SELECT record_id, warning_id, period, colour, objection, at FROM warning_void ORDER BY id;
