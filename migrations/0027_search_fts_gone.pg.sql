-- As in SQLite; the table was made by a text of its own. Blocks are numbers already packed: PostgreSQL need not try to pack them.
DROP TABLE search_fts;
ALTER TABLE search_block ALTER COLUMN body SET STORAGE EXTERNAL;
