-- Warning rules and warnings.

CREATE TABLE rule ( -- A rule's lasting identity. What it says is in its versions.
    id id PRIMARY KEY, -- row
    code text NOT NULL UNIQUE, -- what its page is called
    version int NOT NULL DEFAULT 0, -- the newest version: 1, 2, …
    live_version int NOT NULL DEFAULT 0, -- the version in force; 0: none
    record_id id NOT NULL DEFAULT 0 -- record of the latest change
);

CREATE TABLE rule_version ( -- What a rule says. Versions never change.
    id id PRIMARY KEY, -- row
    rule_id id NOT NULL REFERENCES rule(id), -- of which rule
    version int NOT NULL, -- 1, 2, …
    state text NOT NULL, -- live (took force at once), draft (did not touch what was in force), off (ended the rule)
    name text NOT NULL, -- what is wrong when it fires
    target_kind text NOT NULL, -- point, indicator, score, completeness
    target text NOT NULL, -- code of the point or node
    op text NOT NULL, -- below, above, change_below, change_above, missing, late
    yellow real, -- limit of each colour; NULL: the colour is not used
    orange real, -- limit of orange
    red real, -- limit of red
    recover real, -- the problem counts as over only when the value is there or better; NULL: as soon as no limit is crossed
    for_periods int NOT NULL, -- periods in a row before it fires
    recover_periods int NOT NULL, -- periods in a row before it is resolved or its colour falls
    peer_group text NOT NULL DEFAULT '', -- kinds or peer groups it applies to, separated by |; empty: all
    advice text NOT NULL DEFAULT '', -- what clears it besides the value, and who holds it
    why text NOT NULL DEFAULT '', -- why it was changed
    created_by id REFERENCES account(id), -- who made it
    created_at time NOT NULL, -- when
    record_id id NOT NULL, -- its record
    UNIQUE (rule_id, version)
);

CREATE TABLE warning ( -- One occurrence of a rule at a unit. How it stands is in its steps.
    id id PRIMARY KEY, -- row
    code text NOT NULL UNIQUE, -- W-2026Q3-0041
    rule_id id NOT NULL REFERENCES rule(id), -- identity: rule and unit
    unit_id id NOT NULL REFERENCES unit(id), -- about whom
    occurrence int NOT NULL, -- 1, 2, …: a new start after an end is a new occurrence
    created_at time NOT NULL, -- when it was first seen
    record_id id NOT NULL, -- its record
    UNIQUE (rule_id, unit_id, occurrence)
);
CREATE INDEX warning_unit ON warning (unit_id, id);

CREATE TABLE warning_step ( -- How a warning stands after a period: the newest row of a done computation counts.
    id id PRIMARY KEY, -- row
    warning_id id NOT NULL REFERENCES warning(id), -- whose
    period period NOT NULL, -- which period was judged
    last_day int NOT NULL, -- its last day
    computation_id id NOT NULL REFERENCES computation(id), -- by which run
    rule_version_id id NOT NULL REFERENCES rule_version(id), -- by which version of the rule
    from_state text NOT NULL, -- before; empty: new
    state text NOT NULL, -- after: pending, firing, recovering, nodata, resolved
    held text NOT NULL DEFAULT '', -- with nodata: the state before data went missing
    ended text NOT NULL DEFAULT '', -- with resolved: cleared, faded (had never fired), withdrawn, corrected
    colour text NOT NULL, -- yellow, orange, red
    run int NOT NULL DEFAULT 0, -- pending: periods with the problem; later: with less than the colour
    clear int NOT NULL DEFAULT 0, -- periods in a row that met the recovery limit
    eased text NOT NULL DEFAULT '', -- worst colour in the last run periods; empty: none
    first_period period NOT NULL, -- when the problem began
    fired_period period, -- when it fired
    value real, -- value of the period; of missing and late the count
    previous real, -- value of the period before
    limit_value real, -- the limit of its colour
    merged_into id REFERENCES warning(id), -- a higher colour of the same unit and indicator that carries it
    subject text NOT NULL, -- what was looked at, for people
    measure text NOT NULL DEFAULT '', -- unit of measure
    holder text NOT NULL DEFAULT '', -- who supplies the figure
    at time NOT NULL, -- when
    record_id id NOT NULL -- its record
);
CREATE INDEX warning_step_warning ON warning_step (warning_id, last_day, id);
CREATE INDEX warning_step_period ON warning_step (period, id);
