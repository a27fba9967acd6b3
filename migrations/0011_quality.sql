-- Others' evaluations and how far we agree with them; data check rules and hints.

CREATE TABLE evaluation_set ( -- A file of evaluations somebody brought in. Of one unit, period and source the newest set counts.
    id id PRIMARY KEY, -- row
    code text NOT NULL UNIQUE, -- E-0001
    file_name text NOT NULL, -- as sent
    file_digest blob NOT NULL, -- SHA-256; the file itself is in the store
    evaluations int NOT NULL, -- how many it holds
    problems int NOT NULL, -- how many problems it counts
    by_account text NOT NULL, -- code of who brought it in; empty: the command line
    at time NOT NULL, -- when
    record_id id NOT NULL -- its record
);

CREATE TABLE evaluation ( -- What a source says of a unit in a period.
    id id PRIMARY KEY, -- row
    set_id id NOT NULL REFERENCES evaluation_set(id), -- of which file
    unit_id id NOT NULL REFERENCES unit(id), -- about whom
    period period NOT NULL, -- of when
    source text NOT NULL, -- inspection, department, supervision
    score real, -- the more the better; NULL: only a state, or only problems
    state text NOT NULL, -- its word; empty: none
    record_id id NOT NULL, -- the file's record
    UNIQUE (set_id, unit_id, period, source)
);
CREATE INDEX evaluation_of ON evaluation (source, period, unit_id, set_id);

CREATE TABLE evaluation_problem ( -- Problems a source found at a unit, by kind. Counts only: no names, no narrative.
    id id PRIMARY KEY, -- row
    set_id id NOT NULL REFERENCES evaluation_set(id), -- of which file
    unit_id id NOT NULL REFERENCES unit(id), -- at whom
    period period NOT NULL, -- of when
    source text NOT NULL, -- inspection, department, supervision
    kind text NOT NULL, -- in the source's words
    n int NOT NULL, -- how many
    found_day int NOT NULL, -- when they were found, days since 1970-01-01; 0: not said
    record_id id NOT NULL -- the file's record
);
CREATE INDEX evaluation_problem_of ON evaluation_problem (source, period, unit_id, set_id);

CREATE TABLE agreement ( -- How far a figure of ours agrees with a source: made anew by a job, not audited.
    id id PRIMARY KEY, -- row
    source text NOT NULL, -- inspection, department, supervision; empty: all
    span text NOT NULL, -- code of the period; empty: all periods
    kind text NOT NULL, -- total, aspect, node, indicator, warnings, rule
    code text NOT NULL, -- of the node or rule; empty: total and warnings
    name text NOT NULL, -- what it is called
    strata int NOT NULL, -- sources and periods put together; 1: one
    cases int NOT NULL, -- units that were evaluated and have a report; put together: each source and period
    n int NOT NULL, -- of these that have both figures
    tau real, -- Kendall's tau-b; NULL: could not be compared
    tau_lo real, -- 95 %
    tau_hi real, -- 95 %
    rho real, -- Spearman
    rho_lo real, -- 95 %
    rho_hi real, -- 95 %
    called int NOT NULL, -- units we had called
    so int NOT NULL, -- units with a problem
    hits int NOT NULL, -- both
    hit_share real, -- precision
    hit_lo real, -- 95 %
    hit_hi real, -- 95 %
    found_share real, -- recall
    found_lo real, -- 95 %
    found_hi real, -- 95 %
    lead_n int NOT NULL, -- hits with a known lead
    lead real, -- median days from the warning to the finding
    lead_lo real, -- 95 %
    lead_hi real, -- 95 %
    retire bool NOT NULL, -- predicts nothing
    at time NOT NULL, -- when it was computed
    UNIQUE (source, span, kind, code)
);

CREATE TABLE check_rule ( -- A rule that looks at values and gives hints. Changed in place; what it was stands in its records.
    id id PRIMARY KEY, -- row
    code text NOT NULL UNIQUE, -- what its page is called
    version int NOT NULL, -- counts the changes
    name text NOT NULL, -- what is asked to be looked at again
    kind text NOT NULL, -- compare, z, modified_z, minmax, history, digits, copy, bunch, perfect, smooth, burst
    target text NOT NULL, -- codes of points, separated by |; empty: all
    left_expr text NOT NULL, -- compare: left expression
    op text NOT NULL, -- compare: eq, ne, lt, le, gt, ge, pair, exclusive
    right_expr text NOT NULL, -- compare: right expression
    a real, -- first parameter of the kind
    b real, -- second parameter
    importance text NOT NULL, -- high, medium, low
    missing text NOT NULL, -- skip: not judged; one: a hint when only one side is there; any: a hint when anything is missing
    live bool NOT NULL, -- is used
    why text NOT NULL, -- why it was changed
    by_account text NOT NULL, -- code of who changed it; empty: the command line
    at time NOT NULL, -- when
    record_id id NOT NULL -- record of the latest change
);

CREATE TABLE hint ( -- A hint to look at data again. Never a penalty.
    id id PRIMARY KEY, -- row
    code text NOT NULL UNIQUE, -- F-2026Q3-0001
    thing text NOT NULL, -- rule/period/unit/point: of one thing the newest hint counts
    rule text NOT NULL, -- code of the rule
    rule_version int NOT NULL, -- as it was
    kind text NOT NULL, -- of the rule
    period period NOT NULL, -- of when
    unit text NOT NULL, -- code of whom the value is about; empty: a pattern over units
    owner text NOT NULL, -- code of the department that supplies it
    point text NOT NULL, -- code of the point; empty: several
    importance text NOT NULL, -- high, medium, low
    numbers text NOT NULL, -- canonical JSON: what was found
    state text NOT NULL, -- open, confirmed, dismissed, gone
    reason text NOT NULL, -- why it was confirmed or dismissed
    decided_by text NOT NULL, -- code of who did
    decided_own bool NOT NULL, -- by the department itself
    found_at time NOT NULL, -- when it was found
    changed_at time NOT NULL, -- when its state changed last
    version int NOT NULL, -- counts its changes
    record_id id NOT NULL -- record of the latest change
);
CREATE INDEX hint_thing ON hint (thing, id);
CREATE INDEX hint_period ON hint (period, state, id);
CREATE INDEX hint_rule_of ON hint (rule, state);
