-- Entries of the work log, and what is made from them.

-- :work_insert
-- An entry.
INSERT INTO work_record (code, matter, unit, kind, about, text, files, late, by_account, captured_at, received_at, record_id)
VALUES ($code:text, $matter:text, $unit:text, $kind:text, $about:text, $text:text, $files:text, $late:bool, $by_account:text,
        $captured_at:time, $received_at:time, $record_id:id)
RETURNING id;

-- :work_of_code
-- One.
SELECT w.id, w.code, w.matter, w.unit, w.kind, w.about, w.text, w.files, w.late, w.by_account, w.captured_at, w.received_at, w.record_id,
       a.name AS "by_name:text?", r.seq AS "seq:int?", m.title AS "title:text?"
  FROM work_record w LEFT JOIN account a ON a.code = w.by_account LEFT JOIN record r ON r.id = w.record_id
  LEFT JOIN matter m ON m.code = w.matter
 WHERE w.code = $code:text;

-- :work_of_id
-- One by its row.
SELECT w.id, w.code, w.matter, w.unit, w.kind, w.about, w.text, w.files, w.late, w.by_account, w.captured_at, w.received_at, w.record_id,
       a.name AS "by_name:text?", r.seq AS "seq:int?", m.title AS "title:text?"
  FROM work_record w LEFT JOIN account a ON a.code = w.by_account LEFT JOIN record r ON r.id = w.record_id
  LEFT JOIN matter m ON m.code = w.matter
 WHERE w.id = $id:id;

-- :work_of_matter
-- Of a matter, oldest first: all, there are no more than WORK_OF_MATTER_MAX.
SELECT w.id, w.code, w.matter, w.unit, w.kind, w.about, w.text, w.files, w.late, w.by_account, w.captured_at, w.received_at, w.record_id,
       a.name AS "by_name:text?", r.seq AS "seq:int?", m.title AS "title:text?"
  FROM work_record w LEFT JOIN account a ON a.code = w.by_account LEFT JOIN record r ON r.id = w.record_id
  LEFT JOIN matter m ON m.code = w.matter
 WHERE w.matter = $matter:text ORDER BY w.id LIMIT 5000;

-- :work_of_matter_nth
-- Has a matter so many?
SELECT id FROM work_record WHERE matter = $matter:text ORDER BY id LIMIT 1 OFFSET $n:int;

-- :work_of_unit
-- By a unit's people, newest first.
SELECT w.id, w.code, w.matter, w.unit, w.kind, w.about, w.text, w.files, w.late, w.by_account, w.captured_at, w.received_at, w.record_id,
       a.name AS "by_name:text?", r.seq AS "seq:int?", m.title AS "title:text?"
  FROM work_record w LEFT JOIN account a ON a.code = w.by_account LEFT JOIN record r ON r.id = w.record_id
  LEFT JOIN matter m ON m.code = w.matter
 WHERE w.unit = $unit:text AND w.id < $before:id ORDER BY w.id DESC LIMIT $max:int;

-- :work_after
-- All after a row.
SELECT w.id, w.code, w.matter, w.unit, w.kind, w.about, w.text, w.files, w.late, w.by_account, w.captured_at, w.received_at, w.record_id,
       a.name AS "by_name:text?", r.seq AS "seq:int?", m.title AS "title:text?"
  FROM work_record w LEFT JOIN account a ON a.code = w.by_account LEFT JOIN record r ON r.id = w.record_id
  LEFT JOIN matter m ON m.code = w.matter
 WHERE w.id > $after:id ORDER BY w.id LIMIT $max:int;

-- :work_joint_matters
-- Open matters of other units in which one takes part.
SELECT m.code FROM matter_link l JOIN matter m ON m.id = l.matter_id
 WHERE l.what = 'unit' AND l.code = $unit:text AND m.open = 1 AND m.draft = 0 AND m.unit <> $unit ORDER BY m.id DESC LIMIT 200;

