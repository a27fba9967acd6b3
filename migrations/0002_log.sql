-- The county itself, its records, the evidence log over them, files, erasures, jobs and the journal of reading.

CREATE TABLE county ( -- One row: which county this is.
    id id PRIMARY KEY, -- always 1
    name text NOT NULL, -- what people call it
    origin text NOT NULL, -- name of its evidence log, as in checkpoints
    demo bool NOT NULL, -- invented data and a simulated clock: everything shown says so
    clock time NOT NULL, -- demo: what the clock was last set to
    created_at time NOT NULL -- when it was made
);

CREATE TABLE record ( -- Every act that matters, in the order it was written down. Only seq is filled in later, and parts shrink by erasure.
    id id PRIMARY KEY, -- row
    seq int UNIQUE, -- place in the log, from 0; none until sealed
    at time NOT NULL, -- when it was written down, as in the entry; 00:00 UTC of the day for kinds sealed daily
    seal_after time NOT NULL DEFAULT 0, -- not to be sealed before; 0: at once; else the record is sealed daily
    kind text NOT NULL, -- what happened, such as unit.set
    unit text NOT NULL, -- code of the unit it is about; may be empty
    subject text NOT NULL, -- code of the thing it is about; may be empty
    by_account text NOT NULL, -- code of the account that did it; empty: the system
    commitment blob NOT NULL, -- digest over the parts, as in the entry
    parts blob NOT NULL -- the payload: for each part access, state, then length, salt and bytes, or the digest of an erased one
);
CREATE INDEX record_subject ON record (kind, unit, subject, id);

CREATE TABLE log_head ( -- One row: how far the log has come.
    id id PRIMARY KEY, -- always 1
    size int NOT NULL, -- records sealed
    tree blob NOT NULL, -- roots of the whole subtrees, largest first
    signed_size int NOT NULL, -- size of the newest signed checkpoint; -1: none yet
    signed_note text NOT NULL, -- that checkpoint with the log's signatures
    public_size int NOT NULL, -- size of the newest checkpoint with quorum; -1: none yet
    public_note text NOT NULL, -- that checkpoint with the witnesses' signatures
    daily_day int NOT NULL, -- last day whose daily kinds were sealed, days since 1970-01-01
    hold text NOT NULL DEFAULT '' -- why nothing may be signed until somebody decides (after a restore); empty: go on
);

CREATE TABLE log_witness ( -- What is known of each witness named in the policy. Not audited: it can be asked again.
    id id PRIMARY KEY, -- row
    vkey text NOT NULL UNIQUE, -- its key
    name text NOT NULL, -- its name in the policy
    size int NOT NULL, -- what it holds; -1: not known
    asked_at time NOT NULL, -- last attempt
    error text NOT NULL DEFAULT '' -- what went wrong then; empty: nothing
);

CREATE TABLE file ( -- A file kept under its digest.
    id id PRIMARY KEY, -- row
    digest blob NOT NULL UNIQUE, -- SHA-256
    size int NOT NULL, -- bytes
    media text NOT NULL, -- media type
    name text NOT NULL, -- what its sender called it
    at time NOT NULL, -- when it came
    record_id id NOT NULL REFERENCES record(id) -- record of its coming
);

CREATE TABLE erasure ( -- A part of a record that was erased. Replayed after a restore from the list beside the backups.
    id id PRIMARY KEY, -- row
    erased_id id NOT NULL REFERENCES record(id), -- the record whose part is gone
    part int NOT NULL, -- index of the part
    ground text NOT NULL, -- on what legal ground
    at time NOT NULL, -- when
    record_id id NOT NULL REFERENCES record(id), -- record of the erasing
    UNIQUE (erased_id, part)
);

CREATE TABLE job ( -- Work done in the background. Safe to run twice. Not audited: what a job does says so in records.
    id id PRIMARY KEY, -- row
    kind text NOT NULL, -- name in the table of jobs
    key text NOT NULL, -- what it is about: a waiting job of the same kind and key is not added twice
    args text NOT NULL, -- JSON
    state text NOT NULL, -- waiting, running, done, failed, cancelled
    due time NOT NULL, -- not before
    lease time NOT NULL DEFAULT 0, -- running: until then the runner is believed alive
    attempts int NOT NULL DEFAULT 0, -- how often it was begun
    done int NOT NULL DEFAULT 0, -- progress
    of_total int NOT NULL DEFAULT 0, -- of how much; 0: not known
    message text NOT NULL DEFAULT '', -- result, or why it failed: a line in each language
    by_account text NOT NULL DEFAULT '', -- who asked for it; empty: the system
    created_at time NOT NULL, -- when it was asked for
    started_at time NOT NULL DEFAULT 0, -- when the latest attempt began
    ended_at time NOT NULL DEFAULT 0 -- when it came to an end
);
CREATE INDEX job_due ON job (state, due, id);
CREATE INDEX job_key ON job (kind, key, state);

CREATE TABLE job_try ( -- An attempt of a job that failed. Goes with nothing: it is the log of failures.
    id id PRIMARY KEY, -- row
    job_id id NOT NULL REFERENCES job(id), -- of which job
    attempt int NOT NULL, -- which attempt, from 1
    at time NOT NULL, -- when it failed
    message text NOT NULL, -- why, a line in each language
    UNIQUE (job_id, attempt)
);

CREATE TABLE read_journal ( -- Who read something whose reading is written down, and who was refused what.
    id id PRIMARY KEY, -- row
    at time NOT NULL, -- when
    account text NOT NULL, -- who: the account's code
    what text NOT NULL, -- kind of thing, such as report; of a refusal the method
    unit text NOT NULL, -- of which unit; may be empty
    subject text NOT NULL, -- which one: the page's path
    denied bool NOT NULL, -- it was refused
    address text NOT NULL, -- from where
    request text NOT NULL, -- id of the request, as in the server's log
    record_id id NOT NULL REFERENCES record(id) -- record over the batch
);
CREATE INDEX read_journal_at ON read_journal (at, id, account, denied);
CREATE INDEX read_journal_account ON read_journal (account, id);
