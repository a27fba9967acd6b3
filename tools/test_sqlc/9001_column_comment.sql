CREATE TABLE x ( -- rows
 id id PRIMARY KEY
);
-- expect 2: has no comment
