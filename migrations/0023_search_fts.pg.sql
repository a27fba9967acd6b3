-- PostgreSQL has no virtual tables: a vector of words with an inverted index. Without a list of what is pending, which every search would have to read.
CREATE TABLE search_fts (rowid bigint PRIMARY KEY, words tsvector NOT NULL);
CREATE INDEX search_fts_words ON search_fts USING gin (words) WITH (fastupdate = off);
