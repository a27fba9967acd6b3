/* A log's files in a folder: the layout of C2SP tlog-tiles, so that any web server can hand
 * them out. */
#ifndef TLOG_FOLDER_H
#define TLOG_FOLDER_H

#include "tlog/tile.h"

/* dir must outlive it. */
struct tile_source folder_source(const char *dir);

/*
 * Writes tiles into a folder. The first few files are synced one by one; from then on only
 * folder_sync, which must come before anything that names the tiles, makes them durable.
 */
struct folder_sink {
    const char *dir;
    size_t n_written;
    bool unsynced;
};
struct tile_sink folder_sink(struct folder_sink *f);
enum rc folder_sync(struct folder_sink *f, struct err *e) MUST_USE;

#endif
