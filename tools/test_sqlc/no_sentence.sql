-- :a
SELECT key FROM setting;
-- expect 1: a sentence above
