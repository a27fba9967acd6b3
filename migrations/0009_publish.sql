-- Publication: how far the figures of each computation have come, and who may see them.

CREATE TABLE publication ( -- One row a computation that is done: the gate before its figures.
    id id PRIMARY KEY, -- row
    computation_id id NOT NULL UNIQUE REFERENCES computation(id), -- whose figures
    period period NOT NULL, -- of which period
    last_day int NOT NULL, -- its last day, for order among periods of different kinds
    stage int NOT NULL, -- the highest reached: 1 draft, 2 comment, 3 decision, 4 published
    at time NOT NULL, -- since when
    published_at time NOT NULL, -- when it was published; 0: it was not
    approved_by text NOT NULL, -- code of the account that approved it; empty: nobody, or the command line
    erratum text NOT NULL, -- what was wrong with the one it corrects; empty: it corrects none
    replaced_by id REFERENCES computation(id), -- the later computation of the period that took its place
    replaced_at time NOT NULL, -- when; 0: it stands
    record_id id NOT NULL -- record of the latest change
);
CREATE INDEX publication_record ON publication (record_id);

CREATE INDEX read_journal_unit ON read_journal (unit, id);
