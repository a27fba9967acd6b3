-- Accounts, their ways to prove who they are, roles, sessions, tokens.

-- :account_of_code
-- An account by what one signs in with.
SELECT a.id, a.code, a.name, a.unit_id, u.code AS "unit:text?", a.state, a.lang, a.created_at, a.record_id
  FROM account a LEFT JOIN unit u ON u.id = a.unit_id WHERE a.code = $code:text;

-- :account_by_id
-- An account by row.
SELECT a.id, a.code, a.name, a.unit_id, a.state, a.lang, a.created_at, a.record_id FROM account a WHERE a.id = $id:id;

-- :account_list
-- All accounts with their offices, for the security administrator.
SELECT a.id, a.code, a.name, a.state, a.created_at, u.code AS "unit:text?",
       (SELECT COUNT(*) FROM identity i WHERE i.account_id = a.id AND i.provider = 'totp') AS "totp:int",
       (SELECT COALESCE(MAX(s.seen_at), 0) FROM session s WHERE s.account_id = a.id) AS "seen_at:time"
  FROM account a LEFT JOIN unit u ON u.id = a.unit_id
 ORDER BY a.code, a.id
 LIMIT 100000;

-- :account_insert
-- A new account.
INSERT INTO account (code, name, unit_id, state, lang, created_at, record_id)
VALUES ($code:text, $name:text, $unit:id?, $state:text, $lang:text, $now:time, $record:id) RETURNING id;

-- :account_set_state
-- Activate, lock, unlock.
UPDATE account SET state = $state:text, record_id = $record:id WHERE id = $id:id;

-- :account_set_lang
-- The language a person has chosen; not an act worth a record.
UPDATE account SET lang = $lang:text WHERE id = $id:id;

-- :identity_of
-- One way of an account.
SELECT i.id, i.secret, i.failures, i.blocked_until, i.last_step, i.changed_at
  FROM identity i WHERE i.account_id = $account:id AND i.provider = $provider:text;

-- :identity_put
-- Set a secret; tries start anew.
INSERT INTO identity (account_id, provider, subject, secret, failures, blocked_until, last_step, changed_at)
VALUES ($account:id, $provider:text, $subject:text, $secret:blob?, 0, 0, $last_step:int, $now:time)
ON CONFLICT (provider, subject) DO UPDATE
   SET secret = excluded.secret, failures = 0, blocked_until = 0, last_step = excluded.last_step, changed_at = excluded.changed_at;

-- :identity_drop
-- Take a way away.
DELETE FROM identity WHERE account_id = $account:id AND provider = $provider:text;

-- :identity_tries
-- How often it was wrong, as it stands now: other tries may have been checked at the same time.
SELECT failures, blocked_until FROM identity WHERE id = $id:id;

-- :identity_failed
-- One wrong try more, with its back-off.
UPDATE identity SET failures = failures + 1, blocked_until = $until:time WHERE id = $id:id;

-- :identity_passed
-- A right try: the count starts anew; a one-time code's step is used up. Not when wrong tries of the same moment have blocked it.
UPDATE identity SET failures = 0, blocked_until = 0, last_step = $last_step:int
 WHERE id = $id:id AND last_step <= $last_step:int AND blocked_until <= $now:time;

-- :activation_put
-- A new slip replaces the old one.
INSERT INTO activation (account_id, code_hash, expires_at, created_by)
VALUES ($account:id, $code_hash:blob, $expires:time, $by:id?)
ON CONFLICT (account_id) DO UPDATE
   SET code_hash = excluded.code_hash, expires_at = excluded.expires_at, created_by = excluded.created_by;

-- :activation_of
-- The slip of an account.
SELECT id, code_hash, expires_at FROM activation WHERE account_id = $account:id;

-- :activation_drop
-- The slip is used up.
DELETE FROM activation WHERE account_id = $account:id;

-- :grants_of
-- The roles of an account on a day.
SELECT g.id, g.role, g.scope, g.unit_id, g.from_day, g.to_day
  FROM role_grant g
 WHERE g.account_id = $account:id AND g.from_day <= $day:int AND (g.to_day = 0 OR g.to_day >= $day:int)
 ORDER BY g.id LIMIT 1000;

