-- Burden on units: what is asked of whom at what estimate, anonymous answers, numbers that are asked for once, a peer's consent to show how it did.

CREATE TABLE burden_estimate ( -- Minutes that a requester reckons somebody needs for what is asked. Of the request, never of a person.
    id id PRIMARY KEY, -- row
    what text NOT NULL, -- point, round, directive
    code text NOT NULL, -- which one
    minutes int NOT NULL, -- for each unit that is asked; of a point for one period; 0: a round goes by its points
    requester text NOT NULL, -- code of the unit that asks
    by_account text NOT NULL, -- code of who stated it
    at time NOT NULL, -- when
    record_id id NOT NULL, -- record of the latest change
    UNIQUE (what, code)
);

CREATE TABLE burden_ask ( -- A request that has reached a unit, with the estimate as it was then. Never changed.
    id id PRIMARY KEY, -- row
    what text NOT NULL, -- round, directive
    code text NOT NULL, -- which one
    title text NOT NULL, -- what it is called
    unit text NOT NULL, -- code of the unit that is asked
    requester text NOT NULL, -- code of the unit that asks
    month period NOT NULL, -- in which month
    minutes int NOT NULL, -- the requester's estimate for this unit
    record_id id NOT NULL, -- its record
    UNIQUE (what, code, unit)
);
CREATE INDEX burden_ask_unit ON burden_ask (unit, month, id);
CREATE INDEX burden_ask_requester ON burden_ask (requester, month, id);

CREATE TABLE burden_once ( -- That a unit has answered about a request. Not audited and without a record: nothing of an answer may have a time.
    id id PRIMARY KEY -- keyed hash over unit and request: neither can be read from it, nor what was answered
);

CREATE TABLE burden_tally ( -- Anonymous answers about a request: counts only. Not audited, as burden_once.
    id id PRIMARY KEY, -- keyed hash over the request, no number in the order of coming
    what text NOT NULL, -- round, directive, point
    code text NOT NULL, -- which one
    longer int NOT NULL, -- it takes longer than was said
    as_said int NOT NULL, -- about as long as was said
    less int NOT NULL, -- it takes less
    before int NOT NULL, -- this was asked before
    shown_longer int NOT NULL, -- the same as it was when the number of answers was last a multiple of five: what pages show
    shown_as_said int NOT NULL, -- as before
    shown_less int NOT NULL, -- as before
    shown_before int NOT NULL, -- as before
    UNIQUE (what, code)
);

CREATE TABLE same_verdict ( -- What a person decided about two points that look alike (一数一源). Never changed; the newest counts.
    id id PRIMARY KEY, -- row
    point text NOT NULL, -- code of the one that came later
    other text NOT NULL, -- code of the one that is there: where the data are
    name text NOT NULL, -- what the later one is called; its name changing asks again
    number int NOT NULL, -- 1, 2, … of the pair
    verdict text NOT NULL, -- same, different
    reason text NOT NULL, -- why they differ; empty with same
    by_account text NOT NULL, -- code of who decided
    at time NOT NULL, -- when
    record_id id NOT NULL, -- its record
    UNIQUE (point, other, number)
);
