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

-- :regulation_matters
-- The matters that problems were dealt with in, and how they stand.
-- unlimited: at most one for each rule of the register
SELECT DISTINCT m.code, m.unit, m.kind, m.state FROM regulation r JOIN matter m ON m.code = r.matter ORDER BY m.code;

-- :regulation_reopened
-- Steps by which such a matter was taken up again after its end, or found wanting when it was looked at again; being drawn for that is none.
-- unlimited: at most a few for each rule of the register
SELECT DISTINCT s.matter, s.number, s.at FROM regulation r JOIN matter_step s ON s.matter = r.matter
 WHERE s.verb IN ('reopen', 'rebound', 'again') ORDER BY s.matter, s.number;

-- :regulation_warned
-- Later warnings of the same rule at the same unit as one that the matter was about.
-- unlimited: the register is hundreds of rules, each with a few warnings
SELECT DISTINCT r.code AS "regulation:text", w.code, w.created_at
  FROM regulation r
  JOIN matter m ON m.code = r.matter
  JOIN matter_link l ON l.matter_id = m.id AND l.what = 'warning'
  JOIN warning was ON was.code = l.code
  JOIN warning w ON w.rule_id = was.rule_id AND w.unit_id = was.unit_id AND w.occurrence > was.occurrence
 ORDER BY r.code, w.code;

-- :regulation_audit @audit
-- Rules made, as the record of their latest change says.
-- unlimited: the audit goes over every row there is
SELECT record_id, code, version, title, kind, document, day, unit, problem, matter, why, by_account, at FROM regulation ORDER BY id;