-- :grants_all_of
-- Every role an account ever had, newest first.
SELECT g.id, g.role, g.scope, u.code AS "unit:text?", g.from_day, g.to_day
  FROM role_grant g LEFT JOIN unit u ON u.id = g.unit_id
 WHERE g.account_id = $account:id ORDER BY g.from_day DESC, g.id DESC LIMIT 1000;

-- :grant_units_of
-- The units of all list grants of an account.
SELECT r.grant_id, r.unit_id FROM role_unit r JOIN role_grant g ON g.id = r.grant_id
 WHERE g.account_id = $account:id ORDER BY r.grant_id, r.unit_id LIMIT 100000;

-- :grant_insert
-- Give a role.
INSERT INTO role_grant (account_id, number, role, scope, unit_id, from_day, to_day, record_id)
VALUES ($account:id, $number:int, $role:text, $scope:text, $unit:id?, $from_day:int, $to_day:int, $record:id) RETURNING id;

-- :grant_count
-- How many roles an account ever had.
SELECT COUNT(*) AS "n:int" FROM role_grant WHERE account_id = $account:id;

-- :grant_of
-- One role of an account.
SELECT g.id, g.number, g.role, g.scope, u.code AS "unit:text?", g.from_day, g.to_day
  FROM role_grant g LEFT JOIN unit u ON u.id = g.unit_id WHERE g.id = $id:id AND g.account_id = $account:id;

-- :grant_unit_insert
-- One unit of a list.
INSERT INTO role_unit (grant_id, unit_id) VALUES ($grant:id, $unit:id) ON CONFLICT (grant_id, unit_id) DO NOTHING;

-- :grant_end
-- A role ends with a day; it is never deleted.
UPDATE role_grant SET to_day = $to_day:int, record_id = $record:id WHERE id = $id:id AND account_id = $account:id;

-- :session_insert
-- Sign-in.
INSERT INTO session (token_hash, secret, account_id, state, created_at, seen_at, expires_at, address, agent)
VALUES ($token_hash:blob, $secret:blob, $account:id, $state:text, $now:time, $now:time, $expires:time, $address:text, $agent:text)
RETURNING id;

-- :session_of
-- Whose cookie this is.
SELECT s.id, s.secret, s.state, s.created_at, s.seen_at, s.expires_at, a.id AS "account_id:id", a.code, a.name, a.unit_id, a.state AS "account_state:text", a.lang
  FROM session s JOIN account a ON a.id = s.account_id
 WHERE s.token_hash = $token_hash:blob;

-- :session_open
-- The second factor was right: a new cookie and secret, so that what was known before it is worth nothing.
UPDATE session SET state = 'open', token_hash = $token_hash:blob, secret = $secret:blob, seen_at = $now:time, expires_at = $expires:time
 WHERE id = $id:id;

-- :session_seen
-- Still in use.
UPDATE session SET seen_at = $now:time, expires_at = $expires:time WHERE id = $id:id;

-- :session_list
-- The open sessions of an account.
SELECT id, created_at, seen_at, expires_at, address, agent FROM session
 WHERE account_id = $account:id AND expires_at > $now:time ORDER BY seen_at DESC, id LIMIT 1000;

-- :session_end
-- Sign-out of one.
DELETE FROM session WHERE id = $id:id AND account_id = $account:id;

-- :session_end_all
-- Sign-out everywhere, but for one.
DELETE FROM session WHERE account_id = $account:id AND id <> $but:id;

-- :session_expire
-- What is over goes.
DELETE FROM session WHERE expires_at <= $now:time;

-- :token_insert
-- Access for a program.
INSERT INTO token (code, token_hash, account_id, name, caps, created_at, expires_at, record_id)
VALUES ($code:text, $token_hash:blob, $account:id, $name:text, $caps:text, $now:time, $expires:time, $record:id) RETURNING id;

-- :token_of
-- Whose token this is.
SELECT t.id, t.caps, t.expires_at, t.revoked_at, t.used_at, a.id AS "account_id:id", a.code, a.name, a.unit_id, a.state AS "account_state:text", a.lang
  FROM token t JOIN account a ON a.id = t.account_id WHERE t.token_hash = $token_hash:blob;

