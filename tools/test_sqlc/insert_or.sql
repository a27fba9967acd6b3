-- :a
-- Doc.
INSERT OR IGNORE INTO setting (key) VALUES ($k:text);
-- expect 3: ON CONFLICT
