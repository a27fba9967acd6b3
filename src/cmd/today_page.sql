-- What the page after signing in asks of several rooms.

-- :today_new_values
-- How many values of a period became visible after a moment.
SELECT count(*) AS "n:int" FROM value v JOIN import i ON i.id = v.import_id
 WHERE v.period = $period:period AND i.state = 'done' AND i.done_at > $since:time;

-- :today_accounts
-- Accounts whose slip was not used yet, and those shut out after too many wrong passwords.
SELECT COALESCE(SUM(CASE WHEN a.state = 'new' THEN 1 ELSE 0 END), 0) AS "fresh:int",
       COALESCE(SUM(CASE WHEN i.blocked_until > $now:time THEN 1 ELSE 0 END), 0) AS "blocked:int"
  FROM account a LEFT JOIN identity i ON i.account_id = a.id AND i.provider = 'password';
