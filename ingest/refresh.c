/*
 * corridor refresh. What changed is found, and figures are worked out, by refresh_figures
 * (sql/0014-figure-refresh.sql), some at a time so that each step is a short transaction; here it
 * is only called until nothing is left.
 */
#include <ingest/refresh.h>

#include <ingest/progress.h>

#include <inttypes.h>
#include <stdio.h>

#define NAME "refresh"

const char refresh_details[] =
    "corridor-ingestd does this by itself, within ten seconds of a change; the running quarter "
    "of\n"
    "a corridor, which is provisional, once an hour. This does all of it at once, and waits for "
    "the\n"
    "end. Figures that stay the same are left; others get a new version, and what was answered\n"
    "before can still be asked for by as_of.\n";

/* Quarters of corridors a step: about half a second. */
static const char step_sql[] =
    "SELECT versions, remaining,"
    " to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
    " FROM corridor.refresh_figures(200, '0')";

static enum command_exit refresh(struct db_session *session)
{
    struct progress progress;
    int64_t total = -1;
    int64_t remaining = 1;
    int64_t added = 0;
    char stand[64] = "";
    while (remaining > 0) {
        int64_t versions = 0;
        struct db_result *result = db_session_query(session, step_sql, NULL, 0);
        bool ok = result && db_result_int64(result, 0, 0, &versions) &&
                  db_result_int64(result, 0, 1, &remaining);
        if (ok) {
            (void)snprintf(stand, sizeof stand, "%s", db_result_text(result, 0, 2));
        }
        db_result_free(result);
        if (!ok) {
            return command_failed(NAME, "%s; what was worked out before is kept",
                                  db_session_error(session));
        }
        added += versions;
        if (total < 0) {
            total = remaining;
            progress_start(&progress, "quarters of corridors", (uint64_t)total);
        }
        /* More may have come meanwhile. */
        total = total > remaining ? total : remaining;
        progress_update(&progress, (uint64_t)(total - remaining), (uint64_t)(total - remaining));
    }
    progress_end(&progress);
    printf("figures as of %s: %" PRId64 " new versions\n", stand, added);
    return COMMAND_OK;
}

enum command_exit refresh_command(int argc, char **argv)
{
    if (argc > 1) {
        return command_usage(NAME, "'%.40s' is not something it takes", argv[1]);
    }
    struct db_session *session = command_database(NAME, "corridor_ingest");
    enum command_exit status = session ? refresh(session) : COMMAND_FAILED;
    db_session_close(session);
    return status;
}
