-- What happened in a month is asked of a county's whole history.

CREATE INDEX matter_step_when ON matter_step (at);
