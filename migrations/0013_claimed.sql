-- What comes by a file or a pull waits in the filing of its source, as what is typed does.

ALTER TABLE collect_cell ADD COLUMN note text NOT NULL DEFAULT ''; -- the remark of the row it came by
ALTER TABLE collect_cell ADD COLUMN import text NOT NULL DEFAULT ''; -- code of the import it came by; empty: typed
CREATE INDEX collect_cell_import ON collect_cell (import, filing);
