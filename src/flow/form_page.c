/* Forms made from the fields of a kind's table: what a page asks, what came back, and files. */
#include "base/period.h"
#include "base/str.h"
#include "flow/field_form.html.h"
#include "flow/inbox.h"
#include "flow/matter.h"
#include "flow/page_room.h"
#include "store/county.h"
#include "store/file.h"

#include <string.h>

static const char *input_of(const struct flow_field *f, size_t n_people)
{
    switch (f->type) {
    case FLOW_LINES:
        return "lines";
    case FLOW_CHOICE:
    case FLOW_UNIT_CODE:
        return "select";
    case FLOW_UNIT_CODES:
        return "many";
    case FLOW_CHOICES:
        return "ticks";
    case FLOW_FILES:
        return "files";
    case FLOW_DAY:
        return "day";
    case FLOW_BOOL:
        return "bool";
    case FLOW_INT:
    case FLOW_MONEY:
        return "number";
    case FLOW_ACCOUNT_CODE:
        return n_people ? "select" : "text";
    case FLOW_TEXT:
    case FLOW_PERIOD:
        break;
    }
    return "text";
}

/* The county's own words. */
static enum rc fill_offered(struct rq *rq, const struct snap *s, const struct flow_field *f,
                            struct field_form_fields *out, struct err *e)
{
    const char *const *words;
    size_t n;
    enum rc rc = f->offered(s, rq->a, &words, &n, e);
    if (rc != RC_OK)
        return rc;
    out->input = "select";
    out->options = arena_array(rq->a, n, sizeof(*out->options));
    for (size_t i = 0; i < n; i++)
        out->options[out->n_options++] =
            (struct field_form_fields_options){ words[i], words[i],
                                                str_eq(words[i], out->value) };
    return RC_OK;
}

static void fill_options(struct rq *rq, const struct flow_field *f, const char *value,
                         const struct handler *people, size_t n_people,
                         struct field_form_fields *out)
{
    const struct units *us = rq_asker(rq)->units;
    size_t n = 0;
    for (const struct flow_choice *c = f->choices; c && c->code; c++)
        n++;
    bool units = f->type == FLOW_UNIT_CODE || f->type == FLOW_UNIT_CODES,
         accounts = f->type == FLOW_ACCOUNT_CODE;
    out->options = arena_array(rq->a, n + (units ? us->n : 0) + (accounts ? n_people : 0),
                               sizeof(*out->options));
    for (const struct flow_choice *c = f->choices; c && c->code; c++)
        out->options[out->n_options++] =
            (struct field_form_fields_options){ c->code, rq_tr(rq, c->name),
                                                word_in(value, c->code, '|') };
    for (size_t i = 0; units && i < us->n; i++)
        out->options[out->n_options++] =
            (struct field_form_fields_options){ us->all[i].code, us->all[i].name,
                                                word_in(value, us->all[i].code, '|') };
    for (size_t i = 0; accounts && i < n_people; i++)
        out->options[out->n_options++] =
            (struct field_form_fields_options){ people[i].code, people[i].name,
                                                str_eq(people[i].code, value) };
}

static const char *day_text(struct arena *a, int32_t day)
{
    char text[PERIOD_TEXT];
    return arena_strdup(a, day_code(day, text));
}

/* What lies with no unit lies with a leader. */
static enum rc leaders(struct rq *rq, const struct snap *s, int32_t today, struct handler **ret,
                       size_t *ret_n, struct err *e)
{
    struct person *p;
    size_t n;
    enum rc rc = people_who_can(s, CAP_APPROVE, today, rq->a, &p, &n, e);
    *ret = arena_array(rq->a, rc == RC_OK ? n : 0, sizeof(**ret));
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        (*ret)[(*ret_n)++] = (struct handler){ p[i].code, p[i].name };
    return rc;
}

enum rc form_fill(struct rq *rq, const struct snap *s, const struct form_asked *x,
                  struct field_form_page *ret, struct err *e)
{
    const char *list = x->list, *code;
    bool required;
    int32_t today = county_today(rq_county(rq));
    struct handler *people = NULL;
    size_t n_people = 0;
    enum rc rc = *x->unit ? flow_handlers(s, rq_county(rq), rq_asker(rq)->units, x->unit, rq->a,
                                          &people, &n_people, e)
                          : leaders(rq, s, today, &people, &n_people, e);
    if (rc != RC_OK)
        return rc;
    *ret = (struct field_form_page){ .fields = arena_array(rq->a, x->kind->n_fields,
                                                           sizeof(*ret->fields)) };
    while (fields_next(&list, rq->a, &code, &required)) {
        const struct flow_field *f = flow_field_of(x->kind, code);
        const char *typed = rq_field(rq, code), *value = typed ? typed : x->was(x->ctx, f);
        /* Whose work it is about is said by the page that leads here, not by who objects. */
        if (f->sets == FLOW_SETS_ISSUER && !required && !(value && *value))
            continue;
        bool span = f->type == FLOW_DAY && (f->min || f->max);
        struct field_form_fields *out = &ret->fields[ret->n_fields++];
        *out = (struct field_form_fields){
            .code = code,
            .name = rq_tr(rq, f->name),
            .help = f->help ? rq_tr(rq, f->help) : "",
            .input = input_of(f, n_people),
            .value = value ? value : "",
            .required = required,
            .max = f->max && f->type <= FLOW_LINES ? f->max
                   : f->type == FLOW_LINES         ? MATTER_LINES_MAX
                                                   : MATTER_TEXT_MAX,
            .lo = span ? day_text(rq->a, today + (int32_t)f->min) : "",
            .hi = span ? day_text(rq->a, today + (int32_t)f->max) : ""
        };
        if (f->offered)
            rc = fill_offered(rq, s, f, out, e);
        else
            fill_options(rq, f, out->value, people, n_people, out);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

const struct flow_given *form_given(struct rq *rq, const char *own, size_t *ret_n)
{
    size_t n;
    const struct field *f = rq_fields(rq, &n);
    struct flow_given *given = arena_array(rq->a, n, sizeof(*given));
    *ret_n = 0;
    for (size_t i = 0; i < n; i++)
        if (f[i].n > 0 && !str_eq(f[i].name, "csrf") && !str_eq(f[i].name, "request_id") &&
            !word_in(own, f[i].name, ' '))
            given[(*ret_n)++] = (struct flow_given){ f[i].name, f[i].value };
    return given;
}

enum rc files_keep(struct rq *rq, struct flow_file **ret, size_t *ret_n, struct err *e)
{
    size_t n;
    const struct upload *u = rq_uploads(rq, &n);
    struct flow_file *files = arena_array(rq->a, n, sizeof(*files));
    enum rc rc = RC_OK;
    *ret_n = 0;
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct flow_file *f = &files[*ret_n];
        if (u[i].size == 0 && !*u[i].filename)
            continue;
        if (!*u[i].filename || utf8_count(u[i].filename) > 200)
            return err_set(e, RC_INVALID, N_("文件名太长,最多200个字"));
        *f = (struct flow_file){ .name = u[i].filename, .media = u[i].type };
        rc = file_put_path(rq_county(rq), u[i].path, f->digest, &f->size, e);
        ++*ret_n;
    }
    *ret = files;
    return rc;
}

enum rc files_register(struct tx *tx, struct rq *rq, const struct flow_file *files, size_t n,
                       struct err *e)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        rc = file_register(tx, rq_county(rq), files[i].digest, files[i].size, files[i].media,
                           files[i].name, rq->account.code, e);
    return rc;
}
