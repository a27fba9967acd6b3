-- The four responsibilities.

-- ---- posts and holders ----

-- :duty_post_list
-- Posts there are, with who holds them now.
SELECT p.code AS "code:text", p.unit AS "unit:text", p.number AS "number:int", p.name AS "name:text", p.duty AS "duty:text", p.ended AS "ended:bool", h.account AS "account:text?", a.name AS "holder:text?", h.from_day AS "from_day:int?"
  FROM duty_post p LEFT JOIN duty_holding h ON h.post = p.code AND h.to_day = 0 LEFT JOIN account a ON a.code = h.account
 WHERE p.ended = 0 AND ($unit:text = '' OR p.unit = $unit) ORDER BY p.unit, p.number, p.id LIMIT 5000;

-- :duty_post_row
-- One post, with who holds it now.
SELECT p.code AS "code:text", p.unit AS "unit:text", p.number AS "number:int", p.name AS "name:text", p.duty AS "duty:text", p.ended AS "ended:bool", h.account AS "account:text?", a.name AS "holder:text?", h.from_day AS "from_day:int?"
  FROM duty_post p LEFT JOIN duty_holding h ON h.post = p.code AND h.to_day = 0 LEFT JOIN account a ON a.code = h.account
 WHERE p.code = $code:text;

-- :duty_post_last
-- The last number given at a unit.
SELECT COALESCE(MAX(number), 0) AS "last:int" FROM duty_post WHERE unit = $unit:text;

-- :duty_post_count
-- How many there are.
SELECT COUNT(*) AS "n:int" FROM duty_post WHERE ended = 0;

-- :duty_post_insert
-- A new post.
INSERT INTO duty_post (code, unit, number, name, duty, ended, by_account, at, record_id)
VALUES ($code:text, $unit:text, $number:int, $name:text, $duty:text, $ended:bool, $by:text, $at:time, $record:id);

-- :duty_post_close
-- There is no such post any more.
UPDATE duty_post SET ended = 1, by_account = $by:text, at = $at:time, record_id = $record:id WHERE code = $code:text;

-- :duty_post_audit @audit
-- Posts, as their records say.
-- unlimited: the audit goes over every row there is
SELECT record_id, at, by_account, code, duty, ended, name, number, unit FROM duty_post ORDER BY id;

-- :duty_holdings
-- Who held a post, newest first.
SELECT h.number AS "number:int", h.account AS "account:text", h.from_day AS "from_day:int", h.to_day AS "to_day:int", a.name AS "holder:text?"
  FROM duty_holding h LEFT JOIN account a ON a.code = h.account WHERE h.post = $post:text ORDER BY h.number DESC LIMIT 200;

-- :duty_holding_now
-- Who holds it now.
SELECT id, number, account, from_day FROM duty_holding WHERE post = $post:text AND to_day = 0;

-- :duty_holding_on
-- Who held it on a day.
SELECT h.account AS "account:text", a.name AS "holder:text?" FROM duty_holding h LEFT JOIN account a ON a.code = h.account
 WHERE h.post = $post:text AND h.from_day <= $day:int AND (h.to_day = 0 OR h.to_day >= $day);

-- :duty_holding_last
-- The newest of a post.
SELECT COALESCE(MAX(number), 0) AS "last:int", COALESCE(MAX(from_day), 0) AS "from_day:int", COALESCE(MAX(to_day), 0) AS "to_day:int"
  FROM duty_holding WHERE post = $post:text;

-- :duty_holding_insert
-- Somebody holds it from now on.
INSERT INTO duty_holding (post, number, account, from_day, to_day, by_account, at, record_id)
VALUES ($post:text, $number:int, $account:text, $from:int, 0, $by:text, $at:time, $record:id);

-- :duty_holding_end
-- Who held it does no longer.
UPDATE duty_holding SET to_day = $to:int, by_account = $by:text, at = $at:time, record_id = $record:id WHERE id = $id:id;

-- :duty_holding_audit @audit
-- Holders, as their records say.
-- unlimited: the audit goes over every row there is
SELECT record_id, account, at, by_account, from_day, number, post, to_day FROM duty_holding ORDER BY id;

-- :duty_posts_of
-- Posts a person holds now.
SELECT p.code, p.unit, p.name, p.duty, h.from_day FROM duty_holding h JOIN duty_post p ON p.code = h.post
 WHERE h.account = $account:text AND h.to_day = 0 ORDER BY p.unit, p.number, p.id LIMIT 100;

-- :duty_account
-- An account that may hold a post.
SELECT id, code, name FROM account WHERE code = $code:text AND state <> 'locked';

-- :duty_people
-- The people of an office that may sign in or soon will.
SELECT a.code AS "code:text", a.name AS "name:text" FROM account a JOIN unit u ON u.id = a.unit_id
 WHERE u.code = $unit:text AND a.state <> 'locked' ORDER BY a.name, a.code LIMIT 500;

