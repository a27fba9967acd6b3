/* Tables ↔ schemes and points. One list of columns for each says what is read and written, so
 * that the two cannot differ. */
#include "monitor/scheme_import.h"

#include "base/fmt.h"
#include "base/map.h"
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "burden/burden.h"
#include "monitor/point.sql.h"
#include "monitor/point_same.h"
#include "store/county.h"
#include "store/record.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum column {
    F_CODE,
    F_NAME,
    F_LEVEL,
    F_PARENT,
    F_DIRECTION,
    F_WEIGHT,
    F_UNIT,
    F_TARGET,
    F_DENOMINATOR,
    F_TYPE,
    F_OWNER,
    F_FREQUENCY,
    F_FORMULA,
    F_PEERS,
    F_FROM,
    F_TO,
    F_METHOD,
    F_PARAMS,
    F_VETO,
    F_STANDARD,
    F_SOURCE,
    F_TAGS,
    FIELDS
};
static const struct {
    const char *name;
    bool needed;
} scheme_columns[FIELDS] = {
    [F_CODE] = { "iCode", true },
    [F_NAME] = { "iName", true },
    [F_LEVEL] = { "Level", true },
    [F_PARENT] = { "Parent", true },
    [F_DIRECTION] = { "Direction", false },
    [F_WEIGHT] = { "Weight", true },
    [F_UNIT] = { "Unit", false },
    [F_TARGET] = { "Target", false },
    [F_DENOMINATOR] = { "Denominator", false },
    [F_TYPE] = { "Type", true },
    [F_OWNER] = { "Owner", false },
    [F_FREQUENCY] = { "Frequency", false },
    [F_FORMULA] = { "Formula", false },
    [F_PEERS] = { "PeerGroup", false },
    [F_FROM] = { "From", false },
    [F_TO] = { "To", false },
    [F_METHOD] = { "Method", false },
    [F_PARAMS] = { "Params", false },
    [F_VETO] = { "Veto", false },
    [F_STANDARD] = { "Standard", false },
    [F_SOURCE] = { "Source", false },
    [F_TAGS] = { "Tags", false },
};

struct reading {
    const struct table *t;
    struct arena *a;
    struct problems *problems;
    ptrdiff_t col[FIELDS];
    size_t row;
};

static const char *cell(const struct reading *r, size_t field)
{
    const char *s = r->col[field] < 0
                        ? ""
                        : str_trim(r->a, table_text(r->t, r->row, (size_t)r->col[field]));
    return str_eq(s, "NA") ? "" : s;
}

static void wrong(struct reading *r, size_t field, const char *what, const char *hint)
{
    problem_add(r->problems, r->t, PROBLEM_WRONG, r->row, (size_t)r->col[field], what, hint,
                "text", cell(r, field));
}

static double number(struct reading *r, size_t field, double fallback)
{
    const char *s = cell(r, field);
    double v = fallback;
    if (*s && !parse_real_n(s, strlen(s), &v))
        wrong(r, field, N_("应为数字"), NULL);
    return v;
}

/* An integer from min to max; what is wrong with it is a problem of its cell. */
static int whole(struct reading *r, size_t field, int fallback, int min, int max,
                 const char *hint)
{
    double v = number(r, field, fallback);
    if (v >= min && v <= max && v == floor(v))
        return (int)v;
    wrong(r, field, N_("数不对"), hint);
    return fallback;
}

/* "2026Q1" or "2026-01-01" → first day (last day when end). */
static int32_t day(struct reading *r, size_t field, bool end)
{
    const char *s = cell(r, field);
    struct period p;
    int32_t d = 0;
    if (!*s || day_parse(s, &d, NULL) == RC_OK)
        return d;
    if (period_parse(s, &p, NULL) == RC_OK)
        return end ? period_last_day(p) : period_first_day(p);
    wrong(r, field, N_("应为日期或期间"), N_("如 2026-01-01 或 2026Q1"));
    return 0;
}

/* The head's columns by name: every needed one (NULL: each) is there, none is unknown, none
 * twice. */
