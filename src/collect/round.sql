-- Rounds, their points and filings, and what was typed.

-- :round_last
-- The number of the last round.
SELECT COALESCE(MAX(id), 0) AS "id:int" FROM collect_round;

-- :round_insert
-- A round begins.
INSERT INTO collect_round (code, title, period, open_day, due_day, late_day, signatures, state, note, by_account, at, record_id)
VALUES ($code:text, $title:text, $period:period, $open_day:int, $due_day:int, $late_day:int, $signatures:int, $state:text, $note:text,
        $by_account:text, $at:time, $record_id:id);

-- :round_set_state
-- It opens or closes, once.
UPDATE collect_round SET state = $state:text, at = $at:time, record_id = $record_id:id WHERE code = $code:text AND state = $was:text;

-- :round_of_code
-- One round.
SELECT code, title, period, open_day, due_day, late_day, signatures, state, note, by_account, at, record_id
  FROM collect_round WHERE code = $code:text;

-- :round_list
-- Rounds, newest first, with how their filings stand.
SELECT r.id, r.code, r.title, r.period, r.open_day, r.due_day, r.late_day, r.state,
       (SELECT count(*) FROM collect_filing f WHERE f.round = r.code) AS "n_filings:int",
       (SELECT count(*) FROM collect_filing f JOIN matter m ON m.code = f.filing WHERE f.round = r.code AND m.state = 'signed') AS "n_signed:int",
       (SELECT count(*) FROM collect_filing f JOIN matter m ON m.code = f.filing
         WHERE f.round = r.code AND m.open = 1 AND m.due_day > 0 AND m.due_day < $today:int) AS "n_late:int"
  FROM collect_round r ORDER BY r.id DESC LIMIT 10000;

-- :rounds_to_open
-- Planned rounds whose first day has come.
SELECT code FROM collect_round WHERE state = 'planned' AND open_day <= $today:int ORDER BY open_day, id LIMIT 100;

-- :round_audit @audit
-- Rounds, as their records say.
SELECT record_id, code, title, period, open_day, due_day, late_day, signatures, state, note, by_account, at FROM collect_round ORDER BY id;

-- :round_point_insert
-- A round asks for a point.
INSERT INTO collect_point (round, point, source, record_id) VALUES ($round:text, $point:text, $source:text, $record_id:id);

-- :round_points
-- What a round asks for, of a source or (source empty) of all.
SELECT point, source FROM collect_point WHERE round = $round:text AND ($source:text = '' OR source = $source)
 ORDER BY source, point LIMIT 100000;

-- :round_overlap
-- Rounds that are not closed and ask for a point.
SELECT p.round, r.period FROM collect_point p JOIN collect_round r ON r.code = p.round
 WHERE p.point = $point:text AND r.state <> 'closed' ORDER BY r.id LIMIT 1000;

-- :round_point_audit @audit
-- Points of rounds, as their records say.
SELECT record_id, round, point, source FROM collect_point ORDER BY id;

-- :round_filing_insert
-- A source's filing.
INSERT INTO collect_filing (round, source, filing, record_id) VALUES ($round:text, $source:text, $filing:text, $record_id:id);

-- :round_filings
-- How each source stands.
SELECT f.source, f.filing, m.state, m.open, m.due_day, m.first_due, m.closed_at, m.on_time, m.returned, m.colour, m.version, m.state_at
  FROM collect_filing f JOIN matter m ON m.code = f.filing WHERE f.round = $round:text ORDER BY f.source, f.id LIMIT 1000;

-- :filing_of_code
-- Where a filing belongs, and how it stands.
SELECT f.round, f.source, r.title, r.period, r.open_day, r.due_day, r.late_day, r.signatures, r.state AS "round_state:text", r.note,
       m.state, m.open, m.due_day AS "due:int", m.version
  FROM collect_filing f JOIN collect_round r ON r.code = f.round JOIN matter m ON m.code = f.filing WHERE f.filing = $filing:text;

-- :filing_list
-- Filings of a source.
SELECT r.id AS "round_id:id", f.filing, f.source, f.round, r.title, r.period, m.state, m.open, m.due_day, m.colour, m.closed_at
  FROM collect_filing f JOIN collect_round r ON r.code = f.round JOIN matter m ON m.code = f.filing
 WHERE f.source = $source:text ORDER BY f.id LIMIT 10000;

-- :filings_asking
-- Filings of which a point's values are a part: open ones before signed ones, newest first.
SELECT f.filing, r.period, m.state FROM collect_point p JOIN collect_round r ON r.code = p.round
  JOIN collect_filing f ON f.round = p.round AND f.source = p.source JOIN matter m ON m.code = f.filing
 WHERE p.point = $point:text AND p.source = $source:text AND m.state <> 'stopped' ORDER BY m.open DESC, r.id DESC LIMIT 1000;

