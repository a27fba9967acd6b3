-- The databases' own indexes of words are no longer used; FTS5's goes as a whole.
DROP TABLE search_fts;
