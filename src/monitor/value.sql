-- Values: every version stays; the newest of a done import counts.

-- :values_of_period
-- All versions of a period's values that were visible at a time; of one cell the last row counts.
SELECT v.id, v.unit_id, v.point_id, v.version, v.value, v.missing, i.done_at
  FROM value v JOIN import i ON i.id = v.import_id
 WHERE v.period = $period:period AND i.state = 'done' AND i.done_at <= $as_of:time
 ORDER BY v.point_id, v.unit_id, v.version
 LIMIT 5000000;

-- :values_present
-- All versions of a period's values; of one cell the last row counts, unless it was cleared with a trial.
SELECT v.unit_id, v.point_id, v.version, v.value, v.missing, CASE WHEN i.state = 'done' THEN 1 ELSE 0 END AS "counts:bool"
  FROM value v JOIN import i ON i.id = v.import_id
 WHERE v.period = $period:period AND (i.state = 'done' OR i.state = 'cleared')
 ORDER BY v.point_id, v.unit_id, v.version
 LIMIT 5000000;

-- :value_versions
-- One value's history with where each version came from, newest first.
SELECT v.id, v.version, v.value, v.missing, v.note, v.row_no, v.cell, v.leaf_no, i.code AS "import:text", i.file_name, i.done_at,
       i.record_id, i.rows_total, a.name AS "sender:text?"
  FROM value v JOIN import i ON i.id = v.import_id LEFT JOIN account a ON a.id = i.account_id
 WHERE v.unit_id = $unit:id AND v.point_id = $point:id AND v.period = $period:period AND i.state = 'done'
 ORDER BY v.version DESC LIMIT 1000;

-- :value_last_version
-- The highest version of a cell, loading ones too.
SELECT COALESCE(MAX(version), 0) AS "version:int" FROM value
 WHERE unit_id = $unit:id AND point_id = $point:id AND period = $period:period;

-- :value_insert
-- One version.
INSERT INTO value (unit_id, point_id, period, version, value, missing, note, import_id, row_no, cell, leaf_no)
VALUES ($unit:id, $point:id, $period:period, $version:int, $value:real?, $missing:text, $note:text, $import:id, $row:int, $cell:text,
        $leaf:int);

-- :value_sources
-- Where a unit's values of a period came from, newest version of each first: for reports.
SELECT v.point_id, v.period, v.version, v.value, v.missing, v.note, v.row_no, v.cell, i.code AS "import:text", i.file_name, i.done_at,
       i.record_id, a.name AS "sender:text?"
  FROM value v JOIN import i ON i.id = v.import_id LEFT JOIN account a ON a.id = i.account_id
 WHERE v.unit_id = $unit:id AND v.period = $period:period AND i.state = 'done' AND i.done_at <= $as_of:time
 ORDER BY v.point_id, v.version DESC
 LIMIT 100000;

-- :values_count
-- How many values are visible, all versions counted once.
SELECT COALESCE(SUM(rows_new), 0) AS "n:int" FROM import WHERE kind = 'values' AND state = 'done';

-- :values_of_point
-- Every unit's versions of one point in a period, the newest of a unit last.
SELECT v.unit_id, v.version, v.value, v.missing, v.note, i.done_at
  FROM value v JOIN import i ON i.id = v.import_id
 WHERE v.period = $period:period AND v.point_id = $point:id AND i.state = 'done'
 ORDER BY v.unit_id, v.version LIMIT 1000000;

-- :value_history
-- One unit's versions of a point over all periods, the newest of a period last.
SELECT v.period, v.version, v.value, v.missing
  FROM value v JOIN import i ON i.id = v.import_id
 WHERE v.unit_id = $unit:id AND v.point_id = $point:id AND i.state = 'done'
 ORDER BY v.period, v.version LIMIT 100000;

-- :panel_stamp
-- What a panel is made of has changed when one of these has.
SELECT (SELECT COALESCE(MAX(i.record_id), 0) FROM import i) AS "imports:int",
       (SELECT COALESCE(MAX(c.record_id), 0) FROM scheme c) AS "schemes:int",
       (SELECT COALESCE(MAX(p.record_id), 0) FROM point p) AS "points:int",
       (SELECT COALESCE(MAX(t.record_id), 0) FROM unit_term t) AS "units:int",
       (SELECT COALESCE(MAX(g.record_id), 0) FROM setting g) AS "settings:int",
       (SELECT COALESCE(MAX(t.record_id), 0) FROM trial_cleared t) AS "cleared:int";
