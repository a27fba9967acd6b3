/*
 * The result files of `score`. Each is written under a temporary name; when all are whole they
 * get their names, so that a full disk leaves the old results standing. Then what an earlier
 * run left there of steps that did not run now is removed: a file of the results is a file of
 * this run.
 */
#include "base/file.h"
#include "base/str.h"
#include "cmd/score_files.h"
#include "stats/relate.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 1 << 20 };

struct out {
    const char *dir;
    const struct engine_input *in;
    const struct engine_config *c;
    const struct engine_result *r;
    struct arena *a;
    FILE *f;
    struct str b;
};

static void flush(struct out *o)
{
    (void)fwrite(o->b.s, 1, o->b.n, o->f); /* ferror is looked at when the file is done */
    str_reset(&o->b);
}

static void text(struct out *o, const char *s)
{
    if (o->b.n > 0 && o->b.s[o->b.n - 1] != '\n')
        str_addc(&o->b, ',');
    csv_text(&o->b, s);
}

static void real(struct out *o, double v)
{
    char t[32];
    (void)snprintf(t, sizeof(t), "%.17g", v);
    text(o, isfinite(v) ? t : "NA");
}

static void whole(struct out *o, int64_t v)
{
    char t[24];
    (void)snprintf(t, sizeof(t), "%lld", (long long)v);
    text(o, t);
}

static void rank(struct out *o, int32_t v)
{
    if (v > 0)
        whole(o, v);
    else
        text(o, "NA");
}

static void end_row(struct out *o)
{
    str_addc(&o->b, '\n');
    if (o->b.n > CHUNK)
        flush(o);
}

static const char *unit_code(const struct out *o, size_t row)
{
    return o->in->unit_codes[o->r->unit[row]];
}

static void scores(struct out *o)
{
    const struct scheme_tree *t = o->in->tree;
    text(o, "uCode");
    text(o, "Rank");
    for (size_t k = 0; k < t->n; k++)
        text(o, t->nodes[t->top_first[k]].code);
    end_row(o);
    for (size_t i = 0; i < o->r->n_rows; i++) {
        text(o, unit_code(o, i));
        rank(o, o->r->rank[t->root][i]);
        for (size_t k = 0; k < t->n; k++)
            real(o, o->r->score[t->top_first[k]][i]);
        end_row(o);
    }
}

static void leaves(struct out *o, double *const *column)
{
    const struct scheme_tree *t = o->in->tree;
    text(o, "uCode");
    for (size_t l = 0; l < t->n_leaves; l++)
        text(o, t->nodes[t->leaves[l]].code);
    end_row(o);
    for (size_t i = 0; i < o->r->n_rows; i++) {
        text(o, unit_code(o, i));
        for (size_t l = 0; l < t->n_leaves; l++)
            real(o, column[t->leaves[l]][i]);
        end_row(o);
    }
}

static void normalised(struct out *o)
{
    leaves(o, o->r->score);
}

static void treated(struct out *o)
{
    leaves(o, o->r->treated);
}

static void head(struct out *o, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        text(o, names[i]);
    end_row(o);
}

static void treatment(struct out *o)
{
    static const char *const names[] = { "iCode",       "winsorised",  "log",
                                         "skew_before", "kurt_before", "skew_after",
                                         "kurt_after",  "passed" };
    const struct scheme_tree *t = o->in->tree;
    head(o, names, COUNT(names));
    for (size_t l = 0; l < t->n_leaves; l++) {
        const struct treatment *d = &o->r->treatment[t->leaves[l]];
        text(o, t->nodes[t->leaves[l]].code);
        whole(o, d->winsorised);
        text(o, d->log ? "true" : "false");
        real(o, d->skew_before);
        real(o, d->kurt_before);
        real(o, d->skew_after);
        real(o, d->kurt_after);
        text(o, d->passed ? "true" : "false");
        end_row(o);
    }
}

static void intervals(struct out *o)
{
    static const char *const names[] = { "uCode",       "nominal",   "rank_mean",
                                         "rank_median", "rank_q05",  "rank_q95",
                                         "score_mean",  "score_q05", "score_q95" };
    head(o, names, COUNT(names));
    for (size_t i = 0; i < o->r->n_rows; i++) {
        const struct interval *v = &o->r->intervals[i];
        text(o, unit_code(o, i));
        rank(o, v->nominal);
        real(o, v->rank_mean);
        real(o, v->rank_median);
        real(o, v->rank_q05);
        real(o, v->rank_q95);
        real(o, v->score_mean);
        real(o, v->score_q05);
        real(o, v->score_q95);
        end_row(o);
    }
}

