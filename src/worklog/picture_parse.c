/* Pixels of pictures, by libjpeg-turbo and libpng; the way it was held by our own look at EXIF.
 */
#include "worklog/picture_parse.h"

#include "worklog/jpeg.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

/* ---- what it is ---- */

static bool begins(struct bytes f, size_t at, const char *magic, size_t n)
{
    return f.n >= at + n && memcmp(f.p + at, magic, n) == 0;
}

enum picture_format picture_format_of(struct bytes f)
{
    static const char *const heic[] = { "heic", "heix", "hevc", "mif1", "msf1", "avif" };
    if (begins(f, 0, "\xff\xd8\xff", 3))
        return PICTURE_JPEG;
    if (begins(f, 0, "\x89PNG\r\n\x1a\n", 8))
        return PICTURE_PNG;
    for (size_t i = 0; i < COUNT(heic); i++)
        if (begins(f, 4, "ftyp", 4) && begins(f, 8, heic[i], 4))
            return PICTURE_HEIC;
    if (begins(f, 0, "RIFF", 4) && begins(f, 8, "WEBP", 4))
        return PICTURE_WEBP;
    if (begins(f, 0, "GIF8", 4))
        return PICTURE_GIF;
    if (begins(f, 0, "BM", 2) && begins(f, 6, "\0\0\0\0", 4))
        return PICTURE_BMP;
    if (begins(f, 0, "II*\0", 4) || begins(f, 0, "MM\0*", 4))
        return PICTURE_TIFF;
    return PICTURE_UNKNOWN;
}

/* ---- how it was held ---- */

/* Numbers of 16 and 32 bits of a TIFF; 0 where it has ended. */
struct tiff {
    const uint8_t *p;
    size_t n;
    bool big;
};

static uint32_t tiff_16(const struct tiff *t, size_t at)
{
    if (at + 2 > t->n)
        return 0;
    return t->big ? (uint32_t)t->p[at] << 8 | t->p[at + 1]
                  : (uint32_t)t->p[at + 1] << 8 | t->p[at];
}

static uint32_t tiff_32(const struct tiff *t, size_t at)
{
    return t->big ? tiff_16(t, at) << 16 | tiff_16(t, at + 2)
                  : tiff_16(t, at + 2) << 16 | tiff_16(t, at);
}

static unsigned tiff_orientation(struct bytes b)
{
    enum { ORIENTATION = 0x112, SHORT = 3, ENTRY = 12 };
    struct tiff t = { .p = b.p, .n = b.n, .big = begins(b, 0, "MM", 2) };
    if (tiff_16(&t, 2) != 42)
        return 1;
    size_t at = tiff_32(&t, 4), n = tiff_16(&t, at);
    for (size_t i = 0; i < n && at + 2 + (i + 1) * ENTRY <= t.n; i++) {
        size_t entry = at + 2 + i * ENTRY;
        unsigned v = tiff_16(&t, entry + 8);
        if (tiff_16(&t, entry) == ORIENTATION && tiff_16(&t, entry + 2) == SHORT)
            return v >= 1 && v <= 8 ? v : 1;
    }
    return 1;
}

unsigned jpeg_orientation(struct bytes f)
{
    enum { APP1 = 0xe1, SOS = 0xda, HEAD = 6 };
    size_t at = 2;
    while (at + 4 <= f.n && f.p[at] == 0xff && f.p[at + 1] != SOS) {
        if (f.p[at + 1] == 0xff) { /* padding */
            at++;
            continue;
        }
        size_t length = (size_t)f.p[at + 2] << 8 | f.p[at + 3];
        if (length < 2 || at + 2 + length > f.n)
            return 1;
        if (f.p[at + 1] == APP1 && length >= 2 + HEAD && begins(f, at + 4, "Exif\0\0", HEAD))
            return tiff_orientation((struct bytes){ f.p + at + 4 + HEAD, length - 2 - HEAD });
        at += 2 + length;
    }
    return 1;
}

