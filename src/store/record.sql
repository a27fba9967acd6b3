-- Records and their places in the log.

-- :record_insert
-- A new record, not sealed yet.
INSERT INTO record (at, seal_after, kind, unit, subject, by_account, commitment, parts)
VALUES ($at:time, $seal_after:time, $kind:text, $unit:text, $subject:text, $by_account:text, $commitment:blob, $parts:blob)
RETURNING id;

-- :record_by_id
-- One record.
SELECT id, seq, at, seal_after, kind, unit, subject, by_account, commitment, parts FROM record WHERE id = $id:id;

-- :record_by_seq
-- The record at a place of the log.
SELECT id, seq, at, seal_after, kind, unit, subject, by_account, commitment, parts FROM record WHERE seq = $seq:int;

-- :record_sealed
-- Sealed records in the order of the log, from a place on.
SELECT id, seq AS "seq:int", at, seal_after, kind, unit, subject, by_account, commitment, parts FROM record
 WHERE seq >= $from:int ORDER BY seq LIMIT $max:int;

-- :record_entries
-- What the log's entries are made of, from a place on.
SELECT seq AS "seq:int", at, kind, unit, subject, commitment FROM record WHERE seq >= $from:int AND seq < $to:int ORDER BY seq LIMIT $max:int;

-- :record_span
-- Everything that was written down in a time, in the order of the log, then what waits for its place.
-- unlimited: an export has every row
SELECT id, seq AS "seq:int?", at, kind, unit, subject, by_account, commitment FROM record
 WHERE at >= $from:time AND at < $to:time ORDER BY seq NULLS LAST, id;

-- :record_waiting
-- Records to be sealed at once, oldest first.
SELECT id, at, seal_after, kind, unit, subject, commitment FROM record
 WHERE seq IS NULL AND seal_after = 0 ORDER BY id LIMIT $max:int;

-- :record_waiting_n
-- How many records are not sealed yet although they could be.
SELECT count(*) AS "n:int" FROM record WHERE seq IS NULL AND seal_after = 0;

-- :record_seal
-- Give a record its place.
UPDATE record SET seq = $seq:int WHERE id = $id:id AND seq IS NULL;

-- :record_set_parts
-- What is left of a payload after an erasure.
UPDATE record SET parts = $parts:blob WHERE id = $id:id;

-- :record_daily_kinds
-- Kinds sealed daily, with the first day of each.
SELECT kind, min(at) AS "first:time" FROM record WHERE seal_after > 0 GROUP BY kind ORDER BY kind LIMIT 1000;

-- :record_daily_waiting
-- One day's records of one daily kind that are not sealed.
SELECT id, at, seal_after, kind, unit, subject, commitment FROM record
 WHERE seq IS NULL AND seal_after > 0 AND kind = $kind:text AND at = $day:time ORDER BY id LIMIT $max:int;

-- :log_head_get
-- How far the log has come.
SELECT size, tree, signed_size, signed_note, public_size, public_note, daily_day, hold FROM log_head WHERE id = 1;

-- :log_head_make
-- An empty log.
INSERT INTO log_head (id, size, tree, signed_size, signed_note, public_size, public_note, daily_day)
VALUES (1, 0, $tree:blob, -1, '', -1, '', 0);

-- :log_head_grow
-- The log after a batch; only from the size it was computed from.
UPDATE log_head SET size = $size:int, tree = $tree:blob WHERE id = 1 AND size = $was:int;

-- :log_head_sign
-- A newer signed checkpoint.
UPDATE log_head SET signed_size = $size:int, signed_note = $note:text WHERE id = 1 AND signed_size <= $size;

-- :log_head_public
-- A newer checkpoint with quorum.
UPDATE log_head SET public_size = $size:int, public_note = $note:text WHERE id = 1 AND public_size <= $size;

-- :log_head_day
-- The last day whose daily kinds are sealed.
UPDATE log_head SET daily_day = $day:int WHERE id = 1;

-- :log_head_hold
-- Stop signing, or go on.
UPDATE log_head SET hold = $hold:text WHERE id = 1;

-- :log_head_origin
-- A new log over the same records: nothing is signed under its name yet.
UPDATE log_head SET signed_size = -1, signed_note = '', public_size = -1, public_note = '', hold = '' WHERE id = 1;

-- :log_witness_put
-- What a witness said last.
INSERT INTO log_witness (vkey, name, size, asked_at, error)
VALUES ($vkey:text, $name:text, $size:int, $asked_at:time, $error:text)
ON CONFLICT (vkey) DO UPDATE SET name = excluded.name, size = excluded.size, asked_at = excluded.asked_at, error = excluded.error;

-- :log_witness_list
-- All witnesses ever asked.
SELECT vkey, name, size, asked_at, error FROM log_witness ORDER BY id LIMIT 1000;

-- :log_witness_forget
-- Witnesses of an old log hold nothing of the new one.
DELETE FROM log_witness;

-- :county_get
-- Which county this is.
SELECT name, origin, demo, clock, created_at FROM county WHERE id = 1;

-- :county_trial
-- Whether it is being set up and has not gone live.
SELECT COUNT(*) AS "n:int" FROM setup WHERE state = 'trial';

-- :county_make
-- A new county.
INSERT INTO county (id, name, origin, demo, clock, created_at)
VALUES (1, $name:text, $origin:text, $demo:bool, $clock:time, $created_at:time);

-- :county_set_name
-- What people call it.
UPDATE county SET name = $name:text WHERE id = 1;

-- :county_set_origin
-- A new name of the log.
UPDATE county SET origin = $origin:text WHERE id = 1;

-- :county_set_clock_row
-- Where a simulated clock stands.
UPDATE county SET clock = $clock:time WHERE id = 1 AND clock < $clock;

-- :record_unsealed
-- Records not sealed yet.
-- unlimited: the audit needs all, and they are few
SELECT id, at, seal_after, kind, unit, subject, by_account, commitment, parts FROM record WHERE seq IS NULL ORDER BY id;
