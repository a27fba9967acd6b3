-- Units: a lasting identity and dated terms.

-- :unit_terms_at
-- Every unit's term on a day, parents' codes beside them, in display order.
SELECT t.id, t.unit_id, u.code, t.parent_id, t.name, t.kind, t.peer_group, t.from_day, t.to_day, t.sort
  FROM unit_term t JOIN unit u ON u.id = t.unit_id
 WHERE t.from_day <= $day:int AND (t.to_day = 0 OR t.to_day >= $day:int)
 ORDER BY t.sort, u.code, t.id
 LIMIT 200000;

-- :unit_terms_all
-- Every term ever, for export: in the order of units and time.
SELECT t.id, u.code, p.code AS "parent:text?", t.name, t.kind, t.peer_group, t.from_day, t.to_day, t.sort
  FROM unit_term t JOIN unit u ON u.id = t.unit_id LEFT JOIN unit p ON p.id = t.parent_id
 ORDER BY t.sort, u.code, t.from_day, t.id
 LIMIT 1000000;

-- :unit_id_of
-- The unit of a code.
SELECT id FROM unit WHERE code = $code:text;

-- :unit_insert
-- A new identity.
INSERT INTO unit (code) VALUES ($code:text) RETURNING id;

-- :unit_terms_of
-- The terms of a unit, newest first.
SELECT t.id, p.code AS "parent:text?", t.name, t.kind, t.peer_group, t.from_day, t.to_day, t.sort, t.record_id
  FROM unit_term t LEFT JOIN unit p ON p.id = t.parent_id
 WHERE t.unit_id = $unit:id
 ORDER BY t.from_day DESC, t.id
 LIMIT 1000;

-- :unit_term_put
-- Write a term: a unit has one for each first day.
INSERT INTO unit_term (unit_id, parent_id, name, kind, peer_group, from_day, to_day, sort, name_key, record_id)
VALUES ($unit:id, $parent:id?, $name:text, $kind:text, $peer_group:text, $from_day:int, $to_day:int, $sort:int, $name_key:text,
        $record:id)
ON CONFLICT (unit_id, from_day) DO UPDATE
   SET parent_id = excluded.parent_id, name = excluded.name, kind = excluded.kind, peer_group = excluded.peer_group,
       to_day = excluded.to_day, sort = excluded.sort, name_key = excluded.name_key, record_id = excluded.record_id;

-- :unit_term_sort_last
-- The highest place in the order.
SELECT COALESCE(MAX(sort), 0) AS "sort:int" FROM unit_term;

-- :unit_term_audit @audit
-- Units' spans of time, as their records say.
-- unlimited: the audit goes over every row there is
SELECT t.record_id, u.code, t.from_day, t.kind, t.name, p.code AS "parent:text?", t.peer_group, t.sort, t.to_day
  FROM unit_term t JOIN unit u ON u.id = t.unit_id LEFT JOIN unit p ON p.id = t.parent_id ORDER BY t.id;
