-- The four responsibilities: posts and who holds them, duties by year, what the discipline organ entered; counts of the first form.

CREATE TABLE duty_post ( -- A post of a unit with one of the four responsibilities.
    id id PRIMARY KEY, -- row
    code text NOT NULL UNIQUE, -- D04-1
    unit text NOT NULL, -- code of the unit
    number int NOT NULL, -- place among the unit's posts, from 1
    name text NOT NULL, -- 党组书记、局长
    duty text NOT NULL, -- main, oversight, first, double
    ended bool NOT NULL, -- there is no such post any more
    by_account text NOT NULL, -- code of who wrote it; empty: the command line
    at time NOT NULL, -- when
    record_id id NOT NULL, -- record of the latest change
    UNIQUE (unit, number)
);

CREATE TABLE duty_holding ( -- Who holds a post from a day to a day; one person at a time.
    id id PRIMARY KEY, -- row
    post text NOT NULL, -- code of the post
    number int NOT NULL, -- place among the post's, from 1
    account text NOT NULL, -- code of the holder
    from_day int NOT NULL, -- first day, days since 1970-01-01
    to_day int NOT NULL, -- last day; 0: holds it now
    by_account text NOT NULL, -- code of who wrote it; empty: the command line
    at time NOT NULL, -- when
    record_id id NOT NULL, -- record of the latest change
    UNIQUE (post, number)
);
CREATE INDEX duty_holding_account ON duty_holding (account, to_day, id);

CREATE TABLE duty_item ( -- A duty of a post in a version of its year's list. Never changed; the newest version counts.
    id id PRIMARY KEY, -- row
    post text NOT NULL, -- code of the post
    year int NOT NULL, -- of which year
    version int NOT NULL, -- 1, 2, …
    number int NOT NULL, -- place in the list, from 1
    text text NOT NULL, -- what is to be done
    basis text NOT NULL, -- by which law or rule
    often text NOT NULL, -- always, month, quarter, half, year
    by_account text NOT NULL, -- code of who wrote it; empty: the command line
    at time NOT NULL, -- when
    record_id id NOT NULL, -- record of the version
    UNIQUE (post, year, version, number)
);

CREATE TABLE duty_year ( -- The confirmation of a year was started.
    id id PRIMARY KEY, -- row
    year int NOT NULL UNIQUE, -- which
    due_day int NOT NULL, -- last day in time, days since 1970-01-01
    by_account text NOT NULL, -- code of who started it; empty: the command line
    at time NOT NULL, -- when
    record_id id NOT NULL -- its record
);

CREATE TABLE duty_failure ( -- 失责记实: by the discipline organ alone, from a document. No narrative. Can be erased.
    id id PRIMARY KEY, -- row
    code text NOT NULL UNIQUE, -- Q-2026-0001
    post text NOT NULL, -- code of the post; personal; empty: erased
    account text NOT NULL, -- code of who held it on that day; personal
    document text NOT NULL, -- number of the document; personal
    day int NOT NULL, -- its date, days since 1970-01-01; personal
    duty text NOT NULL, -- which responsibility; personal
    by_account text NOT NULL, -- code of who entered it
    at time NOT NULL, -- when
    record_id id NOT NULL -- its record
);
CREATE INDEX duty_failure_account ON duty_failure (account, id);

CREATE TABLE duty_statement ( -- 本人说明: what a person says to what is held about them. Never changed.
    id id PRIMARY KEY, -- row
    what text NOT NULL, -- failure, matter
    code text NOT NULL, -- which one
    number int NOT NULL, -- place among the statements to it, from 1
    account text NOT NULL, -- code of who says it; personal
    text text NOT NULL, -- what; personal
    at time NOT NULL, -- when
    record_id id NOT NULL, -- its record
    UNIQUE (what, code, number)
);

CREATE TABLE first_form ( -- Counts of the first form by paper file, for the discipline organ. No record, no leaf, no names.
    id id PRIMARY KEY, -- row
    organ text NOT NULL, -- code of the office whose paper file it is
    month period NOT NULL, -- of when
    level text NOT NULL, -- in the county's words
    file text NOT NULL, -- number of the paper file
    version int NOT NULL, -- the newest counts; earlier ones stay
    used int NOT NULL, -- person-times of use (运用)
    counted int NOT NULL, -- of these, in the statistics (统计)
    by_account text NOT NULL, -- code of who entered it; empty: the command line
    at time NOT NULL, -- when
    UNIQUE (organ, month, level, file, version)
);
CREATE INDEX first_form_month ON first_form (month, organ, id);

CREATE TABLE first_form_shown ( -- What others than the discipline organ are shown of a quarter: small numbers are not in it. Never changed.
    id id PRIMARY KEY, -- row
    quarter period NOT NULL, -- of when
    part text NOT NULL, -- used, counted: the quarter's totals; month, level: of use
    name text NOT NULL, -- code of the month, the level; empty: a total
    place int NOT NULL, -- order within the part
    mark text NOT NULL, -- shown, small: below five, hidden: a small one could be computed from it
    n int NOT NULL, -- person-times; 0 unless shown
    by_account text NOT NULL, -- code of who gave it out; empty: the command line
    at time NOT NULL, -- when
    UNIQUE (quarter, part, name)
);
