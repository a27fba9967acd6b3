/*
 * The health report (体检报告) of one unit and one period: the model, and its setting on A4.
 *
 * struct health_report is plain data. The county fills it once; the page, the JSON and the PDF
 * read the same struct, so that they cannot disagree. Rules for whoever fills it:
 *   - Every const char * is UTF-8 in the reader's language (names of units and indicators stay
 * as the county wrote them); NULL and "" mean "nothing to say". Fixed words (heads, labels,
 * states) are the printer's, by lang.
 *   - A number that does not exist is NaN (real), 0 (id-like, times, periods) or -1 (log
 * index): never 0 for missing.
 *   - Arrays are (pointer, count); NULL with count 0 is an empty list and is set as one
 * sentence, not as a gap.
 *   - Nothing is copied or freed; the struct must live until the call returns.
 * The report's PDF is a pure function of (struct, lang, the fonts installed): same input, same
 * bytes. When the digest of the PDF itself goes to the log, make it with proof.index = -1 (the
 * index is not known yet); afterwards the page shows the index, the paper shows the QR that
 * leads there.
 */
#ifndef PRINT_HEALTH_REPORT_H
#define PRINT_HEALTH_REPORT_H

#include "base/kinds.h"
#include "print/palette.h"

struct arena;

/* 状况. Not a grade (等次 belongs to appraisals). */
enum report_state {
    REPORT_STATE_NONE, /* no index this period: too little data; state_reason says so */
    REPORT_STEADY,     /* 平稳 */
    REPORT_WATCH,      /* 关注 */
    REPORT_FOCUS,      /* 重点关注 */
};

/* How far the report has come. What is not published says so across every page. */
enum report_stage {
    REPORT_TRIAL,     /* 试算: the county has not gone live; cleared before it does */
    REPORT_DRAFT,     /* 草稿: with the platform's people */
    REPORT_COMMENT,   /* 征求意见: with the unit */
    REPORT_PUBLISHED, /* 已发布 */
    REPORT_CORRECTED, /* 已更正: published again; erratum says what changed */
};

/* Kinds of missing, in the order of columns and lists everywhere. Missing is never zero. */
enum report_missing {
    REPORT_PRESENT,
    REPORT_NA,       /* 不适用 */
    REPORT_NOTDUE,   /* 未到期 */
    REPORT_REFUSED,  /* 拒绝提供 */
    REPORT_WITHHELD, /* 暂不提供 */
    REPORT_LOST,     /* 灭失 */
    REPORT_LATE,     /* 逾期未报: due and nothing has come */
    REPORT_MISSING_KINDS,
};

/* Where the score's change comes from; the five parts add up to the change exactly. */
enum report_cause {
    REPORT_CAUSE_DATA,    /* 自身数据 */
    REPORT_CAUSE_PEERS,   /* 同类单位 */
    REPORT_CAUSE_WEIGHTS, /* 权重 */
    REPORT_CAUSE_METHOD,  /* 计算方法 */
    REPORT_CAUSE_MISSING, /* 数据缺失 */
    REPORT_CAUSES,
};

enum report_warning_state {
    REPORT_PENDING,      /* 观察中 */
    REPORT_FIRING,       /* 已发出 */
    REPORT_ACKNOWLEDGED, /* 已签收 */
    REPORT_RECTIFYING,   /* 整改中 */
    REPORT_VERIFYING,    /* 整改中·待下期验证 */
    REPORT_NODATA,       /* 数据缺失 */
    REPORT_RESOLVED,     /* 已消除 */
};

/* One unit on the strip of all scores. */
struct report_unit {
    const char *code, *name;
    double score; /* NaN: no index this period, not drawn */
    bool own;     /* the report's unit; exactly one */
    bool same;    /* no clear difference from the report's unit (own is true as well) */
    bool peer;    /* of the same peer group */
};

/* One node of the tree, in preorder: depth 1 are the aspects; children follow their parent with
 * depth + 1. */
struct report_node {
    const char *code, *name;
    int depth;         /* 1.. */
    size_t n_children; /* 0: an indicator; its points are in values[] */
    double weight; /* effective weight in points of 100; the children of a node add up to it */
    double score;  /* 0..100; NaN when missing */
    double lo, hi; /* where most ways of computing put it; NaN: an indicator, or not computed */
    double peer_median;          /* NaN when there is none */
    double prev;                 /* score of the last period; NaN */
    double contribution;         /* points in the total; the children of a node add up to it */
    enum report_missing missing; /* why score is NaN */
    bool capped; /* a veto (一票否决) capped it; note says the condition and the value */
    const char *note;
};

