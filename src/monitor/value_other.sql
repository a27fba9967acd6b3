-- Numbers that others give for a value.

-- :other_last
-- The number of the last one of a kind.
SELECT COALESCE(MAX(number), 0) AS "number:int" FROM value_other
 WHERE unit = $unit:text AND point = $point:text AND period = $period:period AND kind = $kind:text;

-- :other_insert
-- One more.
INSERT INTO value_other (unit, point, period, kind, number, value, source, how, by_account, at, record_id)
VALUES ($unit:text, $point:text, $period:period, $kind:text, $number:int, $value:real, $source:text, $how:text, $by_account:text, $at:time,
        $record_id:id);

-- :others_of
-- All of one value, newest first.
SELECT o.kind, o.number, o.value, o.source, o.how, o.at, o.by_account, a.name AS "by_name:text?"
  FROM value_other o LEFT JOIN account a ON a.code = o.by_account
 WHERE o.unit = $unit:text AND o.point = $point:text AND o.period = $period:period ORDER BY o.id DESC LIMIT 200;

-- :others_of_period
-- All of a period; of a cell and kind the last row counts.
SELECT unit, point, kind, value, source, how, at FROM value_other WHERE period = $period:period ORDER BY point, unit, id LIMIT 200000;

-- :other_audit @audit
-- What others said, as their records say.
SELECT record_id, unit, point, period, kind, number, value, source, how, by_account, at FROM value_other ORDER BY id;
