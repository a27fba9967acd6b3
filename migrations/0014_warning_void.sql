-- Findings that an objection took back.

CREATE TABLE warning_void ( -- What a rule found of a unit in a period does not count: an objection to it was upheld.
    id id PRIMARY KEY, -- row
    warning_id id NOT NULL REFERENCES warning(id), -- which finding
    period period NOT NULL, -- as it was judged in which period
    colour text NOT NULL, -- what it had been judged as; a worse one is another finding
    objection text NOT NULL, -- code of the objection
    at time NOT NULL, -- when
    record_id id NOT NULL, -- its record
    UNIQUE (warning_id, period)
);
CREATE INDEX warning_void_period ON warning_void (period, id);
