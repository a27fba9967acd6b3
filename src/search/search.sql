-- The index of everything people look for.

-- :search_state_get
-- How far it is.
SELECT s.next_seq, s.next_id, s.version, l.size FROM search_state s, log_head l WHERE s.id = 1 AND l.id = 1;

-- :search_state_make
-- At the beginning.
INSERT INTO search_state (id, next_seq, next_id, version) VALUES (1, 0, 1, $version:int)
ON CONFLICT (id) DO UPDATE SET next_seq = 0, version = excluded.version;

-- :search_state_at
-- The record that is next.
UPDATE search_state SET next_seq = $next_seq:int WHERE id = 1;

-- :search_state_ids
-- Numbers that are taken.
UPDATE search_state SET next_id = $next_id:int WHERE id = 1;

-- :search_records
-- Records in the order of the log, from a place on.
SELECT seq AS "seq:int", id, at, kind, unit, subject FROM record WHERE seq >= $from:int ORDER BY seq LIMIT $max:int;

-- :search_erased
-- What an erasing erased.
SELECT DISTINCT r.id, r.at, r.kind, r.unit, r.subject FROM erasure x JOIN record r ON r.id = x.erased_id
 WHERE x.record_id = $record:id ORDER BY r.id LIMIT 1000;

-- :search_doc_get
-- A thing by its code.
SELECT id, source, code, label, name, body, initials, href, unit, at, gates FROM search_doc WHERE code = $code:text AND source = $source:text;

-- :search_docs_below
-- Things whose code begins with another.
SELECT id, source, code, label, name, body, initials, href, unit, at, gates FROM search_doc
 WHERE code >= $from:text AND code < $to:text AND ($source:text = '' OR source = $source) ORDER BY code, source LIMIT 10000;

-- :search_docs_alive
-- The numbers that are still there.
-- unlimited: read by a cursor, a segment's numbers at most
SELECT id FROM search_doc WHERE id >= $from:id AND id < $to:id ORDER BY id;

-- :search_docs_by
-- Things by their numbers, separated by commas.
SELECT id, source, code, label, name, body, initials, href, unit, at, gates FROM search_doc
 WHERE id IN (SELECT value FROM json_each('[' || $ids:text || ']')) ORDER BY id DESC LIMIT 1000;
-- :search_docs_by @pg
-- PostgreSQL takes an array.
SELECT id, source, code, label, name, body, initials, href, unit, at, gates FROM search_doc
 WHERE id = ANY (CAST(string_to_array($ids:text, ',') AS bigint[])) ORDER BY id DESC LIMIT 1000;

-- :search_doc_insert
-- A thing.
INSERT INTO search_doc (id, source, code, label, name, body, initials, href, unit, at, gates)
VALUES ($id:id, $source:text, $code:text, $label:text, $name:text, $body:text, $initials:bool, $href:text, $unit:text, $at:time, $gates:text);

-- :search_doc_delete
-- It goes.
DELETE FROM search_doc WHERE id = $id:id;

-- :search_docs_first
-- The lowest number there is; 0: none.
SELECT COALESCE(MIN(id), 0) AS "id:int" FROM search_doc;

-- :search_docs_delete
-- Things below a number go.
DELETE FROM search_doc WHERE id < $to:id;

-- :search_segments
-- What counts, from the oldest.
SELECT id, first_id, span, things FROM search_segment WHERE ready = 1 ORDER BY first_id LIMIT 10000;

-- :search_directories
-- What counts, from the newest, with its directory.
SELECT s.id, s.first_id, s.span, b.body AS "directory:blob?" FROM search_segment s LEFT JOIN search_block b ON b.id = s.id * 1048576
 WHERE s.ready = 1 ORDER BY s.first_id DESC LIMIT 10000;

-- :search_segments_waste
-- What does not.
SELECT id FROM search_segment WHERE ready = 0 ORDER BY id LIMIT 10000;

-- :search_segment_next
-- The number of a new one.
SELECT COALESCE(MAX(id), 0) + 1 AS "id:int" FROM search_segment;

-- :search_segment_insert
-- A new one.
INSERT INTO search_segment (id, first_id, span, things, ready) VALUES ($id:id, $first:id, $span:int, $things:int, $ready:bool);

-- :search_segment_lost
-- One of its things is gone.
UPDATE search_segment SET things = things - 1 WHERE first_id <= $doc:id AND first_id + span > $doc AND ready = 1;

-- :search_segment_sum
-- As many things as those it is made of.
UPDATE search_segment SET things = (SELECT COALESCE(SUM(x.things), 0) FROM search_segment x WHERE x.ready = 1 AND x.first_id >= $from:id AND x.first_id < $to:id)
 WHERE id = $id:id;

-- :search_segments_replaced
-- They count no more.
UPDATE search_segment SET ready = 0 WHERE ready = 1 AND first_id >= $from:id AND first_id < $to:id;

-- :search_segment_ready
-- It counts.
UPDATE search_segment SET ready = 1 WHERE id = $id:id;

-- :search_segment_delete
-- It goes, when its blocks have gone.
DELETE FROM search_segment WHERE id = $id:id;

-- :search_block_insert
-- A block.
INSERT INTO search_block (id, body) VALUES ($id:id, $body:blob);

-- :search_block_get
-- A block.
SELECT body FROM search_block WHERE id = $id:id;

-- :search_block_last
-- The last block between two; 0: none.
SELECT COALESCE(MAX(id), 0) AS "id:int" FROM search_block WHERE id >= $from:id AND id < $to:id;

-- :search_blocks_delete
-- Blocks go.
DELETE FROM search_block WHERE id >= $from:id AND id < $to:id;

-- :search_blocks_by
-- Blocks by their numbers, separated by commas.
SELECT id, body FROM search_block WHERE id IN (SELECT value FROM json_each('[' || $ids:text || ']')) ORDER BY id LIMIT 100000;
-- :search_blocks_by @pg
-- PostgreSQL takes an array.
SELECT id, body FROM search_block WHERE id = ANY (CAST(string_to_array($ids:text, ',') AS bigint[])) ORDER BY id LIMIT 100000;

-- :search_units_of
-- Every term of the units that a record changed.
SELECT u.id AS unit_id, u.code, t.name, t.kind, t.from_day, t.to_day, t.record_id, r.at
  FROM unit_term t JOIN unit u ON u.id = t.unit_id JOIN record r ON r.id = t.record_id
 WHERE t.unit_id IN (SELECT x.unit_id FROM unit_term x WHERE x.record_id = $record:id)
 ORDER BY u.code, t.from_day LIMIT 1000000;
