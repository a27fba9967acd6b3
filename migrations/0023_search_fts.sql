-- The words of search_doc. FTS5 without its text: only rows' numbers, read from the newest.
CREATE VIRTUAL TABLE search_fts USING fts5(words, content='', detail=none, columnsize=0, tokenize="unicode61 remove_diacritics 0 tokenchars '_'");
