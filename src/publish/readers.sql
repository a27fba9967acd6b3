-- Who opened a unit's reports.

-- :readers_of_unit
-- Readings of a unit's reports, newest first, before a row (0: from the newest).
SELECT j.id, j.at, j.account, j.what, j.subject, a.name AS "name:text?", u.code AS "office:text?",
       (SELECT MIN(g.role) FROM role_grant g WHERE g.account_id = a.id AND (g.to_day = 0 OR g.to_day >= $today:int)) AS "role:text?"
  FROM read_journal j LEFT JOIN account a ON a.code = j.account LEFT JOIN unit u ON u.id = a.unit_id
 WHERE j.unit = $unit:text AND j.denied = 0 AND j.what IN ('report', 'report.pdf', 'report.docx')
   AND ($before:id = 0 OR j.id < $before)
 ORDER BY j.id DESC LIMIT 300;
