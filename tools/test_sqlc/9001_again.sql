CREATE TABLE setting ( -- rows
 id id PRIMARY KEY -- row
);
-- expect 1: is there already
