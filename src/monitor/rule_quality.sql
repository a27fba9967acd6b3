-- What became of the warnings of each rule.

-- :quality_steps
-- Steps that tell whether a rule was right and how soon units took it up; of a matter in their order.
SELECT l.code AS rule, s.matter, s.verb, s.at, s.given FROM matter_step s JOIN matter m ON m.code = s.matter
  JOIN matter_link l ON l.matter_id = m.id AND l.what = 'rule'
 WHERE m.kind = 'warning' AND s.verb IN ('open', 'again', 'send', 'auto_send', 'sign', 'sign_alone', 'exclude', 'upheld')
 ORDER BY l.code, s.matter, s.number LIMIT 5000000;
