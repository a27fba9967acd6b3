-- Pulls and their log.

-- :pull_last
-- The number of the last pull.
SELECT COALESCE(MAX(id), 0) AS "id:int" FROM collect_pull;

-- :pull_insert
-- A pull is set up.
INSERT INTO collect_pull (code, name, source, kind, place, relation, secret, points, every_hours, state, by_account, at, record_id)
VALUES ($code:text, $name:text, $source:text, $kind:text, $place:text, $relation:text, $secret:blob?, $points:text, $every_hours:int,
        $state:text, $by_account:text, $at:time, $record_id:id);

-- :pull_set_state
-- It is switched on or off.
UPDATE collect_pull SET state = $state:text, at = $at:time, record_id = $record_id:id WHERE code = $code:text AND state <> $state;

-- :pull_of_code
-- One pull.
SELECT code, name, source, kind, place, relation, secret, points, every_hours, state, by_account, at, record_id
  FROM collect_pull WHERE code = $code:text;

-- :pull_list
-- All pulls, with the last run of each.
SELECT p.id, p.code, p.name, p.source, p.kind, p.place, p.points, p.every_hours, p.state, r.at AS "run_at:time?", r.outcome AS "outcome:text?",
       r.message AS "message:text?"
  FROM collect_pull p
  LEFT JOIN collect_pull_run r ON r.pull = p.code AND r.number = (SELECT MAX(q.number) FROM collect_pull_run q WHERE q.pull = p.code)
 ORDER BY p.id LIMIT 1000;

-- :pull_audit @audit
-- Pulls, as their records say; not the password.
SELECT record_id, code, name, source, kind, place, relation, points, every_hours, state, by_account, at FROM collect_pull ORDER BY id;

-- :pull_run_last
-- The number of a pull's last run.
SELECT COALESCE(MAX(number), 0) AS "number:int" FROM collect_pull_run WHERE pull = $pull:text;

-- :pull_run_digest
-- What was read last without being refused; of a trial that was cleared nothing is there any more.
SELECT digest, at FROM collect_pull_run WHERE pull = $pull:text AND outcome <> 'failed' AND digest IS NOT NULL
   AND record_id > (SELECT COALESCE(MAX(t.record_id), 0) FROM trial_cleared t)
 ORDER BY number DESC LIMIT 1;

-- :pull_run_insert
-- What a run came to.
INSERT INTO collect_pull_run (pull, number, at, outcome, message, file_name, digest, n_rows, n_fresh, n_changed, import, record_id)
VALUES ($pull:text, $number:int, $at:time, $outcome:text, $message:text, $file_name:text, $digest:blob?, $n_rows:int, $n_fresh:int,
        $n_changed:int, $import:text, $record_id:id);

-- :pull_runs
-- Some of the log of a pull, newest first: numbers after one, up to another.
SELECT number, at, outcome, message, file_name, n_rows, n_fresh, n_changed, import FROM collect_pull_run
 WHERE pull = $pull:text AND number > $after:int AND number <= $to:int ORDER BY number DESC LIMIT 1000;

-- :pull_run_audit @audit
-- Runs, as their records say.
SELECT record_id, pull, number, at, outcome, message, file_name, digest, n_rows, n_fresh, n_changed, import FROM collect_pull_run ORDER BY id;
