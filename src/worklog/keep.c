/* What may be attached, and how it is kept. Other files than these carry what nobody sees:
 * videos and recordings their place, programs worse. */
#include "worklog/keep.h"

#include "base/hash.h"
#include "base/str.h"
#include "store/county.h"
#include "store/file.h"
#include "worklog/picture.h"

#include <string.h>
#include <strings.h>

enum { NAME_MAX_CHARS = 100 };

static const struct {
    const char *ending, *media, *magic; /* magic: the first bytes; "": text */
} documents[] = {
    { ".pdf", "application/pdf", "%PDF" },
    { ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
      "PK\3\4" },
    { ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "PK\3\4" },
    { ".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation",
      "PK\3\4" },
    { ".ofd", "application/ofd", "PK\3\4" },
    { ".doc", "application/msword", "\xD0\xCF\x11\xE0" },
    { ".xls", "application/vnd.ms-excel", "\xD0\xCF\x11\xE0" },
    { ".ppt", "application/vnd.ms-powerpoint", "\xD0\xCF\x11\xE0" },
    { ".wps", "application/vnd.ms-works", "\xD0\xCF\x11\xE0" },
    { ".et", "application/vnd.ms-excel", "\xD0\xCF\x11\xE0" },
    { ".txt", "text/plain; charset=utf-8", "" },
    { ".csv", "text/csv; charset=utf-8", "" },
};

static const char *hex(struct arena *a, const uint8_t digest[HASH_SIZE])
{
    char text[HASH_HEX];
    return arena_strdup(a, hex_encode(digest, HASH_SIZE, text));
}

static enum rc put(struct county *c, struct bytes content, struct arena *a,
                   const char **ret_digest, int64_t *ret_size, struct err *e)
{
    uint8_t digest[HASH_SIZE];
    enum rc rc = file_put(c, content, digest, e);
    if (rc == RC_OK) {
        *ret_digest = hex(a, digest);
        *ret_size = (int64_t)content.n;
    }
    return rc;
}

static enum rc keep_picture(struct county *c, const char *name, struct bytes content,
                            struct arena *a, struct work_file *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *tmp = arena_new();
    struct work_file f = { .picture = true, .media = "image/jpeg" };
    struct pixels p;
    struct str whole, thumb;
    size_t width, height, ignored;
    str_init(&whole, tmp);
    str_init(&thumb, tmp);
    enum rc rc = picture_read(tmp, name, content, &p, e);
    if (rc == RC_OK)
        rc = picture_write(&p, PICTURE_SIDE, &whole, &width, &height, e);
    if (rc == RC_OK)
        rc = picture_write(&p, PICTURE_THUMB, &thumb, &ignored, &ignored, e);
    if (rc == RC_OK)
        rc = put(c, (struct bytes){ (const uint8_t *)whole.s, whole.n }, a, &f.digest, &f.size,
                 e);
    if (rc == RC_OK)
        rc = put(c, (struct bytes){ (const uint8_t *)thumb.s, thumb.n }, a, &f.thumb,
                 &f.thumb_size, e);
    if (rc != RC_OK)
        return rc;
    f.width = (int64_t)width;
    f.height = (int64_t)height;
    f.hash = pixels_hash(&p, tmp);
    f.name = arena_printf(a, "%.8s.jpg", f.digest);
    *ret = f;
    return RC_OK;
}

static bool ends_like(const char *name, const char *ending)
{
    size_t n = strlen(name), m = strlen(ending);
    return n > m && strcasecmp(name + n - m, ending) == 0;
}

static enum rc refuse(const char *name, enum picture_format format, struct err *e)
{
    switch (format) {
    case PICTURE_HEIC:
        return err_set(
            e, RC_INVALID,
            N_("{file} 是HEIC格式;请在手机相机设置里选“兼容性最佳”,或转成JPEG再附上"), "file",
            name);
    case PICTURE_WEBP:
    case PICTURE_GIF:
    case PICTURE_BMP:
    case PICTURE_TIFF:
        return err_set(e, RC_INVALID, N_("图片只收JPEG和PNG;请把 {file} 转成其中一种再附上"),
                       "file", name);
    case PICTURE_UNKNOWN:
    case PICTURE_JPEG:
    case PICTURE_PNG:
        break;
    }
    return err_set(e, RC_INVALID,
                   N_("{file} 不能附上:只收图片(JPEG、PNG)和常用文档(PDF、Word、Excel、PPT、"
                      "WPS、OFD、文本)"),
                   "file", name);
}

enum rc work_file_keep(struct county *c, const char *name, struct bytes content,
                       struct arena *a, struct work_file *ret, struct err *e)
{
    enum picture_format format = picture_format_of(content);
    if (!utf8_valid(name, strlen(name)) || !*name || utf8_count(name) > NAME_MAX_CHARS)
        return err_set(e, RC_INVALID, N_("文件名太长,最多{limit}个字"), "limit",
                       arena_printf(a, "%d", NAME_MAX_CHARS));
    if (content.n == 0)
        return err_set(e, RC_INVALID, N_("{file} 是空的"), "file", name);
    if (format == PICTURE_JPEG || format == PICTURE_PNG)
        return keep_picture(c, name, content, a, ret, e);
    if (content.n > WORK_FILE_BYTES_MAX)
        return err_set(e, RC_TOOBIG, N_("{file} 超过{max}MB"), "file", name, "max",
                       arena_printf(a, "%d", WORK_FILE_BYTES_MAX / (1 << 20)));
    for (size_t i = 0; i < COUNT(documents) && !format; i++) {
        size_t n = strlen(documents[i].magic);
        bool text = n == 0 && memchr(content.p, 0, content.n) == NULL;
        if (!ends_like(name, documents[i].ending) ||
            !(text || (n && content.n >= n && memcmp(content.p, documents[i].magic, n) == 0)))
            continue;
        *ret = (struct work_file){ .name = arena_strdup(a, name), .media = documents[i].media };
        return put(c, content, a, &ret->digest, &ret->size, e);
    }
    return refuse(name, format, e);
}
