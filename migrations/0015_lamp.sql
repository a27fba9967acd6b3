-- The colour that what a matter is about is handled by, beside the colour of its clock.

ALTER TABLE matter ADD COLUMN lamp int NOT NULL DEFAULT 0; -- 0 none, 1 yellow, 2 orange, 3 red: the field `lamp` of its kind