/* A strength or a weakness against the peer group's median. */
struct report_point_of_note {
    const char *code, *name;   /* the node */
    const char *path;          /* "权力运行与监督 › 采购与合同"; may be NULL */
    double score, peer_median; /* both present */
    double points;             /* what it adds to or costs in the total, against the median:
                                  weight*(score-median)/100 */
    const char *note;
};

struct report_cause_part {
    double points;
    const char *note; /* "方案第3版调低窗口服务" */
};

struct report_warning {
    const char *code; /* W-2026Q3-0041: what its page is called */
    enum mark mark;
    const char *name;   /* 采购合同未按期公告 */
    const char *rule;   /* 连续2期低于90%即橙 */
    const char *values; /* 88.4%、86.0%: what it was judged by */
    enum report_warning_state state;
    const char *state_note; /* "12-05到期"; NULL */
    struct utime since;
    const char *clears; /* 要消这盏灯,差什么: the exact value, document or review */
    const char *who;    /* who holds it */
};

/* One value that is missing. */
struct report_gap {
    const char *code, *name; /* the point */
    enum report_missing kind;
    const char *owner; /* the supplying department */
    const char *note;
    const char *next; /* when it is expected, "2027-01-10"; NULL */
};

/* 数值来历: one value and its way into the score. */
struct report_value {
    const char *point, *name; /* code and name of the data point */
    const char *indicator;    /* name of the indicator it feeds */
    double value;             /* NaN when missing */
    enum report_missing missing;
    const char *unit; /* unit of measure: "%", "份", "元" */
    double score;     /* of the indicator */
    const char *how; /* 按期公告43份,应公告50份,等于86.0%;按75%至100%折算,得44.0分 */
    const char *source; /* supplying department and its register */
    const char *file;   /* file name of the import; NULL when typed in on a page */
    const char *sheet;
    int row;                                      /* in the file, 1-based; 0: none */
    const char *cell;                             /* "D14"; NULL */
    const char *sent_by, *checked_by, *signed_by; /* 填报, 审核, 签发 */
    struct utime sent_at, checked_at, signed_at;
    int late_days; /* days after its due day that the first version came; 0: in time */
    int version;   /* 1.. */
    const char *version_note; /* what the versions before it said, and why it was corrected */
    int64_t log_index;        /* -1: not sealed yet */
    const char *next_update;  /* date and who */
    const char *legal_basis;
};

struct report_witness {
    const char *name; /* 区审计局 */
    struct utime at;
};

struct report_proof {
    const char *origin; /* the log's name */
    int64_t index;      /* the report's record in the log; -1: not sealed yet */
    int64_t size;       /* entries of the checkpoint that proves it; -1 */
    struct utime sealed_at;
    const char *digest;                     /* hex SHA-256 of what is vouched for */
    const struct report_witness *witnesses; /* who co-signed; none: 目前仅本机关自证 */
    size_t n_witnesses;
    const char *command; /* the command line that checks it */
    const char *url;     /* goes into the QR and is printed beside it; NULL: no QR */
};

struct report_trend {
    struct period period;
    double score, lo, hi; /* NaN: no index in that period */
};

struct health_report {
    /* what it is about */
    const char *county; /* 清溪区 */
    const char *unit_code, *unit_name;
    struct period period;
    const char *title;  /* NULL: health_report_title */
    const char *answer; /* the one sentence; NULL: health_report_answer */
    const char *answer_more; /* a second sentence: "失分主要在采购合同的公告和支付。" */
    bool demo;               /* 演示数据·非真实 across every page */
    enum report_stage stage;
    const char *erratum; /* REPORT_CORRECTED: what was wrong and since when it is right */

    /* score */
    double score, lo, hi; /* NaN: no index; state_reason says why */
    double coverage;      /* of the interval, 0.90 */
    double prev;          /* last period's score; NaN */
    struct period prev_period;
    int rank_lo, rank_hi;           /* possible ranks; 0: none */
    int peer_rank_lo, peer_rank_hi; /* the same within the peer group */
    int n_ranked;                   /* units with an index */
    enum report_state state;
    const char *state_reason;   /* "因橙色预警1项" */
    struct report_trend *trend; /* oldest first, this period last */
    size_t n_trend;

    /* peers */
    const char *peer_name; /* 综合经济部门; NULL: none */
    int peer_count;
    double peer_median, peer_lo, peer_hi; /* median, quartiles */
    const struct report_unit *units;      /* everybody compared with it, any order */
    size_t n_units;

    /* how it comes about */
    const struct report_node *nodes;
    size_t n_nodes;
    const struct report_point_of_note *strengths, *weaknesses; /* largest first */
    size_t n_strengths, n_weaknesses;

