-- The index of everything people look for: a projection, made anew from the records at any time. Not audited.

CREATE TABLE search_doc ( -- A thing that can be found, as it was when its words were made.
    id id PRIMARY KEY, -- row; what changes gets a new, higher one
    source text NOT NULL, -- kind of thing: matter, report, unit, point, file, …
    code text NOT NULL, -- which one
    label text NOT NULL, -- its code as people write it; empty: it has none
    name text NOT NULL, -- its name or title
    body text NOT NULL, -- what else it says
    initials bool NOT NULL, -- its name is found by first letters, too
    href text NOT NULL, -- its page
    unit text NOT NULL, -- code of the unit it is about; empty: none
    at time NOT NULL, -- when it was last changed
    gates text NOT NULL, -- by which keys it may be seen
    UNIQUE (code, source)
);

CREATE TABLE search_state ( -- One row: how far the index is.
    id id PRIMARY KEY, -- always 1
    next_seq int NOT NULL, -- the first record of the log that was not looked at
    next_id int NOT NULL, -- the next row of search_doc
    version int NOT NULL -- how words were made; another one: all of it is made anew
);
