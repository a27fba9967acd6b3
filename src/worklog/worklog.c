/* The work log: entries written, and read again. */
#include "worklog/worklog.h"

#include "base/str.h"
#include "flow/matter.h"
#include "monitor/personal.h"
#include "store/canon.h"
#include "store/county.h"
#include "store/erase.h"
#include "store/file.h"
#include "worklog/hint.h"
#include "worklog/worklog.sql.h"

#include <jansson.h>
#include <string.h>

/* A device's clock that is ahead by more than this is wrong: nothing is written after it came.
 */
enum { AHEAD_US = 300 * 1000000 };

static const struct {
    const char *word, *text;
} kinds[] = { [WORK_ENTRY] = { "entry", N_("记录") },
              [WORK_CORRECTION] = { "correction", N_("更正") },
              [WORK_QUESTION] = { "question", N_("询问") },
              [WORK_ANSWER] = { "answer", N_("答复") } };

const char *work_kind_word(enum work_kind k)
{
    return kinds[k].word;
}

const char *work_kind_text(enum work_kind k)
{
    return kinds[k].text;
}

enum work_kind work_kind_of(const char *word)
{
    for (size_t i = 1; i < COUNT(kinds); i++)
        if (str_eq(word, kinds[i].word))
            return (enum work_kind)i;
    return 0;
}

/* ---- who ---- */

static bool has_part(const struct person *p, const struct flow_who *w, const struct matter *m)
{
    return (who_roles(p, w->units, m) & (FLOW_HOLDER | FLOW_UNIT | FLOW_JOINT)) != 0;
}

bool worklog_may_write(const struct flow_who *w, const struct matter *m)
{
    bool may = has_part(w->person, w, m);
    for (size_t i = 0; i < w->n_absent && !may; i++)
        may = has_part(&w->absent[i].person, w, m);
    return may;
}

bool worklog_may_ask(const struct flow_who *w, const struct matter *m)
{
    const struct unit *u = units_find(w->units, matter_unit(m));
    return (who_roles(w->person, w->units, m) & (FLOW_SUPERVISOR | FLOW_OPENER)) != 0 ||
           person_may(w->person, CAP_DISPATCH, u) || person_may(w->person, CAP_APPROVE, u);
}

/* For whom it is written: the lead unit, or the joint one that they handle matters of. */
static const char *unit_of(const struct flow_who *w, const struct matter *m,
                           enum work_kind kind)
{
    const struct unit *own = units_by_id(w->units, w->person->unit);
    if (kind == WORK_QUESTION)
        return own ? own->code : "";
    for (size_t i = 0; i < m->n_parties; i++) {
        const struct party *p = &m->parties[i];
        const struct unit *u = units_find(w->units, p->unit);
        if ((p->role == PARTY_LEAD || p->role == PARTY_JOINT) && u &&
            person_may(w->person, CAP_HANDLE, u))
            return u->code;
    }
    return *matter_unit(m) ? matter_unit(m) : own ? own->code : "";
}

/* ---- writing ---- */

struct adding {
    struct tx *tx;
    struct county *c;
    const struct flow_who *w;
    struct arena *a;
    const struct work_new *n;
    struct matter m;
    struct work_record_audit_row row;
};

static bool code_of_device(const char *s)
{
    return s && strlen(s) == WORK_CODE && strspn(s, "0123456789abcdef") == WORK_CODE;
}

static enum rc check_text(struct adding *x, struct err *e)
{
    const char *text = str_trim(x->a, x->n->text ? x->n->text : "");
    if (!*text && !x->n->n_files)
        return err_set(e, RC_INVALID, N_("还没有写内容;写几句,或者附上材料"));
    if (!*text && x->n->kind != WORK_ENTRY)
        return err_set(e, RC_INVALID, N_("请写明内容"));
    if (!utf8_valid(text, strlen(text)) || utf8_count(text) > WORK_TEXT_MAX)
        return err_set(e, RC_INVALID, N_("太长了,一条最多{limit}个字;可以分成几条写"), "limit",
                       arena_printf(x->a, "%d", WORK_TEXT_MAX));
    enum personal p = personal_in_text(text);
    if (p)
        return err_set(e, RC_INVALID,
                       N_("文字里有一处{why_text}云记录不写个人信息,请删去或改写后再记"),
                       "why_text", personal_why(p));
    for (size_t i = 0; i < x->n->n_files; i++)
        if (personal_in_text(x->n->files[i].name))
            return err_set(e, RC_INVALID, N_("文件名里像是有个人号码,请改名后再附上"));
    if (x->n->n_files > WORK_FILES_MAX)
        return err_set(e, RC_TOOBIG, N_("一条最多附{limit}个文件;可以分成几条写"), "limit",
                       arena_printf(x->a, "%d", WORK_FILES_MAX));
    x->row.text = text;
    return RC_OK;
}

