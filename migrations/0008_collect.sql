-- Collection rounds: who supplies what by when, what was typed, pulls, calls to other programs, values of others.

CREATE TABLE collect_round ( -- A round: a period's values asked of sources. What people do about it is in its filings, which are matters.
    id id PRIMARY KEY, -- row
    code text NOT NULL UNIQUE, -- B-2026-00001
    title text NOT NULL, -- 2026年第三季度数据采集
    period period NOT NULL, -- values of which period
    open_day int NOT NULL, -- first day, days since 1970-01-01
    due_day int NOT NULL, -- last day in time
    late_day int NOT NULL, -- what comes later is taken, too, but not waited for
    signatures int NOT NULL, -- inside a unit: 1 is 签发, 2 are 审核 and 签发
    state text NOT NULL, -- planned, open, closed
    note text NOT NULL, -- what sources should know
    by_account text NOT NULL, -- code of who made it
    at time NOT NULL, -- latest change
    record_id id NOT NULL -- record of the latest change
);
CREATE INDEX collect_round_state ON collect_round (state, open_day, id);

CREATE TABLE collect_point ( -- A point that a round asks for, and of whom. Never changed: who supplies it may change later.
    id id PRIMARY KEY, -- row
    round text NOT NULL, -- code of the round
    point text NOT NULL, -- code of the point
    source text NOT NULL, -- code of the unit that supplies it
    record_id id NOT NULL, -- one record for all points of a round
    UNIQUE (round, point)
);
CREATE INDEX collect_point_source ON collect_point (round, source, point);
CREATE INDEX collect_point_point ON collect_point (point, round);

CREATE TABLE collect_filing ( -- Which matter is a source's filing in a round. Never changed.
    id id PRIMARY KEY, -- row
    round text NOT NULL, -- code of the round
    source text NOT NULL, -- code of the unit
    filing text NOT NULL UNIQUE, -- code of the matter
    record_id id NOT NULL, -- one record for all filings of a round
    UNIQUE (round, source)
);

CREATE TABLE collect_cell ( -- What was typed and is no value yet. Not audited: the step that submits it holds a digest over all of it.
    id id PRIMARY KEY, -- row
    filing text NOT NULL, -- code of the matter
    unit text NOT NULL, -- about whom
    point text NOT NULL, -- what
    period period NOT NULL, -- of when
    aside bool NOT NULL, -- typed when the filing could not be changed: kept, not a part of it
    text text NOT NULL, -- as it was typed
    by_account text NOT NULL, -- who typed it
    at time NOT NULL, -- when
    UNIQUE (filing, unit, point, period, aside)
);
