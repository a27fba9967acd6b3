-- Imports: files that were read in.

-- :import_last
-- The number of the last import.
SELECT COALESCE(MAX(id), 0) AS "id:int" FROM import;

-- :import_insert
-- A file begins its way.
INSERT INTO import (code, kind, state, file_name, file_digest, account_id, unit_id, period, rows_total, rows_new, rows_changed, rows_same,
                    problems, created_at)
VALUES ($code:text, $kind:text, $state:text, $file_name:text, $digest:blob, $account:id?, $unit:id?, $period:period?, $total:int,
        $new:int, $changed:int, $same:int, $problems:int, $now:time)
RETURNING id;

-- :import_refuse
-- Columns that were not read.
UPDATE import SET refused = $refused:text WHERE id = $id:id;

-- :import_state
-- It goes on.
UPDATE import SET state = $state:text WHERE id = $id:id AND state = $was:text;

-- :import_checked
-- What a check found.
UPDATE import SET period = $period:period?, rows_total = $total:int, rows_new = $new:int, rows_changed = $changed:int,
       rows_same = $same:int, problems = $problems:int, file_digest = $digest:blob
 WHERE id = $id:id AND state = 'checked';

-- :import_done
-- It becomes visible.
UPDATE import SET state = 'done', done_at = $now:time, root = $root:blob?, record_id = $record:id WHERE id = $id:id;

-- :import_of_code
-- One import.
SELECT i.id, i.code, i.kind, i.state, i.file_name, i.file_digest, i.account_id, a.name AS "sender:text?", u.code AS "unit:text?", i.refused, i.period, i.rows_total, i.rows_new,
       i.rows_changed, i.rows_same, i.problems, i.root, i.created_at, i.done_at, i.record_id
  FROM import i LEFT JOIN account a ON a.id = i.account_id LEFT JOIN unit u ON u.id = a.unit_id WHERE i.code = $code:text;

-- :import_list
-- Imports, newest first; of one account, or of all with account 0.
SELECT i.id, i.code, i.kind, i.state, i.file_name, a.name AS "sender:text?", u.code AS "unit:text?", i.period, i.rows_total, i.rows_new, i.rows_changed,
       i.rows_same, i.problems, i.created_at, i.done_at
  FROM import i LEFT JOIN account a ON a.id = i.account_id LEFT JOIN unit u ON u.id = a.unit_id
 WHERE $account:id = 0 OR i.account_id = $account:id
 ORDER BY i.id DESC LIMIT 100000;

-- :import_values_drop
-- Rows of an import that did not get to its end.
DELETE FROM value WHERE import_id = $id:id;

-- :imports_loading
-- Imports that never ended, of a program that was stopped.
SELECT id FROM import WHERE state = 'loading' ORDER BY id LIMIT 1000;

-- :import_values
-- The rows of an import in the order of the file.
SELECT v.row_no, v.cell, v.leaf_no, v.period, v.version, v.value, v.missing, v.note, u.code AS "unit:text", p.code AS "point:text"
  FROM value v JOIN unit u ON u.id = v.unit_id JOIN point p ON p.id = v.point_id
 WHERE v.import_id = $id:id ORDER BY v.leaf_no, v.id LIMIT 2000000;

-- :value_audit @audit
-- What the audit compares: the rows of every import that is visible, by the import's record.
-- unlimited: it goes over every row there is
SELECT i.record_id, v.cell, v.leaf_no, v.missing, v.note, v.period, p.code AS "point:text", v.row_no, u.code AS "unit:text", v.value,
       v.version
  FROM value v JOIN import i ON i.id = v.import_id JOIN unit u ON u.id = v.unit_id JOIN point p ON p.id = v.point_id
 WHERE (i.state = 'done' OR i.state = 'cleared')
 ORDER BY v.id;

-- :import_values_page
-- Some rows of an import in the order of the file, each with the version before it.
SELECT v.row_no, v.cell, v.period, v.version, v.value, v.missing, u.id AS "unit_id:id", u.code AS "unit:text", p.code AS "point:text",
       p.name AS "point_name:text", o.value AS "old:real?",
       o.id AS "before:id?"
  FROM value v JOIN unit u ON u.id = v.unit_id JOIN point p ON p.id = v.point_id
  LEFT JOIN value o ON o.unit_id = v.unit_id AND o.point_id = v.point_id AND o.period = v.period AND o.version = v.version - 1
   AND EXISTS (SELECT 1 FROM import b WHERE b.id = o.import_id AND b.state = 'done')
 WHERE v.import_id = $id:id AND v.leaf_no >= $from:int AND v.leaf_no < $to:int ORDER BY v.leaf_no, v.id LIMIT 1000;

-- :import_row
-- One import as its record is to say it.
SELECT a.code AS "account:text?", i.code, i.created_at, i.file_name, i.kind, i.period, i.problems, i.rows_changed, i.rows_new, i.rows_same,
       i.rows_total
  FROM import i LEFT JOIN account a ON a.id = i.account_id WHERE i.id = $id:id;

-- :import_audit @audit
-- Imports that are visible, as their records say.
-- unlimited: the audit goes over every row there is
SELECT i.record_id, a.code AS "account:text?", i.code, i.created_at, i.done_at, i.file_digest, i.file_name, i.kind, i.period, i.problems,
       i.root, i.rows_changed, i.rows_new, i.rows_same, i.rows_total
  FROM import i LEFT JOIN account a ON a.id = i.account_id WHERE (i.state = 'done' OR i.state = 'cleared') ORDER BY i.id;
