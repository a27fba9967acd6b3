-- Warning rules and warnings.

CREATE TABLE rule ( -- A rule's lasting identity and its version in force.
    id id PRIMARY KEY, -- row
    code text NOT NULL UNIQUE, -- what its page is called
    version int NOT NULL, -- 1, 2, …
    name text NOT NULL, -- what is wrong when it fires
    state text NOT NULL, -- draft, live, off
    target_kind text NOT NULL, -- point, indicator, score, completeness
    target text NOT NULL, -- code of the point or node
    op text NOT NULL, -- below, above, change_below, change_above, missing, late
    yellow real, -- limit of each colour; NULL: the colour is not used
    orange real, -- limit of orange
    red real, -- limit of red
    recover real, -- the problem counts as over only when the value is beyond it; NULL: the yellow limit
    for_periods int NOT NULL DEFAULT 1, -- periods in a row before it fires
    recover_periods int NOT NULL DEFAULT 1, -- periods in a row before it is resolved
    peer_group text NOT NULL DEFAULT '', -- kinds or peer groups it applies to, separated by |; empty: all
    advice text NOT NULL DEFAULT '', -- what clears it besides the value, and who holds it
    created_at time NOT NULL, -- when this version was made
    record_id id NOT NULL -- record of the latest change
);

CREATE TABLE warning ( -- One occurrence of a rule at a unit.
    id id PRIMARY KEY, -- row
    code text NOT NULL UNIQUE, -- W-2026Q3-0041
    rule_id id NOT NULL REFERENCES rule(id), -- identity: rule and unit
    unit_id id NOT NULL REFERENCES unit(id), -- about whom
    occurrence int NOT NULL, -- 1, 2, …: a new start after a resolve is a new occurrence
    state text NOT NULL, -- pending, firing, recovering, nodata, resolved
    colour text NOT NULL, -- red, orange, yellow
    period period NOT NULL, -- of the latest evaluation
    first_period period NOT NULL, -- when the problem began
    fired_period period, -- when it fired
    resolved_period period, -- when it ended
    run int NOT NULL DEFAULT 0, -- periods in a row that count towards the next state
    value real, -- the value judged last
    limit_value real, -- the limit it was held against
    merged_into id REFERENCES warning(id), -- a higher colour of the same unit and indicator that carries it
    clears text NOT NULL DEFAULT '', -- JSON: exactly what would clear it
    record_id id NOT NULL, -- record of the latest change
    UNIQUE (rule_id, unit_id, occurrence)
);
CREATE INDEX warning_unit ON warning (unit_id, period, id);
CREATE INDEX warning_period ON warning (period, colour, id);

CREATE TABLE warning_step ( -- History of a warning: one row for each evaluation that counted.
    id id PRIMARY KEY, -- row
    warning_id id NOT NULL REFERENCES warning(id), -- whose
    period period NOT NULL, -- which period was judged
    computation_id id NOT NULL REFERENCES computation(id), -- by which run
    from_state text NOT NULL, -- before; empty: new
    to_state text NOT NULL, -- after
    colour text NOT NULL, -- after
    value real, -- what was judged
    previous real, -- value of the period before, for changes
    limit_value real, -- the limit it was held against
    rule_version int NOT NULL, -- by which version of the rule
    at time NOT NULL -- when
);
CREATE INDEX warning_step_warning ON warning_step (warning_id, id);
