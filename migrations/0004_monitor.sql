-- Schemes, points, imports, values, computations, scores, reports, maps.

CREATE TABLE scheme ( -- A version of the county's tree of indicators. Adopted versions never change.
    id id PRIMARY KEY, -- row
    version int NOT NULL UNIQUE, -- 1, 2, …
    name text NOT NULL, -- title
    state text NOT NULL, -- draft, adopted, retired (a draft that was given up)
    from_period period, -- first period it applies to, once adopted
    from_day int NOT NULL DEFAULT 0, -- first day of that period
    config text NOT NULL, -- the engine's configuration, JSON with the keys of the score command
    sheet_digest blob, -- SHA-256 of the sheet it came from, kept as a file
    sheet_map text NOT NULL DEFAULT '', -- JSON: how the sheet's columns were read
    note text NOT NULL DEFAULT '', -- what changed and why
    created_by id REFERENCES account(id), -- who made it
    created_at time NOT NULL, -- when
    adopted_by id REFERENCES account(id), -- who adopted it
    adopted_at time NOT NULL DEFAULT 0, -- when
    record_id id NOT NULL -- record of the latest change
);

CREATE TABLE node ( -- A node of a scheme: the index, an aspect, …, an indicator.
    id id PRIMARY KEY, -- row
    scheme_id id NOT NULL REFERENCES scheme(id), -- of which version
    code text NOT NULL, -- iCode
    parent_code text NOT NULL DEFAULT '', -- node above; empty: the index
    name text NOT NULL, -- iName
    level int NOT NULL, -- 1 is an indicator, upwards to the index
    type text NOT NULL, -- Indicator, Aggregate, Group, Denominator, Other
    direction int NOT NULL DEFAULT 1, -- +1: more is better; -1: less is better
    weight real NOT NULL, -- among its siblings
    unit_of_measure text NOT NULL DEFAULT '', -- of the indicator's value
    target real, -- for methods that need one
    denominator text NOT NULL DEFAULT '', -- code of the column it is divided by
    owner text NOT NULL DEFAULT '', -- responsible unit, as written; its code when known
    frequency text NOT NULL DEFAULT '', -- year, quarter, month, week, day
    formula text NOT NULL DEFAULT '', -- over points; empty: the single point
    peer_group text NOT NULL DEFAULT '', -- peer groups it applies to, separated by |; empty: all
    scoring text NOT NULL DEFAULT '', -- JSON: method and parameters, as under "per" of the configuration
    veto text NOT NULL DEFAULT '', -- JSON: condition and cap; empty: none
    standard text NOT NULL DEFAULT '', -- the scoring standard in the words of the sheet
    source text NOT NULL DEFAULT '', -- where the data come from, in the words of the sheet
    tags text NOT NULL DEFAULT '', -- emphases, separated by |
    from_day int NOT NULL DEFAULT 0, -- first day it applies; 0 is always
    to_day int NOT NULL DEFAULT 0, -- last day; 0 is open
    sort int NOT NULL, -- order of display, depth first
    UNIQUE (scheme_id, code)
);

CREATE TABLE point ( -- A data monitoring point: what a department supplies for a unit and a period.
    id id PRIMARY KEY, -- row
    code text NOT NULL UNIQUE, -- what files call it
    indicator text NOT NULL, -- code of the indicator it feeds
    name text NOT NULL, -- what is counted
    owner text NOT NULL, -- code of the unit that supplies it
    unit_of_measure text NOT NULL DEFAULT '', -- 件, 人次, 万元, %
    frequency text NOT NULL, -- year, quarter, month, week, day
    direction int NOT NULL DEFAULT 1, -- +1 more is better, -1 less is better
    legal_basis text NOT NULL, -- why it may be collected
    purpose text NOT NULL, -- what for
    retention text NOT NULL, -- how long it is kept
    contact text NOT NULL, -- office to ask
    record_id id NOT NULL -- record of the latest change
);
CREATE INDEX point_owner ON point (owner, code);
CREATE INDEX point_indicator ON point (indicator, code);

CREATE TABLE import ( -- A file that was read in: units, accounts, scheme, points or values.
    id id PRIMARY KEY, -- row
    code text NOT NULL UNIQUE, -- I-000001: what its page is called
    kind text NOT NULL, -- units, accounts, scheme, points, values
    state text NOT NULL, -- checked (a dry run waiting for confirmation), loading, done, given_up
    file_name text NOT NULL, -- as sent
    file_digest blob NOT NULL, -- SHA-256; the file itself is in the store
    account_id id REFERENCES account(id), -- who sent it
    unit_id id REFERENCES unit(id), -- for whom
    period period, -- when all rows are of one period
    rows_total int NOT NULL DEFAULT 0, -- rows of the file
    rows_new int NOT NULL DEFAULT 0, -- values not there before
    rows_changed int NOT NULL DEFAULT 0, -- corrections: new versions of values
    rows_same int NOT NULL DEFAULT 0, -- already there, unchanged
    problems int NOT NULL DEFAULT 0, -- rows that could not be taken
    refused text NOT NULL DEFAULT '', -- columns that were not read, as letter:reason|…; their content is nowhere
    root blob, -- Merkle root of the canonical rows
    created_at time NOT NULL, -- when it was sent
    done_at time NOT NULL DEFAULT 0, -- when it became visible
    record_id id NOT NULL DEFAULT 0 -- record of the latest change; 0 while only checked
);
CREATE INDEX import_account ON import (account_id, id);

