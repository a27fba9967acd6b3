-- The index of words is the program's own, the same on both databases: segments, which are written once and put together.

CREATE TABLE search_segment ( -- A piece of the index: the words of a range of search_doc.
    id id PRIMARY KEY, -- row
    first_id id NOT NULL, -- the lowest number it covers
    span int NOT NULL, -- how many numbers
    things int NOT NULL, -- how many of them are still there
    ready bool NOT NULL -- it counts; no: being written, or to be removed
);

CREATE TABLE search_block ( -- Words and who has them, see src/search/posting.h.
    id id PRIMARY KEY, -- segment * 1048576 + number of the block; 0 is the directory
    body blob NOT NULL -- bytes
);
