-- Gateways, contacts, sendings.

-- :gateway_list
-- How each channel leaves the house.
SELECT id, channel, enabled, address, secure, sender, login, secret, secret_digest, media, body, taken, by_account, at, record_id FROM gateway ORDER BY channel LIMIT 10;

-- :gateway_put
-- Set one up, or change it.
INSERT INTO gateway (channel, enabled, address, secure, sender, login, secret, secret_digest, media, body, taken, by_account, at, record_id)
VALUES ($channel:text, $enabled:bool, $address:text, $secure:text, $sender:text, $login:text, $secret:blob?, $secret_digest:text, $media:text, $body:text, $taken:text, $by_account:text, $at:time, $record:id)
ON CONFLICT (channel) DO UPDATE SET enabled = excluded.enabled, address = excluded.address, secure = excluded.secure, sender = excluded.sender, login = excluded.login,
   secret = excluded.secret, secret_digest = excluded.secret_digest, media = excluded.media, body = excluded.body, taken = excluded.taken,
   by_account = excluded.by_account, at = excluded.at, record_id = excluded.record_id;

-- :contact_of
-- Where somebody is told.
SELECT id, account, channel, enabled, sealed, sealed_digest, at FROM contact WHERE account = $account:text ORDER BY channel LIMIT 10;

-- :contact_put
-- Set an address, or change it.
INSERT INTO contact (account, channel, enabled, sealed, sealed_digest, at, record_id)
VALUES ($account:text, $channel:text, $enabled:bool, $sealed:blob, $sealed_digest:text, $at:time, $record:id)
ON CONFLICT (account, channel) DO UPDATE SET enabled = excluded.enabled, sealed = excluded.sealed, sealed_digest = excluded.sealed_digest, at = excluded.at, record_id = excluded.record_id;

-- :contact_all
-- For the audit: what is sealed against its digest.
SELECT id, account, channel, sealed, sealed_digest FROM contact WHERE id > $after:id ORDER BY id LIMIT 500;

-- :contact_people
-- Who wants to be told by a channel that works, with up to where they have been.
SELECT c.account, a.id AS "account_id:id", a.lang, MIN(c.channel) AS "channel:text", COALESCE(m.notice, -1) AS "notice:int", COALESCE(m.digest_day, 0) AS "digest_day:int"
  FROM contact c JOIN account a ON a.code = c.account JOIN gateway g ON g.channel = c.channel LEFT JOIN told_mark m ON m.account = c.account
 WHERE c.enabled = 1 AND g.enabled = 1 AND a.state = 'active' AND c.account > $after:text
 GROUP BY c.account, a.id, a.lang, m.notice, m.digest_day ORDER BY c.account LIMIT 500;

-- :contact_channels
-- By which channels that work somebody wants to be told.
SELECT c.channel FROM contact c JOIN gateway g ON g.channel = c.channel
 WHERE c.account = $account:text AND c.enabled = 1 AND g.enabled = 1 ORDER BY c.channel LIMIT 10;

-- :told_put
-- They have been told up to here.
INSERT INTO told_mark (account, notice, digest_day) VALUES ($account:text, $notice:int, $digest_day:int)
ON CONFLICT (account) DO UPDATE SET notice = excluded.notice, digest_day = excluded.digest_day;

-- :sending_last
-- The newest number.
SELECT COALESCE(MAX(number), 0) AS "number:int" FROM sending;

-- :sending_insert
-- A message that is wanted.
INSERT INTO sending (number, account, channel, cause, n, outcome, said, made_at, ended_at, trying, tries, due_at, record_id)
VALUES ($number:int, $account:text, $channel:text, $cause:text, $n:int, '', '', $made_at:time, 0, 0, 0, $made_at, $record:id);

-- :sending_open
-- The message to somebody by a channel that still waits, not one that is on its way.
SELECT id, number, account, channel, cause, n, outcome, said, made_at, ended_at, tries FROM sending
 WHERE account = $account:text AND channel = $channel:text AND outcome = '' AND trying = 0 ORDER BY id LIMIT 1;

-- :sending_set_more
-- It tells of more now.
UPDATE sending SET cause = $cause:text, n = $n:int, record_id = $record:id WHERE id = $id:id;

-- :sending_due
-- What waits for a channel, oldest first.
SELECT s.id, s.number, s.account, s.channel, s.cause, s.n, s.outcome, s.said, s.made_at, s.ended_at, s.tries, a.lang AS "lang:text?"
  FROM sending s LEFT JOIN account a ON a.code = s.account
 WHERE s.outcome = '' AND s.channel = $channel:text AND s.trying = 0 AND s.due_at <= $now:time ORDER BY s.id LIMIT $max:int;