static enum rc head(struct reading *r, const char *const *names, const bool *needed, size_t n,
                    const struct heading *words, struct err *e)
{
    const char *file = r->t->file ? r->t->file : "";
    if (r->t->rows == 0)
        return err_set(e, RC_INVALID, N_("{file} 是空的"), "file", file);
    for (size_t i = 0; i < n; i++)
        r->col[i] = -1;
    for (size_t c = 0; c < r->t->cols; c++) {
        const char *name = str_trim(r->a, table_text(r->t, 0, c));
        size_t i = 0;
        while (i < n && !str_eq(names[i], name))
            i++;
        if (i == n && !*name)
            continue;
        if (i == n) {
            struct str all;
            str_init(&all, r->a);
            for (size_t k = 0; k < n; k++)
                str_addf(&all, "%s%s", k ? ", " : "", names[k]);
            return err_set(e, RC_INVALID,
                           N_("{file}: 不认识「{column}」这一列;可用的列: {columns}"), "file",
                           file, "column", name, "columns",
                           words ? heading_list(words, r->a) : all.s);
        }
        if (r->col[i] >= 0)
            return err_set(e, RC_INVALID, N_("{file}: 「{column}」这一列出现了两次"), "file",
                           file, "column", name);
        r->col[i] = (ptrdiff_t)c;
    }
    for (size_t i = 0; i < n; i++)
        if ((!needed || needed[i]) && r->col[i] < 0)
            return err_set(e, RC_INVALID, N_("{file}: 缺少「{column}」这一列"), "file", file,
                           "column", words ? heading_name(words, names[i], r->a) : names[i]);
    return RC_OK;
}

/* Method and Params as one JSON object; "" when there is no method. */
static const char *scoring(struct reading *r)
{
    const char *method = cell(r, F_METHOD), *params = cell(r, F_PARAMS);
    if (!*method)
        return "";
    json_t *o = json_loads(*params ? params : "{}", JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(o)) {
        json_decref(o);
        wrong(r, F_PARAMS, N_("应为 JSON 对象"), N_("如 {\"full\":100,\"per_event\":-5}"));
        return "";
    }
    json_object_set_new(o, "method", json_string(method));
    char *text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
    const char *out = arena_strdup(r->a, text);
    free(text);
    json_decref(o);
    return out;
}

static const char level_hint[] = N_("层级应为1至64的整数,1是指标");

static struct scheme_node node(struct reading *r)
{
    struct scheme_node n = {
        .code = cell(r, F_CODE),
        .name = cell(r, F_NAME),
        .parent = cell(r, F_PARENT),
        .type = cell(r, F_TYPE),
        .unit_of_measure = cell(r, F_UNIT),
        .denominator = cell(r, F_DENOMINATOR),
        .owner = cell(r, F_OWNER),
        .frequency = cell(r, F_FREQUENCY),
        .formula = cell(r, F_FORMULA),
        .peer_group = cell(r, F_PEERS),
        .veto = cell(r, F_VETO),
        .standard = cell(r, F_STANDARD),
        .source = cell(r, F_SOURCE),
        .tags = cell(r, F_TAGS),
        .scoring = scoring(r),
        .target = number(r, F_TARGET, NAN),
        .weight = number(r, F_WEIGHT, 1),
        .level = whole(r, F_LEVEL, 0, 0, SCHEME_LEVELS_MAX, level_hint),
        .direction = whole(r, F_DIRECTION, 1, -1, 1, N_("应为 1 或 -1")),
        .from_day = day(r, F_FROM, false),
        .to_day = day(r, F_TO, true),
    };
    static const char *const types[] = { "Indicator", "Aggregate", "Group", "Denominator",
                                         "Other" };
    bool known = false;
    for (size_t i = 0; i < COUNT(types); i++)
        known |= str_eq(n.type, types[i]);
    if (!known)
        wrong(r, F_TYPE, N_("不认识的类型"),
              N_("应为 Indicator、Aggregate、Group、Denominator 或 Other"));
    if (!code_valid(n.code))
        wrong(r, F_CODE, N_("编码不对"), N_("由字母、数字、- 和 _ 组成,至多64个"));
    if (*n.frequency && !frequency_of(n.frequency))
        wrong(r, F_FREQUENCY, N_("不认识的周期"), N_("应为 年、季度、月、周 或 日"));
    return n;
}

static bool in_tree(const struct scheme_node *n)
{
    return str_eq(n->type, "Indicator") || str_eq(n->type, "Aggregate");
}

/* Whether there is a day on which both apply. */
static bool meet(const struct scheme_node *a, const struct scheme_node *b)
{
    return (!a->to_day || b->from_day <= a->to_day) && (!b->to_day || a->from_day <= b->to_day);
}

