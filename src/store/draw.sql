-- Public draws.

-- :draw_of_year
-- How many codes begin so.
SELECT COUNT(*) AS "n:int" FROM draw WHERE code >= $from:text AND code < $to:text;

-- :draw_same
-- A draw of this purpose and subject that was not given up.
SELECT code, state FROM draw WHERE purpose = $purpose:text AND subject = $subject:text AND state <> 'void' ORDER BY id LIMIT 1;

-- :draw_get
-- One draw.
SELECT id, code, purpose, subject, title, event, issue, event_at, file, things, picks, state, sealed_size, sealed_note, seed_digest, outcome_at, outcome_from,
       reason, announced_by, announced_at, sealed_at, seeded_by, seeded_at, ended_by, ended_at, announced_record, record_id FROM draw WHERE code = $code:text;

-- :draw_list
-- All draws, newest first.
SELECT code, purpose, subject, title, event_at, things, picks, state, announced_at, ended_at FROM draw ORDER BY id DESC LIMIT $max:int;

-- :draw_unsealed
-- Announced, and not known to be in the log; with the place of the announcement there.
SELECT d.code, r.seq FROM draw d JOIN record r ON r.id = d.announced_record WHERE d.state = 'announced' AND d.event_at > $now:time ORDER BY d.id LIMIT 100;

-- :draw_insert
-- A draw as it is announced.
INSERT INTO draw (code, purpose, subject, title, event, issue, event_at, file, things, picks, state, announced_by, announced_at, announced_record, record_id)
VALUES ($code:text, $purpose:text, $subject:text, $title:text, $event:text, $issue:text, $event_at:time, $file:text, $things:int, $picks:int, 'announced',
        $announced_by:text, $announced_at:time, $record:id, $record:id);

-- :draw_update
-- A step, from the state it was read in.
UPDATE draw SET state = $state:text, file = $file:text, sealed_size = $sealed_size:int, sealed_note = $sealed_note:text, sealed_at = $sealed_at:time,
                seed_digest = $seed_digest:text, outcome_at = $outcome_at:time, outcome_from = $outcome_from:text, reason = $reason:text, seeded_by = $seeded_by:text,
                seeded_at = $seeded_at:time, ended_by = $ended_by:text, ended_at = $ended_at:time, record_id = $record:id
 WHERE id = $id:id AND state = $was:text;

-- :draw_records
-- Every step of a draw, with its place in the log.
SELECT id, seq, at, kind, by_account FROM record
 WHERE kind IN ('draw.announced', 'draw.sealed', 'draw.seeded', 'draw.returned', 'draw.drawn', 'draw.void') AND unit = '' AND subject = $code:text
 ORDER BY id LIMIT 1000;

-- :draw_audit @audit
-- Draws, as their records say.
-- unlimited: the audit goes over every row there is
SELECT record_id, code, purpose, subject, title, event, issue, event_at, file, things, picks, state, sealed_size, sealed_note, seed_digest, outcome_at, outcome_from,
       reason, announced_by, announced_at, sealed_at, seeded_by, seeded_at, ended_by, ended_at FROM draw ORDER BY id;
