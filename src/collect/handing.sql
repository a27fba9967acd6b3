-- What goes over when a clerk changes.

-- :handing_account
-- Who somebody is and where they belong.
SELECT a.code, a.name, a.state, u.code AS "unit:text?" FROM account a LEFT JOIN unit u ON u.id = a.unit_id WHERE a.code = $account:text;

-- :handing_people
-- Everybody whose office a unit is, by name.
SELECT a.code, a.name, a.state FROM account a JOIN unit u ON u.id = a.unit_id WHERE u.code = $unit:text ORDER BY a.name, a.code LIMIT 500;

-- :handing_matters
-- What somebody holds open and may hand over, or with an empty account what the unit holds and nobody by name; soonest first.
SELECT code FROM matter WHERE unit = $unit:text AND account = $account:text AND open = 1 AND (draft = 0 OR opener = '') AND $personal:text NOT LIKE '% ' || kind || ' %'
 ORDER BY due_key, id LIMIT 20000;

-- :handing_posts
-- The posts of the four responsibilities somebody holds now.
SELECT p.code, p.name, h.from_day FROM duty_holding h JOIN duty_post p ON p.code = h.post
 WHERE h.account = $account:text AND h.to_day = 0 AND p.ended = 0 ORDER BY p.unit, p.number, p.id LIMIT 100;

-- :handing_drafts
-- What somebody is still writing.
SELECT code, title FROM matter WHERE opener = $account:text AND open = 1 AND draft = 1 ORDER BY id LIMIT 20000;

-- :handing_points
-- What a unit supplies.
SELECT code, name, frequency FROM point WHERE owner = $unit:text ORDER BY code LIMIT 20000;

-- :handing_imports
-- Where the last numbers came from: what somebody sent, newest first.
SELECT i.code, i.file_name, i.done_at, i.rows_total FROM import i JOIN account a ON a.id = i.account_id
 WHERE a.code = $account:text AND i.state = 'done' ORDER BY i.id DESC LIMIT 20;

-- :handing_pulls
-- What is fetched by the program for a unit.
SELECT code, name, kind, place FROM collect_pull WHERE source = $unit:text AND state = 'on' ORDER BY code LIMIT 1000;

-- :handing_signed
-- Who signed a sheet, in order.
SELECT s.number, s.verb, s.at, s.by_account, a.name AS "name:text?" FROM matter_step s LEFT JOIN account a ON a.code = s.by_account
 WHERE s.matter = $matter:text AND s.verb IN ('open', 'sign', 'sign_for', 'take', 'refuse') ORDER BY s.number LIMIT 200;
