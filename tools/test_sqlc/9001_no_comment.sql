CREATE TABLE x (
 id id PRIMARY KEY -- row
);
-- expect 1: has no comment
