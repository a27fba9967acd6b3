-- Data monitoring points.

-- :point_list
-- All points by code, but for those that were found to be the same number as another (一数一源): they are not asked for any more.
SELECT p.id, p.code, p.indicator, p.name, p.owner, p.unit_of_measure, p.frequency, p.direction, p.legal_basis, p.purpose, p.retention,
       p.contact, p.record_id, COALESCE(b.minutes, 0) AS "minutes:int"
  FROM point p LEFT JOIN burden_estimate b ON b.what = 'point' AND b.code = p.code
 WHERE NOT EXISTS (SELECT 1 FROM same_verdict v WHERE v.point = p.code AND v.verdict = 'same'
         AND NOT EXISTS (SELECT 1 FROM same_verdict w WHERE w.point = v.point AND w.other = v.other AND w.number > v.number))
 ORDER BY p.code, p.id LIMIT 100000;

-- :point_of_code
-- One point.
SELECT p.id, p.code, p.indicator, p.name, p.owner, p.unit_of_measure, p.frequency, p.direction, p.legal_basis, p.purpose, p.retention,
       p.contact, p.record_id, COALESCE(b.minutes, 0) AS "minutes:int"
  FROM point p LEFT JOIN burden_estimate b ON b.what = 'point' AND b.code = p.code
 WHERE p.code = $code:text;

-- :point_put
-- Write a point; the code is for ever.
INSERT INTO point (code, indicator, name, owner, unit_of_measure, frequency, direction, legal_basis, purpose, retention, contact,
                   record_id)
VALUES ($code:text, $indicator:text, $name:text, $owner:text, $unit:text, $frequency:text, $direction:int, $legal_basis:text,
        $purpose:text, $retention:text, $contact:text, $record:id)
ON CONFLICT (code) DO UPDATE
   SET indicator = excluded.indicator, name = excluded.name, owner = excluded.owner, unit_of_measure = excluded.unit_of_measure,
       frequency = excluded.frequency, direction = excluded.direction, legal_basis = excluded.legal_basis,
       purpose = excluded.purpose, retention = excluded.retention, contact = excluded.contact, record_id = excluded.record_id;

-- :point_audit @audit
-- What the audit compares.
-- unlimited: it goes over every row there is
SELECT record_id, code, contact, direction, frequency, indicator, legal_basis, name, owner, purpose, retention, unit_of_measure
  FROM point ORDER BY id;
