/*
 * A table somebody sends: read and checked, shown, and written when they say so. What the pages
 * that take one share; each says in a const row how its table is read.
 */
#ifndef PEOPLE_TABLE_IMPORT_H
#define PEOPLE_TABLE_IMPORT_H

#include "people/asker.h"
#include "people/held.h"
#include "sheet/problem.h"
#include "sheet/table.h"
#include "store/file.h"

struct table_import {
    enum held_kind held; /* kept as, between the two requests */
    size_t bytes;        /* the largest file */
    const char *nothing; /* N_() {file} 里没有一条规则 */
    /* What the table says, into a, where it waits; *ret_n rows of it. Wrong cells go to ps. */
    enum rc (*read)(struct rq *rq, const struct table *t, struct arena *a, void **ret_list,
                    size_t *ret_n, struct problems *ps, struct err *e);
    /* What the page (its struct) shows of it, and what is wrong with it as a whole. */
    enum rc (*look)(struct rq *rq, void *list, size_t n, void *page, struct err *e);
    /* In one change, by table_import_confirm; NULL where a page has its own way. */
    enum rc (*write)(struct tx *tx, struct county *c, const void *list, size_t n,
                     const char *by, size_t *ret_changed, struct err *e);
};

/* What every such page says of the file; TABLE_IMPORT_SAY puts it into the page's struct. */
struct table_import_said {
    const char *error, *error_field; /* of the upload */
    const char *file;                /* its name */
    const char *token;               /* names what waits; NULL: a cell is wrong */
    struct fix_page *problems;
    size_t n_problems;
    int64_t rows;
};
#define TABLE_IMPORT_SAY(page, said)                                                           \
    ((page)->error = (said)->error, (page)->error_field = (said)->error_field,                 \
     (page)->file = (said)->file, (page)->token = (said)->token,                               \
     (page)->problems = (said)->problems, (page)->n_problems = (said)->n_problems)

/*
 * The upload "file", read and looked at; without a wrong cell it waits under ret->token. A file
 * that cannot be taken is RC_OK with ret->error, as rq_form_failed; page as .look takes it.
 */
enum rc table_import_read(struct rq *rq, const struct table_import *k, void *page,
                          struct table_import_said *ret, struct err *e) MUST_USE;

/* What waited, by the form's token; it lives in *ret_a, which is the caller's then. RC_CONFLICT
 * when it is not there any more. */
struct table_waiting {
    void *list;
    size_t n;
    struct file_sent file;
};
enum rc table_import_take(struct rq *rq, const struct table_import *k, struct arena **ret_a,
                          struct table_waiting *ret, struct err *e) MUST_USE;
/* Written with its file by .write; then the page at href says how many rows changed. */
enum rc table_import_confirm(struct rq *rq, const struct table_import *k, const char *href,
                             struct err *e) MUST_USE;

#endif
