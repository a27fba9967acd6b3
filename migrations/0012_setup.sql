-- The first set-up of a county with its own data, and what was tried with it before it went live.

CREATE TABLE setup ( -- One row from the first command of a county that is set up with its own data; none: it never was (a demo).
    id id PRIMARY KEY, -- always 1
    state text NOT NULL, -- trial: whatever is shown says 试算; live
    begun_at time NOT NULL, -- when it began
    live_at time NOT NULL, -- when it went live; 0: not yet
    live_by text NOT NULL, -- code of the account that said so; empty: not yet, or the command line
    record_id id NOT NULL -- record of the latest change
);

CREATE TABLE trial_cleared ( -- What was cleared of the trial. The rows themselves stay as their records say, in state cleared, and count for nothing.
    id id PRIMARY KEY, -- row
    what text NOT NULL, -- import, computation
    row_id id NOT NULL, -- which one
    code text NOT NULL, -- what people call it: the import's code, the computation's period
    record_id id NOT NULL, -- record of the clearing
    UNIQUE (what, row_id)
);
