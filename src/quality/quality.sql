-- Evaluations, agreement, check rules and hints.

-- :evaluation_set_last
-- The newest file.
SELECT COALESCE(MAX(id), 0) AS "id:int" FROM evaluation_set;

-- :evaluation_set_insert
-- A file; its record follows in the same change.
INSERT INTO evaluation_set (code, file_name, file_digest, evaluations, problems, by_account, at, record_id)
VALUES ($code:text, $name:text, $digest:blob, $evaluations:int, $problems:int, $by:text, $at:time, 0) RETURNING id;

-- :evaluation_set_record
-- Its record.
UPDATE evaluation_set SET record_id = $record:id WHERE id = $id:id;

-- :evaluation_insert
-- What a source says of a unit.
INSERT INTO evaluation (set_id, unit_id, period, source, score, state, record_id)
VALUES ($set:id, $unit:id, $period:period, $source:text, $score:real?, $state:text, $record:id);

-- :evaluation_problem_insert
-- Problems of a kind.
INSERT INTO evaluation_problem (set_id, unit_id, period, source, kind, n, found_day, record_id)
VALUES ($set:id, $unit:id, $period:period, $source:text, $kind:text, $n:int, $found:int, $record:id);

-- :evaluation_sets
-- Files that were brought in, newest first.
SELECT s.code, s.file_name, s.evaluations, s.problems, s.at, a.name AS "who:text?"
  FROM evaluation_set s LEFT JOIN account a ON a.code = s.by_account ORDER BY s.id DESC LIMIT 100;

-- :evaluated
-- What has been evaluated, newest period first, inspection tours before the others.
SELECT source, period FROM evaluation GROUP BY source, period
 ORDER BY period DESC, CASE source WHEN 'inspection' THEN 1 WHEN 'supervision' THEN 2 ELSE 3 END, source LIMIT 1000;

-- :evaluations_of
-- What a source says of a period: of each unit its newest set.
SELECT v.unit_id, v.set_id, v.score, v.state FROM evaluation v
 WHERE v.source = $source:text AND v.period = $period:period
   AND v.set_id = (SELECT MAX(w.set_id) FROM evaluation w WHERE w.source = v.source AND w.period = v.period AND w.unit_id = v.unit_id)
 ORDER BY v.unit_id, v.id LIMIT 100000;

-- :evaluation_problems_of
-- The problems of those sets.
SELECT p.unit_id, p.kind, p.n, p.found_day FROM evaluation_problem p
 WHERE p.source = $source:text AND p.period = $period:period
   AND p.set_id = (SELECT MAX(w.set_id) FROM evaluation w WHERE w.source = p.source AND w.period = p.period AND w.unit_id = p.unit_id)
 ORDER BY p.unit_id, p.id LIMIT 100000;

-- :published_run
-- The newest published computation of a period.
SELECT c.id, c.scheme_id FROM publication p JOIN computation c ON c.id = p.computation_id
 WHERE p.period = $period:period AND p.stage = 4 ORDER BY c.id DESC LIMIT 1;

-- :warnings_fired
-- When each warning was first seen to fire, in what was published.
SELECT w.unit_id, w.rule_id, w.id AS "warning:id", MIN(s.at) AS "at:time"
  FROM warning_step s JOIN warning w ON w.id = s.warning_id JOIN publication p ON p.computation_id = s.computation_id
 WHERE s.state = 'firing' AND p.stage = 4 GROUP BY w.id, w.unit_id, w.rule_id ORDER BY w.id LIMIT 1000000;

-- :agreement_drop
-- What was computed before.
DELETE FROM agreement WHERE source = $source:text AND span = $span:text;

-- :agreement_insert
-- One figure of ours against a source.
INSERT INTO agreement (source, span, kind, code, name, strata, cases, n, tau, tau_lo, tau_hi, rho, rho_lo, rho_hi, called, so, hits,
                       hit_share, hit_lo, hit_hi, found_share, found_lo, found_hi, lead_n, lead, lead_lo, lead_hi, retire, at)
VALUES ($source:text, $span:text, $kind:text, $code:text, $name:text, $strata:int, $cases:int, $n:int, $tau:real?, $tau_lo:real?, $tau_hi:real?, $rho:real?,
        $rho_lo:real?, $rho_hi:real?, $called:int, $so:int, $hits:int, $hit_share:real?, $hit_lo:real?, $hit_hi:real?,
        $found_share:real?, $found_lo:real?, $found_hi:real?, $lead_n:int, $lead:real?, $lead_lo:real?, $lead_hi:real?, $retire:bool,
        $at:time);

-- :agreement_of
-- All figures against a source in a period, or put together.
SELECT kind, code, name, strata, cases, n, tau, tau_lo, tau_hi, rho, rho_lo, rho_hi, called, so, hits, hit_share, hit_lo, hit_hi, found_share, found_lo,
       found_hi, lead_n, lead, lead_lo, lead_hi, retire, at
  FROM agreement WHERE source = $source:text AND span = $span:text ORDER BY id LIMIT 100000;

-- :agreement_totals
-- How the index agreed, wherever it was compared: for the choices, and period by period.
SELECT source, span, strata, n, tau, tau_lo, tau_hi FROM agreement WHERE kind = 'total' ORDER BY id LIMIT 10000;

