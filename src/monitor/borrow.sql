-- What peers did: measures that may be shown, and those a unit has written down.

-- :practice_shown
-- Whether a unit shows how it did at an indicator: its newest consent that stands.
SELECT m.code FROM matter m JOIN matter_link l ON l.matter_id = m.id
 WHERE l.what = 'node' AND l.code = $node:text AND m.kind = 'practice' AND m.state = 'shown' AND m.unit = $unit:text
 ORDER BY m.id DESC LIMIT 1;

-- :warnings_closed_of_unit
-- Warnings that a unit has dealt with, newest first: where its measure may stand.
SELECT code FROM matter WHERE kind = 'warning' AND unit = $unit:text AND state IN ('closed', 'passed') ORDER BY id DESC LIMIT 20;
