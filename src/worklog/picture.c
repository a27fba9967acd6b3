/* Pictures: read by the child, written by us. */
#include "worklog/picture.h"

#include "base/child.h"
#include "worklog/alike.h"
#include "worklog/jpeg.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

enum { CHILD_CPU_S = 20, CHILD_WALL_S = 40, QUALITY = 86 };
/* A progressive JPEG of JPEG_PIXELS_MAX is kept whole while it is read: 3 bytes a pixel. */
static const size_t memory_max = (size_t)1 << 30;

/* The child */

static size_t child_memory(const size_t *numbers)
{
    return memory_max + numbers[0];
}

static void put_number(uint8_t *at, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(v >> (8 * i));
}

static uint32_t get_number(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void child_run(struct bytes file, const size_t *numbers, struct child_out *out)
{
    uint8_t *rgb = NULL, head[12];
    size_t width = 0, height = 0;
    enum picture_fault fault = file.n > numbers[0]
                                   ? PICTURE_TOO_LARGE
                                   : picture_decode(file, PICTURE_SIDE, &rgb, &width, &height);
    put_number(head, fault);
    put_number(head + 4, (uint32_t)width);
    put_number(head + 8, (uint32_t)height);
    if (child_write(out, head, sizeof(head)) && rgb)
        (void)child_write(out, rgb,
                          width * height * 3); /* whoever listens sees that it is short */
    free(rgb);
}

static const struct child_kind picture_child = { .name = "jingjian-picture-reader",
                                                 .n_numbers = 1,
                                                 .memory = child_memory,
                                                 .cpu_s = CHILD_CPU_S,
                                                 .wall_s = CHILD_WALL_S,
                                                 .run = child_run };

static __attribute__((constructor)) void child_entry(int argc, char **argv)
{
    child_enter(&picture_child, argc, argv);
}

/* The parent */

enum rc pixels_take(void *coming, const void *p, size_t n, bool *ret_done, struct err *e)
{
    struct pixels_coming *c = coming;
    const uint8_t *b = p;
    size_t head = sizeof(c->head) - c->n_head;
    head = n < head ? n : head;
    memcpy(c->head + c->n_head, b, head);
    c->n_head += head;
    b += head;
    n -= head;
    if (c->n_head < sizeof(c->head))
        return RC_OK;
    if (!c->rgb) {
        uint32_t w = get_number(c->head + 4), h = get_number(c->head + 8);
        *ret_done = get_number(c->head) != PICTURE_FINE;
        if (*ret_done)
            return RC_OK;
        if (w < 1 || h < 1 || w > PICTURE_SIDE || h > PICTURE_SIDE)
            return err_set(e, RC_INVALID, N_("这张图片读不出来,请重新拍一张或截一次屏"));
        c->want = (size_t)w * h * 3;
        c->rgb = arena_alloc(c->a, c->want);
    }
    n = n < c->want - c->n ? n : c->want - c->n;
    memcpy(c->rgb + c->n, b, n);
    c->n += n;
    *ret_done = c->n == c->want;
    return RC_OK;
}

enum rc pixels_end(const struct pixels_coming *c, const char *name, struct pixels *ret,
                   struct err *e)
{
    uint32_t fault = c->n_head == sizeof(c->head) ? get_number(c->head) : PICTURE_BROKEN;
    if (fault == PICTURE_TOO_LARGE)
        return err_set(e, RC_TOOBIG,
                       N_("图片 {file} 的像素太多;请用手机的普通模式拍,或缩小后再附上"), "file",
                       name);
    if (fault == PICTURE_FOR_PRINT)
        return err_set(e, RC_INVALID,
                       N_("图片 {file} 是印刷用的四色格式;请另存为普通的JPEG再附上"), "file",
                       name);
    if (fault == PICTURE_FOREIGN)
        return err_set(e, RC_INVALID, N_("{file} 不是JPEG或PNG图片"), "file", name);
    if (fault != PICTURE_FINE || !c->rgb || c->n != c->want)
        return err_set(e, RC_INVALID,
                       N_("图片 {file} 是坏的,读不出来;请重新拍一张,或重新传一次"), "file",
                       name);
    *ret = (struct pixels){ c->rgb, get_number(c->head + 4), get_number(c->head + 8) };
    return RC_OK;
}

enum rc picture_read(struct arena *a, const char *name, struct bytes file, struct pixels *ret,
                     struct err *e)
{
    struct pixels_coming c = { .a = a };
    const size_t numbers[] = { PICTURE_BYTES_MAX };
    if (file.n > PICTURE_BYTES_MAX)
        return err_set(e, RC_TOOBIG,
                       N_("图片 {file} 超过{max}MB;请用普通模式拍,或缩小后再附上"), "file",
                       name, "max", arena_printf(a, "%d", PICTURE_BYTES_MAX / (1 << 20)));
    enum rc rc = child_read(&picture_child, numbers, name, file, pixels_take, &c, e);
    return rc == RC_OK ? pixels_end(&c, name, ret, e) : rc;
}

/* ---- writing ---- */

struct jpeg_writing {
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    jmp_buf out;
    unsigned char *file;
    unsigned long n;
};

static void give_up(j_common_ptr c)
{
    struct jpeg_writing *w = c->client_data;
    longjmp(w->out, 1);
}

static void write_rows(struct jpeg_writing *w, const uint8_t *rgb, size_t width, size_t height)
{
    struct jpeg_compress_struct *c = &w->c;
    jpeg_create_compress(c);
    c->client_data = w;
    jpeg_mem_dest(c, &w->file, &w->n);
    c->image_width = (JDIMENSION)width;
    c->image_height = (JDIMENSION)height;
    c->input_components = 3;
    c->in_color_space = JCS_RGB;
    jpeg_set_defaults(c);
    jpeg_set_quality(c, QUALITY, TRUE);
    jpeg_start_compress(c, TRUE);
    while (c->next_scanline < height) {
        JSAMPROW row = (JSAMPROW)(uintptr_t)(rgb + c->next_scanline * width * 3);
        (void)jpeg_write_scanlines(c, &row, 1); /* one at a time: all or an error */
    }
    jpeg_finish_compress(c);
}

enum rc picture_write(const struct pixels *p, size_t side, struct str *out, size_t *ret_width,
                      size_t *ret_height, struct err *e)
{
    size_t width = p->width, height = p->height;
    picture_fit(side, &width, &height);
    bool same = width == p->width && height == p->height;
    uint8_t *small = same ? NULL : picture_shrink(p->rgb, p->width, p->height, width, height);
    struct jpeg_writing *w = mem_alloc(sizeof(*w)); /* not on the stack: longjmp */
    w->c.err = jpeg_std_error(&w->errors);
    w->errors.error_exit = give_up;
    w->c.client_data = w;
    volatile bool good = false;
    if (setjmp(w->out) == 0) {
        write_rows(w, same ? p->rgb : small, width, height);
        good = true;
    }
    jpeg_destroy_compress(&w->c);
    if (good)
        str_addn(out, w->file, w->n);
    free(w->file);
    free(w);
    free(small);
    if (!good)
        return err_set(e, RC_IO, N_("图片写不出来,请再试一次"));
    *ret_width = width;
    *ret_height = height;
    return RC_OK;
}

int64_t pixels_hash(const struct pixels *p, struct arena *a)
{
    uint8_t *grey = arena_alloc(a, p->width * p->height);
    for (size_t i = 0; i < p->width * p->height; i++) /* ITU-R BT.601 */
        grey[i] = (uint8_t)((299u * p->rgb[3 * i] + 587u * p->rgb[3 * i + 1] +
                             114u * p->rgb[3 * i + 2]) /
                            1000);
    return picture_hash(grey, p->width, p->height);
}