-- :evaluation_set_audit @audit
-- Files, as their records say.
-- unlimited: the audit goes over every row there is
SELECT record_id, code, at, by_account, evaluations, file_digest, file_name, problems FROM evaluation_set ORDER BY id;

-- :evaluation_audit @audit
-- Evaluations, by their file's record.
-- unlimited: the audit goes over every row there is
SELECT record_id, set_id, unit_id, period, source, score, state FROM evaluation ORDER BY id;

-- :evaluation_problem_audit @audit
-- Problems, by their file's record.
-- unlimited: the audit goes over every row there is
SELECT record_id, set_id, unit_id, period, source, kind, n, found_day FROM evaluation_problem ORDER BY id;

-- :check_rule_list
-- All rules by code.
SELECT id, code, version, name, kind, target, left_expr, op, right_expr, a, b, importance, missing, live, why, by_account, at
  FROM check_rule ORDER BY code, id LIMIT 10000;

-- :check_rule_put
-- Write a rule; the code is for ever.
INSERT INTO check_rule (code, version, name, kind, target, left_expr, op, right_expr, a, b, importance, missing, live, why, by_account,
                        at, record_id)
VALUES ($code:text, $version:int, $name:text, $kind:text, $target:text, $left:text, $op:text, $right:text, $a:real?, $b:real?,
        $importance:text, $missing:text, $live:bool, $why:text, $by:text, $at:time, $record:id)
ON CONFLICT (code) DO UPDATE
   SET version = excluded.version, name = excluded.name, kind = excluded.kind, target = excluded.target,
       left_expr = excluded.left_expr, op = excluded.op, right_expr = excluded.right_expr, a = excluded.a, b = excluded.b,
       importance = excluded.importance, missing = excluded.missing, live = excluded.live, why = excluded.why,
       by_account = excluded.by_account, at = excluded.at, record_id = excluded.record_id;

-- :hint_newest
-- The newest hint of a thing.
SELECT id, code, rule_version, state, importance, numbers, version FROM hint WHERE thing = $thing:text ORDER BY id DESC LIMIT 1;

-- :hint_count
-- How many hints a period ever had.
SELECT COUNT(*) AS "n:int" FROM hint WHERE period = $period:period;

-- :hint_insert
-- A hint.
INSERT INTO hint (code, thing, rule, rule_version, kind, period, unit, owner, point, importance, numbers, state, reason, decided_by,
                  decided_own, found_at, changed_at, version, record_id)
VALUES ($code:text, $thing:text, $rule:text, $rule_version:int, $kind:text, $period:period, $unit:text, $owner:text, $point:text,
        $importance:text, $numbers:text, $state:text, $reason:text, $decided_by:text, $decided_own:bool, $found_at:time,
        $changed_at:time, $version:int, $record:id);

-- :hint_change
-- How it stands now; only the version that was seen may be changed.
UPDATE hint SET rule_version = $rule_version:int, importance = $importance:text, numbers = $numbers:text, state = $state:text,
       reason = $reason:text, decided_by = $decided_by:text, decided_own = $decided_own:bool, changed_at = $changed_at:time,
       version = version + 1, record_id = $record:id
 WHERE id = $id:id AND version = $version:int;

-- :hints_of_period
-- A period's hints, newest first.
SELECT id, code, thing, rule, rule_version, kind, period, unit, owner, point, importance, numbers, state, reason, decided_by, decided_own,
       found_at, changed_at, version
  FROM hint WHERE period = $period:period ORDER BY id LIMIT 100000;

-- :hint_of_code
-- One hint.
SELECT h.id, h.code, h.thing, h.rule, h.rule_version, h.kind, h.period, h.unit, h.owner, h.point, h.importance, h.numbers, h.state, h.reason,
       h.decided_by, h.decided_own, h.found_at, h.changed_at, h.version, h.record_id, a.name AS "decider:text?"
  FROM hint h LEFT JOIN account a ON a.code = h.decided_by WHERE h.code = $code:text;

-- :hint_tally
-- What became of each rule's hints.
SELECT rule, state, decided_own, COUNT(*) AS "n:int" FROM hint GROUP BY rule, state, decided_own ORDER BY rule, state, decided_own LIMIT 100000;

-- :hint_periods
-- Periods with hints, newest first.
SELECT DISTINCT period FROM hint ORDER BY period DESC LIMIT 400;

-- :arrivals
-- When each file brought values of a department for a period.
SELECT DISTINCT p.owner, v.period, i.id, i.done_at
  FROM value v JOIN import i ON i.id = v.import_id JOIN point p ON p.id = v.point_id
 WHERE i.state = 'done' AND i.done_at >= $from:time AND i.done_at <= $to:time AND v.version = 1
 ORDER BY p.owner, i.id, v.period LIMIT 1000000;

-- :check_rule_audit @audit
-- Rules, as the record of their latest change says.
-- unlimited: the audit goes over every row there is
SELECT record_id, code, version, name, kind, target, left_expr, op, right_expr, a, b, importance, missing, live, why, by_account, at
  FROM check_rule ORDER BY id;

-- :hint_audit @audit
-- Hints, as the record of their latest change says.
-- unlimited: the audit goes over every row there is
SELECT record_id, code, thing, rule, rule_version, kind, period, unit, owner, point, importance, numbers, state, reason, decided_by,
       decided_own, found_at, changed_at, version
  FROM hint ORDER BY id;
