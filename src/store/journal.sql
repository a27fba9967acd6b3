-- The read journal.

-- :journal_insert
-- One reading or refusal.
INSERT INTO read_journal (at, account, what, unit, subject, denied, address, request, record_id)
VALUES ($at:time, $account:text, $what:text, $unit:text, $subject:text, $denied:bool, $address:text, $request:text, $record_id:id);

-- :journal_audit @audit
-- The journal, as its records say.
SELECT record_id, at, account, what, unit, subject, denied, address, request FROM read_journal ORDER BY id;
