-- What a directive's paper says of its parts.

-- :slip_parts
-- Parts of a directive, and who signed for each and when.
SELECT p.code, p.title, p.unit, p.account, p.state, s.at AS "signed_at:time?", s.by_account AS "signed_by:text?"
  FROM matter p LEFT JOIN matter_step s ON s.matter = p.code AND s.verb = 'sign'
 WHERE p.parent_id = $parent:id ORDER BY p.id, s.number NULLS FIRST LIMIT 500;

-- :slip_record
-- The record of a directive's newest step.
SELECT record_id FROM matter_step WHERE matter = $matter:text ORDER BY number DESC LIMIT 1;

-- :slip_unit_of
-- The unit a person belongs to.
SELECT u.code FROM account a JOIN unit u ON u.id = a.unit_id WHERE a.code = $account:text;