/* The node above by code; NULL: the root, or nothing of that name. */
static const struct scheme_node *above(const struct map *by_code, const struct scheme_node *n)
{
    return *n->parent ? map_get(by_code, n->parent) : NULL;
}

/* Whether the way up from n comes back to it. (A circle longer than any tree is deep is found
 * by scheme_plan.) */
static bool goes_round(const struct map *by_code, const struct scheme_node *n)
{
    const struct scheme_node *p = above(by_code, n);
    for (int i = 0; i < SCHEME_LEVELS_MAX && p && p != n; i++)
        p = above(by_code, p);
    return p == n;
}

/* Weights, and who stands under whom: each fault at its cell. What only shows in the whole tree
 * of a day is scheme_plan's. */
static void check_tree(struct reading *r, const struct scheme_node *nodes, const size_t *rows,
                       size_t n)
{
    struct map *by_code = map_new(r->a);
    const struct scheme_node *root = NULL;
    for (size_t i = 0; i < n; i++) {
        r->row = rows[i];
        if (*nodes[i].code && !map_add(by_code, nodes[i].code, (void *)&nodes[i]))
            wrong(r, F_CODE, N_("这个编码写了两次"), N_("每个编码只写一行"));
    }
    for (size_t i = 0; i < n; i++) {
        const struct scheme_node *o = &nodes[i];
        r->row = rows[i];
        if (!in_tree(o))
            continue;
        if (o->level < 1)
            wrong(r, F_LEVEL, N_("没有层级"), level_hint);
        if (!*o->parent) {
            if (root && meet(root, o))
                wrong(r, F_PARENT, N_("体系有两个根"),
                      N_("只能有一个没有上级的总指数;这一行要写上级"));
            root = root ? root : o;
            continue;
        }
        if (!(o->weight > 0) || !isfinite(o->weight))
            wrong(r, F_WEIGHT, N_("权重不对"), N_("应大于0"));
        if (!map_has(by_code, o->parent))
            wrong(r, F_PARENT, N_("没有编码为“{text}”的上级"), N_("应为本表里某一行的iCode"));
        else if (goes_round(by_code, o))
            wrong(r, F_PARENT, N_("上级绕了一圈又回到自己"), N_("应为更高一层的iCode"));
    }
}

enum rc scheme_from_table(const struct table *t, struct arena *a, struct scheme *ret,
                          struct problems *problems, struct err *e)
{
    struct reading r = { .t = t, .a = a, .problems = problems };
    const char *names[FIELDS];
    bool needed[FIELDS];
    for (size_t i = 0; i < FIELDS; i++) {
        names[i] = scheme_columns[i].name;
        needed[i] = scheme_columns[i].needed;
    }
    enum rc rc = head(&r, names, needed, FIELDS, NULL, e);
    if (rc != RC_OK)
        return rc;
    struct scheme_node *nodes = arena_array(a, t->rows, sizeof(*nodes));
    size_t *rows = arena_array(a, t->rows, sizeof(*rows)), n = 0;
    for (r.row = 1; r.row < t->rows; r.row++)
        if (!table_row_blank(t, r.row)) {
            rows[n] = r.row;
            nodes[n++] = node(&r);
        }
    check_tree(&r, nodes, rows, n);
    *ret = (struct scheme){
        .name = "", .note = "", .config = "{}", .sheet_map = "", .nodes = nodes, .n = n
    };
    return RC_OK;
}

/* "2026-01-01", "" for 0. */
static const char *day_text(struct arena *a, int32_t d)
{
    char code[PERIOD_TEXT];
    return d ? arena_strdup(a, day_code(d, code)) : "";
}

static const char *number_text(struct arena *a, double v)
{
    struct str b;
    str_init(&b, a);
    if (!isnan(v))
        json_num(&b, v);
    return b.s;
}

/* A node's scoring back as Method and Params. */
static void split_scoring(const struct scheme_node *n, struct arena *a, const char **ret_method,
                          const char **ret_params)
{
    *ret_method = *ret_params = "";
    json_t *o = *n->scoring ? json_loads(n->scoring, 0, NULL) : NULL;
    if (!o)
        return;
    *ret_method = arena_strdup(a, json_string_value(json_object_get(o, "method"))
                                      ? json_string_value(json_object_get(o, "method"))
                                      : "");
    json_object_del(o, "method");
    if (json_object_size(o)) {
        char *text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
        *ret_params = arena_strdup(a, text);
        free(text);
    }
    json_decref(o);
}

