-- Instructions and directives, as far as matters' own tables answer.

-- :account_name_of
-- What a person is called.
SELECT name FROM account WHERE code = $code:text;

-- :directives_of
-- Directives made of an instruction, the oldest first.
SELECT m.code, m.title, m.state, m.open, m.draft, m.unit, m.account
  FROM matter_link l JOIN matter m ON m.id = l.matter_id
 WHERE l.what = 'matter' AND l.code = $instruction:text AND m.kind = 'directive' AND m.parent_id IS NULL
 ORDER BY m.id LIMIT 20000;

-- :warning_hand_last
-- How people's handling of a warning stands: its newest matter.
SELECT m.code, m.state, m.open, m.closed_at
  FROM matter_link l JOIN matter m ON m.id = l.matter_id
 WHERE l.what = 'warning' AND l.code = $warning:text AND m.kind = 'warning'
 ORDER BY m.id DESC LIMIT 1;

-- :directive_parts
-- Parts of a directive, in the order they were split off.
SELECT code, title, state, open, unit, account FROM matter WHERE parent_id = $parent:id ORDER BY id LIMIT 20000;

-- :directive_unit
-- Who has a directive, by its code.
SELECT unit FROM matter WHERE code = $code:text;

-- :directive_rows
-- Directives that are open or ended by a time (0: only open ones), the newest first; the body only when a filter looks into it.
SELECT id, code, open, draft, state, unit, CASE WHEN $look:bool = 1 THEN body ELSE '' END AS "body:text" FROM matter
 WHERE kind = 'directive' AND closed_at <= $until:time
 ORDER BY id DESC LIMIT 20000;

-- :instruction_rows
-- Instructions, the newest first; the body only of those that were written down for a leader, who is named in it.
SELECT code, open, opener, CASE WHEN body LIKE '%{"field":"leader",%' THEN body ELSE '' END AS "body:text" FROM matter
 WHERE kind = 'instruction' ORDER BY id DESC LIMIT 20000;
