-- What peers did: measures that may be shown, and those a unit has written down.

-- :practice_of
-- Whether a unit shows how it did at an indicator, or its head is asked: the consent that stands before the one that waits.
SELECT m.code, m.state FROM matter m JOIN matter_link l ON l.matter_id = m.id
 WHERE l.what = 'node' AND l.code = $node:text AND m.kind = 'practice' AND m.state IN ('shown', 'asked') AND m.unit = $unit:text
 ORDER BY m.state DESC, m.id DESC LIMIT 1;

-- :measures_of_unit
-- What a unit has dealt with, newest first: its measure may stand there. about: the warning it belongs to was of the indicator, or of
-- a point of it.
SELECT m.code, m.title, g.title AS "regulation:text?", g.document AS "document:text?",
       (SELECT COUNT(*) FROM matter_link l JOIN warning w ON w.code = l.code JOIN rule_version v ON v.rule_id = w.rule_id
          LEFT JOIN point p ON p.code = v.target
         WHERE l.matter_id = m.id AND l.what = 'warning' AND (v.target = $node:text OR p.indicator = $node)) AS "about:int"
  FROM matter m LEFT JOIN regulation g ON g.matter = m.code
 WHERE m.unit = $unit:text AND (m.kind = 'warning' AND m.state IN ('closed', 'passed') OR m.kind = 'directive' AND m.state IN ('closed', 'archived'))
 ORDER BY m.closed_at DESC, m.id DESC, g.id DESC NULLS LAST LIMIT 200;
