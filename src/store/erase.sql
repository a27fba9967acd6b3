-- Erasures.

-- :erasure_insert
-- A part is gone.
INSERT INTO erasure (erased_id, part, ground, at, record_id)
VALUES ($erased_id:id, $part:int, $ground:text, $at:time, $record_id:id);

-- :erasure_pairs
-- Which parts of which records are gone.
-- unlimited: the audit and the list beside backups need all
SELECT e.erased_id, e.part, r.commitment FROM erasure e JOIN record r ON r.id = e.erased_id ORDER BY e.id;

-- :record_commitments
-- All records by what identifies them outside this database.
-- unlimited: read one by one when erasures are replayed
SELECT id, commitment FROM record ORDER BY id;

-- :erasure_audit @audit
-- Erasures, as their records say.
SELECT record_id, erased_id, part, ground, at FROM erasure ORDER BY id;
