-- What every county has, before anything it does: its settings and the answers it has given to named requests.

CREATE TABLE setting ( -- a setting that differs from its default
    key text PRIMARY KEY, -- name, from the table of settings
    value text NOT NULL, -- as text, checked by the setting's type
    changed_at time NOT NULL, -- when
    record_id id NOT NULL -- record of the latest change
);

CREATE TABLE request ( -- a POST that carried a request_id: the same id gets the same answer, for 90 days
    id id PRIMARY KEY, -- row
    account_id id NOT NULL, -- who sent it
    request_id text NOT NULL, -- the sender's own name of it
    digest blob NOT NULL, -- SHA-256 of method, path and body: the same id with another one is a conflict
    status int NOT NULL, -- the answer's HTTP status
    location text, -- where the answer redirected to
    result text, -- the answer's JSON
    at time NOT NULL, -- when it was answered
    UNIQUE (account_id, request_id)
);
CREATE INDEX request_at ON request (at);
