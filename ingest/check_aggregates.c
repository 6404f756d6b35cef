/*
 * corridor check aggregates. Everything is worked out again from nothing by the functions of
 * sql/0017-check-figures.sql, a quarter at a time; the hard part is to tell what is wrong from what
 * only has not been worked out yet, so it says first what waits.
 */
#include <ingest/check_aggregates.h>

#include <ingest/progress.h>

#include <inttypes.h>
#include <stdio.h>

#define NAME "check aggregates"

const char check_aggregates_details[] =
    "Works out every figure of every corridor and quarter from the record, at 200 and 500 "
    "dollars,\n"
    "groups included, and compares it with the figure that is kept. Names each that differs, and\n"
    "exits with 1 when one does. Changes nothing.\n"
    "\n"
    "  --history   earlier versions too, each by what was known then\n";

static const char waiting_sql[] =
    "SELECT to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), changed,"
    " coalesce(remaining, 0) FROM corridor.figures_waiting()";
static const char periods_sql[] = "SELECT period, corridors FROM corridor.periods_with_figures()";
static const char apart_sql[] =
    "SELECT corridor, price_point_usd, demonstration,"
    " coalesce(to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), ''),"
    " figure, kept, again FROM corridor.figures_apart($1, $2::boolean)";
static const char versions_sql[] = "SELECT corridor, period, price_point_usd, demonstration,"
                                   " to_char(recorded_at AT TIME ZONE 'UTC',"
                                   "  'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
                                   " FROM corridor.versions_apart()";
static const char count_sql[] = "SELECT count(*) FROM corridor.quarter_figure"
                                " WHERE $1::boolean OR superseded_at = 'infinity'";

static const char *or_none(const char *text)
{
    return text ? text : "nothing";
}

static const char *kind_of(const struct db_result *rows, size_t row, size_t column)
{
    return db_result_bool(rows, row, column) ? ", demonstration" : "";
}

/* One quarter; adds how many figures differ. False when the database failed. */
static bool check_period(struct db_session *session, const char *period, const char *history,
                         uint64_t *apart)
{
    const char *const params[] = {period, history};
    struct db_result *rows = db_session_query(session, apart_sql, params, COUNT_OF(params));
    size_t count = rows ? db_result_rows(rows) : 0;
    for (size_t i = 0; i < count; i++) {
        const char *recorded = db_result_text(rows, i, 3);
        printf("%s %s at %s USD%s%s%s: %s is kept as %.300s, again it is %.300s\n",
               db_result_text(rows, i, 0), period, db_result_text(rows, i, 1), kind_of(rows, i, 2),
               history[0] == 't' && recorded[0] != '\0' ? ", of " : "",
               history[0] == 't' ? recorded : "", db_result_text(rows, i, 4),
               or_none(db_result_text(rows, i, 5)), or_none(db_result_text(rows, i, 6)));
    }
    *apart += count;
    db_result_free(rows);
    return rows != NULL;
}

static bool check_versions(struct db_session *session, uint64_t *apart)
{
    struct db_result *rows = db_session_query(session, versions_sql, NULL, 0);
    size_t count = rows ? db_result_rows(rows) : 0;
    for (size_t i = 0; i < count; i++) {
        printf("%s %s at %s USD%s: the version of %s does not end where the next begins\n",
               db_result_text(rows, i, 0), db_result_text(rows, i, 1), db_result_text(rows, i, 2),
               kind_of(rows, i, 3), db_result_text(rows, i, 4));
    }
    *apart += count;
    db_result_free(rows);
    return rows != NULL;
}

/* Says what waits; *waits when something does. */
static bool say_waiting(struct db_session *session, bool *waits)
{
    int64_t changed = 0;
    int64_t remaining = 0;
    struct db_result *result = db_session_query(session, waiting_sql, NULL, 0);
    bool ok = result != NULL;
    const char *stand = ok ? db_result_text(result, 0, 0) : NULL;
    if (ok && stand && db_result_int64(result, 0, 1, &changed) &&
        db_result_int64(result, 0, 2, &remaining)) {
        *waits = changed > 0 || remaining > 0;
        printf("figures as of %s", stand);
        if (*waits) {
            printf("; since then %" PRId64 " corridors changed, %" PRId64
                   " quarters of corridors wait",
                   changed, remaining);
        }
        printf("\n");
    } else if (ok) {
        *waits = true;
        puts("no figures were ever worked out");
    }
    db_result_free(result);
    return ok;
}

static enum command_exit check(struct db_session *session, const char *history)
{
    struct progress progress;
    uint64_t apart = 0;
    uint64_t corridors = 0;
    int64_t total = 0;
    int64_t versions = 0;
    bool waits = false;
    const char *const params[] = {history};
    struct db_result *counted = NULL;
    struct db_result *periods =
        say_waiting(session, &waits) ? db_session_query(session, periods_sql, NULL, 0) : NULL;
    size_t count = periods ? db_result_rows(periods) : 0;
    bool ok = periods != NULL;
    for (size_t i = 0; ok && i < count; i++) {
        int64_t more = 0;
        ok = db_result_int64(periods, i, 1, &more);
        total += more;
    }
    progress_start(&progress, "quarters of corridors", (uint64_t)total);
    for (size_t i = 0; ok && i < count; i++) {
        int64_t more = 0;
        ok = check_period(session, db_result_text(periods, i, 0), history, &apart) &&
             db_result_int64(periods, i, 1, &more);
        corridors += (uint64_t)more;
        progress_update(&progress, corridors, corridors);
    }
    progress_end(&progress);
    ok = ok && check_versions(session, &apart) &&
         (counted = db_session_query(session, count_sql, params, 1)) != NULL &&
         db_result_int64(counted, 0, 0, &versions);
    db_result_free(counted);
    db_result_free(periods);
    if (!ok) {
        return command_failed(NAME, "%s", db_session_error(session));
    }
    printf("%zu quarters, %" PRIu64 " quarters of corridors, %" PRId64
           " versions of their figures: %" PRIu64 " differences\n",
           count, corridors, versions, apart);
    if (apart > 0 && waits) {
        puts("what waits may explain them: `corridor refresh` works it out");
    }
    return apart == 0 ? COMMAND_OK : COMMAND_FAILED;
}

enum command_exit check_aggregates_command(int argc, char **argv)
{
    bool history = argc == 2 && strcmp(argv[1], "--history") == 0;
    if (argc > 1 && !history) {
        return command_usage(NAME, "'%.40s' is not something it takes", argv[1]);
    }
    struct db_session *session = command_database(NAME, "corridor_server");
    enum command_exit status = session ? check(session, history ? "t" : "f") : COMMAND_FAILED;
    db_session_close(session);
    return status;
}
