-- Queries of the bench, and its yardsticks.

-- :bench_put
-- What one durable change writes.
INSERT INTO request (account_id, request_id, digest, status, location, result, at)
VALUES ($account:id, $name:text, $digest:blob, 200, $location:text?, $result:text?, $now:time);

-- :bench_count
-- How many there are.
SELECT count(*) AS "n:int" FROM request;

-- A county of full size, made of copies of the demo county's rows. Records are not copied: nothing that is measured looks them up.

-- :bench_matter_last
-- The last matter, step, value, import, unit and warning that is no copy.
SELECT (SELECT MAX(id) FROM matter) AS "matter:int", (SELECT MAX(id) FROM matter_step) AS "step:int", (SELECT MAX(id) FROM value) AS "value:int",
       (SELECT MAX(id) FROM import) AS "import:int", (SELECT MAX(id) FROM unit) AS "unit:int", (SELECT MAX(id) FROM warning) AS "warning:int";

-- :bench_matter_copy
-- Matters once more, so much earlier; tail: what their codes end in.
INSERT INTO matter (code, kind, title, state, open, draft, version, steps, unit, account, parent_id, opener, opened_at, state_at, closed_at, clock,
                    due_day, first_due, due_key, gap_year, colour, quiet_day, returned, reopened, gross_days, net_days, on_time, on_first, body, words, record_id)
SELECT code || $tail:text, kind, title, state, open, draft, version, steps, unit, account, parent_id, opener, opened_at - $back:int, state_at - $back,
       closed_at, clock, due_day, first_due, due_key, gap_year, colour, quiet_day, returned, reopened, gross_days, net_days, on_time, on_first, body, words,
       record_id
  FROM matter WHERE id <= $last:int AND kind NOT IN ('bulletin', 'meeting', 'checkup') ORDER BY id;

-- :bench_step_copy
-- Their steps.
INSERT INTO matter_step (matter, number, verb, from_state, to_state, by_account, for_account, at, given, did, record_id)
SELECT matter || $tail:text, number, verb, from_state, to_state, by_account, for_account, at - $back:int, given, did, record_id
  FROM matter_step WHERE id <= $last:int ORDER BY id;

-- :bench_warning_copy
-- Warnings once more, so much earlier.
INSERT INTO warning (code, rule_id, unit_id, occurrence, created_at, record_id)
SELECT code || $tail:text, rule_id, unit_id, occurrence + $turn:int, created_at - $back:int, record_id FROM warning WHERE id <= $last:int ORDER BY id;

-- :bench_link_copy
-- What the copies of matters are about.
INSERT INTO matter_link (matter_id, what, code)
SELECT n.id, l.what, CASE WHEN l.what = 'warning' THEN l.code || $tail:text ELSE l.code END
  FROM matter_link l JOIN matter m ON m.id = l.matter_id AND m.id <= $last:int JOIN matter n ON n.code = m.code || $tail;

-- :bench_unit_copy
-- Units once more.
INSERT INTO unit (code) SELECT code || $tail:text FROM unit WHERE id <= $last:int ORDER BY id;

-- :bench_term_copy
-- What they are.
INSERT INTO unit_term (unit_id, parent_id, name, kind, peer_group, from_day, to_day, sort, name_key, record_id)
SELECT n.id, t.parent_id, t.name, t.kind, t.peer_group, t.from_day, t.to_day, t.sort, t.name_key, t.record_id
  FROM unit_term t JOIN unit u ON u.id = t.unit_id AND u.id <= $last:int JOIN unit n ON n.code = u.code || $tail:text
 WHERE t.parent_id IS NOT NULL ORDER BY t.id;

-- :bench_import_copy
-- Imports once more, so much earlier.
INSERT INTO import (code, kind, state, file_name, file_digest, account_id, unit_id, period, rows_total, rows_new, created_at, done_at, record_id)
SELECT code || $tail:text, kind, state, file_name, file_digest, account_id, unit_id, period, rows_total, rows_new, created_at - $back:int, done_at,
       record_id
  FROM import WHERE id <= $last:int ORDER BY id;

-- :bench_value_copy
-- Values of other units, or of earlier imports.
INSERT INTO value (unit_id, point_id, period, version, value, missing, note, import_id, row_no, leaf_no)
SELECT un.id, v.point_id, v.period, v.version + $turn:int, v.value, v.missing, v.note, ni.id, v.row_no, v.leaf_no
  FROM value v JOIN unit u ON u.id = v.unit_id JOIN unit un ON un.code = u.code || $unit_tail:text
  JOIN import i ON i.id = v.import_id JOIN import ni ON ni.code = i.code || $import_tail:text
 WHERE v.id <= $last:int ORDER BY v.id;
