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

CREATE TABLE collect_pull ( -- Values that are fetched by the program, with the checks of a file that is sent.
    id id PRIMARY KEY, -- row
    code text NOT NULL UNIQUE, -- Q-00001
    name text NOT NULL, -- 信访系统按月数据
    source text NOT NULL, -- code of the unit whose values they are
    kind text NOT NULL, -- folder, http, sql
    place text NOT NULL, -- folder below DATA/pull, address of the endpoint, address of the database
    relation text NOT NULL, -- sql: the view that is read; else empty
    secret blob, -- sql: the password, sealed with the county's key
    points text NOT NULL, -- codes of the points that may come, separated by spaces; empty: all of the source
    every_hours int NOT NULL, -- how often
    state text NOT NULL, -- on, off
    by_account text NOT NULL, -- in whose name values are sent
    at time NOT NULL, -- latest change
    record_id id NOT NULL -- record of the latest change
);

CREATE TABLE collect_pull_run ( -- The log of pulls: what each fetched, or why it did not.
    id id PRIMARY KEY, -- row
    pull text NOT NULL, -- code of the pull
    number int NOT NULL, -- 1, 2, …
    at time NOT NULL, -- when
    outcome text NOT NULL, -- taken, same (nothing new), failed (nothing written)
    message text NOT NULL, -- why, in Chinese and on a second line in English; empty: nothing to say
    file_name text NOT NULL, -- what was read; empty: nothing
    digest blob, -- SHA-256 of it
    n_rows int NOT NULL, -- rows of it
    n_fresh int NOT NULL, -- values not there before
    n_changed int NOT NULL, -- corrections
    import text NOT NULL, -- code of the import; empty: none
    record_id id NOT NULL, -- its record
    UNIQUE (pull, number)
);

CREATE TABLE collect_hook ( -- A program that is called when something happens (webhook).
    id id PRIMARY KEY, -- row
    code text NOT NULL UNIQUE, -- H-00001
    name text NOT NULL, -- whose program it is
    url text NOT NULL, -- http://… it is called at
    events text NOT NULL, -- what it wants to know, separated by spaces
    secret blob NOT NULL, -- key of the signature, sealed with the county's key
    state text NOT NULL, -- on, off
    by_account text NOT NULL, -- code of who set it up
    at time NOT NULL, -- latest change
    record_id id NOT NULL -- record of the latest change
);

CREATE TABLE collect_call ( -- A call to such a program: waiting, then its receipt.
    id id PRIMARY KEY, -- row
    hook text NOT NULL, -- code of the webhook
    number int NOT NULL, -- 1, 2, …
    event text NOT NULL, -- round.opened, filing.signed, published
    subject text NOT NULL, -- code of the thing it happened to
    made_at time NOT NULL, -- when it happened
    state text NOT NULL, -- waiting, sent, failed
    attempts int NOT NULL, -- how often it was tried
    next_at time NOT NULL, -- not tried before; real time
    status int NOT NULL, -- of the last answer; 0: none
    message text NOT NULL, -- why it has not arrived, in both languages as in collect_pull_run
    ended_at time NOT NULL, -- when it was sent or given up; 0: not yet
    record_id id NOT NULL, -- its record, once it has ended; 0 before
    UNIQUE (hook, number)
);
CREATE INDEX collect_call_waiting ON collect_call (state, next_at, id);

CREATE TABLE value_other ( -- A number that somebody else than the sender gives for a value. Never changed; of one kind the newest counts.
    id id PRIMARY KEY, -- row
    unit text NOT NULL, -- about whom
    point text NOT NULL, -- what
    period period NOT NULL, -- of when
    kind text NOT NULL, -- verified (checked against the papers), validated (an independent source says)
    number int NOT NULL, -- 1, 2, … of its kind
    value real NOT NULL, -- the number
    source text NOT NULL, -- code of the unit that gives it; never the one that sends the value
    how text NOT NULL, -- 抽查原始凭证30份; 税务系统同口径
    by_account text NOT NULL, -- who entered it
    at time NOT NULL, -- when
    record_id id NOT NULL, -- its record
    UNIQUE (unit, point, period, kind, number)
);
CREATE INDEX value_other_period ON value_other (period, point, unit, id);