const struct table *scheme_to_table(const struct scheme *s, struct arena *a)
{
    struct table *t = table_new(a, s->n + 1, FIELDS, false);
    for (size_t i = 0; i < FIELDS; i++)
        table_set(t, 0, i, CELL_TEXT, scheme_columns[i].name);
    for (size_t i = 0; i < s->n; i++) {
        const struct scheme_node *n = &s->nodes[i];
        const char *method, *params;
        split_scoring(n, a, &method, &params);
        const char *cells[FIELDS] = { [F_CODE] = n->code,
                                      [F_NAME] = n->name,
                                      [F_LEVEL] = arena_printf(a, "%d", n->level),
                                      [F_PARENT] = n->parent,
                                      [F_DIRECTION] = arena_printf(a, "%d", n->direction),
                                      [F_WEIGHT] = number_text(a, n->weight),
                                      [F_UNIT] = n->unit_of_measure,
                                      [F_TARGET] = number_text(a, n->target),
                                      [F_DENOMINATOR] = n->denominator,
                                      [F_TYPE] = n->type,
                                      [F_OWNER] = n->owner,
                                      [F_FREQUENCY] = n->frequency,
                                      [F_FORMULA] = n->formula,
                                      [F_PEERS] = n->peer_group,
                                      [F_FROM] = day_text(a, n->from_day),
                                      [F_TO] = day_text(a, n->to_day),
                                      [F_METHOD] = method,
                                      [F_PARAMS] = params,
                                      [F_VETO] = n->veto,
                                      [F_STANDARD] = n->standard,
                                      [F_SOURCE] = n->source,
                                      [F_TAGS] = n->tags };
        for (size_t c = 0; c < FIELDS; c++)
            table_set(t, i + 1, c, CELL_TEXT, cells[c]);
    }
    return t;
}

/* ---- points ---- */

enum point_field {
    P_CODE,
    P_INDICATOR,
    P_NAME,
    P_OWNER,
    P_UNIT,
    P_FREQUENCY,
    P_DIRECTION,
    P_BASIS,
    P_PURPOSE,
    P_RETENTION,
    P_CONTACT,
    P_MINUTES,
    P_DIFFERENT,
    POINT_FIELDS
};
static const char *const point_columns[POINT_FIELDS] = {
    "code",      "indicator", "name",        "owner",   "unit_of_measure",
    "frequency", "direction", "legal_basis", "purpose", "retention",
    "contact",   "minutes",   "different",
};
/* All but the last two, so that tables of before are still read. */
static const bool points_needed[POINT_FIELDS] = { true, true, true, true, true,  true, true,
                                                  true, true, true, true, false, false };

static const struct heading_word frequency_names[] = {
    { "year", "年|年度|每年" }, { "quarter", "季度|季|每季" }, { "month", "月|月度|每月" },
    { "week", "周|每周" },      { "day", "日|天|每天" },       { NULL, NULL },
};
static const struct heading_word direction_names[] = { { "1", "越高越好|正向" },
                                                       { "-1", "越低越好|负向" },
                                                       { NULL, NULL } };
const struct heading point_headings[] = {
    { "code", "编码|监测点编码", N_("每个监测点一个，字母、数字、- 和 _"), "P001", true, NULL },
    { "indicator", "指标|指标编码", N_("它供哪个指标用，写方案里的编码"), "A111", true, NULL },
    { "name", "名称|监测点|监测点名称", N_("数的是什么"), "到期应落实的决策部署事项数", true,
      NULL },
    { "owner", "责任单位|报送单位|数据部门", N_("由谁报，写单位的编码或名称"), "区委办", true,
      NULL },
    { "unit_of_measure", "计量单位", N_("件、人次、万元、%"), "项", true, NULL },
    { "frequency", "周期|频率", N_("年、季度、月、周 或 日"), "季度", true, frequency_names },
    { "direction", "方向", N_("越高越好 或 越低越好"), "越高越好", true, direction_names },
    { "legal_basis", "依据|法律依据|采集依据", N_("凭哪部法规或文件可以收"),
      "《政府督查工作条例》", true, NULL },
    { "purpose", "用途", N_("收来做什么"), "监测决策部署是否按期落地", true, NULL },
    { "retention", "保存期|保存期限", N_("保存多久"), "5年", true, NULL },
    { "contact", "联系处室|联系人|联系方式", N_("有疑问找哪个处室，不写个人手机号"),
      "督查室 内线8201", true, NULL },
    { "minutes", "预计用时|预计用时(分钟)|预计分钟", N_("估计报一期要几分钟，写整数"), "10",
      false, NULL },
    { "different", "与相像的有何不同|不是同一个数的理由",
      N_("名称像已有的监测点时写：为什么不是同一个数"), "", false, NULL },
    { NULL, NULL, NULL, NULL, false, NULL },
};