/* What it is about is an entry of the same matter, of a kind that can be corrected, asked about
 * or answered. */
static enum rc check_about(struct adding *x, struct err *e)
{
    const struct work_new *n = x->n;
    struct work_of_code_row old;
    const char *about = n->about ? n->about : "";
    x->row.about = about;
    if (n->kind == WORK_ENTRY && *about)
        return err_set(e, RC_INVALID, N_("新的记录不针对别的记录;要更正请选更正"));
    if (!*about && n->kind != WORK_CORRECTION && n->kind != WORK_ANSWER)
        return RC_OK;
    enum rc rc = work_of_code_one(tx_snap(x->tx), about, x->a, &old, e);
    if (rc == RC_NOTFOUND || (rc == RC_OK && !str_eq(old.matter, n->matter)))
        return err_set(e, RC_INVALID, N_("没有找到所针对的那条记录,请刷新后再写"));
    if (rc != RC_OK)
        return rc;
    bool question = str_eq(old.kind, "question");
    if (n->kind == WORK_ANSWER && !question)
        return err_set(e, RC_INVALID, N_("只有询问可以答复"));
    if (n->kind == WORK_CORRECTION && !str_eq(old.by_account, x->w->person->code))
        return err_set(e, RC_DENIED, N_("更正由写那条记录的人来写;别人可以询问"));
    return RC_OK;
}

static enum rc check_who(struct adding *x, struct err *e)
{
    bool asks = x->n->kind == WORK_QUESTION;
    if (!flow_may_see(x->w, &x->m))
        return err_set(e, RC_NOTFOUND, N_("没有编号为「{code}」的事项"), "code", x->n->matter);
    if (x->m.draft)
        return err_set(e, RC_CONFLICT, N_("这件事项还是草稿,发出以后再记"));
    if (asks && !worklog_may_ask(x->w, &x->m))
        return err_set(e, RC_DENIED, N_("询问由交办、督办或监督这件事项的人提出"));
    if (!asks && !worklog_may_write(x->w, &x->m))
        return err_set(e, RC_DENIED,
                       N_("这件事项由「{unit}」承办,云记录由承办和协办单位的人写"), "unit",
                       matter_unit(&x->m));
    return RC_OK;
}

static const char *files_text(const struct work_file *f, size_t n, struct arena *a)
{
    struct str b;
    size_t length;
    str_init(&b, a);
    str_addc(&b, '[');
    for (size_t i = 0; i < n; i++) {
        struct canon k;
        canon_init(&k, a);
        canon_text(&k, "name", f[i].name);
        canon_text(&k, "media", f[i].media);
        canon_text(&k, "digest", f[i].digest);
        canon_int(&k, "size", f[i].size);
        if (f[i].picture) {
            canon_int(&k, "width", f[i].width);
            canon_int(&k, "height", f[i].height);
            canon_text(&k, "thumb", f[i].thumb);
            canon_int(&k, "thumb_size", f[i].thumb_size);
            canon_int(&k, "hash", f[i].hash);
        }
        str_addf(&b, "%s%s", i ? "," : "", canon_end(&k, &length));
    }
    str_addc(&b, ']');
    return b.s;
}

static enum rc register_one(struct adding *x, const char *digest, int64_t size,
                            const char *media, const char *name, struct err *e)
{
    uint8_t raw[HASH_SIZE];
    if (!hex_decode(digest, HASH_SIZE, raw))
        return err_set(e, RC_INVALID, N_("文件的摘要不对"));
    return file_register(x->tx, x->c, raw, size, media, name, x->w->person->code, e);
}

static enum rc register_files(struct adding *x, struct err *e)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < x->n->n_files && rc == RC_OK; i++) {
        const struct work_file *f = &x->n->files[i];
        rc = register_one(x, f->digest, f->size, f->media, f->name, e);
        if (rc == RC_OK && f->picture)
            rc = register_one(x, f->thumb, f->thumb_size, f->media, f->name, e);
    }
    return rc;
}

static enum rc record(struct adding *x, struct id *ret, struct err *e)
{
    struct canon k;
    canon_init(&k, x->a);
    canon_row(&k, &work_record_audit_query, &x->row);
    struct record_part part = part_restricted(&k);
    return record_append(x->tx, x->c,
                         &(struct record_new){ .kind = "worklog.add",
                                               .unit = x->row.unit,
                                               .subject = x->row.code,
                                               .by = x->row.by_account,
                                               .parts = &part,
                                               .n_parts = 1 },
                         ret, e);
}

