-- Telling people that something waits for them: gateways, addresses, sendings.

CREATE TABLE gateway ( -- How a channel leaves the house. One row a channel, made when it is first set up.
    id id PRIMARY KEY, -- row
    channel text NOT NULL UNIQUE, -- mail, sms, chat
    enabled bool NOT NULL, -- messages are sent through it
    address text NOT NULL, -- mail: host:port; others: an address with {address} {text} {id} {n} {secret}
    secure text NOT NULL, -- mail: plain, starttls or tls; others: empty
    sender text NOT NULL, -- mail: from whom
    login text NOT NULL, -- mail: name at the server; empty: without
    secret blob, -- password or key, sealed with the county's key; none: without
    secret_digest text NOT NULL, -- SHA-256 of the sealed bytes; empty: without
    media text NOT NULL, -- others: type of the body; empty: it is asked with GET
    body text NOT NULL, -- others: template of the body
    taken text NOT NULL, -- others: what an answer contains when the message was taken; empty: any answer 2xx
    by_account text NOT NULL, -- who set it
    at time NOT NULL, -- when
    record_id id NOT NULL -- record of the latest change
);

CREATE TABLE contact ( -- Where a person is told; nobody reads it back but that person.
    id id PRIMARY KEY, -- row
    account text NOT NULL, -- whose
    channel text NOT NULL, -- mail, sms, chat
    enabled bool NOT NULL, -- the person wants it
    sealed blob NOT NULL, -- personal: the address, sealed with the county's key
    sealed_digest text NOT NULL, -- SHA-256 of the sealed bytes
    at time NOT NULL, -- when it was set
    record_id id NOT NULL, -- record of the latest change
    UNIQUE (account, channel)
);

CREATE TABLE sending ( -- One message to one person by one channel. It says how many things wait, never what.
    id id PRIMARY KEY, -- row
    number int NOT NULL UNIQUE, -- 1, 2, …: what the gateway is told to know it by
    account text NOT NULL, -- to whom
    channel text NOT NULL, -- by what
    cause text NOT NULL, -- digest, red, test
    n int NOT NULL, -- how many things wait
    outcome text NOT NULL, -- empty: not yet; sent, refused, unknown (it may have gone), given_up
    said text NOT NULL, -- the gateway's last word, shortened
    made_at time NOT NULL, -- when it was wanted
    ended_at time NOT NULL, -- when it came to its outcome; 0: not yet
    trying bool NOT NULL, -- it is on its way now, or the program died while it was
    tries int NOT NULL, -- how often it was tried
    due_at time NOT NULL, -- not before
    record_id id NOT NULL -- record of its making, then of its outcome
);
CREATE INDEX sending_due ON sending (outcome, channel, due_at, id);
CREATE INDEX sending_account ON sending (account, id);

CREATE TABLE sending_try ( -- A try that did not come through, for the history of a sending.
    id id PRIMARY KEY, -- row
    number int NOT NULL, -- of the sending
    try int NOT NULL, -- 1, 2, …
    at time NOT NULL, -- when
    said text NOT NULL, -- why
    record_id id NOT NULL, -- its record
    UNIQUE (number, try)
);

CREATE TABLE told_mark ( -- Up to where a person has been told. Not audited: it only keeps from telling twice.
    account text PRIMARY KEY, -- whose
    notice int NOT NULL, -- the newest notice that was looked at
    digest_day int NOT NULL -- the last day that had its digest
);

CREATE TABLE gateway_health ( -- How a gateway is doing. Not audited: it is forgotten as soon as it works.
    channel text PRIMARY KEY, -- which
    failures int NOT NULL, -- in a row
    next_at time NOT NULL, -- not asked again before
    since time NOT NULL, -- of the first failure
    said text NOT NULL -- the last reason
);