-- ---- lists ----

-- :duty_list_version
-- The newest version of a post's list of a year.
SELECT COALESCE(MAX(version), 0) AS "version:int" FROM duty_item WHERE post = $post:text AND year = $year:int;

-- :duty_items
-- A version of a list.
SELECT text, basis, often, at FROM duty_item WHERE post = $post:text AND year = $year:int AND version = $version:int
 ORDER BY number, id LIMIT 60;

-- :duty_item_insert
-- A duty.
INSERT INTO duty_item (post, year, version, number, text, basis, often, by_account, at, record_id)
VALUES ($post:text, $year:int, $version:int, $number:int, $text:text, $basis:text, $often:text, $by:text, $at:time, $record:id);

-- :duty_item_audit @audit
-- Duties, as their records say.
-- unlimited: the audit goes over every row there is
SELECT record_id, at, basis, by_account, number, often, post, text, version, year FROM duty_item ORDER BY id;

-- ---- years ----

-- :duty_year_row
-- Whether the confirmation of a year was started.
SELECT due_day FROM duty_year WHERE year = $year:int;

-- :duty_years
-- Years that were started and are not over, and those to come.
SELECT year, due_day FROM duty_year WHERE year >= $year:int ORDER BY year LIMIT 100;

-- :duty_year_insert
-- It is started.
INSERT INTO duty_year (year, due_day, by_account, at, record_id) VALUES ($year:int, $due:int, $by:text, $at:time, $record:id);

-- :duty_year_audit @audit
-- Started years, as their records say.
-- unlimited: the audit goes over every row there is
SELECT record_id, at, by_account, due_day, year FROM duty_year ORDER BY id;

-- :duty_posts_after
-- The next posts in order of their codes.
SELECT code FROM duty_post WHERE ended = 0 AND code > $after:text ORDER BY code LIMIT 40;

-- ---- confirmations ----

-- :duty_matters
-- Confirmations of a post and year, newest first.
SELECT m.code, m.state, m.account, m.open, m.due_day, m.closed_at
  FROM matter_link l JOIN matter m ON m.id = l.matter_id
  JOIN matter_link y ON y.matter_id = m.id AND y.what = 'duty_year' AND y.code = $year:text
 WHERE l.what = 'post' AND l.code = $post:text AND m.kind = 'duty' ORDER BY m.id DESC LIMIT 200;

-- :duty_matters_of_year
-- All confirmations of a year.
SELECT l.code AS "post:text", m.code, m.state, m.account, m.open, m.due_day, m.closed_at
  FROM matter_link y JOIN matter m ON m.id = y.matter_id JOIN matter_link l ON l.matter_id = m.id AND l.what = 'post'
 WHERE y.what = 'duty_year' AND y.code = $year:text AND m.kind = 'duty' ORDER BY m.id LIMIT 20000;

-- ---- what a person holds ----

-- :duty_held
-- Open matters a person holds, soonest first.
SELECT code FROM matter WHERE account = $account:text AND open = 1 AND draft = 0 AND kind <> 'duty' ORDER BY due_key, id LIMIT 20000;

-- :duty_done
-- What a person has brought to an end, newest first.
SELECT code, kind, title, state, closed_at, on_time FROM matter
 WHERE account = $account:text AND open = 0 AND draft = 0 AND kind <> 'duty' ORDER BY closed_at DESC, id DESC LIMIT 50;

-- :duty_late
-- What a person holds or held that is or was late: by the due day in force.
SELECT code, kind, title, state, unit, open, due_day, closed_at FROM matter
 WHERE account = $account:text AND draft = 0 AND ((open = 1 AND due_day > 0 AND due_day < $today:int) OR (open = 0 AND on_time = 0))
 ORDER BY due_key, id LIMIT 20000;

-- :duty_late_one
-- Whether a matter of a person is or was late.
SELECT code FROM matter WHERE code = $code:text AND account = $account:text AND draft = 0
   AND ((open = 1 AND due_day > 0 AND due_day < $today:int) OR (open = 0 AND on_time = 0));

-- :duty_outcomes
-- What units brought to an end since a day, how much of it had a day, and how much was done by the one first set; confirmations left out.
SELECT unit, COUNT(*) AS "closed:int", SUM(CASE WHEN on_first >= 0 THEN 1 ELSE 0 END) AS "timed:int", SUM(CASE WHEN on_first = 1 THEN 1 ELSE 0 END) AS "in_time:int"
  FROM matter WHERE open = 0 AND draft = 0 AND kind <> 'duty' AND closed_at >= $from:time GROUP BY unit ORDER BY unit LIMIT 100000;

