/* Any text as a scoring standard: reading ends, and what is understood makes scoring that is
 * whole. */
#include "base/str.h"
#include "monitor/standard.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    if (!utf8_valid((const char *)data, size) || memchr(data, 0, size))
        return 0;
    char *text = arena_strndup(a, (const char *)data, size);
    struct standard s;
    standard_read(a, text, size % 3 ? 2 : NAN, &s);
    if (s.understood != !s.why || (s.understood && s.kind == STANDARD_NONE))
        abort();
    const char *json = standard_scoring(a, &s);
    if (s.understood && (!json || strstr(json, "nan") || strstr(json, "inf")))
        abort();
    (void)standard_words(a, &s, LANG_ZH);
    (void)standard_veto_json(a, &s, "X", text);
    return 0;
}
