-- Computations, scores and reports.

-- :computation_insert
-- A run begins.
INSERT INTO computation (period, last_day, scheme_id, state, config_digest, input_digest, n_units, n_values, n_due, county_score,
                         county_lo, county_hi, missing, started_at, record_id)
VALUES ($period:period, $last_day:int, $scheme:id, 'running', $config_digest:blob, $input_digest:blob, $n_units:int, $n_values:int,
        $n_due:int, $score:real?, $lo:real?, $hi:real?, $missing:text, $now:time, 0)
RETURNING id;

-- :computation_done
-- It becomes visible, unless another run of the period has taken its place.
UPDATE computation SET state = 'done', done_at = $now:time, record_id = $record:id WHERE id = $id:id AND state = 'running';

-- :computation_failed
-- It did not get to its end.
UPDATE computation SET state = 'failed', message = $message:text WHERE id = $id:id;

-- :computations_running
-- Runs that never ended, of a program that was stopped.
SELECT id FROM computation WHERE state = 'running' AND period = $period:period ORDER BY id LIMIT 1000;

-- :scores_drop
-- Scores of a run that failed.
DELETE FROM score WHERE computation_id = $computation:id;

-- :reports_drop
-- Reports of a run that failed.
DELETE FROM report WHERE computation_id = $computation:id;

-- :run_head
-- A done run. Which one of a period a person sees is decided in publication.h.
SELECT id, period, last_day, scheme_id, config_digest, input_digest, n_units, n_values, n_due, county_score, county_lo, county_hi,
       missing, started_at, done_at, record_id
  FROM computation WHERE id = $id:id AND state = 'done';

-- :run_newest
-- The newest done run of a period, whoever may see it: for computing, not for showing.
SELECT id, scheme_id, started_at FROM computation WHERE period = $period:period AND state = 'done' ORDER BY id DESC LIMIT 1;

-- :computed_periods
-- The periods that have a done run, newest first, whoever may see it: for computing, not for showing.
SELECT DISTINCT period, last_day FROM computation WHERE state = 'done' ORDER BY last_day DESC, period DESC LIMIT 400;

-- :computations_all
-- All runs, newest first.
SELECT c.id, c.period, c.state, c.n_units, c.n_values, c.n_due, c.county_score, c.started_at, c.done_at, c.message,
       s.version AS "scheme:int"
  FROM computation c JOIN scheme s ON s.id = c.scheme_id ORDER BY c.id DESC LIMIT 1000;

-- :score_insert
-- One node's score.
INSERT INTO score (computation_id, unit_id, node_code, score, score_lo, score_hi, raw, weight, contribution, peer_median, missing)
VALUES ($computation:id, $unit:id, $node:text, $score:real?, $lo:real?, $hi:real?, $raw:real?, $weight:real, $contribution:real?,
        $peer_median:real?, $missing:text);

-- :scores_of_unit
-- A unit's scores in a run.
SELECT node_code, score, score_lo, score_hi, raw, weight, contribution, peer_median, missing FROM score
 WHERE computation_id = $computation:id AND unit_id = $unit:id ORDER BY id LIMIT 100000;

-- :scores_of_node
-- A node across units in a run.
SELECT unit_id, score, score_lo, score_hi, raw, weight, contribution, peer_median, missing FROM score
 WHERE computation_id = $computation:id AND node_code = $node:text ORDER BY unit_id, id LIMIT 200000;

-- :scores_of_run
-- Everything of a run, for export.
SELECT s.unit_id, s.node_code, s.score, s.score_lo, s.score_hi, s.raw, s.weight, s.contribution, s.peer_median, s.missing, u.code AS "unit:text"
  FROM score s JOIN unit u ON u.id = s.unit_id WHERE s.computation_id = $computation:id ORDER BY s.id LIMIT 5000000;

-- :report_insert
-- A report.
INSERT INTO report (computation_id, unit_id, period, state, score, score_lo, score_hi, rank_lo, rank_hi, peer_rank_lo, peer_rank_hi, standing, due, present, body,
                    body_en, digest, digest_en, record_id)
VALUES ($computation:id, $unit:id, $period:period, $state:text, $score:real?, $lo:real?, $hi:real?, $rank_lo:int, $rank_hi:int,
        $peer_rank_lo:int, $peer_rank_hi:int, $standing:int, $due:int, $present:int, $body:blob, $body_en:blob,
        $digest:blob, $digest_en:blob, $record:id);

-- :report_of
-- The report of a unit in a run.
SELECT id, period, state, score, score_lo, score_hi, rank_lo, rank_hi, peer_rank_lo, peer_rank_hi, standing, due, present, body, body_en, digest, record_id FROM report
 WHERE computation_id = $computation:id AND unit_id = $unit:id;

-- :report_key
-- The report of a unit in a run, without its body.
SELECT id, record_id FROM report WHERE computation_id = $computation:id AND unit_id = $unit:id;

-- :report_body
-- A report's body.
SELECT body, body_en, digest, digest_en, record_id FROM report WHERE id = $id:id;

-- :reports_of_run
-- All reports of a run without their bodies.
SELECT unit_id, state, score, score_lo, score_hi, rank_lo, rank_hi, peer_rank_lo, peer_rank_hi, standing, due, present, digest, record_id FROM report
 WHERE computation_id = $computation:id ORDER BY id LIMIT 200000;

