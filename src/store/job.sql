-- Jobs.

-- :job_waiting
-- A job of this kind and key that has not begun.
SELECT id, due FROM job WHERE kind = $kind:text AND key = $key:text AND state = 'waiting' ORDER BY id LIMIT 1;

-- :job_insert
-- Ask for a job.
INSERT INTO job (kind, key, args, state, due, by_account, created_at)
VALUES ($kind:text, $key:text, $args:text, 'waiting', $due:time, $by:text, $now:time) RETURNING id;

-- :job_hurry
-- An earlier due.
UPDATE job SET due = $due:time WHERE id = $id:id AND due > $due;

-- :job_due
-- Jobs that may begin: due ones, and those whose runner has fallen silent.
SELECT id, kind, key, args, by_account, attempts FROM job
 WHERE (state = 'waiting' AND due <= $now:time) OR (state = 'running' AND lease < $now)
 ORDER BY due, id LIMIT 100;

-- :job_take
-- Begin; only as it was seen.
UPDATE job SET state = 'running', lease = $lease:time, attempts = attempts + 1, done = 0, of_total = 0, started_at = $now:time
 WHERE id = $id:id AND attempts = $attempts:int AND state IN ('waiting', 'running');

-- :job_report
-- How far it is; only for the attempt that is running.
UPDATE job SET lease = $lease:time, done = $done:int, of_total = $total:int
 WHERE id = $id:id AND state = 'running' AND attempts = $attempts:int;

-- :job_end
-- Done or failed for good.
UPDATE job SET state = $state:text, message = $message:text, ended_at = $now:time
 WHERE id = $id:id AND state = 'running' AND attempts = $attempts:int;

-- :job_again
-- Wait for another attempt.
UPDATE job SET state = 'waiting', message = $message:text, due = $due:time
 WHERE id = $id:id AND state = 'running' AND attempts = $attempts:int;

-- :job_try_insert
-- An attempt that failed.
INSERT INTO job_try (job_id, attempt, at, message) VALUES ($job:id, $attempt:int, $now:time, $message:text)
ON CONFLICT (job_id, attempt) DO UPDATE SET at = excluded.at, message = excluded.message;

-- :job_tries
-- The failed attempts of a job.
SELECT attempt, at, message FROM job_try WHERE job_id = $job:id ORDER BY attempt, id LIMIT 100;

-- :job_counts
-- How many are waiting, running, and how many have failed since a moment.
SELECT COALESCE(SUM(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END), 0) AS "waiting:int",
       COALESCE(SUM(CASE WHEN state = 'running' THEN 1 ELSE 0 END), 0) AS "running:int",
       COALESCE(SUM(CASE WHEN state = 'failed' AND ended_at >= $since:time THEN 1 ELSE 0 END), 0) AS "failed:int"
  FROM job WHERE $kind:text = '' OR kind = $kind;

-- :job_newest
-- The newest job of a kind and key; key "" is any.
SELECT id, state, created_at, ended_at FROM job
 WHERE kind = $kind:text AND ($key:text = '' OR key = $key) ORDER BY id DESC LIMIT 1;

-- :job_stop
-- Cancelled.
UPDATE job SET state = 'cancelled', ended_at = $now:time WHERE id = $id:id AND state IN ('waiting', 'running');

-- :job_row
-- One job.
SELECT id, kind, key, args, state, due, attempts, done, of_total, message, by_account, created_at, started_at, ended_at FROM job WHERE id = $id:id;

-- :job_page
-- Newest first.
SELECT id, kind, key, args, state, due, attempts, done, of_total, message, by_account, created_at, started_at, ended_at FROM job
 WHERE ($state:text = '' OR state = $state) AND ($kind:text = '' OR kind = $kind) AND ($before:id = 0 OR id < $before) ORDER BY id DESC LIMIT $max:int;

-- :job_active
-- Whether a job of this kind is waiting or running.
SELECT count(*) AS "n:int" FROM job WHERE kind = $kind:text AND state IN ('waiting', 'running');

-- :job_last_end
-- When a kind last came to an end.
SELECT max(ended_at) AS "at:time?" FROM job WHERE kind = $kind:text;