-- :work_ended_matters
-- What a unit has done with, newest first.
SELECT code FROM matter WHERE unit = $unit:text AND open = 0 AND draft = 0 ORDER BY id DESC LIMIT 20;

-- :work_blank
-- What an erasure leaves.
UPDATE work_record SET text = '', files = '' WHERE code = $code:text RETURNING id;

-- :work_text_drop
-- An erased text is not looked up any more.
DELETE FROM work_text WHERE id = $id:id;

-- :work_picture_drop
-- Nor are its pictures.
DELETE FROM work_picture WHERE work_id = $work:id;

-- :work_text_insert
-- The bands of a text.
INSERT INTO work_text (id, b0, b1, b2, b3, b4, b5, b6, b7)
VALUES ($id:id, $b0:int, $b1:int, $b2:int, $b3:int, $b4:int, $b5:int, $b6:int, $b7:int);

-- :work_text_like
-- Rows that agree with a text in a band, once for each; of a band that very many share the newest.
SELECT u.id AS "id:id" FROM (
SELECT id FROM (SELECT id FROM work_text WHERE b0 = $b0:int ORDER BY id DESC LIMIT 500) x0
UNION ALL SELECT id FROM (SELECT id FROM work_text WHERE b1 = $b1:int ORDER BY id DESC LIMIT 500) x1
UNION ALL SELECT id FROM (SELECT id FROM work_text WHERE b2 = $b2:int ORDER BY id DESC LIMIT 500) x2
UNION ALL SELECT id FROM (SELECT id FROM work_text WHERE b3 = $b3:int ORDER BY id DESC LIMIT 500) x3
UNION ALL SELECT id FROM (SELECT id FROM work_text WHERE b4 = $b4:int ORDER BY id DESC LIMIT 500) x4
UNION ALL SELECT id FROM (SELECT id FROM work_text WHERE b5 = $b5:int ORDER BY id DESC LIMIT 500) x5
UNION ALL SELECT id FROM (SELECT id FROM work_text WHERE b6 = $b6:int ORDER BY id DESC LIMIT 500) x6
UNION ALL SELECT id FROM (SELECT id FROM work_text WHERE b7 = $b7:int ORDER BY id DESC LIMIT 500) x7
) u
 ORDER BY u.id DESC LIMIT 4000;

-- :work_texts
-- The texts of some entries, in one go, newest first: of equals the newest is looked at.
SELECT id, text FROM work_record
 WHERE id IN ($i0:id, $i1:id, $i2:id, $i3:id, $i4:id, $i5:id, $i6:id, $i7:id, $i8:id, $i9:id, $i10:id, $i11:id, $i12:id, $i13:id, $i14:id,
              $i15:id)
 ORDER BY id DESC LIMIT 16;

-- :work_picture_insert
-- The pieces of a picture's hash.
INSERT INTO work_picture (work_id, digest, hash, p0, p1, p2, p3)
VALUES ($work_id:id, $digest:text, $hash:int, $p0:int, $p1:int, $p2:int, $p3:int);

