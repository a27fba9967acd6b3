-- What meetings and bulletins showed when they were frozen.

CREATE TABLE frozen ( -- Figures as of then: what later corrections do not change. Never changed.
    id id PRIMARY KEY, -- row
    matter text NOT NULL, -- code of the meeting or bulletin
    version int NOT NULL, -- 1, 2, …: taken back and frozen again
    content text NOT NULL, -- canonical JSON of everything the paper shows
    digest blob NOT NULL, -- SHA-256 of content
    by_account text NOT NULL, -- code of who froze it; empty: the program
    at time NOT NULL, -- when
    record_id id NOT NULL, -- its record
    UNIQUE (matter, version)
);