-- :report_trend
-- A unit's index in every done run, oldest period first, of a period the newest last: who shows it takes the run that may be seen.
SELECT r.period, c.last_day, r.score, r.score_lo, r.score_hi, r.computation_id FROM report r JOIN computation c ON c.id = r.computation_id
 WHERE r.unit_id = $unit:id AND c.state = 'done'
 ORDER BY c.last_day, r.computation_id LIMIT 10000;

-- :county_trend
-- The county's figure in every done run, oldest period first, of a period the newest last: who shows it takes the run that may be seen.
SELECT c.id, c.period, c.last_day, c.county_score, c.county_lo, c.county_hi FROM computation c
 WHERE c.state = 'done'
 ORDER BY c.last_day, c.id LIMIT 10000;

-- :node_means
-- What the children of a node come to over all units of a run: mean score and mean contribution.
SELECT s.node_code, AVG(s.score) AS "score:real?", SUM(s.contribution) AS "contribution:real?", COUNT(s.score) AS "units:int"
  FROM score s
 WHERE s.computation_id = $computation:id
   AND s.node_code IN (SELECT n.code FROM node n WHERE n.scheme_id = $scheme:id AND n.parent_code = $parent:text)
 GROUP BY s.node_code
 ORDER BY s.node_code
 LIMIT 1000;

-- :map_tiles
-- The places of tiles.
SELECT t.unit_id, t.x, t.y FROM map_tile t ORDER BY t.y, t.x, t.id LIMIT 10000;

-- :map_newest
-- The newest map of the county.
SELECT id, file_digest, file_name, code_key, review_no, created_at FROM map ORDER BY id DESC LIMIT 1;

-- :map_insert
-- A new map.
INSERT INTO map (file_digest, file_name, code_key, review_no, created_at, record_id)
VALUES ($digest:blob, $name:text, $code_key:text, $review_no:text, $now:time, $record:id) RETURNING id;

-- :map_tile_put
-- Where a unit's tile lies.
INSERT INTO map_tile (unit_id, x, y, record_id) VALUES ($unit:id, $x:int, $y:int, $record:id)
ON CONFLICT (unit_id) DO UPDATE SET x = excluded.x, y = excluded.y, record_id = excluded.record_id;

-- :missing_of_run
-- How many reports lack what, by unit: for the county's completeness.
SELECT COALESCE(SUM(r.due), 0) AS "due:int", COALESCE(SUM(r.present), 0) AS "present:int" FROM report r WHERE r.computation_id = $computation:id;

-- :record_place
-- Where a record is in the log; -1 while it waits.
SELECT COALESCE(seq, -1) AS "seq:int" FROM record WHERE id = $id:id;

-- :computation_audit @audit
-- Runs that are visible or were until the trial was cleared, as their records say.
-- unlimited: the audit goes over every row there is
SELECT c.record_id, c.id AS computation, c.config_digest, c.county_hi, c.county_lo, c.county_score, c.done_at, c.input_digest, c.last_day,
       c.missing, c.n_due, c.n_units, c.n_values, c.period, s.version AS "scheme:int?", c.started_at
  FROM computation c LEFT JOIN scheme s ON s.id = c.scheme_id WHERE (c.state = 'done' OR c.state = 'cleared') ORDER BY c.id;

-- :score_audit @audit
-- The scores of every visible run, by the run's record.
-- unlimited: the audit goes over every row there is
SELECT c.record_id, s.contribution, s.missing, s.node_code AS node, s.peer_median, s.raw, s.score, s.score_hi, s.score_lo,
       u.code AS "unit:text", s.weight
  FROM score s JOIN computation c ON c.id = s.computation_id JOIN unit u ON u.id = s.unit_id
 WHERE (c.state = 'done' OR c.state = 'cleared') ORDER BY s.id;

-- :report_audit @audit
-- The reports of every visible run, by the run's record; the reports themselves are under their own records.
-- unlimited: the audit goes over every row there is
SELECT c.record_id, r.digest, r.digest_en, r.due, r.peer_rank_hi, r.peer_rank_lo, r.period, r.present, r.rank_hi, r.rank_lo,
       r.score, r.score_hi, r.score_lo, r.standing, r.state, u.code AS "unit:text"
  FROM report r JOIN computation c ON c.id = r.computation_id JOIN unit u ON u.id = r.unit_id
 WHERE (c.state = 'done' OR c.state = 'cleared') ORDER BY r.id;

-- :reports_whole
-- Every report with what must be its digests.
-- unlimited: the audit goes over every row there is
SELECT u.code AS "unit:text", r.period, r.body, r.body_en, r.digest, r.digest_en, r.record_id
  FROM report r JOIN computation c ON c.id = r.computation_id JOIN unit u ON u.id = r.unit_id
 WHERE (c.state = 'done' OR c.state = 'cleared') ORDER BY r.id;

-- :map_audit @audit
-- Maps, as their records say.
-- unlimited: the audit goes over every row there is
SELECT record_id, code_key, file_digest AS file, file_name AS name, review_no FROM map ORDER BY id;

-- :map_tile_audit @audit
-- Places of tiles, as their records say.
-- unlimited: the audit goes over every row there is
SELECT t.record_id, u.code AS "unit:text", t.x, t.y FROM map_tile t JOIN unit u ON u.id = t.unit_id ORDER BY t.id;