    /* what changed: causes[].points add up to score - prev; unused when prev is NaN */
    struct report_cause_part causes[REPORT_CAUSES];
    const char *no_change_reason; /* why there is nothing to compare with: "第一次计算" */

    const struct report_warning *warnings; /* worst first */
    size_t n_warnings;

    /* completeness */
    int64_t values_expected, values_present; /* expected counts what applies and is due */
    int64_t values_late;                     /* of those present: came after they were due */
    int64_t missing[REPORT_MISSING_KINDS];   /* by kind; [REPORT_PRESENT] unused */
    const struct report_gap *gaps;
    size_t n_gaps;

    const struct report_value *values; /* those worth printing first; the page has them all */
    size_t n_values;
    int64_t values_total; /* how many the page has; the paper says how many it left out */

    /* method and proof */
    const char *scheme_name; /* 净化政治生态监测方案 */
    int scheme_version;
    struct utime scheme_from;
    const char *method_note; /* plain words: how it is scored */
    struct utime computed_at, published_at;
    const char *approved_by;
    struct report_proof proof;
};

/* 财政局2026年第三季度体检报告. In a; r->title when that is set. */
const char *health_report_title(struct arena *a, const struct health_report *r, enum lang lang);
/* 78.4分,较上季+1.2,与第12至19位之间的单位无明显差别。 In a; r->answer when that is set;
 * answer_more is appended. */
const char *health_report_answer(struct arena *a, const struct health_report *r,
                                 enum lang lang);
/* Who vouches for the report, in one sentence: 目前仅本机关自证 without a second institution.
 * In a. */
const char *health_report_vouch(struct arena *a, const struct health_report *r, enum lang lang);

/* 与第12至19位之间的单位无明显差别; "" when there are no ranks. In a. */
const char *health_report_group(struct arena *a, const struct health_report *r, enum lang lang);
/*
 * Round n numbers to so many decimals that the rounded ones add up to the rounded total: each
 * is rounded, what is then missing goes to those whose rounding lost most. For the five causes
 * of a change, whose sum a reader checks. NaN counts as 0.
 */
void report_round(const double *v, size_t n, double total, int decimals, double *ret);
/* RC_INVALID when the struct contradicts itself; see health_report_pdf. */
enum rc health_report_check(const struct health_report *r, struct err *e) MUST_USE;

/* The binding words, in the reader's language. */
const char *report_state_text(enum report_state s, enum lang lang);
const char *report_stage_text(enum report_stage s, enum lang lang);
const char *report_missing_text(enum report_missing m, enum lang lang);
const char *report_cause_text(enum report_cause c, enum lang lang);
const char *report_warning_state_text(enum report_warning_state s, enum lang lang);
const char *mark_text(enum mark m, enum lang lang); /* 红, 橙, 黄, 蓝 */
/* 监测参考,不作为考核、任用、问责的直接依据: on every report. */
const char *health_report_disclaimer(enum lang lang);
/* What stands across every page: that the data are invented, that it was not published, both
 * (演示数据·非真实 · 试算); NULL: nothing. In a. */
const char *health_report_mark(struct arena *a, const struct health_report *r, enum lang lang);

/*
 * The report as PDF: 2-4 pages of A4 for a usual unit, more when it has more to say. *ret is in
 * a. ret_pages may be NULL. Safe to call from several threads at once. RC_INVALID when the
 * struct contradicts itself (the message names what): no unit or period, causes that do not add
 * up to the change within 1e-6, a tree that is no preorder, rank_lo above rank_hi. RC_IO when
 * the fonts are missing or cairo fails. Bad UTF-8 is shown as U+FFFD; endless names are cut
 * (SHAPE_TEXT_MAX in face.h).
 */
enum rc health_report_pdf(const struct health_report *r, enum lang lang, struct arena *a,
                          struct bytes *ret, int *ret_pages, struct err *e) MUST_USE;

/*
 * The same report as .docx, set as official documents are (docx.h), its figures as tables that
 * can be edited. Pure like the PDF; RC_INVALID as there; RC_IO when it cannot be packed.
 */
enum rc health_report_docx(const struct health_report *r, enum lang lang, struct arena *a,
                           struct bytes *ret, struct err *e) MUST_USE;

/*
 * An invented report of the usual size (清溪区财政局, 2026Q3: 187 nodes, 68 units) for tests,
 * the bench and the manual's pictures; what the county wrote stays Chinese, sentences are in
 * lang. Lives in a.
 */
void health_report_example(struct arena *a, enum lang lang, struct health_report *ret);

#endif
