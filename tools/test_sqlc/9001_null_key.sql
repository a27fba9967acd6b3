CREATE TABLE x ( -- rows
 a int, -- a
 PRIMARY KEY (a)
);
-- expect 3: NOT NULL
