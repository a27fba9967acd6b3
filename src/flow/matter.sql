-- Matters and what is made from them.

-- :matter_row
-- A matter as it stands.
SELECT id, code, kind, title, state, open, draft, version, steps, unit, account, parent_id, opener, opened_at, state_at, closed_at,
       clock, due_day, first_due, due_key, gap_year, colour, lamp, quiet_day, returned, reopened, gross_days, net_days, on_time, on_first,
       body, words, record_id
  FROM matter WHERE code = $code:text;

-- :matter_id
-- The row of a code.
SELECT id FROM matter WHERE code = $code:text;

-- :matter_next
-- The next number of a prefix in a year.
INSERT INTO matter_number (prefix, year, last) VALUES ($prefix:text, $year:int, 1)
ON CONFLICT (prefix, year) DO UPDATE SET last = matter_number.last + 1 RETURNING last;

-- :matter_insert
-- A new one.
INSERT INTO matter (code, kind, title, state, open, draft, version, steps, unit, account, parent_id, opener, opened_at, state_at, closed_at,
                    clock, due_day, first_due, due_key, gap_year, colour, lamp, quiet_day, returned, reopened, gross_days, net_days,
                    on_time, on_first, body, words, record_id)
VALUES ($code:text, $kind:text, $title:text, $state:text, $open:bool, $draft:bool, $version:int, $steps:int, $unit:text,
        $account:text, $parent:id?, $opener:text, $opened_at:time, $state_at:time, $closed_at:time, $clock:text, $due_day:int, $first_due:int,
        $due_key:int, $gap_year:int, $colour:int, $lamp:int, $quiet_day:int, $returned:int, $reopened:int, $gross_days:int, $net_days:int,
        $on_time:int, $on_first:int, $body:text, $words:text, $record_id:id)
RETURNING id;

-- :matter_update
-- After a step.
UPDATE matter SET title = $title:text, state = $state:text, open = $open:bool, draft = $draft:bool, version = $version:int,
       steps = $steps:int, unit = $unit:text, account = $account:text, opener = $opener:text, state_at = $state_at:time, closed_at = $closed_at:time,
       clock = $clock:text, due_day = $due_day:int, first_due = $first_due:int, due_key = $due_key:int, gap_year = $gap_year:int, colour = $colour:int,
       lamp = $lamp:int, quiet_day = $quiet_day:int, returned = $returned:int, reopened = $reopened:int, gross_days = $gross_days:int,
       net_days = $net_days:int, on_time = $on_time:int, on_first = $on_first:int, body = $body:text, words = $words:text,
       record_id = $record_id:id
 WHERE id = $id:id;

-- :matter_step_insert
-- What happened.
INSERT INTO matter_step (matter, number, verb, from_state, to_state, by_account, for_account, at, given, did, record_id)
VALUES ($matter:text, $number:int, $verb:text, $from_state:text, $to_state:text, $by_account:text, $for_account:text, $at:time,
        $given:text, $did:text, $record_id:id);

-- :matter_desks_drop
-- It leaves every desk.
DELETE FROM matter_desk WHERE matter_id = $matter_id:id;

-- :matter_desk_insert
-- It comes to one.
INSERT INTO matter_desk (matter_id, desk, unit, due_key) VALUES ($matter_id:id, $desk:text, $unit:text, $due_key:int);

-- :matter_alarms_drop
-- The clock has stopped or has another due day.
DELETE FROM matter_alarm WHERE matter_id = $matter_id:id;

-- :matter_alarm_insert
-- A day on which the clock will say something.
INSERT INTO matter_alarm (matter_id, rung, day, what, colour, desk, run)
VALUES ($matter_id:id, $rung:int, $day:int, $what:text, $colour:int, $desk:text, 0);

-- :matter_alarm_retell
-- Somebody else is told.
UPDATE matter_alarm SET desk = $desk:text WHERE matter_id = $matter_id:id AND rung = $rung:int;

-- :matter_links_drop
-- Links are written anew.
DELETE FROM matter_link WHERE matter_id = $matter_id:id;

-- :matter_link_insert
-- What it is about or takes part in.
INSERT INTO matter_link (matter_id, what, code) VALUES ($matter_id:id, $what:text, $code:text)
ON CONFLICT (matter_id, what, code) DO NOTHING;

-- :matter_tally_add
-- One more or one less.
INSERT INTO matter_tally (kind, state, unit, colour, n) VALUES ($kind:text, $state:text, $unit:text, $colour:int, $n:int)
ON CONFLICT (kind, state, unit, colour) DO UPDATE SET n = matter_tally.n + excluded.n;

-- :matter_parts_open
-- Parts of a matter that have not ended.
SELECT code, title, state, unit FROM matter WHERE parent_id = $parent:id AND open = 1 ORDER BY id LIMIT 200;

