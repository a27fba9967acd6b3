-- Only for the tests of src/db: a table with every type.

CREATE TABLE kinds ( -- one of each
    id id PRIMARY KEY, -- row
    parent_id id REFERENCES kinds(id), -- another row
    n int NOT NULL CHECK (n <> -13), -- number
    n_opt int, -- number or nothing
    v real, -- measure
    name text NOT NULL UNIQUE, -- name
    note text, -- text or nothing
    data blob, -- bytes
    at time, -- moment
    amount money, -- money
    period period, -- period
    flag bool NOT NULL DEFAULT 0 -- yes or no
);
CREATE INDEX kinds_at ON kinds (at, id);
