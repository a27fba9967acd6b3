-- :a @pg
-- Because.
SELECT 1;
-- expect 1: it is a variant of
