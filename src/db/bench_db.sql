-- Queries of the bench, and its yardsticks.

-- :bench_put
-- What one durable change writes.
INSERT INTO request (account_id, request_id, digest, status, location, result, at)
VALUES ($account:id, $name:text, $digest:blob, 200, $location:text?, $result:text?, $now:time);

-- :bench_count
-- How many there are.
SELECT count(*) AS "n:int" FROM request;
