/* PostgreSQL. */
#include "db/driver.h"

static enum rc not_yet(struct db *db, bool writing, struct conn **ret, struct err *e)
{
    return err_set(e, RC_INVALID, N_("PostgreSQL 尚不可用"));
}
static void nothing(struct db *db)
{
}
const struct driver postgres_driver = { .connect = not_yet, .stop = nothing };
