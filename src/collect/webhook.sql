-- Programs that are called, and the calls.

-- :hook_last
-- The number of the last one.
SELECT COALESCE(MAX(id), 0) AS "id:int" FROM collect_hook;

-- :hook_insert
-- One is set up.
INSERT INTO collect_hook (code, name, url, events, secret, state, by_account, at, record_id)
VALUES ($code:text, $name:text, $url:text, $events:text, $secret:blob, $state:text, $by_account:text, $at:time, $record_id:id);

-- :hook_set_state
-- It is switched on or off.
UPDATE collect_hook SET state = $state:text, at = $at:time, record_id = $record_id:id WHERE code = $code:text AND state <> $state;

-- :hook_of_code
-- One.
SELECT code, name, url, events, secret, state, by_account, at, record_id FROM collect_hook WHERE code = $code:text;

-- :hook_list
-- All, with what became of their calls.
SELECT h.id, h.code, h.name, h.url, h.events, h.state,
       (SELECT count(*) FROM collect_call c WHERE c.hook = h.code AND c.state = 'sent') AS "n_sent:int",
       (SELECT count(*) FROM collect_call c WHERE c.hook = h.code AND c.state = 'waiting') AS "n_waiting:int",
       (SELECT count(*) FROM collect_call c WHERE c.hook = h.code AND c.state = 'failed') AS "n_failed:int"
  FROM collect_hook h ORDER BY h.id LIMIT 200;

-- :hook_audit @audit
-- Webhooks, as their records say; not the key.
SELECT record_id, code, name, url, events, state, by_account, at FROM collect_hook ORDER BY id;

-- :call_last
-- The number of the last call of one.
SELECT COALESCE(MAX(number), 0) AS "number:int" FROM collect_call WHERE hook = $hook:text;

-- :call_insert
-- Something has happened that it wants to know.
INSERT INTO collect_call (hook, number, event, subject, made_at, state, attempts, next_at, status, message, ended_at, record_id)
VALUES ($hook:text, $number:int, $event:text, $subject:text, $made_at:time, 'waiting', 0, 0, 0, '', 0, 0);

-- :calls_due
-- Calls whose time has come, oldest first.
SELECT c.id, c.hook, c.number, c.event, c.subject, c.made_at, c.attempts, h.url, h.secret
  FROM collect_call c JOIN collect_hook h ON h.code = c.hook
 WHERE c.state = 'waiting' AND c.next_at <= $now:time AND h.state = 'on' ORDER BY c.id LIMIT 200;

-- :call_again
-- It has not arrived: later once more.
UPDATE collect_call SET attempts = $attempts:int, next_at = $next_at:time, status = $status:int, message = $message:text
 WHERE id = $id:id AND state = 'waiting';

-- :call_end
-- It has arrived, or was given up.
UPDATE collect_call SET state = $state:text, attempts = $attempts:int, next_at = 0, status = $status:int, message = $message:text,
       ended_at = $ended_at:time, record_id = $record_id:id
 WHERE id = $id:id AND state = 'waiting';

-- :calls_of
-- Some of the calls of one, newest first: numbers after one, up to another.
SELECT number, event, subject, made_at, state, attempts, status, message, ended_at FROM collect_call
 WHERE hook = $hook:text AND number > $after:int AND number <= $to:int ORDER BY number DESC LIMIT 1000;

-- :call_audit @audit
-- Receipts, as their records say.
SELECT record_id, hook, number, event, subject, made_at, state, attempts, status, message, ended_at FROM collect_call
 WHERE record_id > 0 ORDER BY id;

-- :calls_published
-- What has been published since a program asked to be told, and it has not been told.
SELECT h.code, p.period, p.published_at FROM collect_hook h JOIN publication p ON p.published_at > h.at
 WHERE h.state = 'on' AND p.published_at > 0
   AND NOT EXISTS (SELECT 1 FROM collect_call c WHERE c.hook = h.code AND c.event = 'published' AND c.made_at = p.published_at)
   AND h.events LIKE '%published%'
 ORDER BY h.id, p.id LIMIT 200;
