/*
 * Pictures made anew. What somebody sends is decoded in a child process that has nothing
 * (base/child.h); only pixels come out of it. From them we write our own file: what the camera
 * had put in besides (place, time, device, a preview, whatever hides behind the end) does not
 * exist any more, nor can a file made to break decoders reach the next reader.
 */
#ifndef WORKLOG_PICTURE_H
#define WORKLOG_PICTURE_H

#include "base/str.h"
#include "worklog/picture_parse.h"

enum {
    PICTURE_SIDE = 2048, /* pixels of the longer side as kept: print on A4 at 200 dpi */
    PICTURE_THUMB = 320,
    PICTURE_BYTES_MAX = 32 << 20 /* as sent */
};
struct pixels {
    const uint8_t *rgb; /* three bytes a pixel, row by row */
    size_t width, height;
};
/*
 * Read a JPEG or PNG, upright, at most PICTURE_SIDE wide and high, in a. RC_INVALID: no
 * picture, of another kind, broken; RC_TOOBIG: too many bytes, pixels, or too long to read;
 * each says what would be right. RC_IO: no child.
 */
enum rc picture_read(struct arena *a, const char *name, struct bytes file, struct pixels *ret,
                     struct err *e) MUST_USE;
/* A JPEG of them, at most side wide and high; *ret_width and _height as written. */
enum rc picture_write(const struct pixels *p, size_t side, struct str *out, size_t *ret_width,
                      size_t *ret_height, struct err *e) MUST_USE;
/* The perceptual hash (alike.h). */
int64_t pixels_hash(const struct pixels *p, struct arena *a);

/* What comes out of the child, checked; for picture.c and the fuzz target. */
struct pixels_coming {
    struct arena *a;
    uint8_t head[12];
    size_t n_head, n, want;
    uint8_t *rgb;
};
enum rc pixels_take(void *coming, const void *p, size_t n, bool *ret_done,
                    struct err *e) MUST_USE;
/* After the end. */
enum rc pixels_end(const struct pixels_coming *c, const char *name, struct pixels *ret,
                   struct err *e) MUST_USE;

#endif
