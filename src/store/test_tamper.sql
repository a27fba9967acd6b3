-- What somebody with the database's password would do. For tests only.

-- :tamper_setting_value
-- Edit a value and nothing else.
UPDATE setting SET value = $value:text WHERE key = $key:text;

-- :tamper_setting_back
-- Set a row back to what an older record says.
UPDATE setting SET value = $value:text, changed_at = $at:time, record_id = $record_id:id WHERE key = $key:text;

-- :tamper_setting_delete
-- Take a row away.
DELETE FROM setting WHERE key = $key:text;

-- :tamper_setting_copy
-- A row that borrows another's record.
INSERT INTO setting (key, value, changed_at, record_id) VALUES ($key:text, $value:text, $at:time, $record_id:id);

-- :tamper_setting_get
-- What there is.
SELECT value, changed_at, record_id FROM setting WHERE key = $key:text;

-- :tamper_record_unit
-- Edit a record's column.
UPDATE record SET unit = $unit:text WHERE seq = $seq:int;

-- :tamper_record_by
-- Blame somebody else.
UPDATE record SET by_account = $by:text WHERE seq = $seq:int;

-- :tamper_record_parts
-- Edit a record's payload.
UPDATE record SET parts = $parts:blob WHERE seq = $seq:int;

-- :tamper_record_commitment
-- Edit payload and commitment together.
UPDATE record SET parts = $parts:blob, commitment = $commitment:blob WHERE seq = $seq:int;

-- :tamper_record_drop
-- Pretend that a record was never sealed.
UPDATE record SET seq = NULL WHERE seq = $seq:int;

-- :tamper_journal_account
-- Edit one row of a batch.
UPDATE read_journal SET account = $account:text WHERE subject = $subject:text;

-- :tamper_journal_delete
-- Take one row of a batch away.
DELETE FROM read_journal WHERE subject = $subject:text;

-- :tamper_erasure_delete
-- Hide that something was erased.
DELETE FROM erasure WHERE part = $part:int;

-- :tamper_signed
-- An older signature in the place of the newest.
UPDATE log_head SET signed_note = $note:text WHERE id = 1;
