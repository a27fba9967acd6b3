-- Warning rules.

-- :rules_live
-- What is in force.
SELECT r.id, r.code, r.version AS newest, r.live_version, v.id AS version_id, v.version, v.state, v.name, v.target_kind, v.target,
       v.op, v.yellow, v.orange, v.red, v.recover, v.for_periods, v.recover_periods, v.peer_group, v.advice, v.send, v.why, v.created_at,
       a.name AS "by:text?"
  FROM rule r JOIN rule_version v ON v.rule_id = r.id AND v.version = r.live_version LEFT JOIN account a ON a.id = v.created_by
 ORDER BY r.code, r.id LIMIT 10000;

-- :rules_latest
-- The newest version of each.
SELECT r.id, r.code, r.version AS newest, r.live_version, v.id AS version_id, v.version, v.state, v.name, v.target_kind, v.target,
       v.op, v.yellow, v.orange, v.red, v.recover, v.for_periods, v.recover_periods, v.peer_group, v.advice, v.send, v.why, v.created_at,
       a.name AS "by:text?"
  FROM rule r JOIN rule_version v ON v.rule_id = r.id AND v.version = r.version LEFT JOIN account a ON a.id = v.created_by
 ORDER BY r.code, r.id LIMIT 10000;

-- :rule_versions
-- Everything a rule ever said, newest first.
SELECT r.id, r.code, r.version AS newest, r.live_version, v.id AS version_id, v.version, v.state, v.name, v.target_kind, v.target,
       v.op, v.yellow, v.orange, v.red, v.recover, v.for_periods, v.recover_periods, v.peer_group, v.advice, v.send, v.why, v.created_at,
       a.name AS "by:text?"
  FROM rule r JOIN rule_version v ON v.rule_id = r.id LEFT JOIN account a ON a.id = v.created_by
 WHERE r.code = $code:text
 ORDER BY v.version DESC, v.id LIMIT 1000;

-- :rule_insert
-- A new identity, without a version for a moment.
INSERT INTO rule (code) VALUES ($code:text) RETURNING id;

-- :rule_set
-- Point to the newest version and to the one in force.
UPDATE rule SET version = $version:int, live_version = $live:int, record_id = $record:id WHERE id = $id:id;

-- :rule_version_insert
-- A new version.
INSERT INTO rule_version (rule_id, version, state, name, target_kind, target, op, yellow, orange, red, recover, for_periods,
                          recover_periods, peer_group, advice, send, why, created_by, created_at, record_id)
VALUES ($rule_id:id, $version:int, $state:text, $name:text, $target_kind:text, $target:text, $op:text, $yellow:real?, $orange:real?,
        $red:real?, $recover:real?, $for_periods:int, $recover_periods:int, $peer_group:text, $advice:text, $send:text, $why:text,
        $created_by:id?, $created_at:time, $record_id:id);

-- :rule_audit @audit
-- Rules, as the record of their latest change says.
SELECT record_id, code, version, live_version FROM rule ORDER BY id;

-- :rule_version_audit @audit
-- Versions, as their records say.
SELECT record_id, rule_id, version, state, name, target_kind, target, op, yellow, orange, red, recover, for_periods, recover_periods,
       peer_group, advice, send, why, created_by, created_at FROM rule_version ORDER BY id;
