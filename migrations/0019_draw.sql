-- Public draws: a list committed to before its seed could be known.

CREATE TABLE draw ( -- A draw. Its row changes with every step; each step has its record.
    id id PRIMARY KEY, -- row
    code text NOT NULL UNIQUE, -- L-2026-0001
    purpose text NOT NULL, -- what for, from the table of purposes: lookback
    subject text NOT NULL, -- of what, such as the span of days the list is of; one draw a purpose and subject
    title text NOT NULL, -- what is drawn, in words
    event text NOT NULL, -- the public event that gives the seed: ssq, dlt, other
    issue text NOT NULL, -- which: the lottery's issue, or the event in words
    event_at time NOT NULL, -- when its outcome becomes public
    file text NOT NULL, -- the file anyone can check: announcement and list, once drawn seed and result
    things int NOT NULL, -- in the list
    picks int NOT NULL, -- to be drawn
    state text NOT NULL, -- announced, sealed (under a signed checkpoint before the event), seeded, drawn, void
    sealed_size int NOT NULL DEFAULT 0, -- of that checkpoint
    sealed_note text NOT NULL DEFAULT '', -- that checkpoint
    seed_digest text NOT NULL DEFAULT '', -- SHA-256 of the seed the first person entered, hex: the second is not shown it
    outcome_at time NOT NULL DEFAULT 0, -- when the outcome was published
    outcome_from text NOT NULL DEFAULT '', -- where it was read
    reason text NOT NULL DEFAULT '', -- why a seed was sent back, or the draw given up
    announced_by text NOT NULL, -- code of who did
    announced_at time NOT NULL, -- when
    sealed_at time NOT NULL DEFAULT 0, -- when it was found under the checkpoint
    seeded_by text NOT NULL DEFAULT '', -- code of the first person
    seeded_at time NOT NULL DEFAULT 0, -- when
    ended_by text NOT NULL DEFAULT '', -- code of the second person, or of who gave it up
    ended_at time NOT NULL DEFAULT 0, -- when
    announced_record id NOT NULL, -- record of the announcement
    record_id id NOT NULL -- record of the latest step
);
CREATE INDEX draw_state ON draw (state, id);
CREATE INDEX draw_purpose ON draw (purpose, subject);
