-- The register of rules made or improved (制度库).

-- :regulation_list
-- All of them, the newest first.
-- unlimited: a county's rules are hundreds, and every filter of the page looks at all of them
SELECT r.code, r.version, r.title, r.kind, r.document, r.day, r.unit, r.problem, r.matter, r.why, r.by_account, r.at
  FROM regulation r ORDER BY r.day DESC, r.id DESC;

-- :regulation_matter_there
-- Whether there is a matter of that code that is not being written.
SELECT code FROM matter WHERE code = $code:text AND draft = 0;

-- :regulation_of_matter
-- What was made out of a matter.
SELECT code, title, document, day FROM regulation WHERE matter = $matter:text ORDER BY day, id LIMIT 100;

-- :regulation_of_record
-- The one whose latest change a record is.
SELECT r.code, r.title, r.document, r.unit, r.problem, COALESCE(u.id, 0) AS "unit_id:id" FROM regulation r LEFT JOIN unit u ON u.code = r.unit
 WHERE r.record_id = $record:id;

-- :regulation_last
-- How many there are; none is ever deleted.
SELECT COUNT(*) AS "n:int" FROM regulation;

-- :regulation_insert
-- A new one.
INSERT INTO regulation (code, version, title, kind, document, day, unit, problem, matter, why, by_account, at, record_id)
VALUES ($code:text, 1, $title:text, $kind:text, $document:text, $day:int, $unit:text, $problem:text, $matter:text, $why:text, $by:text,
        $at:time, $record:id)
RETURNING id;

-- :regulation_put
-- Change one; only the version that was read.
UPDATE regulation
   SET version = version + 1, title = $title:text, kind = $kind:text, document = $document:text, day = $day:int, unit = $unit:text,
       problem = $problem:text, matter = $matter:text, why = $why:text, by_account = $by:text, at = $at:time, record_id = $record:id
 WHERE code = $code:text AND version = $version:int;

-- :regulation_reopened
-- Steps by which such a matter was taken up again after its end, or found wanting when it was looked at again; being drawn for that is none.
-- unlimited: at most a few for each rule of the register
SELECT s.matter, s.number, s.at FROM matter_step s
 WHERE s.matter IN (SELECT r.matter FROM regulation r WHERE r.matter <> '') AND s.verb IN ('reopen', 'rebound', 'again') ORDER BY s.matter, s.number;

-- :regulation_warned
-- Later warnings of the same rule as one that the matter was about, at whichever unit (same: at the same one), once people have them in hand:
-- those of a draft, or only watched, are nobody's to know.
-- unlimited: the register is hundreds of rules, each with a few warnings
SELECT r.code AS "regulation:text", w.code, w.created_at, u.code AS "unit:text",
       MAX(CASE WHEN w.unit_id = was.unit_id THEN 1 ELSE 0 END) AS "same:int"
  FROM matter_link l
  JOIN matter m ON m.id = l.matter_id
  JOIN regulation r ON r.matter = m.code
  JOIN warning was ON was.code = l.code
  JOIN warning w ON w.rule_id = was.rule_id
   AND ((w.unit_id = was.unit_id AND w.occurrence > was.occurrence) OR (w.unit_id <> was.unit_id AND w.created_at > was.created_at))
  JOIN unit u ON u.id = w.unit_id
 WHERE EXISTS (SELECT 1 FROM matter_link x JOIN matter h ON h.id = x.matter_id WHERE x.what = 'warning' AND x.code = w.code AND h.kind = 'warning')
   AND l.what = 'warning' AND l.matter_id IN (SELECT k.id FROM matter k WHERE k.code IN (SELECT g.matter FROM regulation g WHERE g.matter <> ''))
 GROUP BY r.code, w.code, w.created_at, u.code ORDER BY r.code, w.code;

-- :regulation_directives
-- Directives that were opened since a moment; a part of one is the same problem.
-- unlimited: passed by one after the other
SELECT m.code, m.unit, m.opened_at, m.body FROM matter m
 WHERE m.kind = 'directive' AND m.draft = 0 AND m.parent_id IS NULL AND m.opened_at >= $since:time ORDER BY m.id;

-- :regulation_audit @audit
-- Rules made, as the record of their latest change says.
-- unlimited: the audit goes over every row there is
SELECT record_id, code, version, title, kind, document, day, unit, problem, matter, why, by_account, at FROM regulation ORDER BY id;
