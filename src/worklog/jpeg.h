/* libjpeg's header wants what it needs before itself. */
#ifndef WORKLOG_JPEG_H
#define WORKLOG_JPEG_H

/* clang-format off */
#include <stddef.h>
#include <stdio.h>
#include <jpeglib.h>
#include <jerror.h>
/* clang-format on */

#endif
