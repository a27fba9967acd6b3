-- Altering rows behind the program's back: for tests.

-- :alter_post
-- A post.
UPDATE duty_post SET number = number + $by:int;

-- :alter_holding
-- A holder.
UPDATE duty_holding SET from_day = from_day + $by:int;

-- :alter_item
-- A duty.
UPDATE duty_item SET year = year + $by:int;

-- :alter_year
-- A year.
UPDATE duty_year SET due_day = due_day + $by:int;

-- :alter_failure
-- A failure.
UPDATE duty_failure SET day = day + $by:int;

-- :alter_statement
-- A statement.
UPDATE duty_statement SET number = number + $by:int;
