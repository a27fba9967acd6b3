/* One path of squares: dark modules of a row that touch are one rectangle. */
#include "people/qr.h"

#include "base/str.h"

#include <qrencode.h>

const char *qr_svg(struct arena *a, const char *text, const char *label)
{
    QRcode *q = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (!q)
        return NULL;
    struct str b;
    str_init(&b, a);
    int w = q->width, quiet = 4;
    str_addf(&b,
             "<svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"",
             w + 2 * quiet, w + 2 * quiet, 4 * (w + 2 * quiet), 4 * (w + 2 * quiet));
    html_text(&b, label);
    str_addf(&b, "\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path fill=\"#000\" d=\"",
             w + 2 * quiet, w + 2 * quiet);
    for (int y = 0; y < w; y++)
        for (int x = 0; x < w; x++) {
            int from = x;
            while (x < w && q->data[y * w + x] & 1)
                x++;
            if (x > from)
                str_addf(&b, "M%d %dh%dv1h-%dz", from + quiet, y + quiet, x - from, x - from);
        }
    str_add(&b, "\"/></svg>");
    QRcode_free(q);
    return b.s;
}
