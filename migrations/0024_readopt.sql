-- Once a year every indicator, rule and form is used on, or expires.

CREATE TABLE readopt ( -- What was decided of one thing in one check-up. Changed in place; what it was stands in its records.
    id id PRIMARY KEY, -- row
    checkup text NOT NULL, -- code of the check-up's matter
    what text NOT NULL, -- rule, indicator, form
    item text NOT NULL, -- its code
    decision text NOT NULL, -- keep, expire
    reason text NOT NULL, -- why, or that nobody decided by the day
    used text NOT NULL, -- its use as it was shown, in words
    in_force bool NOT NULL, -- the check-up has ended and the decision counts
    by_account text NOT NULL, -- code of who decided; empty: nobody did by the day
    at time NOT NULL, -- when
    record_id id NOT NULL, -- record of the latest change
    UNIQUE (checkup, what, item)
);
CREATE INDEX readopt_item ON readopt (what, item, id);
