-- Matters of warnings.

-- :hand_rows
-- Every occurrence that a matter was opened for or took up, with how the matter stands; the newest occurrence last.
SELECT m.id, m.code, m.state, m.open, m.unit, m.due_day, m.gap_year, m.colour, m.quiet_day, m.reopened, m.state_at, w.id AS warning_id,
       w.code AS warning, w.rule_id, w.unit_id
  FROM matter m JOIN matter_link l ON l.matter_id = m.id JOIN warning w ON w.code = l.code
 WHERE m.kind = 'warning' AND l.what = 'warning'
 ORDER BY m.id, w.occurrence LIMIT 5000000;

-- :hands_signed
-- When a unit last signed for each.
SELECT m.code, MAX(s.at) AS "at:time" FROM matter m JOIN matter_step s ON s.matter = m.code
 WHERE m.kind = 'warning' AND s.verb IN ('sign', 'sign_alone')
 GROUP BY m.code ORDER BY m.code LIMIT 5000000;

-- :warnings_released
-- How warnings stand after a period by a run and those before it; of a warning the last row counts.
SELECT s.warning_id, s.state, s.ended, s.colour, s.fired_period, s.value, s.previous, s.limit_value, s.merged_into, s.measure, w.code,
       w.rule_id, w.unit_id, w.occurrence, r.code AS rule_code, v.name, v.target_kind, v.target, v.op, v.send, u.code AS unit
  FROM warning_step s JOIN warning w ON w.id = s.warning_id JOIN unit u ON u.id = w.unit_id JOIN rule r ON r.id = w.rule_id
  JOIN rule_version v ON v.id = s.rule_version_id JOIN computation c ON c.id = s.computation_id
 WHERE s.period = $period:period AND s.computation_id <= $computation:id AND c.state = 'done'
 ORDER BY s.warning_id, s.id LIMIT 1000000;

-- :computation_period
-- What a run was about.
SELECT period, state FROM computation WHERE id = $id:id;

-- :warnings_quiet
-- Matters without reminders on a day.
SELECT m.code, m.title, m.state, m.unit, m.quiet_day,
       (SELECT MAX(s.number) FROM matter_step s WHERE s.matter = m.code AND s.verb = 'ask_quiet') AS "asked:int?",
       (SELECT MAX(s.number) FROM matter_step s WHERE s.matter = m.code AND s.verb = 'give_quiet') AS "granted:int?",
       (SELECT MAX(l.code) FROM matter_link l WHERE l.matter_id = m.id AND l.what = 'warning') AS "warning:text?"
  FROM matter m WHERE m.kind = 'warning' AND m.open = 1 AND m.quiet_day >= $today:int
 ORDER BY m.quiet_day, m.id LIMIT 10000;

-- :warning_hand_step
-- One step, with the name of who made it.
SELECT s.at, s.given, s.by_account, a.name AS "by_name:text?" FROM matter_step s LEFT JOIN account a ON a.code = s.by_account
 WHERE s.matter = $matter:text AND s.number = $number:int;

-- :quiet_steps_of
-- The newest steps that asked for and granted quiet.
SELECT MAX(CASE WHEN verb = 'ask_quiet' THEN number END) AS "asked:int?", MAX(CASE WHEN verb = 'give_quiet' THEN number END) AS "granted:int?"
  FROM matter_step WHERE matter = $matter:text;

-- :hands_eased
-- Occurrences whose matter may be handled by another colour than the figures give.
SELECT m.code, m.state, m.lamp, w.code AS warning
  FROM matter m JOIN matter_link l ON l.matter_id = m.id JOIN warning w ON w.code = l.code
 WHERE m.kind = 'warning' AND m.state IN ('waiting', 'review', 'passed', 'excluded') AND l.what = 'warning'
 ORDER BY m.id, w.id LIMIT 1000000;

-- :hands_eased_of
-- The same of one occurrence; its newest matter.
SELECT m.code, m.state, m.lamp FROM matter_link l JOIN matter m ON m.id = l.matter_id
 WHERE l.what = 'warning' AND l.code = $warning:text AND m.kind = 'warning' AND m.state IN ('waiting', 'review', 'passed', 'excluded')
 ORDER BY m.id DESC LIMIT 1;

-- :hands_carried_by
-- Matters that rest because this one carries them.
SELECT m.code FROM matter m JOIN matter_link l ON l.matter_id = m.id
 WHERE l.what = 'matter' AND l.code = $code:text AND m.kind = 'warning' AND m.state = 'carried' ORDER BY m.id LIMIT 1000;