-- :matter_parts
-- Parts of a matter.
SELECT code, kind, title, state, open, unit, account, due_day, colour, on_time FROM matter WHERE parent_id = $parent:id
 ORDER BY id LIMIT 1000;

-- :matter_parent
-- The code of the matter it is a part of.
SELECT p.id, p.code, p.kind, p.title, p.parent_id FROM matter p WHERE p.id = $id:id;

-- :matter_steps
-- The timeline, oldest first.
SELECT s.number, s.verb, s.from_state, s.to_state, s.by_account, s.for_account, s.at, s.given, s.did, s.record_id,
       a.name AS "by_name:text?", r.seq AS "seq:int?"
  FROM matter_step s LEFT JOIN account a ON a.code = s.by_account LEFT JOIN record r ON r.id = s.record_id
 WHERE s.matter = $matter:text ORDER BY s.number LIMIT 5000;

-- :matter_step_of_record
-- Into which state the step of a record led.
SELECT to_state FROM matter_step WHERE matter = $matter:text AND record_id = $record_id:id;

-- :matter_step_audit @audit
-- Steps, as their records say.
SELECT record_id, matter, number, verb, from_state, to_state, by_account, for_account, at, given, did FROM matter_step ORDER BY id;

-- :flow_account
-- Is there such an account?
SELECT id, code, name, state FROM account WHERE code = $code:text;

-- :unit_accounts
-- The people of an office that may sign in or soon will.
SELECT a.id, a.code, a.name FROM account a JOIN unit u ON u.id = a.unit_id
 WHERE u.code = $unit:text AND a.state <> 'locked' ORDER BY a.name, a.code LIMIT 500;

-- :delegations_to
-- For whom somebody stands in on a day.
SELECT d.id, d.from_account, a.id AS "account_id:id" FROM delegation d JOIN account a ON a.code = d.from_account
 WHERE d.to_account = $account:text AND d.from_day <= $day:int AND d.to_day >= $day AND d.ended_by = '' AND a.state <> 'locked'
 ORDER BY d.id LIMIT 20;

-- :delegations_between
-- What touches a span, of either of two accounts.
SELECT id, number, from_account, to_account, from_day, to_day FROM delegation
 WHERE ended_by = '' AND from_day <= $to_day:int AND to_day >= $from_day:int
   AND (from_account IN ($from:text, $to:text) OR to_account IN ($from, $to))
 ORDER BY id LIMIT 200;

-- :delegation_last
-- How many somebody has had.
SELECT COALESCE(MAX(number), 0) AS "number:int" FROM delegation WHERE from_account = $from:text;

-- :delegation_insert
-- Arrange one.
INSERT INTO delegation (number, from_account, to_account, from_day, to_day, reason, ended_by, by_account, at, record_id)
VALUES ($number:int, $from:text, $to:text, $from_day:int, $to_day:int, $reason:text, '', $by_account:text, $at:time, $record_id:id);

-- :delegation_row
-- One.
SELECT id, number, from_account, to_account, from_day, to_day, reason, ended_by, by_account, at, record_id FROM delegation
 WHERE from_account = $from:text AND number = $number:int;

-- :delegation_set_end
-- Take it back.
UPDATE delegation SET ended_by = $ended_by:text, to_day = $to_day:int, at = $at:time, record_id = $record_id:id WHERE id = $id:id;

-- :delegations_of
-- Somebody's, newest first.
SELECT number, from_account, to_account, from_day, to_day, reason, ended_by, by_account FROM delegation
 WHERE from_account = $account:text OR to_account = $account ORDER BY id DESC LIMIT 200;

-- :delegation_audit @audit
-- Standing in, as the records say.
SELECT record_id, number, from_account, to_account, from_day, to_day, reason, ended_by, by_account, at FROM delegation ORDER BY id;

-- :matters_held
-- What a unit, or a person of it, holds open and may hand over; what somebody is still writing is not with it yet.
SELECT id, code FROM matter WHERE unit = $unit:text AND open = 1 AND (draft = 0 OR opener = '') AND ($account:text = '' OR account = $account)
   AND $personal:text NOT LIKE '% ' || kind || ' %' ORDER BY id LIMIT 500;

-- :matters_opened
-- What somebody opened that is not over.
SELECT code FROM matter WHERE opener = $account:text AND open = 1 ORDER BY id LIMIT 20000;

-- :matters_held_n
-- How many that is.
SELECT count(*) AS "n:int" FROM matter WHERE unit = $unit:text AND open = 1 AND (draft = 0 OR opener = '') AND ($account:text = '' OR account = $account)
   AND $personal:text NOT LIKE '% ' || kind || ' %';
