CREATE TABLE x ( -- rows
 a int NOT NULL, -- a
 PRIMARY KEY (a)
);
ALTER TABLE setting ADD COLUMN why text; -- reason
DROP TABLE x;
-- expect 0: 
