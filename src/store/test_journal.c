/* The read journal and secrets at rest, on both databases. */
#include "base/file.h"
#include "store/journal.h"
#include "store/journal.sql.h"
#include "store/record.h"
#include "store/record.sql.h"
#include "store/secret.h"
#include "store/test_county.h"

#include <string.h>
#include <sys/stat.h>

/* How many are kept; the last one's texts live in a. */
static size_t kept(struct county *c, struct arena *a, struct journal_audit_row *ret)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    CLEANUP(rows_close) struct rows *rows = NULL;
    struct journal_audit_row row;
    size_t n = 0;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(journal_audit_open(s, &rows, &e));
    while (journal_audit_next(rows, &row, &e) == RC_OK) {
        n++;
        *ret = row;
        ret->account = arena_strdup(a, row.account);
        ret->what = arena_strdup(a, row.what);
        ret->subject = arena_strdup(a, row.subject);
    }
    return n;
}

static const struct journal_entry report = { .account = "leader",
                                             .what = "report",
                                             .unit = "D01",
                                             .subject = "/report/D01/2026Q3",
                                             .address = "10.0.0.7",
                                             .request = "00ff" };

static void keeps_what_was_read_with_one_record(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct journal_entry refused = report;
    struct journal_audit_row row;
    struct record rec;
    refused.denied = true;
    refused.what = "GET";
    journal_add(c, &report);
    journal_add(c, &refused);
    CHECK_INT(kept(c, a, &row), 0);
    CHECK_OK(journal_flush(c, &e));
    CHECK_INT(kept(c, a, &row), 2);
    CHECK_STR(row.account, "leader");
    CHECK_STR(row.subject, "/report/D01/2026Q3");
    CHECK(row.denied);
    CLEANUP(db_read_end) const struct snap *s = NULL;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(record_get(s, row.record_id, a, &rec, &e));
    CHECK_STR(rec.kind, "journal.kept");
    CHECK(strstr((const char *)rec.parts[0].bytes.p, "\"rows.read_journal\":{\"n\":2") != NULL);
    db_read_end(&s);
    /* Nothing waits: nothing is written. */
    CHECK_OK(journal_flush(c, &e));
    CHECK_INT(kept(c, a, &row), 2);
}
T_COUNTY(keeps_what_was_read_with_one_record)

static void says_what_a_full_queue_dropped(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct journal_audit_row row;
    for (int i = 0; i < JOURNAL_QUEUE_MAX + 3; i++)
        journal_add(c, &report);
    CHECK_OK(journal_flush(c, &e));
    size_t n = kept(c, a, &row);
    CHECK_INT(n, JOURNAL_QUEUE_MAX + 1);
    CHECK_STR(row.what, "dropped");
    CHECK_STR(row.subject, "3");
}
T_COUNTY(says_what_a_full_queue_dropped)

static void is_written_when_the_county_closes(struct t_county *t)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct journal_audit_row row;
    journal_add(t->c, &report);
    t_county_reopen(t);
    CHECK_INT(kept(t->c, a, &row), 1);
}
T_COUNTY_IN(is_written_when_the_county_closes)

static void a_secret_opens_only_with_its_county_and_unchanged(struct t_county *t)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct bytes sealed;
    char out[8];
    CHECK_OK(secret_seal(t->c, "twenty", 7, a, &sealed, &e));
    CHECK(memmem(sealed.p, sealed.n, "twenty", 6) == NULL);
    t_county_reopen(t);
    CHECK_OK(secret_open(t->c, sealed, out, 7, &e));
    CHECK_STR(out, "twenty");
    CHECK_INT(secret_open(t->c, sealed, out, 6, &e), RC_UNPROVEN);
    for (size_t i = 0; i < sealed.n; i++) {
        ((uint8_t *)sealed.p)[i] ^= 1;
        CHECK_INT(secret_open(t->c, sealed, out, 7, &e), RC_UNPROVEN);
        ((uint8_t *)sealed.p)[i] ^= 1;
    }
    const char *path = arena_printf(a, "%s/keys/secret.key", t->dir);
    struct stat st;
    CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
    CHECK_OK(file_write_private(path, "0123456789abcdef0123456789abcdef", 32, &e));
    CHECK_INT(secret_open(t->c, sealed, out, 7, &e), RC_UNPROVEN);
}
T_COUNTY_IN(a_secret_opens_only_with_its_county_and_unchanged)

T_MAIN(T_COUNTY_CASES("the journal keeps what was read, with one record over the batch",
                      keeps_what_was_read_with_one_record),
       T_COUNTY_CASES("the journal says what a full queue dropped",
                      says_what_a_full_queue_dropped),
       T_COUNTY_CASES("the journal is written when the county closes",
                      is_written_when_the_county_closes),
       T_COUNTY_CASES("a secret opens only with its county's key, and unchanged",
                      a_secret_opens_only_with_its_county_and_unchanged))
