-- The working-day calendar, and matters: procedures with states and clocks.

CREATE TABLE calendar_year ( -- The official holiday arrangement of a year. The newest version counts; versions never change.
    id id PRIMARY KEY, -- row
    year int NOT NULL, -- which year
    version int NOT NULL, -- 1, 2, …
    days text NOT NULL, -- lines "2026-01-01 off 元旦" and "2026-01-04 work 元旦", by day; only what differs from Monday to Friday
    source text NOT NULL, -- the notice it was taken from
    by_account text NOT NULL, -- code of who brought it in; empty: the command line
    at time NOT NULL, -- when
    record_id id NOT NULL, -- its record
    UNIQUE (year, version)
);

CREATE TABLE matter ( -- How a matter stands: a projection of its steps, which can be rebuilt from their records.
    id id PRIMARY KEY, -- row
    code text NOT NULL UNIQUE, -- D-2026-00142
    kind text NOT NULL, -- code of its kind's table
    title text NOT NULL, -- what it is about
    state text NOT NULL, -- where it stands
    open bool NOT NULL, -- not in a final state
    draft bool NOT NULL, -- in a state that only few see
    version int NOT NULL, -- counts the moves: who moves it must have seen this
    steps int NOT NULL, -- counts the steps: moves, comments and the rest
    unit text NOT NULL, -- code of the unit that holds it (lead); empty: none
    account text NOT NULL, -- code of the person that holds it there; empty: anybody of the unit
    parent_id id REFERENCES matter(id), -- the matter it is a part of
    opener text NOT NULL, -- code of the account that opened it; empty: the system
    opened_at time NOT NULL, -- when it was opened
    state_at time NOT NULL, -- since when it is in its state
    closed_at time NOT NULL, -- when it came to a final state; 0: it has not, or was opened again
    clock text NOT NULL, -- the clock that runs; empty: none
    due_day int NOT NULL, -- last day in time of that clock, days since 1970-01-01; 0: none or not known
    first_due int NOT NULL, -- that day as it was first set
    due_key int NOT NULL, -- due_day for sorting: what has none comes last
    gap_year int NOT NULL, -- the calendar of this year was missing when the clock was set; 0: it was not
    colour int NOT NULL, -- 0 none, 1 yellow, 2 orange, 3 red: how far its clock has come
    quiet_day int NOT NULL, -- no reminders up to this day (two people agreed); 0: reminders
    returned int NOT NULL, -- how often it was sent back
    reopened int NOT NULL, -- how often it was opened again after its end
    gross_days int NOT NULL, -- working days from opening to end; -1: has not ended, or a calendar was missing
    net_days int NOT NULL, -- the same without days on which it stood still by agreement; -1 as before
    on_time int NOT NULL, -- ended: 1 in time by the due day that was in force, 0 late, -1 had no due day or has not ended
    on_first int NOT NULL, -- the same against the day that was first set
    body text NOT NULL, -- canonical JSON of the rest: fields, parties, clocks, requests, links, files
    words text NOT NULL, -- code and title in small letters, for searching
    record_id id NOT NULL -- record of the latest step
);
CREATE INDEX matter_state ON matter (kind, state, due_key, id);
CREATE INDEX matter_unit ON matter (unit, open, kind, state, due_key, id);
CREATE INDEX matter_due ON matter (open, due_key, id);
CREATE INDEX matter_parent ON matter (parent_id, open);
CREATE INDEX matter_closed ON matter (kind, closed_at, id);
CREATE INDEX matter_gap ON matter (gap_year, id);

CREATE TABLE matter_number ( -- The last number given to codes of a prefix in a year.
    prefix text NOT NULL, -- D
    year int NOT NULL, -- 2026
    last int NOT NULL, -- 142
    PRIMARY KEY (prefix, year)
);

CREATE TABLE matter_step ( -- What happened to a matter, in order. Never changed.
    id id PRIMARY KEY, -- row
    matter text NOT NULL, -- code of the matter
    number int NOT NULL, -- 1, 2, …
    verb text NOT NULL, -- open, a move of the kind's table, or what the engine gives every kind: comment, attach, link, hand_over, calendar
    from_state text NOT NULL, -- before; empty: it is opened
    to_state text NOT NULL, -- after
    by_account text NOT NULL, -- code of who did it; empty: the system
    for_account text NOT NULL, -- code of the absent person they stood in for; empty: nobody
    at time NOT NULL, -- when
    given text NOT NULL, -- canonical JSON of what was filled in
    did text NOT NULL, -- canonical JSON of what it changed: enough to rebuild the matter without tables or calendars
    record_id id NOT NULL, -- its record
    UNIQUE (matter, number)
);
CREATE INDEX matter_step_at ON matter_step (by_account, id);