-- :filings_of_import
-- Filings that an import went to, with how many of its rows still wait in each, and beside it.
SELECT f.filing, f.source, (SELECT count(*) FROM collect_cell c WHERE c.import = l.code AND c.filing = f.filing AND c.aside = 0) AS "waiting:int",
       (SELECT count(*) FROM collect_cell c WHERE c.import = l.code AND c.filing = f.filing AND c.aside = 1) AS "aside:int"
  FROM matter_link l JOIN matter m ON m.id = l.matter_id JOIN collect_filing f ON f.filing = m.code
 WHERE l.what = 'import' AND l.code = $import:text ORDER BY f.id LIMIT 1000;

-- :filing_asks
-- Does a filing ask for a point?
SELECT count(*) AS "n:int" FROM collect_filing f JOIN collect_point p ON p.round = f.round AND p.source = f.source
 WHERE f.filing = $filing:text AND p.point = $point:text;

-- :round_filing_audit @audit
-- Filings of rounds, as their records say.
SELECT record_id, round, source, filing FROM collect_filing ORDER BY id;

-- :round_present
-- How many cells of each source have a value or a declared gap, in one period.
SELECT x.source AS "source:text", count(*) AS "n:int"
  FROM (SELECT DISTINCT c.source, v.unit_id, v.point_id
          FROM collect_point c JOIN point p ON p.code = c.point JOIN value v ON v.point_id = p.id AND v.period = $period:period
          JOIN import i ON i.id = v.import_id AND i.state = 'done'
         WHERE c.round = $round:text) x
 GROUP BY x.source ORDER BY x.source LIMIT 1000;

-- :filing_values
-- Whether values of a source's points in a period have come or changed: their number, and the last row.
SELECT count(*) AS "n:int", COALESCE(MAX(v.id), 0) AS "last:int"
  FROM collect_point c JOIN point p ON p.code = c.point JOIN value v ON v.point_id = p.id AND v.period = $period:period
  JOIN import i ON i.id = v.import_id AND i.state = 'done'
 WHERE c.round = $round:text AND c.source = $source:text;

-- :cells_of
-- What was typed.
SELECT unit, point, period, aside, text, note, import, by_account, at FROM collect_cell WHERE filing = $filing:text
 ORDER BY point, period, unit, aside LIMIT 200000;

-- :cell_put
-- Something is typed, or has come by an import.
INSERT INTO collect_cell (filing, unit, point, period, aside, text, note, import, by_account, at)
VALUES ($filing:text, $unit:text, $point:text, $period:period, $aside:bool, $text:text, $note:text, $import:text, $by_account:text, $at:time)
ON CONFLICT (filing, unit, point, period, aside)
   DO UPDATE SET text = excluded.text, note = excluded.note, import = excluded.import, by_account = excluded.by_account, at = excluded.at;

-- :cell_drop
-- A field was emptied, or what was kept aside is settled.
DELETE FROM collect_cell WHERE filing = $filing:text AND unit = $unit:text AND point = $point:text AND period = $period:period
   AND aside = $aside:bool;

-- :cells_signed
-- What was typed are values now.
DELETE FROM collect_cell WHERE filing = $filing:text AND aside = 0;

-- :cells_counts
-- How many cells wait in each filing of a round, and how many beside it.
SELECT f.filing, SUM(CASE WHEN c.aside = 0 THEN 1 ELSE 0 END) AS "n:int", SUM(c.aside) AS "aside:int"
  FROM collect_filing f JOIN collect_cell c ON c.filing = f.filing
 WHERE f.round = $round:text GROUP BY f.filing ORDER BY f.filing LIMIT 1000;

-- :urged_last
-- When sources of a round were last reminded by a person, and whether anybody of them has seen it.
SELECT f.filing, n.at, COALESCE(MAX(r.seen_at), 0) AS "seen_at:time"
  FROM collect_filing f JOIN matter m ON m.code = f.filing JOIN matter_notice n ON n.matter_id = m.id AND n.what = 'urged'
  LEFT JOIN notice_receipt r ON r.notice_id = n.id
 WHERE f.round = $round:text GROUP BY f.filing, n.at ORDER BY f.filing, n.at LIMIT 100000;

-- :known_of_unit
-- Newest values about a unit in a period that others supplied.
SELECT p.code, p.name, p.owner, p.unit_of_measure, v.value, v.missing, v.version, i.done_at
  FROM value v JOIN import i ON i.id = v.import_id AND i.state = 'done' JOIN point p ON p.id = v.point_id JOIN unit u ON u.id = v.unit_id
 WHERE u.code = $unit:text AND v.period = $period:period AND p.owner <> $unit
   AND v.version = (SELECT MAX(w.version) FROM value w JOIN import j ON j.id = w.import_id AND j.state = 'done'
                     WHERE w.unit_id = v.unit_id AND w.point_id = v.point_id AND w.period = v.period)
 ORDER BY p.code LIMIT 2000;

-- :filing_frequencies
-- How often a filing's points are reported.
SELECT DISTINCT p.frequency FROM collect_point c JOIN point p ON p.code = c.point WHERE c.round = $round:text AND c.source = $source:text
 ORDER BY p.frequency LIMIT 10;
