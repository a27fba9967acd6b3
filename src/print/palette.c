/* The one list of colours. */
#include "print/palette.h"

#include "base/str.h"

static const struct {
    const char *css;
    uint32_t rgb;
} table[] = {
#define X(name, css, rgb) { css, rgb },
    PALETTE_LIST(X)
#undef X
};

uint32_t palette_rgb(enum palette p)
{
    return table[p].rgb;
}

void palette_css(struct str *b)
{
    for (size_t i = 0; i < COUNT(table); i++)
        str_addf(b, "--%s: #%06x;\n", table[i].css, (unsigned)table[i].rgb);
}
