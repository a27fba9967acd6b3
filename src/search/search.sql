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

-- :search_docs_some
-- The first things there are.
SELECT id, source, code, label, name, body, initials, href, unit, at, gates FROM search_doc ORDER BY id LIMIT $max:int;

-- :search_doc_insert
-- A thing.
INSERT INTO search_doc (id, source, code, label, name, body, initials, href, unit, at, gates)
VALUES ($id:id, $source:text, $code:text, $label:text, $name:text, $body:text, $initials:bool, $href:text, $unit:text, $at:time, $gates:text);

-- :search_doc_delete
-- It goes.
DELETE FROM search_doc WHERE id = $id:id;

-- :search_words_insert
-- The words of a thing.
INSERT INTO search_fts (rowid, words) VALUES ($id:id, $words:text);
-- :search_words_insert @pg
-- PostgreSQL keeps a vector of words.
INSERT INTO search_fts (rowid, words) VALUES ($id:id, array_to_tsvector(string_to_array($words:text, ' ')));

-- :search_words_delete
-- They go: FTS5 keeps no text and is told the words that were there.
INSERT INTO search_fts (search_fts, rowid, words) VALUES ('delete', $id:id, $words:text);
-- :search_words_delete @pg
-- PostgreSQL knows them.
DELETE FROM search_fts WHERE rowid = $id:id AND $words:text IS NOT NULL;

-- :search_words_clear
-- All of them.
INSERT INTO search_fts (search_fts) VALUES ('delete-all');
-- :search_words_clear @pg
-- PostgreSQL has no such word.
DELETE FROM search_fts;

-- :search_words_merge
-- Put pieces of the index together, about so many pages; below zero: from now on all into one.
INSERT INTO search_fts (search_fts, rank) VALUES ('merge', $pages:int);
-- :search_words_merge @pg
-- PostgreSQL's index is one piece.
UPDATE search_state SET id = id WHERE id = 0 AND $pages:int = 0;

-- :search_pieces
-- In how many pieces it lies.
SELECT COUNT(DISTINCT segid) AS "n:int" FROM search_fts_idx;
-- :search_pieces @pg
-- One.
SELECT COUNT(*) AS "n:int" FROM search_state;

-- :search_hits
-- What fits, newest first, below a number: FTS5 walks its lists from the end and stops.
SELECT d.id, d.source, d.code, d.label, d.name, d.body, d.initials, d.href, d.unit, d.at
  FROM search_fts f JOIN search_doc d ON d.id = f.rowid
 WHERE f.search_fts MATCH $want:text AND f.rowid < $below:int ORDER BY f.rowid DESC LIMIT $max:int;
-- :search_hits @pg
-- Another operator; and the inner query is kept apart so that the index of words is what is asked.
SELECT d.id, d.source, d.code, d.label, d.name, d.body, d.initials, d.href, d.unit, d.at
  FROM (SELECT w.rowid FROM (SELECT f.rowid FROM search_fts f WHERE f.words @@ CAST($want:text AS tsquery) OFFSET 0) w
         WHERE w.rowid < $below:int ORDER BY w.rowid DESC LIMIT $max:int) x JOIN search_doc d ON d.id = x.rowid
 ORDER BY d.id DESC;

-- :search_units_of
-- Every term of the units that a record changed.
SELECT u.id AS unit_id, u.code, t.name, t.kind, t.from_day, t.to_day, t.record_id, r.at
  FROM unit_term t JOIN unit u ON u.id = t.unit_id JOIN record r ON r.id = t.record_id
 WHERE t.unit_id IN (SELECT x.unit_id FROM unit_term x WHERE x.record_id = $record:id)
 ORDER BY u.code, t.from_day LIMIT 1000000;
