/*
 * The filing (填报) of one source in a round: who fills in, who checks, who signs is a matter;
 * what is filled in are cells, kept as typed until the signature makes values of them, by the
 * same check and the same import as a file. What comes by a file or a pull and a round asks for
 * becomes cells, too (arrival.c). Nothing that was typed is lost: when a filing cannot be
 * changed any more, what comes is kept aside and said to be so.
 */
#ifndef COLLECT_FILING_H
#define COLLECT_FILING_H

#include "collect/round.h"
#include "monitor/values_import.h"

struct county;

extern const struct flow_kind filing_kind;

enum {
    CELL_TEXT_MAX = 40, /* characters of what is typed */
    FILING_CELLS_MAX = 60000,
    FILING_UPLOAD_MAX = 16 << 20,
};

struct filing_column {
    size_t point; /* of x.points */
    struct period period;
};
/* One field: a unit, a point, a period. */
struct filing_cell {
    bool asked;                    /* the point applies to the unit */
    double verified, validated;    /* what others say of it; NaN */
    struct values_known now, last; /* the value there is, and that of the period before */
    const char *typed, *typed_by;  /* NULL: nothing; "": the value there is is taken back */
    const char *note, *import;    /* of what was typed: its remark; the import it came by, "" */
    const char *aside, *aside_by; /* NULL: nothing; typed when it could not be changed */
    struct utime aside_at;
    const struct problem *problem; /* of what was typed; NULL: none */
};
struct filing {
    const char *code, *round, *source, *title, *note;
    struct period period;
    int32_t open_day, due_day, late_day, due; /* due: of the matter, as it stands */
    int64_t signatures, version;
    const char *state, *round_state;
    bool open, editable; /* editable: what is typed becomes part of it */
    struct values_context x;
    struct filing_column *column;
    size_t n_column;
    size_t *unit; /* of x.unit */
    size_t n_unit;
    struct filing_cell *cell;            /* n_unit * n_column, row after row */
    int64_t asked, filled, typed, aside; /* cells; filled: typed or there */
    struct values_checked checked;       /* of what was typed */
};
static inline struct filing_cell *filing_at(const struct filing *f, size_t unit, size_t column)
{
    return &f->cell[unit * f->n_column + column];
}
/*
 * A filing with all its fields and the check of what was typed, in a; s must outlive it.
 * sender: by whose rights the check asks. RC_NOTFOUND names the code.
 */
enum rc filing_load(const struct snap *s, struct county *c, const char *code,
                    const struct person *sender, struct arena *a, struct filing *ret,
                    struct err *e) MUST_USE;

/* What somebody typed into one field; "" empties it: where there is a value already, it is
 * taken back, and the field is wrong until a kind of missing is stated. */
struct filing_typed {
    size_t unit, column; /* of the filing */
    const char *text;
};
struct filing_saved {
    int64_t n;
    bool aside;        /* the filing cannot be changed: kept, and not a part of it */
    const char *state; /* as it stands now */
};
/*
 * Keep what was typed, in any state. RC_DENIED for who may not send the source's values;
 * RC_INVALID for a field that is not asked for or a text too long.
 */
enum rc filing_save(struct county *c, const struct flow_who *w, const struct filing *f,
                    const struct filing_typed *typed, size_t n, struct arena *a,
                    struct filing_saved *ret, struct err *e) MUST_USE;
/* The rows of a file as typed text: RC_INVALID when the file has problems or no row of the
 * filing. *ret_other: rows about what the filing does not ask for, which are left out. */
enum rc filing_read_file(const struct filing *f, const char *name, struct bytes file,
                         struct arena *a, struct filing_typed **ret, size_t *ret_n,
                         int64_t *ret_other, struct values_checked *ret_checked,
                         struct err *e) MUST_USE;
/* 提交: to 审核 or to 签发, as the round asks. RC_INVALID names the first field that is wrong,
 * or says that there is nothing. version as it was read. */
enum rc filing_submit(struct county *c, const struct flow_who *w, const char *code,
                      int64_t version, struct arena *a, struct err *e) MUST_USE;
/* 签发: what was typed become values and the filing is signed, both or neither. RC_CONFLICT
 * when something has changed since it was submitted. */
enum rc filing_sign(struct county *c, const struct flow_who *w, const char *code,
                    int64_t version, struct arena *a, struct err *e) MUST_USE;
/* Any other move of a filing, with one field (NULL: none). */
enum rc filing_move(struct county *c, const struct flow_who *w, const char *code,
                    const char *verb, int64_t version, const struct flow_given *given,
                    size_t n_given, struct arena *a, struct err *e) MUST_USE;

/* Who may sign (CAP_SIGN), and who may change that. */
struct signers {
    struct person *p;
    size_t n;
    const char *admins; /* names of the security administrators, "" for none */
};
enum rc signers_load(const struct snap *s, struct county *c, enum lang lang, struct arena *a,
                     struct signers *ret, struct err *e) MUST_USE;
/* The names of those who may sign for a unit, but for one account ("": for nobody); "" when
 * there is nobody. */
const char *signers_of(const struct signers *g, const struct unit *u, const char *but,
                       enum lang lang, struct arena *a);

/* What 逾期 means: still open after its due day. */
bool filing_late(bool open, int64_t due_day, int32_t today);
/* The state as people see it, N_(): 逾期 goes before 未开始, 填报中 and 退回. */
const char *filing_state_text(const char *state, bool open, int64_t due_day, int32_t today);

/* A text that changes whenever something of the filing does: of what was typed, and of the
 * values there are. */
enum rc filing_stamp(const struct snap *s, const char *code, struct arena *a, const char **ret,
                     struct err *e) MUST_USE;

/* A row of a file as it is typed: a number, or the code of a kind of missing. */
const char *filing_text_of(const struct value_row *r, struct arena *a);
/* Whether what comes becomes a part of a filing in this state. */
bool filing_editable(const char *state);

/*
 * Values that come by an import or a pull go to the filings that ask for them: as cells while
 * the filing can be changed, aside when it waits for its signature or has it. A round asks
 * until it is closed; of what was signed a correction needs a signature again, at any time.
 * What no filing asks for becomes values at once. Once a county, before anything else.
 */
void filings_follow_imports(struct county *c);

#endif
