-- Settings that differ from their default.

-- :setting_value
-- The value of a setting.
SELECT value FROM setting WHERE key = $key:text;

-- :setting_list
-- All settings that were ever set.
SELECT key, value, changed_at FROM setting ORDER BY key LIMIT 1000;

-- :setting_put
-- Set a value.
INSERT INTO setting (key, value, changed_at, record_id) VALUES ($key:text, $value:text, $changed_at:time, $record_id:id)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at, record_id = excluded.record_id;

-- :setting_records
-- Records of changes, newest first.
SELECT id FROM record WHERE kind = 'setting.set' AND unit = '' ORDER BY id DESC LIMIT $max:int;

-- :setting_then
-- The record of the change that was in force at a time.
SELECT id FROM record WHERE kind = 'setting.set' AND unit = '' AND subject = $key:text AND at <= $at:time ORDER BY id DESC LIMIT 1;

-- :setting_audit @audit
-- Settings, as their records say.
SELECT record_id, key, value, changed_at FROM setting ORDER BY key;
