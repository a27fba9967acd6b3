-- Meetings: what they froze, what changed, what they decided before.

-- :frozen_insert
-- Freeze; the version before it stays.
INSERT INTO frozen (matter, version, content, digest, by_account, at, record_id)
VALUES ($matter:text, $version:int, $content:text, $digest:blob, $by:text, $at:time, $record:id);

-- :frozen_newest
-- What was frozen last.
SELECT version, content, digest, by_account, at, record_id FROM frozen WHERE matter = $matter:text ORDER BY version DESC LIMIT 1;

-- :frozen_audit @audit
-- What was frozen, as its records say.
-- unlimited: the audit goes over every row there is
SELECT record_id, matter, version, content, digest, by_account, at FROM frozen ORDER BY id;

-- :clear_changes
-- Units and nodes whose intervals in two runs do not touch, the largest change first.
SELECT u.code AS unit, n.node_code, d.name, d.level, n.score, n.score_lo, n.score_hi, b.score AS before, b.score_lo AS before_lo,
       b.score_hi AS before_hi
  FROM score n
  JOIN score b ON b.computation_id = $before:id AND b.unit_id = n.unit_id AND b.node_code = n.node_code
  JOIN node d ON d.scheme_id = $scheme:id AND d.code = n.node_code
  JOIN unit u ON u.id = n.unit_id
 WHERE n.computation_id = $now:id AND (n.score_lo > b.score_hi OR n.score_hi < b.score_lo)
 ORDER BY ABS(n.score - b.score) DESC, u.code, n.node_code LIMIT 500;

-- :score_pair
-- One unit's score of a node in two runs.
SELECT n.score, n.score_lo, n.score_hi, b.score AS before, b.score_lo AS before_lo, b.score_hi AS before_hi, d.name
  FROM score n
  JOIN score b ON b.computation_id = $before:id AND b.unit_id = n.unit_id AND b.node_code = n.node_code
  JOIN node d ON d.scheme_id = $scheme:id AND d.code = n.node_code
  JOIN unit u ON u.id = n.unit_id
 WHERE n.computation_id = $now:id AND u.code = $unit:text AND n.node_code = $node:text;

-- :meeting_before
-- The newest meeting that was held before one; code empty: before none.
SELECT m.code, m.title, m.state_at FROM matter m
 WHERE m.kind = 'meeting' AND m.state IN ('held', 'done') AND ($code:text = '' OR m.id < $id:id) ORDER BY m.id DESC LIMIT 1;

-- :meeting_wanted
-- Open matters of a kind that are late, the worst first: what may need a decision.
SELECT m.code, m.kind, m.title, m.unit, m.colour, m.due_day FROM matter m
 WHERE m.kind = $kind:text AND m.open = 1 AND m.draft = 0 AND m.colour > 0 ORDER BY m.colour DESC, m.due_key, m.id LIMIT 10;

-- :meeting_counts
-- How many matters of a kind are open, and how many of these are past their due day.
SELECT COUNT(*) AS "n:int", COALESCE(SUM(CASE WHEN m.due_day > 0 AND m.due_day < $today:int THEN 1 ELSE 0 END), 0) AS "late:int"
  FROM matter m WHERE m.kind = $kind:text AND m.open = 1 AND m.draft = 0;

-- :meeting_list
-- Meetings, the newest first.
SELECT m.id, m.code, m.title, m.state, m.open, m.due_day, m.state_at, m.opened_at FROM matter m WHERE m.kind = $kind:text ORDER BY m.id DESC LIMIT 500;
