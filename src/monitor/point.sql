-- Data monitoring points.

-- :point_list
-- All points by code.
SELECT id, code, indicator, name, owner, unit_of_measure, frequency, direction, legal_basis, purpose, retention, contact,
       record_id
  FROM point ORDER BY code, id LIMIT 100000;

-- :point_of_code
-- One point.
SELECT id, code, indicator, name, owner, unit_of_measure, frequency, direction, legal_basis, purpose, retention, contact, record_id
  FROM point WHERE code = $code:text;

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
