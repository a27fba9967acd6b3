/* For tests of what asks: what it came to on the units' account. */
#ifndef BURDEN_TEST_LOAD_H
#define BURDEN_TEST_LOAD_H

#include "base/period.h"
#include "base/str.h"
#include "base/test.h"
#include "burden/burden.sql.h"
#include "store/county.h"

/* Minutes asked of a unit by a requester, in how many requests. */
static int64_t load_of(struct county *c, const char *unit, const char *requester,
                       int64_t *ret_asks)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct load_of_unit_row *rows;
    size_t n;
    int64_t minutes = 0;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(load_of_unit_all(s, unit, period_of(PERIOD_MONTH, 2026, 1), a, &rows, &n, &e));
    *ret_asks = 0;
    for (size_t i = 0; i < n; i++)
        if (str_eq(rows[i].requester, requester)) {
            minutes += rows[i].minutes;
            *ret_asks += rows[i].asks;
        }
    return minutes;
}

#endif
