-- The register of rules made or improved.

CREATE TABLE regulation ( -- A rule that a unit made or improved. Changed in place; what it was stands in its records.
    id id PRIMARY KEY, -- row
    code text NOT NULL UNIQUE, -- Z-0001
    version int NOT NULL, -- counts the changes
    title text NOT NULL, -- what it is called
    kind text NOT NULL, -- made, improved
    document text NOT NULL, -- document number; empty: none
    day int NOT NULL, -- when it was issued, days since 1970-01-01
    unit text NOT NULL, -- code of the unit that issued it
    problem text NOT NULL, -- what it is to cure, in words
    matter text NOT NULL, -- code of the matter in which that problem was dealt with; empty: none
    why text NOT NULL, -- why it was changed
    by_account text NOT NULL, -- code of who changed it; empty: the command line
    at time NOT NULL, -- when
    record_id id NOT NULL -- record of the latest change
);
CREATE INDEX regulation_unit ON regulation (unit, day, id);
CREATE INDEX regulation_matter ON regulation (matter);