static enum rc check_room(struct adding *x, struct err *e)
{
    struct work_of_matter_nth_row last;
    enum rc rc = work_of_matter_nth_one(tx_snap(x->tx), x->m.code, WORK_OF_MATTER_MAX - 1, x->a,
                                        &last, e);
    if (rc == RC_OK)
        return err_set(
            e, RC_CONFLICT,
            N_("这件事项已有{n}条云记录，不能再多；请分解这件事项，记在分出的部分里"), "n",
            arena_printf(x->a, "%d", WORK_OF_MATTER_MAX));
    if (rc != RC_NOTFOUND)
        return rc;
    err_done(e);
    *e = (struct err){ 0 };
    return RC_OK;
}

/* The same again is the same entry: a phone that lost the answer sends it once more. */
static enum rc again(struct adding *x, struct work_done *ret, struct err *e)
{
    struct work_of_code_row old;
    enum rc rc = work_of_code_one(tx_snap(x->tx), x->row.code, x->a, &old, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        *e = (struct err){ 0 };
        return RC_OK;
    }
    if (rc != RC_OK)
        return rc;
    if (!str_eq(old.by_account, x->row.by_account) || !str_eq(old.matter, x->row.matter) ||
        !str_eq(old.kind, x->row.kind) || !str_eq(old.about, x->row.about) ||
        !str_eq(old.text, x->row.text) || !str_eq(old.files, x->row.files))
        return err_set(e, RC_CONFLICT,
                       N_("这条记录已经收到过,内容不同;原来的不会被改,要更正请另写一条更正"));
    *ret =
        (struct work_done){ .code = old.code, .late = old.late, .again = true, .id = old.id };
    return RC_OK;
}

static enum rc insert(struct adding *x, struct work_done *ret, struct err *e)
{
    const struct work_record_audit_row *r = &x->row;
    struct work_insert_row made;
    struct id rec;
    enum rc rc = register_files(x, e);
    if (rc == RC_OK)
        rc = record(x, &rec, e);
    if (rc == RC_OK)
        rc = work_insert_one(x->tx, r->code, r->matter, r->unit, r->kind, r->about, r->text,
                             r->files, r->late, r->by_account, r->captured_at, r->received_at,
                             rec, x->a, &made, e);
    if (rc == RC_OK)
        *ret = (struct work_done){ .code = r->code, .late = r->late, .id = made.id };
    return rc;
}

enum rc worklog_add(struct tx *tx, struct county *c, const struct flow_who *w,
                    const struct work_new *n, struct arena *a, struct work_done *ret,
                    struct err *e)
{
    struct adding x = { .tx = tx, .c = c, .w = w, .a = a, .n = n };
    struct utime now = county_now(c);
    if (n->code && !code_of_device(n->code))
        return err_set(e, RC_INVALID, N_("记录的编号应是{n}位十六进制数"), "n",
                       arena_printf(a, "%d", WORK_CODE));
    enum rc rc = matter_load(tx_snap(tx), c, n->matter, a, &x.m, e);
    if (rc == RC_OK)
        rc = check_who(&x, e);
    if (rc == RC_OK)
        rc = check_text(&x, e);
    if (rc == RC_OK)
        rc = check_about(&x, e);
    if (rc != RC_OK)
        return rc;
    char made[WORK_CODE + 1];
    uint8_t bytes[WORK_CODE / 2];
    random_bytes(bytes, sizeof(bytes));
    x.row.code = n->code ? n->code : arena_strdup(a, hex_encode(bytes, sizeof(bytes), made));
    x.row.matter = x.m.code;
    x.row.unit = unit_of(w, &x.m, n->kind);
    x.row.kind = work_kind_word(n->kind);
    x.row.files = files_text(n->files, n->n_files, a);
    x.row.late = !x.m.open && (n->kind == WORK_ENTRY || n->kind == WORK_CORRECTION);
    x.row.by_account = w->person->code;
    x.row.received_at = now;
    x.row.captured_at =
        n->captured.us > 0 && n->captured.us < now.us + AHEAD_US ? n->captured : now;
    *ret = (struct work_done){ 0 };
    rc = again(&x, ret, e);
    if (rc != RC_OK || ret->again)
        return rc;
    rc = check_room(&x, e);
    if (rc == RC_OK)
        rc = insert(&x, ret, e);
    if (rc == RC_OK && n->kind == WORK_QUESTION)
        rc = flow_tell(tx, &x.m, w->person->code, "asked_log", now, e);
    if (rc == RC_OK && n->kind != WORK_QUESTION)
        rc = work_hints_look(tx, c, ret->id, &x.m, n->files, n->n_files, a, e);
    return rc;
}

/* ---- reading ---- */