-- :sending_begin
-- It goes out now; whoever finds it so after a start does not know whether it went.
UPDATE sending SET trying = 1, tries = tries + 1 WHERE id = $id:id AND trying = 0 AND outcome = '';

-- :sending_begun
-- Those that were going out when the program ended.
SELECT id, number, account, channel, cause, n, outcome, said, made_at, ended_at, tries FROM sending WHERE outcome = '' AND trying = 1 ORDER BY id LIMIT 1000;

-- :sending_later
-- It did not go; try again.
UPDATE sending SET trying = 0, said = $said:text, due_at = $due_at:time WHERE id = $id:id;

-- :sending_end
-- Its outcome.
UPDATE sending SET trying = 0, outcome = $outcome:text, said = $said:text, ended_at = $ended_at:time, record_id = $record:id WHERE id = $id:id;

-- :sending_anew
-- Somebody wants it tried again.
UPDATE sending SET trying = 0, tries = 0, outcome = '', said = '', made_at = $made_at:time, ended_at = 0, due_at = $made_at, record_id = $record:id WHERE id = $id:id;

-- :try_insert
-- A try that did not come through.
INSERT INTO sending_try (number, try, at, said, record_id) VALUES ($number:int, $try:int, $at:time, $said:text, $record:id);

-- :try_last
-- How many tries are kept of a sending.
SELECT COALESCE(MAX(try), 0) AS "n:int" FROM sending_try WHERE number = $number:int;

-- :try_list
-- Tries of a sending, newest first.
SELECT try, at, said FROM sending_try WHERE number = $number:int ORDER BY try DESC LIMIT 100;

-- :sending_one_row
-- One by number.
SELECT s.id, s.number, s.account, s.channel, s.cause, s.n, s.outcome, s.said, s.made_at, s.ended_at, s.trying, s.tries, s.due_at, s.record_id, a.name AS "name:text?", r.seq AS "seq:int?"
  FROM sending s LEFT JOIN account a ON a.code = s.account LEFT JOIN record r ON r.id = s.record_id WHERE s.number = $number:int;

-- :sending_list
-- The newest; account and outcome empty: whichever. waiting: only those without an outcome.
SELECT s.number, s.account, s.channel, s.cause, s.n, s.outcome, s.said, s.made_at, s.ended_at, s.trying, s.tries, s.due_at, a.name AS "name:text?"
  FROM sending s LEFT JOIN account a ON a.code = s.account
 WHERE ($account:text = '' OR s.account = $account) AND ($channel:text = '' OR s.channel = $channel)
   AND ($outcome:text = '' OR s.outcome = $outcome) AND ($waiting:bool = 0 OR s.outcome = '') AND s.number < $before:int
 ORDER BY s.number DESC LIMIT $max:int;

-- :sending_counts
-- How many came to what since a moment.
SELECT outcome, count(*) AS "n:int" FROM sending WHERE made_at >= $since:time GROUP BY outcome ORDER BY outcome LIMIT 10;

-- :health_of
-- How a gateway is doing; none: well.
SELECT failures, next_at, since, said FROM gateway_health WHERE channel = $channel:text;

-- :health_bad
-- Once more it did not work.
INSERT INTO gateway_health (channel, failures, next_at, since, said) VALUES ($channel:text, $failures:int, $next_at:time, $since:time, $said:text)
ON CONFLICT (channel) DO UPDATE SET failures = excluded.failures, next_at = excluded.next_at, since = excluded.since, said = excluded.said;

-- :health_good
-- It works again.
DELETE FROM gateway_health WHERE channel = $channel:text;

-- :gateway_audit @audit
-- Gateways, as their records say; of the secret its digest.
SELECT record_id, channel, enabled, address, secure, sender, login, secret_digest, media, body, taken, by_account, at FROM gateway ORDER BY id;

-- :contact_audit @audit
-- Contacts, as their records say: never the address itself.
SELECT record_id, account, channel, enabled, sealed_digest, at FROM contact ORDER BY id;

-- :sending_audit @audit
-- Sendings, as their records say.
SELECT record_id, number, account, channel, cause, n, outcome, made_at, ended_at FROM sending ORDER BY id;

-- :try_audit @audit
-- Tries, as their records say.
SELECT record_id, number, try, at, said FROM sending_try ORDER BY id;