/* ---- sizes ---- */

void picture_fit(size_t side, size_t *width, size_t *height)
{
    size_t longer = *width > *height ? *width : *height;
    if (longer <= side)
        return;
    *width = *width * side / longer ? *width * side / longer : 1;
    *height = *height * side / longer ? *height * side / longer : 1;
}

uint8_t *picture_shrink(const uint8_t *rgb, size_t width, size_t height, size_t to_width,
                        size_t to_height)
{
    uint8_t *to = malloc(to_width * to_height * 3);
    if (!to)
        abort();
    for (size_t y = 0; y < to_height; y++) {
        size_t y0 = y * height / to_height, y1 = (y + 1) * height / to_height;
        for (size_t x = 0; x < to_width; x++) {
            size_t x0 = x * width / to_width, x1 = (x + 1) * width / to_width;
            uint64_t sum[3] = { 0 }, n = (x1 - x0) * (y1 - y0);
            for (size_t r = y0; r < y1; r++)
                for (size_t c = x0; c < x1; c++)
                    for (size_t k = 0; k < 3; k++)
                        sum[k] += rgb[(r * width + c) * 3 + k];
            for (size_t k = 0; k < 3; k++)
                to[(y * to_width + x) * 3 + k] = (uint8_t)((sum[k] + n / 2) / n);
        }
    }
    return to;
}

/* Pixels upright: turned and mirrored as the orientation says; takes over rgb. */
static uint8_t *upright(uint8_t *rgb, size_t *width, size_t *height, unsigned orientation)
{
    size_t w = *width, h = *height;
    bool turned = orientation >= 5;
    size_t to_w = turned ? h : w, to_h = turned ? w : h;
    if (orientation == 1)
        return rgb;
    uint8_t *to = malloc(w * h * 3);
    if (!to)
        abort();
    for (size_t y = 0; y < to_h; y++)
        for (size_t x = 0; x < to_w; x++) {
            size_t sx = turned ? y : x, sy = turned ? x : y;
            if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8)
                sx = w - 1 - sx;
            if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7)
                sy = h - 1 - sy;
            memcpy(to + (y * to_w + x) * 3, rgb + (sy * w + sx) * 3, 3);
        }
    free(rgb);
    *width = to_w;
    *height = to_h;
    return to;
}

/* ---- JPEG ---- */

struct jpeg_reading {
    struct jpeg_decompress_struct d;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf out;
    uint8_t *rgb;
};

static void jpeg_give_up(j_common_ptr d)
{
    struct jpeg_reading *r = d->client_data;
    longjmp(r->out, 1);
}

/* A picture that ends too early would be half grey. */
static void jpeg_warning(j_common_ptr d, int level)
{
    int code = d->err->msg_code;
    if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER))
        jpeg_give_up(d);
}

static void jpeg_step(j_common_ptr d)
{
    if (((j_decompress_ptr)d)->input_scan_number > PICTURE_SCANS_MAX)
        jpeg_give_up(d);
}

static enum picture_fault jpeg_pixels(struct jpeg_reading *r, struct bytes f, size_t side)
{
    struct jpeg_decompress_struct *d = &r->d;
    jpeg_mem_src(d, f.p, (unsigned long)f.n);
    if (jpeg_read_header(d, TRUE) != JPEG_HEADER_OK)
        return PICTURE_BROKEN;
    if ((uint64_t)d->image_width * d->image_height > JPEG_PIXELS_MAX)
        return PICTURE_TOO_LARGE;
    if (d->jpeg_color_space == JCS_CMYK || d->jpeg_color_space == JCS_YCCK)
        return PICTURE_FOR_PRINT;
    d->out_color_space = JCS_RGB;
    /* Eighths are as fast as they are good: the transform itself gives the smaller picture. */
    size_t longer = d->image_width > d->image_height ? d->image_width : d->image_height;
    d->scale_denom = 8;
    d->scale_num = (unsigned)(longer <= side ? 8 : side * 8 / longer ? side * 8 / longer : 1);
    if (!jpeg_start_decompress(d))
        return PICTURE_BROKEN;
    size_t row = (size_t)d->output_width * 3;
    r->rgb = malloc(row * d->output_height);
    if (!r->rgb)
        abort();
    while (d->output_scanline < d->output_height) {
        JSAMPROW at = r->rgb + d->output_scanline * row;
        if (jpeg_read_scanlines(d, &at, 1) != 1)
            return PICTURE_BROKEN;
    }
    return jpeg_finish_decompress(d) ? PICTURE_FINE : PICTURE_BROKEN;
}