CREATE TABLE matter_desk ( -- On whose desk a matter lies: made from the matter by its kind's table.
    matter_id id NOT NULL REFERENCES matter(id), -- which
    desk text NOT NULL, -- a:ACCOUNT, u:UNIT, or c:CAPABILITY over the matter's unit
    unit text NOT NULL, -- code of the matter's unit, for scopes
    due_key int NOT NULL, -- as in matter
    PRIMARY KEY (matter_id, desk)
);
CREATE INDEX matter_desk_due ON matter_desk (desk, due_key, matter_id);
CREATE INDEX matter_desk_unit ON matter_desk (desk, unit, due_key, matter_id);

CREATE TABLE matter_link ( -- What a matter is about or takes part in, for finding it from there: made from the matter.
    matter_id id NOT NULL REFERENCES matter(id), -- which
    what text NOT NULL, -- unit (its parties), value, warning, report, matter …
    code text NOT NULL, -- which one
    PRIMARY KEY (matter_id, what, code)
);
CREATE INDEX matter_link_what ON matter_link (what, code, matter_id);

CREATE TABLE matter_alarm ( -- Days on which a running clock says something: set when the clock is, so that the hourly run needs no calendar.
    id id PRIMARY KEY, -- row
    matter_id id NOT NULL REFERENCES matter(id), -- whose clock
    rung int NOT NULL, -- place on the clock's ladder, from 0
    day int NOT NULL, -- on this day
    what text NOT NULL, -- remind, colour, lapse
    colour int NOT NULL, -- the colour it takes; 0: as it is
    desk text NOT NULL, -- who is told besides those on whose desk it lies; empty: nobody
    run int NOT NULL, -- the run that did it; 0: still to come
    UNIQUE (matter_id, rung)
);
CREATE INDEX matter_alarm_day ON matter_alarm (run, day, id);
CREATE INDEX matter_alarm_what ON matter_alarm (what, run, id);

CREATE TABLE matter_tally ( -- How many matters stand where: counted along with every change.
    kind text NOT NULL, -- kind
    state text NOT NULL, -- state
    unit text NOT NULL, -- unit
    colour int NOT NULL, -- colour
    n int NOT NULL, -- how many
    PRIMARY KEY (kind, state, unit, colour)
);

CREATE TABLE matter_run ( -- Runs of the clock: what each did, with its record.
    id id PRIMARY KEY, -- row; alarms name it
    day int NOT NULL, -- which day it looked at
    at time NOT NULL, -- when
    alarms int NOT NULL, -- alarms that were due
    notices int NOT NULL, -- notices it wrote
    record_id id NOT NULL -- its record
);

CREATE TABLE matter_notice ( -- What the inbox tells besides what lies there: by a step, or by a run of the clock. Never changed.
    id id PRIMARY KEY, -- row
    matter_id id NOT NULL REFERENCES matter(id), -- about which
    desk text NOT NULL, -- to whom: as matter_desk
    unit text NOT NULL, -- the matter's unit
    what text NOT NULL, -- arrived, remind, yellow, orange, red, asked, granted, refused, comment, closed, …
    number int NOT NULL, -- the step that made it; 0: a run
    run_id id NOT NULL, -- the run that made it; 0: a step
    at time NOT NULL -- when
);
CREATE INDEX matter_notice_desk ON matter_notice (desk, id);
CREATE INDEX matter_notice_matter ON matter_notice (matter_id, id);

CREATE TABLE notice_receipt ( -- Who has seen a notice and who said so.
    notice_id id NOT NULL REFERENCES matter_notice(id), -- which
    account text NOT NULL, -- code of who
    seen_at time NOT NULL, -- first shown on a page of theirs
    acked_at time NOT NULL, -- they pressed 知道了; 0: not yet
    PRIMARY KEY (notice_id, account)
);

CREATE TABLE delegation ( -- Somebody stands in for somebody who is away.
    id id PRIMARY KEY, -- row
    number int NOT NULL, -- place among the person's, from 1
    from_account text NOT NULL, -- who is away
    to_account text NOT NULL, -- who stands in
    from_day int NOT NULL, -- first day
    to_day int NOT NULL, -- last day
    reason text NOT NULL, -- why
    ended_by text NOT NULL, -- who took it back before its end; empty: nobody
    by_account text NOT NULL, -- who arranged it
    at time NOT NULL, -- when it was last changed
    record_id id NOT NULL, -- record of the latest change
    UNIQUE (from_account, number)
);
CREATE INDEX delegation_to ON delegation (to_account, from_day);
