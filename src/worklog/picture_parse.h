/*
 * Pictures as strangers send them: what they are, and their pixels. Only for the child that
 * reads them (picture.c) and the fuzz target: nothing here may run where something could be
 * lost.
 */
#ifndef WORKLOG_PICTURE_PARSE_H
#define WORKLOG_PICTURE_PARSE_H

#include "base/kinds.h"

enum picture_format {
    PICTURE_UNKNOWN,
    PICTURE_JPEG,
    PICTURE_PNG,
    PICTURE_HEIC, /* from here on: recognised to be able to say so */
    PICTURE_WEBP,
    PICTURE_GIF,
    PICTURE_BMP,
    PICTURE_TIFF
};
/* By its first bytes. */
enum picture_format picture_format_of(struct bytes file);

/* How the camera was held: 1 to 8 as EXIF says, 1 when nothing does. */
unsigned jpeg_orientation(struct bytes file);

enum picture_fault {
    PICTURE_FINE,
    PICTURE_FOREIGN, /* not JPEG, not PNG */
    PICTURE_BROKEN,
    PICTURE_TOO_LARGE, /* in pixels */
    PICTURE_FOR_PRINT  /* four inks instead of three colours */
};
enum {
    JPEG_PIXELS_MAX = 200000000, /* the largest cameras of phones; read at an eighth of it */
    PNG_PIXELS_MAX = 40000000,   /* read whole */
    PICTURE_SCANS_MAX = 100      /* of a progressive JPEG: an honest one has about ten */
};
/* Three bytes a pixel, upright, at most side pixels wide and high; on the heap. */
enum picture_fault picture_decode(struct bytes file, size_t side, uint8_t **ret_rgb,
                                  size_t *ret_width, size_t *ret_height);
/* Mean of fields: to width and height, neither larger than before; on the heap. */
uint8_t *picture_shrink(const uint8_t *rgb, size_t width, size_t height, size_t to_width,
                        size_t to_height);
/* The largest size of the same shape that is at most side wide and high; never larger. */
void picture_fit(size_t side, size_t *width, size_t *height);

#endif
