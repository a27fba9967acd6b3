-- 云记录: what was done on matters, written as the work goes.

CREATE TABLE work_record ( -- One entry. Never changed: a correction is a new one that names the old.
    id id PRIMARY KEY, -- row
    code text NOT NULL UNIQUE, -- 128 bits in hex, made where it was written, so that sending it again is harmless
    matter text NOT NULL, -- code of the matter it was written to
    unit text NOT NULL, -- code of the unit its writer wrote for
    kind text NOT NULL, -- entry, correction, question, answer
    about text NOT NULL, -- code of the entry it corrects, asks about or answers; empty: none
    text text NOT NULL, -- what was written; empty when erased
    files text NOT NULL, -- canonical JSON: a list of files and pictures with names, sizes and digests
    late bool NOT NULL, -- it came after the matter had ended
    by_account text NOT NULL, -- code of who wrote it
    captured_at time NOT NULL, -- when it was written, as the device says; orders nothing
    received_at time NOT NULL, -- when it came
    record_id id NOT NULL -- its record
);
CREATE INDEX work_record_matter ON work_record (matter, id);
CREATE INDEX work_record_unit ON work_record (unit, id);

CREATE TABLE work_text ( -- For finding entries with nearly the same text: bands of a MinHash. Made from work_record, can be made again.
    id id PRIMARY KEY, -- row of work_record
    b0 int NOT NULL, -- hash of a band of the signature, with the number of the band in it
    b1 int NOT NULL, -- the same of band 1
    b2 int NOT NULL, -- the same of band 2
    b3 int NOT NULL, -- the same of band 3
    b4 int NOT NULL, -- the same of band 4
    b5 int NOT NULL, -- the same of band 5
    b6 int NOT NULL, -- the same of band 6
    b7 int NOT NULL -- the same of band 7
);
CREATE INDEX work_text_b0 ON work_text (b0, id);
CREATE INDEX work_text_b1 ON work_text (b1, id);
CREATE INDEX work_text_b2 ON work_text (b2, id);
CREATE INDEX work_text_b3 ON work_text (b3, id);
CREATE INDEX work_text_b4 ON work_text (b4, id);
CREATE INDEX work_text_b5 ON work_text (b5, id);
CREATE INDEX work_text_b6 ON work_text (b6, id);
CREATE INDEX work_text_b7 ON work_text (b7, id);

CREATE TABLE work_picture ( -- For finding pictures seen before: pieces of a perceptual hash. Made from work_record, can be made again.
    id id PRIMARY KEY, -- row
    work_id id NOT NULL REFERENCES work_record(id), -- the entry it came with
    digest text NOT NULL, -- hex, of the picture as it is kept
    hash int NOT NULL, -- 64 bits
    p0 int NOT NULL, -- bits 0 to 15
    p1 int NOT NULL, -- bits 16 to 31
    p2 int NOT NULL, -- bits 32 to 47
    p3 int NOT NULL -- bits 48 to 63
);
CREATE INDEX work_picture_p0 ON work_picture (p0, id, hash, work_id);
CREATE INDEX work_picture_p1 ON work_picture (p1, id, hash, work_id);
CREATE INDEX work_picture_p2 ON work_picture (p2, id, hash, work_id);
CREATE INDEX work_picture_p3 ON work_picture (p3, id, hash, work_id);
CREATE INDEX work_picture_work ON work_picture (work_id);

CREATE TABLE work_hint ( -- A hint to look at entries again (复核提示). Never a penalty; nothing is reckoned from it.
    id id PRIMARY KEY, -- row
    code text NOT NULL UNIQUE, -- K-2026-00012
    thing text NOT NULL UNIQUE, -- what it is about: kind, and the two entries or the matter
    kind text NOT NULL, -- text, picture, burst
    matter text NOT NULL, -- code of the matter of the later entry
    unit text NOT NULL, -- code of its unit
    work text NOT NULL, -- code of the later entry; empty with burst
    other text NOT NULL, -- code of the earlier entry; empty with burst
    other_unit text NOT NULL, -- code of its unit; empty with burst
    alike int NOT NULL, -- text: percent of pieces in common; picture: bits of 64 that differ; burst: 0
    state text NOT NULL, -- open, confirmed, dismissed: words of src/quality
    reason text NOT NULL, -- why it was confirmed or dismissed
    decided_by text NOT NULL, -- code of who decided; empty: nobody yet
    found_at time NOT NULL, -- when it was found
    changed_at time NOT NULL, -- latest change
    version int NOT NULL, -- counts the changes
    record_id id NOT NULL -- record of the latest change
);
CREATE INDEX work_hint_unit ON work_hint (unit, id);
CREATE INDEX work_hint_state ON work_hint (state, id);