-- :duty_overdue
-- What of units is late today.
SELECT unit, COUNT(*) AS "n:int" FROM matter
 WHERE open = 1 AND draft = 0 AND kind <> 'duty' AND due_day > 0 AND due_day < $today:int GROUP BY unit ORDER BY unit LIMIT 100000;

-- ---- 失责记实 and statements ----

-- :duty_failure_last
-- The newest row.
SELECT COALESCE(MAX(id), 0) AS "id:int" FROM duty_failure;

-- :duty_failure_same
-- One that says the same.
SELECT code FROM duty_failure WHERE post = $post:text AND document = $document:text AND duty = $duty:text AND day = $day:int;

-- :duty_failure_insert
-- Entered by the discipline organ.
INSERT INTO duty_failure (code, post, account, document, day, duty, by_account, at, record_id)
VALUES ($code:text, $post:text, $account:text, $document:text, $day:int, $duty:text, $by:text, $at:time, $record:id);

-- :duty_failure_row
-- One.
SELECT code, post, account, document, day, duty, at, record_id FROM duty_failure WHERE code = $code:text;

-- :duty_failures
-- All, or all about an account; newest first.
SELECT f.code AS "code:text", f.post AS "post:text", p.name AS "post_name:text?", p.unit AS "unit:text?", f.account AS "account:text", a.name AS "holder:text?",
       f.document AS "document:text", f.day AS "day:int", f.duty AS "duty:text", f.at AS "at:time", f.record_id AS "record_id:id"
  FROM duty_failure f LEFT JOIN duty_post p ON p.code = f.post LEFT JOIN account a ON a.code = f.account
 WHERE $account:text = '' OR f.account = $account ORDER BY f.id DESC LIMIT 5000;

-- :duty_failure_blank
-- It was erased.
UPDATE duty_failure SET post = '', account = '', document = '', day = 0, duty = '' WHERE record_id = $record:id;

-- :duty_failure_audit @audit
-- As their records say.
-- unlimited: the audit goes over every row there is
SELECT record_id, account, at, by_account, code, day, document, duty, post FROM duty_failure ORDER BY id;

-- :duty_statement_last
-- The last number among the statements to something.
SELECT COALESCE(MAX(number), 0) AS "last:int" FROM duty_statement WHERE what = $what:text AND code = $code:text;

-- :duty_statement_insert
-- A person's own word.
INSERT INTO duty_statement (what, code, number, account, text, at, record_id)
VALUES ($what:text, $code:text, $number:int, $account:text, $text:text, $at:time, $record:id);

-- :duty_statements
-- Statements to something, in order.
SELECT account, text, at, record_id FROM duty_statement WHERE what = $what:text AND code = $code:text ORDER BY number, id LIMIT 50;

-- :duty_statement_blank
-- It was erased.
UPDATE duty_statement SET account = '', text = '' WHERE record_id = $record:id;

-- :duty_statement_audit @audit
-- As their records say.
-- unlimited: the audit goes over every row there is
SELECT record_id, account, at, code, number, text, what FROM duty_statement ORDER BY id;

-- ---- the first form ----

-- :first_form_version
-- The newest version of an entry.
SELECT COALESCE(MAX(version), 0) AS "version:int" FROM first_form
 WHERE organ = $organ:text AND month = $month:period AND level = $level:text AND file = $file:text;

-- :first_form_insert
-- Counts of a paper file.
INSERT INTO first_form (organ, month, level, file, version, used, counted, by_account, at)
VALUES ($organ:text, $month:period, $level:text, $file:text, $version:int, $used:int, $counted:int, $by:text, $at:time);

-- :first_form_rows
-- The newest of each in a span of months, of an office or of all.
SELECT f.organ, f.month, f.level, f.file, f.version, f.used, f.counted, f.at FROM first_form f
 WHERE f.month >= $from:period AND f.month <= $to:period AND ($organ:text = '' OR f.organ = $organ)
   AND f.version = (SELECT MAX(g.version) FROM first_form g WHERE g.organ = f.organ AND g.month = f.month AND g.level = f.level AND g.file = f.file)
 ORDER BY f.month, f.organ, f.id LIMIT 20000;

-- :first_form_given
-- Whether a quarter was given out.
SELECT COUNT(*) AS "n:int" FROM first_form_shown WHERE quarter = $quarter:period;

-- :first_form_shown_insert
-- A figure as it is shown.
INSERT INTO first_form_shown (quarter, part, name, place, mark, n, by_account, at)
VALUES ($quarter:period, $part:text, $name:text, $place:int, $mark:text, $n:int, $by:text, $at:time);

-- :first_form_shown_rows
-- What was given out in a span of quarters.
SELECT quarter, part, name, mark, n FROM first_form_shown WHERE quarter >= $from:period AND quarter <= $to:period
 ORDER BY quarter, part, place, id LIMIT 1000;
