-- 回头看: what can be drawn, what was, and how it went. Directives of units; what a unit passes on to its own people is not counted twice.

-- :lookback_candidates
-- Directives that ended by 销号 in a span and were never drawn.
SELECT m.code, m.title, m.unit, m.closed_at
  FROM matter m LEFT JOIN matter p ON p.id = m.parent_id
 WHERE m.kind = 'directive' AND m.state IN ('closed', 'archived') AND m.closed_at >= $from:time AND m.closed_at < $to:time
   AND m.unit <> '' AND (p.id IS NULL OR p.unit <> m.unit)
   AND NOT EXISTS (SELECT 1 FROM matter_step s WHERE s.matter = m.code AND s.verb = 'drawn')
 ORDER BY m.code LIMIT 20001;

-- :lookback_draws
-- Draws for it that were not given up, the latest span first.
SELECT code, subject, title, state, things, picks, event_at FROM draw WHERE purpose = 'lookback' AND state <> 'void'
 ORDER BY subject DESC, id LIMIT 500;

-- :lookback_drawn
-- Directives that were drawn, the newest first, and how they stand.
SELECT m.code, m.title, m.unit, m.state, s.at, s.given, m.reopened
  FROM matter_step s JOIN matter m ON m.code = s.matter
 WHERE s.verb = 'drawn' AND m.kind = 'directive' ORDER BY s.id DESC LIMIT 200;

-- :lookback_verbs
-- How many directives each step that counts happened to.
SELECT s.verb, COUNT(DISTINCT m.code) AS "n:int"
  FROM matter m JOIN matter_step s ON s.matter = m.code LEFT JOIN matter p ON p.id = m.parent_id
 WHERE m.kind = 'directive' AND m.unit <> '' AND (p.id IS NULL OR p.unit <> m.unit)
   AND s.verb IN ('close', 'close_part', 'drawn', 'held', 'rebound')
 GROUP BY s.verb ORDER BY s.verb LIMIT 10;

-- :lookback_closed
-- How many ended, and how many of these were opened again.
SELECT COUNT(*) AS "n:int", COALESCE(SUM(CASE WHEN m.reopened > 0 THEN 1 ELSE 0 END), 0) AS "again:int"
  FROM matter m LEFT JOIN matter p ON p.id = m.parent_id
 WHERE m.kind = 'directive' AND m.unit <> '' AND (p.id IS NULL OR p.unit <> m.unit)
   AND (m.state IN ('closed', 'archived', 'looking') OR m.reopened > 0);

-- :lookback_recurred
-- Ended ones that were born of a warning, and after how many of them the same rule fired again at the same unit: a warning that people have in
-- hand, neither a draft's nor one that is only watched.
SELECT COUNT(DISTINCT m.code) AS "n:int",
       COUNT(DISTINCT CASE WHEN w.id IS NOT NULL THEN m.code END) AS "again:int"
  FROM matter m
  JOIN matter_link l ON l.matter_id = m.id AND l.what = 'warning'
  JOIN warning was ON was.code = l.code
  LEFT JOIN warning w ON w.rule_id = was.rule_id AND w.unit_id = was.unit_id AND w.occurrence > was.occurrence
       AND EXISTS (SELECT 1 FROM matter_step s WHERE s.matter = m.code AND s.verb IN ('close', 'close_part') AND s.at < w.created_at)
       AND EXISTS (SELECT 1 FROM matter_link x JOIN matter h ON h.id = x.matter_id WHERE x.what = 'warning' AND x.code = w.code AND h.kind = 'warning')
 WHERE m.kind = 'directive' AND m.state IN ('closed', 'archived', 'looking');