-- :work_picture_like
-- Pictures that share a piece of their hash with another, or all but one bit of it (x XOR m is (x | m) - (x & m)); of a piece that very
-- many share the newest. Read from the indexes alone, in one go: 68 questions to a server one after the other take longer than the answer.
WITH flip(m) AS (VALUES (0), (1), (2), (4), (8), (16), (32), (64), (128), (256), (512), (1024), (2048), (4096), (8192), (16384), (32768))
SELECT u.id AS "id:id", u.work_id AS "work_id:id", u.hash AS "hash:int" FROM (
SELECT w.id, w.work_id, w.hash FROM (SELECT ($p0:int | m) - ($p0 & m) AS p FROM flip) v JOIN work_picture w ON w.p0 = v.p
   AND w.id >= COALESCE((SELECT x.id FROM work_picture x WHERE x.p0 = v.p ORDER BY x.id DESC LIMIT 1 OFFSET 199), 0)
UNION ALL
SELECT w.id, w.work_id, w.hash FROM (SELECT ($p1:int | m) - ($p1 & m) AS p FROM flip) v JOIN work_picture w ON w.p1 = v.p
   AND w.id >= COALESCE((SELECT x.id FROM work_picture x WHERE x.p1 = v.p ORDER BY x.id DESC LIMIT 1 OFFSET 199), 0)
UNION ALL
SELECT w.id, w.work_id, w.hash FROM (SELECT ($p2:int | m) - ($p2 & m) AS p FROM flip) v JOIN work_picture w ON w.p2 = v.p
   AND w.id >= COALESCE((SELECT x.id FROM work_picture x WHERE x.p2 = v.p ORDER BY x.id DESC LIMIT 1 OFFSET 199), 0)
UNION ALL
SELECT w.id, w.work_id, w.hash FROM (SELECT ($p3:int | m) - ($p3 & m) AS p FROM flip) v JOIN work_picture w ON w.p3 = v.p
   AND w.id >= COALESCE((SELECT x.id FROM work_picture x WHERE x.p3 = v.p ORDER BY x.id DESC LIMIT 1 OFFSET 199), 0)
) u ORDER BY u.id DESC LIMIT 14000;

-- :work_burst
-- Of a matter's entries, how many there are and how many were written from a time on: for the hint of bursts, and nothing else.
SELECT COUNT(*) AS "n:int", COALESCE(SUM(CASE WHEN captured_at >= $from:time THEN 1 ELSE 0 END), 0) AS "k:int"
  FROM work_record WHERE matter = $matter:text AND kind = 'entry' AND late = 0;

-- :work_hint_number
-- The newest hint's code.
SELECT code FROM work_hint ORDER BY id DESC LIMIT 1;

-- :work_hint_insert
-- A hint; one that is there stays as it is.
INSERT INTO work_hint (code, thing, kind, matter, unit, work, other, other_unit, alike, state, reason, decided_by, found_at, changed_at, version,
                       record_id)
VALUES ($code:text, $thing:text, $kind:text, $matter:text, $unit:text, $work:text, $other:text, $other_unit:text, $alike:int, $state:text,
        $reason:text, $decided_by:text, $found_at:time, $changed_at:time, $version:int, $record_id:id);

-- :work_hint_there
-- Is there one of this thing?
SELECT id FROM work_hint WHERE thing = $thing:text;

-- :work_hint_row
-- One.
SELECT h.id, h.code, h.thing, h.kind, h.matter, h.unit, h.work, h.other, h.other_unit, h.alike, h.state, h.reason, h.decided_by, h.found_at,
       h.changed_at, h.version, a.name AS "decider:text?"
  FROM work_hint h LEFT JOIN account a ON a.code = h.decided_by WHERE h.code = $code:text;

-- :work_hint_list
-- Open ones or decided ones before a row, newest first.
SELECT id, code, kind, matter, unit, other_unit, state, found_at FROM work_hint
 WHERE id < $before:id AND (($open:bool = 1 AND state = 'open') OR ($open = 0 AND state <> 'open')) ORDER BY id DESC LIMIT $max:int;

-- :work_hint_change
-- Decided, of the version that was seen.
UPDATE work_hint SET state = $state:text, reason = $reason:text, decided_by = $decided_by:text, changed_at = $changed_at:time,
       version = version + 1, record_id = $record_id:id
 WHERE id = $id:id AND version = $version:int;

-- :work_record_audit @audit
-- Entries, as their records say.
-- unlimited: the audit goes over every row there is
SELECT record_id, code, matter, unit, kind, about, text, files, late, by_account, captured_at, received_at FROM work_record ORDER BY id;

-- :work_hint_audit @audit
-- Hints, as their records say.
-- unlimited: the audit goes over every row there is
SELECT record_id, code, thing, kind, matter, unit, work, other, other_unit, alike, state, reason, decided_by, found_at, changed_at, version
  FROM work_hint ORDER BY id;
