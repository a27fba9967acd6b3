-- Units, accounts, roles, sign-in.

CREATE TABLE unit ( -- A unit's lasting identity; what it is called and where it hangs is in unit_term.
    id id PRIMARY KEY, -- row
    code text NOT NULL UNIQUE -- what people and files call it
);

CREATE TABLE unit_term ( -- What a unit was during a span of days: the tree is dated, so that old reports keep their units.
    id id PRIMARY KEY, -- row
    unit_id id NOT NULL REFERENCES unit(id), -- whose span
    parent_id id REFERENCES unit(id), -- unit above it; none for the county
    name text NOT NULL, -- name in the span
    kind text NOT NULL, -- county, town, street, department, source, group or a county's own word
    peer_group text NOT NULL DEFAULT '', -- whom it is compared with; empty: not assessed
    from_day int NOT NULL, -- first day, days since 1970-01-01; 0 is always
    to_day int NOT NULL DEFAULT 0, -- last day; 0 is open
    sort int NOT NULL DEFAULT 0, -- order for display among its siblings
    name_key text NOT NULL DEFAULT '', -- initials in pinyin, for sorting and search
    record_id id NOT NULL, -- record of the latest change
    UNIQUE (unit_id, from_day)
);
CREATE INDEX unit_term_parent ON unit_term (parent_id, sort, id);

CREATE TABLE account ( -- A person's or a program's access. No personal data beyond a name and an office.
    id id PRIMARY KEY, -- row
    code text NOT NULL UNIQUE, -- what one signs in with
    name text NOT NULL, -- personal: how pages call the person
    unit_id id REFERENCES unit(id), -- office; none for administrators
    state text NOT NULL, -- new (slip not used yet), active, locked
    lang text NOT NULL DEFAULT 'zh', -- language of the interface
    created_at time NOT NULL, -- when it was made
    record_id id NOT NULL -- record of the latest change
);

CREATE TABLE identity ( -- Ways to prove who one is: the password is one provider, others can follow.
    id id PRIMARY KEY, -- row
    account_id id NOT NULL REFERENCES account(id), -- whose
    provider text NOT NULL, -- password, totp, oidc, ldap
    subject text NOT NULL, -- name at the provider; the account's code for password
    secret blob, -- personal: Argon2id text, or the TOTP key sealed with the county's key
    failures int NOT NULL DEFAULT 0, -- wrong tries in a row
    blocked_until time NOT NULL DEFAULT 0, -- back-off: no try before
    last_step int NOT NULL DEFAULT 0, -- totp: the last time step used, so that a code works once
    changed_at time NOT NULL, -- when the secret was set
    UNIQUE (provider, subject)
);
CREATE INDEX identity_account ON identity (account_id, provider);

CREATE TABLE activation ( -- A slip with a one-time code that lets the owner of a new account set a password.
    id id PRIMARY KEY, -- row
    account_id id NOT NULL UNIQUE REFERENCES account(id), -- whose
    code_hash blob NOT NULL, -- SHA-256 of the code
    expires_at time NOT NULL, -- not valid afterwards
    created_by id REFERENCES account(id) -- who printed it; none: the command line
);

CREATE TABLE role_grant ( -- A role of an account over a scope, for a span of days.
    id id PRIMARY KEY, -- row
    account_id id NOT NULL REFERENCES account(id), -- whose
    number int NOT NULL, -- place among the account's grants, from 1
    role text NOT NULL, -- code of the role table in src/people/role.c
    scope text NOT NULL, -- all, subtree (a unit and what is under it), list (units of role_unit)
    unit_id id REFERENCES unit(id), -- root of the subtree
    from_day int NOT NULL, -- first day
    to_day int NOT NULL DEFAULT 0, -- last day; 0 is open
    record_id id NOT NULL, -- record of the latest change
    UNIQUE (account_id, number)
);
CREATE INDEX role_grant_account ON role_grant (account_id, id);

CREATE TABLE role_unit ( -- Units of a grant whose scope is a list, such as those of a stationed group.
    id id PRIMARY KEY, -- row
    grant_id id NOT NULL REFERENCES role_grant(id), -- which grant
    unit_id id NOT NULL REFERENCES unit(id), -- one unit
    UNIQUE (grant_id, unit_id)
);

CREATE TABLE session ( -- A signed-in browser. Not audited: it goes with the sign-out.
    id id PRIMARY KEY, -- row
    token_hash blob NOT NULL UNIQUE, -- SHA-256 of the cookie
    secret blob NOT NULL, -- 32 bytes the CSRF token is made from
    account_id id NOT NULL REFERENCES account(id), -- whose
    state text NOT NULL, -- totp (second factor still missing) or open
    created_at time NOT NULL, -- sign-in
    seen_at time NOT NULL, -- last request, written at most once a minute
    expires_at time NOT NULL, -- end in any case
    address text NOT NULL DEFAULT '', -- where it was opened from
    agent text NOT NULL DEFAULT '' -- what opened it, shortened
);
CREATE INDEX session_account ON session (account_id, id);
CREATE INDEX session_expires ON session (expires_at);

CREATE TABLE token ( -- Access for a program: scoped by its account's roles, expiring.
    id id PRIMARY KEY, -- row
    code text NOT NULL UNIQUE, -- public part, shown in lists
    token_hash blob NOT NULL UNIQUE, -- SHA-256 of the token
    account_id id NOT NULL REFERENCES account(id), -- in whose name
    name text NOT NULL, -- what it is for
    caps text NOT NULL DEFAULT '', -- names of capabilities it is limited to; empty: those of the account
    created_at time NOT NULL, -- when it was made
    expires_at time NOT NULL, -- not valid afterwards
    used_at time NOT NULL DEFAULT 0, -- last use, written at most once a minute
    revoked_at time NOT NULL DEFAULT 0, -- taken back
    record_id id NOT NULL -- record of the latest change
);
CREATE INDEX token_account ON token (account_id, id);