enum rc points_from_table(const struct table *t, const struct units *us, struct arena *a,
                          struct point **ret, size_t *ret_n, struct problems *problems,
                          struct err *e)
{
    struct reading r = { .t = table_to_codes(t, point_headings, a),
                         .a = a,
                         .problems = problems };
    t = r.t;
    enum rc rc = head(&r, point_columns, points_needed, POINT_FIELDS, point_headings, e);
    if (rc != RC_OK)
        return rc;
    struct point *points = arena_array(a, t->rows, sizeof(*points));
    struct map *seen = map_new(a);
    size_t n = 0;
    for (r.row = 1; r.row < t->rows; r.row++) {
        if (table_row_blank(t, r.row))
            continue;
        struct point *p = &points[n++];
        *p = (struct point){ .code = cell(&r, P_CODE),
                             .indicator = cell(&r, P_INDICATOR),
                             .name = cell(&r, P_NAME),
                             .owner = cell(&r, P_OWNER),
                             .unit_of_measure = cell(&r, P_UNIT),
                             .frequency = frequency_of(cell(&r, P_FREQUENCY)),
                             .direction = str_eq(cell(&r, P_DIRECTION), "-1") ? -1 : 1,
                             .legal_basis = cell(&r, P_BASIS),
                             .purpose = cell(&r, P_PURPOSE),
                             .retention = cell(&r, P_RETENTION),
                             .contact = cell(&r, P_CONTACT),
                             .different = cell(&r, P_DIFFERENT) };
        if (utf8_count(p->different) > SAME_REASON_MAX)
            wrong(&r, P_DIFFERENT, N_("理由太长"), N_("至多200个字"));
        if (*cell(&r, P_MINUTES))
            p->minutes = whole(&r, P_MINUTES, 0, 1, BURDEN_MINUTES_MAX,
                               N_("应为1至6000的整数:估计报一期要几分钟"));
        if (!code_valid(p->code))
            wrong(&r, P_CODE, N_("编码不对"), N_("由字母、数字、- 和 _ 组成,至多64个"));
        if (!map_add(seen, p->code, p))
            wrong(&r, P_CODE, N_("这个监测点写了两次"), NULL);
        if (!*p->name)
            wrong(&r, P_NAME, N_("没有名称"), NULL);
        if (!p->frequency)
            wrong(&r, P_FREQUENCY, N_("不认识的周期"),
                  N_("应为 year、quarter、month、week 或 day"));
        const char *direction = cell(&r, P_DIRECTION);
        if (*direction && !str_eq(direction, "1") && !str_eq(direction, "-1"))
            wrong(&r, P_DIRECTION, N_("方向不对"), N_("应为 越高越好 或 越低越好"));
        const struct unit *owner = units_named(us, p->owner);
        if (owner)
            p->owner = owner->code;
        else
            wrong(&r, P_OWNER, N_("没有这个单位"), N_("写单位的编码或名称"));
        static const size_t stated[] = { P_BASIS, P_PURPOSE, P_RETENTION, P_CONTACT };
        for (size_t i = 0; i < COUNT(stated); i++)
            if (!*cell(&r, stated[i]))
                wrong(&r, stated[i], N_("每个监测点都要写明依据、用途、保存期和联系处室"),
                      NULL);
    }
    *ret = points;
    *ret_n = n;
    return RC_OK;
}