static void sensitivity(struct out *o)
{
    static const char *const names[] = { "factor", "Si", "STi" };
    head(o, names, COUNT(names));
    for (size_t i = 0; i < o->r->n_sobol; i++) {
        text(o, factor_name(o->r->sobol[i].factor));
        real(o, o->r->sobol[i].si);
        real(o, o->r->sobol[i].sti);
        end_row(o);
    }
}

static void effective_weights(struct out *o)
{
    static const char *const names[] = { "iCode", "Level", "Weight", "EffWeight" };
    const struct scheme_tree *t = o->in->tree;
    head(o, names, COUNT(names));
    for (size_t k = 0; k < t->n; k++) {
        size_t i = t->top_first[k];
        text(o, t->nodes[i].code);
        whole(o, t->nodes[i].level);
        real(o, o->r->weight[i]);
        real(o, o->r->effective_weight[i]);
        end_row(o);
    }
}

/* Every pair of indicators under one parent. */
static void correlations(struct out *o)
{
    static const char *const names[] = { "Parent", "iCode1", "iCode2", "Pearson" };
    const struct scheme_tree *t = o->in->tree;
    head(o, names, COUNT(names));
    for (size_t k = 0; k < t->n; k++) {
        const struct node *p = &t->nodes[t->top_first[k]];
        for (size_t i = 0; i < p->n_children; i++)
            for (size_t j = i + 1; j < p->n_children; j++) {
                size_t x = p->children[i], y = p->children[j];
                if (!t->nodes[x].leaf || !t->nodes[y].leaf)
                    continue;
                text(o, p->code);
                text(o, t->nodes[x].code);
                text(o, t->nodes[y].code);
                real(o, relate_pearson(o->r->score[x], o->r->score[y], o->r->n_rows));
                end_row(o);
            }
    }
}

static const struct file {
    const char *name;
    void (*write)(struct out *o);
} files[] = {
    { "scores.csv", scores },
    { "normalised.csv", normalised },
    { "treated.csv", treated },
    { "treatment.csv", treatment },
    { "intervals.csv", intervals },
    { "sensitivity.csv", sensitivity },
    { "effective_weights.csv", effective_weights },
    { "correlations.csv", correlations },
};

static bool its_step_ran(const struct out *o, const struct file *f)
{
    if (f->write == treated || f->write == treatment)
        return o->c->treat;
    if (f->write == intervals)
        return o->r->intervals != NULL;
    if (f->write == sensitivity)
        return o->c->sensitivity.samples > 0;
    return true;
}

static enum rc failed(struct out *o, const char *path, struct err *e)
{
    return err_set(e, RC_IO, N_("写不了 {path}:{why}"), "path", path, "why", strerror(errno));
}

static const char *path_of(struct out *o, const struct file *f, const char *suffix)
{
    return arena_printf(o->a, "%s/%s%s", o->dir, f->name, suffix);
}

static enum rc write_one(struct out *o, const struct file *f, struct err *e)
{
    const char *path = path_of(o, f, ".part");
    o->f = fopen(path, "wb");
    if (o->f == NULL)
        return failed(o, path, e);
    str_reset(&o->b);
    f->write(o);
    flush(o);
    bool broken = ferror(o->f) != 0;
    return fclose(o->f) != 0 || broken ? failed(o, path, e) : RC_OK;
}

enum rc score_write(const char *dir, const struct engine_input *in,
                    const struct engine_config *c, const struct engine_result *r, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct out o = { .dir = dir, .in = in, .c = c, .r = r, .a = a };
    enum rc rc = dir_make(dir, e);
    if (rc != RC_OK)
        return rc;
    str_init(&o.b, NULL);
    for (size_t i = 0; i < COUNT(files) && rc == RC_OK; i++)
        if (its_step_ran(&o, &files[i]))
            rc = write_one(&o, &files[i], e);
    for (size_t i = 0; i < COUNT(files); i++) {
        const char *part = path_of(&o, &files[i], ".part");
        if (!its_step_ran(&o, &files[i])) {
            if (rc == RC_OK && unlink(path_of(&o, &files[i], "")) != 0 && errno != ENOENT)
                rc = failed(&o, path_of(&o, &files[i], ""), e);
            continue;
        }
        if (rc != RC_OK)
            (void)unlink(part); /* may not be there */
        else if (rename(part, path_of(&o, &files[i], "")) != 0)
            rc = failed(&o, part, e);
    }
    str_done(&o.b);
    return rc;
}
