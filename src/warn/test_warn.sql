-- What tests of warnings need of rooms above: a scheme and runs that judge.

-- :test_scheme
-- A scheme to hang computations on.
INSERT INTO scheme (version, name, state, config, created_at, record_id) VALUES (1, 'test', 'adopted', '', $now:time, 0) RETURNING id;

-- :test_run
-- A run that has just begun.
INSERT INTO computation (period, last_day, scheme_id, state, config_digest, input_digest, started_at, record_id)
VALUES ($period:period, $last_day:int, $scheme:id, 'running', $digest:blob, $digest, $now:time, 0) RETURNING id;

-- :test_run_end
-- It is done or has failed.
UPDATE computation SET state = $state:text WHERE id = $id:id;

-- :test_steps
-- How often something was written.
SELECT COUNT(*) AS "n:int" FROM warning_step;

-- :test_records
-- Records of a kind.
SELECT COUNT(*) AS "n:int" FROM record WHERE kind = $kind:text;