-- :token_list
-- Tokens, newest first; of one account, or all with account 0.
SELECT t.code, t.name, t.caps, t.created_at, t.expires_at, t.used_at, t.revoked_at, a.code AS "account:text"
  FROM token t JOIN account a ON a.id = t.account_id
 WHERE $account:id = 0 OR t.account_id = $account:id
 ORDER BY t.id DESC LIMIT 10000;

-- :token_used
-- Last use.
UPDATE token SET used_at = $now:time WHERE id = $id:id;

-- :token_revoke
-- Take back.
UPDATE token SET revoked_at = $now:time, record_id = $record:id WHERE code = $code:text AND revoked_at = 0
   AND ($account:id = 0 OR account_id = $account:id);

-- :account_history
-- What was done to an account, newest first.
SELECT r.id, r.kind, r.at, r.by_account, r.seq FROM record r
 WHERE r.unit = ''
   AND ((r.subject = $account:text
         AND r.kind IN ('account.made', 'account.locked', 'account.unlocked', 'account.reactivated', 'account.password_set',
                        'account.blocked', 'account.totp_set', 'account.totp_removed'))
     OR (r.subject >= $account || '/' AND r.subject < $account || '0' AND r.kind IN ('account.role_given', 'account.role_ended')))
 ORDER BY r.id DESC LIMIT 50;

-- :grants_in_force
-- The roles of every account on a day.
SELECT g.account_id, g.role FROM role_grant g
 WHERE g.from_day <= $day:int AND (g.to_day = 0 OR g.to_day >= $day:int)
 ORDER BY g.account_id, g.id LIMIT 1000000;

-- :grant_units_named
-- The codes of the units of all list grants of an account.
SELECT r.grant_id, u.code FROM role_unit r JOIN role_grant g ON g.id = r.grant_id JOIN unit u ON u.id = r.unit_id
 WHERE g.account_id = $account:id ORDER BY r.grant_id, u.code LIMIT 100000;

-- :account_blocked
-- Accounts that must wait after wrong tries.
SELECT i.account_id FROM identity i WHERE i.provider = 'password' AND i.blocked_until > $now:time
 ORDER BY i.account_id LIMIT 100000;

-- :token_by_code
-- One token, for the record of its revocation.
SELECT t.id, t.code, t.account_id, a.code AS "account:text", t.name, t.caps, t.created_at, t.expires_at, t.revoked_at
  FROM token t JOIN account a ON a.id = t.account_id WHERE t.code = $code:text;

-- :account_audit @audit
-- Accounts, as their records say.
-- unlimited: the audit goes over every row there is
SELECT a.record_id, a.code, a.created_at, a.name, a.state, u.code AS "unit:text?"
  FROM account a LEFT JOIN unit u ON u.id = a.unit_id ORDER BY a.id;

-- :grant_audit @audit
-- Roles, as their records say.
-- unlimited: the audit goes over every row there is
SELECT g.record_id, a.code AS "account:text", g.from_day, g.number, g.role, g.scope, g.to_day, u.code AS "unit:text?"
  FROM role_grant g JOIN account a ON a.id = g.account_id LEFT JOIN unit u ON u.id = g.unit_id ORDER BY g.id;

-- :token_audit @audit
-- Tokens, as their records say; not when they were last used.
-- unlimited: the audit goes over every row there is
SELECT t.record_id, a.code AS "account:text", t.caps, t.code, t.created_at, t.expires_at, t.name, t.revoked_at
  FROM token t JOIN account a ON a.id = t.account_id ORDER BY t.id;

-- :account_blank_name
-- The name was erased.
UPDATE account SET name = '' WHERE code = $code:text;

-- :grants_whole
-- Every grant in force with its record, for its list of units.
-- unlimited: the audit goes over every row there is
SELECT g.id, a.code AS "account:text", g.number, g.scope, g.record_id
  FROM role_grant g JOIN account a ON a.id = g.account_id WHERE g.to_day = 0 ORDER BY g.id;

-- :grant_units_whole
-- The units of one grant.
SELECT u.code FROM role_unit r JOIN unit u ON u.id = r.unit_id WHERE r.grant_id = $grant:id ORDER BY u.code, r.id LIMIT 100000;
