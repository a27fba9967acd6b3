CREATE TABLE x ( -- rows
 id integer PRIMARY KEY -- row
);
-- expect 2: no type
