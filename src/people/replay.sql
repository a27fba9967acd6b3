-- Answers given to named requests.

-- :request_of
-- What was answered to a request of an account.
SELECT id, digest, status, location, result, at FROM request WHERE account_id = $account:id AND request_id = $request:text;

-- :request_insert
-- The request takes effect; its answer follows.
INSERT INTO request (account_id, request_id, digest, status, at)
VALUES ($account:id, $request:text, $digest:blob, 0, $now:time)
ON CONFLICT (account_id, request_id) DO NOTHING;

-- :request_answer
-- What was answered.
UPDATE request SET status = $status:int, location = $location:text?, result = $result:text?
 WHERE account_id = $account:id AND request_id = $request:text;

-- :request_drop
-- The request failed after a change of it: it may be tried again.
DELETE FROM request WHERE account_id = $account:id AND request_id = $request:text;

-- :request_expire
-- Names that may be used again.
DELETE FROM request WHERE at < $before:time;