CREATE TABLE value ( -- A value or a declared gap: every version stays, the newest of a done import counts.
    id id PRIMARY KEY, -- row
    unit_id id NOT NULL REFERENCES unit(id), -- about whom
    point_id id NOT NULL REFERENCES point(id), -- what
    period period NOT NULL, -- of when
    version int NOT NULL, -- 1, 2, …
    value real, -- NULL when missing
    missing text NOT NULL DEFAULT '', -- na, notdue, refused, withheld, lost; empty: there is a value
    note text NOT NULL DEFAULT '', -- the sender's remark
    import_id id NOT NULL REFERENCES import(id), -- which file
    row_no int NOT NULL, -- line of the file, the head is line 1
    cell text NOT NULL DEFAULT '', -- sheet and cell in a workbook
    leaf_no int NOT NULL, -- position among the import's canonical rows
    UNIQUE (unit_id, point_id, period, version)
);
CREATE INDEX value_period ON value (period, point_id, unit_id, version);
CREATE INDEX value_import ON value (import_id, leaf_no);

CREATE TABLE computation ( -- One run over a period: scores, reports, warnings. The newest done one of a period counts.
    id id PRIMARY KEY, -- row
    period period NOT NULL, -- which period
    last_day int NOT NULL, -- its last day, for order among periods of different kinds
    scheme_id id NOT NULL REFERENCES scheme(id), -- by which version
    state text NOT NULL, -- running, done, failed, preview
    config_digest blob NOT NULL, -- SHA-256 of scheme and configuration
    input_digest blob NOT NULL, -- SHA-256 of the values that went in
    n_units int NOT NULL DEFAULT 0, -- units with a report
    n_values int NOT NULL DEFAULT 0, -- values that went in
    n_due int NOT NULL DEFAULT 0, -- values that were due
    county_score real, -- mean of the units' indexes
    county_lo real, -- 5 % quantile of it over the replications
    county_hi real, -- 95 % quantile
    missing text NOT NULL DEFAULT '', -- values that are missing, by kind: notdue=31 lost=14
    started_at time NOT NULL, -- when
    done_at time NOT NULL DEFAULT 0, -- when it became visible
    message text NOT NULL DEFAULT '', -- why it failed
    record_id id NOT NULL -- record of the latest change
);
CREATE INDEX computation_period ON computation (period, id);

CREATE TABLE score ( -- A node's score of a unit in a computation.
    id id PRIMARY KEY, -- row
    computation_id id NOT NULL REFERENCES computation(id), -- which run
    unit_id id NOT NULL REFERENCES unit(id), -- about whom
    node_code text NOT NULL, -- which node of the scheme
    score real, -- NULL: missing
    score_lo real, -- 5 % quantile of an aggregate over the replications
    score_hi real, -- 95 % quantile
    raw real, -- the indicator's value before scoring; NULL for aggregates
    weight real NOT NULL, -- effective weight in percent of the index
    contribution real, -- points of the index
    peer_median real, -- of its peer group
    missing text NOT NULL DEFAULT '', -- why there is no score
    UNIQUE (computation_id, unit_id, node_code)
);
CREATE INDEX score_node ON score (computation_id, node_code, unit_id);

CREATE TABLE report ( -- The health report of a unit in a computation.
    id id PRIMARY KEY, -- row
    computation_id id NOT NULL REFERENCES computation(id), -- which run
    unit_id id NOT NULL REFERENCES unit(id), -- about whom
    period period NOT NULL, -- of when
    state text NOT NULL, -- steady, watch, focus, none: what is shown as 状况
    score real, -- the index; NULL when too much is missing
    score_lo real, -- 5 % quantile over the replications
    score_hi real, -- 95 % quantile
    rank_lo int NOT NULL DEFAULT 0, -- possible ranks, 0: none
    rank_hi int NOT NULL DEFAULT 0, -- last possible rank
    peer_rank_lo int NOT NULL DEFAULT 0, -- possible ranks within the peer group, 0: none
    peer_rank_hi int NOT NULL DEFAULT 0, -- last of them
    standing int NOT NULL DEFAULT 0, -- against the mean: 0 none, 1 clearly above, 2 no clear difference, 3 clearly below
    due int NOT NULL DEFAULT 0, -- values that were due
    present int NOT NULL DEFAULT 0, -- values that came
    digest blob NOT NULL, -- SHA-256 of body
    digest_en blob NOT NULL, -- SHA-256 of body_en
    record_id id NOT NULL, -- record with that digest
    body blob NOT NULL, -- the whole report as canonical JSON: what is signed and what pages show. Last: what lies behind is slow to reach
    body_en blob NOT NULL, -- the same with its sentences in English
    UNIQUE (computation_id, unit_id)
);
CREATE INDEX report_unit ON report (unit_id, period, computation_id);

CREATE TABLE map ( -- A map of the county's towns: the newest counts. Without one the tiles are drawn.
    id id PRIMARY KEY, -- row
    file_digest blob NOT NULL, -- the GeoJSON, kept as a file
    file_name text NOT NULL, -- as sent
    code_key text NOT NULL, -- property of a feature that holds the unit's code or name
    review_no text NOT NULL, -- 审图号
    created_at time NOT NULL, -- when
    record_id id NOT NULL -- record of the latest change
);

CREATE TABLE map_tile ( -- Where a unit's tile lies, with neighbours roughly in place.
    id id PRIMARY KEY, -- row
    unit_id id NOT NULL UNIQUE REFERENCES unit(id), -- whose
    x int NOT NULL, -- column from the west
    y int NOT NULL, -- row from the north
    record_id id NOT NULL -- record of the latest change
);