const struct table *points_to_table(const struct point *points, size_t n, struct arena *a)
{
    struct table *t = table_new(a, n + 1, POINT_FIELDS, false);
    for (size_t i = 0; i < POINT_FIELDS; i++)
        table_set(t, 0, i, CELL_TEXT, point_columns[i]);
    for (size_t i = 0; i < n; i++) {
        const struct point *p = &points[i];
        const char *cells[POINT_FIELDS] = { p->code,
                                            p->indicator,
                                            p->name,
                                            p->owner,
                                            p->unit_of_measure,
                                            frequency_word(p->frequency),
                                            p->direction < 0 ? "-1" : "1",
                                            p->legal_basis,
                                            p->purpose,
                                            p->retention,
                                            p->contact,
                                            p->minutes
                                                ? arena_printf(a, "%lld", (long long)p->minutes)
                                                : "",
                                            p->different ? p->different : "" };
        for (size_t c = 0; c < POINT_FIELDS; c++)
            table_set(t, i + 1, c, CELL_TEXT, cells[c]);
    }
    return t;
}

static bool same_point(const struct point_of_code_row *o, const struct point *p)
{
    return str_eq(o->indicator, p->indicator) && str_eq(o->name, p->name) &&
           str_eq(o->owner, p->owner) && str_eq(o->unit_of_measure, p->unit_of_measure) &&
           str_eq(o->frequency, frequency_word(p->frequency)) && o->direction == p->direction &&
           str_eq(o->legal_basis, p->legal_basis) && str_eq(o->purpose, p->purpose) &&
           str_eq(o->retention, p->retention) && str_eq(o->contact, p->contact) &&
           (!p->minutes || o->minutes == p->minutes);
}

enum rc point_compare(const struct snap *s, const struct point *p, enum point_change *ret,
                      struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct point_of_code_row old;
    enum rc rc = point_of_code_one(s, p->code, a, &old, e);
    *ret = rc == RC_NOTFOUND ? POINT_FRESH : POINT_CHANGED;
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return RC_OK;
    }
    if (rc == RC_OK && same_point(&old, p))
        *ret = POINT_SAME;
    return rc;
}

/* The estimate is whose who writes the point. */
static enum rc state_minutes(struct tx *tx, struct county *c, const struct point *p,
                             const char *by, struct arena *a, struct err *e)
{
    struct burden_estimate n = { .what = BURDEN_POINT, .code = p->code, .minutes = p->minutes };
    enum rc rc = burden_office(tx_snap(tx), c, by, a, &n.requester, e);
    return rc == RC_OK ? burden_state(tx, c, &n, by, a, e) : rc;
}

enum rc points_write(struct tx *tx, struct county *c, const struct point *points, size_t n,
                     const char *by, size_t *ret_changed, struct err *e)
{
    CLEANUP(arena_freep) struct arena *of_all = arena_new();
    enum rc pass = points_same_pass(tx, c, points, n, by, of_all, e);
    *ret_changed = 0;
    if (pass != RC_OK)
        return pass;
    for (size_t i = 0; i < n; i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        const struct point *p = &points[i];
        enum point_change is;
        enum rc rc = point_compare(tx_snap(tx), p, &is, e);
        if (rc != RC_OK)
            return rc;
        if (is == POINT_SAME)
            continue;
        struct point_audit_row row = { .code = p->code,
                                       .contact = p->contact,
                                       .direction = p->direction,
                                       .frequency = frequency_word(p->frequency),
                                       .indicator = p->indicator,
                                       .legal_basis = p->legal_basis,
                                       .name = p->name,
                                       .owner = p->owner,
                                       .purpose = p->purpose,
                                       .retention = p->retention,
                                       .unit_of_measure = p->unit_of_measure };
        struct canon k;
        canon_init(&k, a);
        canon_row(&k, &point_audit_query, &row);
        struct record_part part = part_open(&k);
        struct id record;
        rc = record_append(tx, c,
                           &(struct record_new){ .kind = "point.set",
                                                 .unit = p->owner,
                                                 .subject = p->code,
                                                 .by = by,
                                                 .parts = &part,
                                                 .n_parts = 1 },
                           &record, e);
        if (rc == RC_OK)
            rc = point_put(tx, p->code, p->indicator, p->name, p->owner, p->unit_of_measure,
                           frequency_word(p->frequency), p->direction, p->legal_basis,
                           p->purpose, p->retention, p->contact, record, NULL, e);
        if (rc == RC_OK && p->minutes)
            rc = state_minutes(tx, c, p, by, a, e);
        if (rc != RC_OK)
            return rc;
        ++*ret_changed;
    }
    return RC_OK;
}
