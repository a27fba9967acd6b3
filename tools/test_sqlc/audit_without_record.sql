-- :a @audit
-- Doc.
SELECT key FROM setting ORDER BY key;
-- expect 1: record_id