static enum picture_fault jpeg_decode(struct bytes f, size_t side, uint8_t **ret_rgb,
                                      size_t *ret_width, size_t *ret_height)
{
    struct jpeg_reading *r = calloc(1, sizeof(*r)); /* not on the stack: longjmp */
    if (!r)
        abort();
    r->d.err = jpeg_std_error(&r->errors);
    r->errors.error_exit = jpeg_give_up;
    r->errors.emit_message = jpeg_warning;
    r->progress.progress_monitor = jpeg_step;
    r->d.client_data = r;
    volatile enum picture_fault fault = PICTURE_BROKEN;
    if (setjmp(r->out) == 0) {
        jpeg_create_decompress(&r->d);
        r->d.client_data = r;
        r->d.progress = &r->progress;
        fault = jpeg_pixels(r, f, side);
    }
    *ret_width = r->d.output_width;
    *ret_height = r->d.output_height;
    jpeg_destroy_decompress(&r->d);
    if (fault == PICTURE_FINE)
        *ret_rgb = r->rgb;
    else
        free(r->rgb);
    free(r);
    return fault;
}

/* ---- PNG ---- */

static enum picture_fault png_decode(struct bytes f, uint8_t **ret_rgb, size_t *ret_width,
                                     size_t *ret_height)
{
    png_image image = { .version = PNG_IMAGE_VERSION };
    const png_color white = { 255, 255, 255 }; /* behind what is transparent */
    if (!png_image_begin_read_from_memory(&image, f.p, f.n))
        return PICTURE_BROKEN;
    if ((uint64_t)image.width * image.height > PNG_PIXELS_MAX) {
        png_image_free(&image);
        return PICTURE_TOO_LARGE;
    }
    image.format = PNG_FORMAT_RGB;
    uint8_t *rgb = malloc((size_t)image.width * image.height * 3);
    if (!rgb)
        abort();
    if (!png_image_finish_read(&image, &white, rgb, 0,
                               NULL)) { /* frees image, as does success */
        free(rgb);
        return PICTURE_BROKEN;
    }
    *ret_rgb = rgb;
    *ret_width = image.width;
    *ret_height = image.height;
    return PICTURE_FINE;
}

enum picture_fault picture_decode(struct bytes f, size_t side, uint8_t **ret_rgb,
                                  size_t *ret_width, size_t *ret_height)
{
    enum picture_format format = picture_format_of(f);
    enum picture_fault fault = PICTURE_FOREIGN;
    uint8_t *rgb = NULL;
    size_t width = 0, height = 0;
    if (format == PICTURE_JPEG)
        fault = jpeg_decode(f, side, &rgb, &width, &height);
    else if (format == PICTURE_PNG)
        fault = png_decode(f, &rgb, &width, &height);
    if (fault != PICTURE_FINE)
        return fault;
    size_t w = width, h = height;
    picture_fit(side, &w, &h);
    if (w != width || h != height) {
        uint8_t *small = picture_shrink(rgb, width, height, w, h);
        free(rgb);
        rgb = small;
    }
    *ret_rgb = format == PICTURE_JPEG ? upright(rgb, &w, &h, jpeg_orientation(f)) : rgb;
    *ret_width = w;
    *ret_height = h;
    return PICTURE_FINE;
}
