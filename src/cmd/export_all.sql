-- What export all writes for people, with names instead of rows' numbers.

-- :all_units
-- Units with their names of all times.
-- unlimited: everything is taken along
SELECT u.code, t.name, t.kind, p.code AS "parent:text?", t.peer_group, t.from_day, t.to_day
  FROM unit_term t JOIN unit u ON u.id = t.unit_id LEFT JOIN unit p ON p.id = t.parent_id ORDER BY u.code, t.from_day, t.id;

-- :all_people
-- People with offices and roles.
-- unlimited: everything is taken along
SELECT a.code, a.name, u.code AS "unit:text?", a.state, g.role AS "role:text?", g.scope AS "scope:text?", s.code AS "scope_unit:text?",
       g.from_day AS "from_day:int?", g.to_day AS "to_day:int?"
  FROM account a LEFT JOIN unit u ON u.id = a.unit_id LEFT JOIN role_grant g ON g.account_id = a.id LEFT JOIN unit s ON s.id = g.unit_id
 ORDER BY a.code, g.number NULLS FIRST;

-- :all_values
-- Every version of every value.
-- unlimited: everything is taken along
SELECT u.code AS unit, p.code AS point, p.name AS point_name, v.period, v.version, v.value, v.missing, v.note, i.code AS import, i.state,
       i.file_name, v.row_no, v.cell, i.created_at
  FROM value v JOIN unit u ON u.id = v.unit_id JOIN point p ON p.id = v.point_id JOIN import i ON i.id = v.import_id ORDER BY v.id;

-- :all_scores
-- Scores of every computation that is done.
-- unlimited: everything is taken along
SELECT c.id AS computation, c.period, u.code AS unit, s.node_code, s.score, s.score_lo, s.score_hi, s.raw, s.weight, s.contribution, s.missing
  FROM score s JOIN computation c ON c.id = s.computation_id JOIN unit u ON u.id = s.unit_id WHERE c.state = 'done' ORDER BY s.id;

-- :all_reports
-- Reports of every computation that is done, and how far each has come.
-- unlimited: everything is taken along
SELECT c.id AS computation, r.period, u.code AS unit, p.stage AS "stage:int?", r.state, r.score, r.score_lo, r.score_hi, r.rank_lo, r.rank_hi, r.due,
       r.present, p.published_at AS "published_at:time?", p.erratum AS "erratum:text?"
  FROM report r JOIN computation c ON c.id = r.computation_id JOIN unit u ON u.id = r.unit_id
  LEFT JOIN publication p ON p.computation_id = c.id WHERE c.state = 'done' ORDER BY r.id;

-- :all_warnings
-- How every warning stood after every period.
-- unlimited: everything is taken along
SELECT w.code, u.code AS unit, r.code AS rule, v.version, v.name, s.period, s.state, s.colour, s.value, s.limit_value, s.subject, s.holder, s.at
  FROM warning_step s JOIN warning w ON w.id = s.warning_id JOIN unit u ON u.id = w.unit_id JOIN rule r ON r.id = w.rule_id
  JOIN rule_version v ON v.id = s.rule_version_id JOIN computation c ON c.id = s.computation_id WHERE c.state = 'done' ORDER BY s.id;

-- :all_matters
-- Matters as they stand; drafts, too.
-- unlimited: everything is taken along
SELECT m.code, m.kind, m.title, m.state, m.open, m.draft, m.unit, m.account, p.code AS "part_of:text?", m.opener, m.opened_at, m.closed_at, m.due_day,
       m.first_due, m.colour, m.returned, m.reopened, m.on_time, m.on_first
  FROM matter m LEFT JOIN matter p ON p.id = m.parent_id ORDER BY m.id;

-- :all_steps
-- What happened to matters.
-- unlimited: everything is taken along
SELECT s.matter, s.number, s.at, s.verb, s.from_state, s.to_state, s.by_account, a.name AS "by_name:text?", s.for_account, s.given, r.seq AS "log_index:int?"
  FROM matter_step s LEFT JOIN account a ON a.code = s.by_account LEFT JOIN record r ON r.id = s.record_id ORDER BY s.id;

-- :all_files
-- Files, by digest.
-- unlimited: everything is taken along
SELECT digest, size, media, name, at FROM file ORDER BY id;

-- :all_periods
-- Periods of which something is published.
SELECT DISTINCT period, last_day FROM publication WHERE stage = 4 ORDER BY last_day, period LIMIT 10000;