static const char *text_at(const json_t *o, const char *key, struct arena *a)
{
    const char *s = json_string_value(json_object_get(o, key));
    return arena_strdup(a, s ? s : "");
}

static int64_t int_at(const json_t *o, const char *key)
{
    return json_integer_value(json_object_get(o, key));
}

static void files_of(const char *text, struct arena *a, struct work *w)
{
    json_t *list = json_loads(text, 0, NULL);
    struct work_file *f = arena_array(a, json_array_size(list), sizeof(*f));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *o = json_array_get(list, i);
        f[i] = (struct work_file){ .name = text_at(o, "name", a),
                                   .media = text_at(o, "media", a),
                                   .digest = text_at(o, "digest", a),
                                   .size = int_at(o, "size"),
                                   .picture = json_object_get(o, "thumb") != NULL,
                                   .width = int_at(o, "width"),
                                   .height = int_at(o, "height"),
                                   .thumb = text_at(o, "thumb", a),
                                   .thumb_size = int_at(o, "thumb_size"),
                                   .hash = int_at(o, "hash") };
    }
    w->files = f;
    w->n_files = json_array_size(list);
    json_decref(list);
}

/* Every query of entries gives rows of the same shape under different names, so WORK_OF is a
 * macro. */
#define WORK_OF(row)                                                                           \
    (struct work)                                                                              \
    {                                                                                          \
        .id = (row).id, .code = (row).code, .matter = (row).matter, .unit = (row).unit,        \
        .title = (row).title ? (row).title : (row).matter, .about = (row).about,               \
        .text = (row).text, .by = (row).by_account,                                            \
        .by_name = (row).by_name ? (row).by_name : (row).by_account,                           \
        .kind = work_kind_of((row).kind), .late = (row).late, .captured = (row).captured_at,   \
        .received = (row).received_at, .seq = (row).seq_null ? -1 : (row).seq                  \
    }
#define LIST_OF(rows, n, ret, ret_n)                                                           \
    do {                                                                                       \
        *(ret) = arena_array(a, (n), sizeof(**(ret)));                                         \
        *(ret_n) = (n);                                                                        \
        for (size_t i = 0; i < (n); i++) {                                                     \
            (*(ret))[i] = WORK_OF((rows)[i]);                                                  \
            files_of((rows)[i].files, a, &(*(ret))[i]);                                        \
        }                                                                                      \
    } while (0)

enum rc worklog_of_matter(const struct snap *s, const char *matter, struct arena *a,
                          struct work **ret, size_t *ret_n, struct err *e)
{
    struct work_of_matter_row *rows;
    size_t n;
    enum rc rc = work_of_matter_all(s, matter, a, &rows, &n, e);
    if (rc == RC_OK)
        LIST_OF(rows, n, ret, ret_n);
    return rc;
}

enum rc worklog_of_unit(const struct snap *s, const char *unit, struct id before,
                        struct arena *a, struct work **ret, size_t *ret_n, struct err *e)
{
    struct work_of_unit_row *rows;
    size_t n;
    struct id from = before.v ? before : (struct id){ INT64_MAX };
    enum rc rc = work_of_unit_all(s, unit, from, WORK_PAGE, a, &rows, &n, e);
    if (rc == RC_OK)
        LIST_OF(rows, n, ret, ret_n);
    return rc;
}

enum rc worklog_after(const struct snap *s, struct id after, struct arena *a, struct work **ret,
                      size_t *ret_n, struct err *e)
{
    struct work_after_row *rows;
    size_t n;
    enum rc rc = work_after_all(s, after, WORK_PAGE, a, &rows, &n, e);
    if (rc == RC_OK)
        LIST_OF(rows, n, ret, ret_n);
    return rc;
}

enum rc worklog_load(const struct snap *s, const char *code, struct arena *a, struct work *ret,
                     struct err *e)
{
    struct work_of_code_row row;
    enum rc rc = work_of_code_one(s, code, a, &row, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_NOTFOUND, N_("没有这条云记录"));
    if (rc == RC_OK) {
        *ret = WORK_OF(row);
        files_of(row.files, a, ret);
    }
    return rc;
}

/* ---- erasing ---- */

static enum rc blank(struct tx *tx, const struct record *r, uint32_t parts, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct work_blank_row row;
    (void)parts; /* text and files are one part */
    enum rc rc = work_blank_one(tx, r->subject, a, &row, e);
    if (rc == RC_OK)
        rc = work_text_drop(tx, row.id, NULL, e);
    return rc == RC_OK ? work_picture_drop(tx, row.id, NULL, e) : rc;
}

const struct eraser worklog_eraser = { .kind = "worklog.", .blank = blank };
