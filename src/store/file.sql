-- Files under their digest.

-- :file_by_digest
-- A file that is known.
SELECT id, digest, size, media, name, at, record_id FROM file WHERE digest = $digest:blob;

-- :file_insert
-- A file that has come.
INSERT INTO file (digest, size, media, name, at, record_id)
VALUES ($digest:blob, $size:int, $media:text, $name:text, $at:time, $record_id:id);

-- :file_digests
-- All files, for the audit and the backup.
-- unlimited: read one by one
SELECT digest, size FROM file ORDER BY id;

-- :file_audit @audit
-- Files, as their records say.
SELECT record_id, digest, size, media, name, at FROM file ORDER BY id;
