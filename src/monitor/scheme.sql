-- Schemes: versions of the county's tree of indicators.

-- :scheme_in_force_at
-- The adopted scheme for a period given by its last day: the newest among those that began by then.
SELECT id, version, name, state, from_period, from_day, config, sheet_digest, sheet_map, note, created_at, adopted_at, record_id
  FROM scheme
 WHERE state = 'adopted' AND from_day <= $day:int
 ORDER BY from_day DESC, version DESC
 LIMIT 1;

-- :scheme_of_version
-- One version.
SELECT id, version, name, state, from_period, from_day, config, sheet_digest, sheet_map, note, created_at, adopted_at, record_id
  FROM scheme WHERE version = $version:int;

-- :scheme_by_id
-- One version by row.
SELECT id, version, name, state, from_period, from_day, config, sheet_digest, sheet_map, note, created_at, adopted_at, record_id
  FROM scheme WHERE id = $id:id;

-- :scheme_list
-- All versions, newest first, with who made and adopted them.
SELECT s.id, s.version, s.name, s.state, s.from_period, s.note, s.created_at, s.adopted_at, a.name AS "created_by:text?",
       b.name AS "adopted_by:text?", (SELECT COUNT(*) FROM node n WHERE n.scheme_id = s.id AND n.level = 1) AS "indicators:int"
  FROM scheme s LEFT JOIN account a ON a.id = s.created_by LEFT JOIN account b ON b.id = s.adopted_by
 ORDER BY s.version DESC LIMIT 1000;

-- :scheme_nodes
-- The nodes of a version in display order.
SELECT code, parent_code, name, level, type, direction, weight, unit_of_measure, target, denominator, owner, frequency, formula,
       peer_group, scoring, veto, standard, source, tags, from_day, to_day
  FROM node WHERE scheme_id = $scheme:id ORDER BY sort, id LIMIT 100000;

-- :scheme_last_version
-- The highest version there is.
SELECT COALESCE(MAX(version), 0) AS "version:int" FROM scheme;

-- :scheme_insert
-- A new draft.
INSERT INTO scheme (version, name, state, from_day, config, sheet_digest, sheet_map, note, created_by, created_at, record_id)
VALUES ($version:int, $name:text, 'draft', 0, $config:text, $sheet_digest:blob?, $sheet_map:text, $note:text, $by:id?, $now:time,
        $record:id)
RETURNING id;

-- :scheme_update
-- A draft's head.
UPDATE scheme SET name = $name:text, config = $config:text, note = $note:text, record_id = $record:id
 WHERE id = $id:id AND state = 'draft';

-- :scheme_clear_nodes
-- A draft's nodes, before they are written anew.
DELETE FROM node WHERE scheme_id = $scheme:id;

-- :node_insert
-- One node.
INSERT INTO node (scheme_id, code, parent_code, name, level, type, direction, weight, unit_of_measure, target, denominator, owner,
                  frequency, formula, peer_group, scoring, veto, standard, source, tags, from_day, to_day, sort)
VALUES ($scheme:id, $code:text, $parent:text, $name:text, $level:int, $type:text, $direction:int, $weight:real, $unit:text,
        $target:real?, $denominator:text, $owner:text, $frequency:text, $formula:text, $peer_group:text, $scoring:text, $veto:text,
        $standard:text, $source:text, $tags:text, $from_day:int, $to_day:int, $sort:int);

-- :scheme_set_adopted
-- A draft becomes the scheme from a period on.
UPDATE scheme SET state = 'adopted', from_period = $from:period, from_day = $from_day:int, adopted_by = $by:id?, adopted_at = $now:time,
       record_id = $record:id
 WHERE id = $id:id AND state = 'draft';

-- :scheme_give_up
-- A draft that is not wanted.
UPDATE scheme SET state = 'retired', record_id = $record:id WHERE id = $id:id AND state = 'draft';

-- :scheme_computed_from
-- How many done computations lie in or after a day, which an adoption must not overtake unasked.
SELECT COUNT(*) AS "n:int" FROM computation WHERE state = 'done' AND last_day >= $day:int;

-- :scheme_audit @audit
-- Versions, as their records say; their nodes are in the record's digest.
-- unlimited: the audit goes over every row there is
SELECT record_id, adopted_at, created_at, from_day, from_period, name, note, sheet_digest, sheet_map, state, version
  FROM scheme ORDER BY id;

-- :schemes_whole
-- Every version with the record whose digest it must have.
SELECT version, record_id FROM scheme ORDER BY version, id LIMIT 100000;
