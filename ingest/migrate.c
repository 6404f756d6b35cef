/*
 * corridor migrate. The files of sql/ travel in the program; each is one transaction that registers
 * itself, so the database refuses a repeat or a gap by itself. The hard part is to stop before
 * anything is done when the database and the program don't share one history, and to be safe when
 * two start at once: an advisory lock lets one work and the other find the work done.
 */
#include <ingest/migrate.h>

#include <corridor/embed.h>
#include <corridor/instant.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define NAME "migrate"
/* NNNN-, then the name, then .sql */
#define NUMBER_LEN 4U
#define SUFFIX_LEN 4U

const char migrate_details[] = "Applies the migrations that the database has not seen yet, in "
                               "order, each in a transaction of its own: a failure\n"
                               "leaves the ones before it in place and nothing of its own. Run it "
                               "as the owner of the database. Two at once are\n"
                               "safe. A database that a newer release has migrated is refused.\n"
                               "\n"
                               "  --status   list the migrations and change nothing; the exit "
                               "status is 1 when some are to be applied\n";

/* "quotes" of "0004-quotes.sql" */
static struct span migration_name(const struct embed_file *file)
{
    return (struct span){file->name + NUMBER_LEN + 1,
                         strlen(file->name) - NUMBER_LEN - 1 - SUFFIX_LEN};
}

/* All the database's migrations, oldest first: number, name, applied_at. NULL with the reason
 * printed. */
static struct db_result *read_applied(struct db_session *session)
{
    struct db_result *known =
        db_session_query(session, "SELECT to_regclass('corridor.migration') IS NOT NULL", NULL, 0);
    if (known) {
        const char *sql = db_result_bool(known, 0, 0)
                              ? "SELECT number, name, to_char(applied_at AT TIME ZONE 'UTC', "
                                "'YYYY-MM-DD HH24:MI:SS') "
                                "FROM corridor.migration ORDER BY number"
                              : "SELECT NULL, NULL, NULL WHERE false";
        db_result_free(known);
        known = db_session_query(session, sql, NULL, 0);
    }
    if (!known) {
        command_failed(NAME, "cannot read which migrations were applied: %s",
                       db_session_error(session));
    }
    return known;
}

/* True when what was applied is the beginning of what we have. */
static bool same_history(const struct db_result *applied)
{
    size_t count = db_result_rows(applied);
    for (size_t i = 0; i < count; i++) {
        int64_t number = 0;
        struct span name = db_result_span(applied, i, 1);
        if (!db_result_int64(applied, i, 0, &number) || number != (int64_t)i + 1) {
            command_failed(
                NAME,
                "the database's register of migrations has a gap at %zu: it was changed by hand",
                i + 1);
            return false;
        }
        if (i >= embed_sql_count) {
            command_failed(NAME,
                           "the database is at migration %zu, this program knows %zu: a newer "
                           "release migrated it, "
                           "use that one",
                           count, embed_sql_count);
            return false;
        }
        struct span ours = migration_name(&embed_sql[i]);
        if (name.len != ours.len || memcmp(name.at, ours.at, ours.len) != 0) {
            command_failed(NAME,
                           "migration %zu is '%.*s' in the database and '%.*s' in this program: "
                           "they don't share one "
                           "history",
                           i + 1, (int)name.len, name.at, (int)ours.len, ours.at);
            return false;
        }
    }
    return true;
}

static void print_status(const struct db_result *applied)
{
    size_t count = db_result_rows(applied);
    for (size_t i = 0; i < embed_sql_count; i++) {
        struct span name = migration_name(&embed_sql[i]);
        printf("%.*s %-20.*s %s%s\n", (int)NUMBER_LEN, embed_sql[i].name, (int)name.len, name.at,
               i < count ? "applied " : "to be applied",
               i < count ? db_result_text(applied, i, 2) : "");
    }
}

static bool apply(struct db_session *session, const struct embed_file *file)
{
    int64_t start_us = instant_monotonic();
    if (!db_session_script(session, (const char *)file->data)) {
        command_failed(NAME, "%s: %s", file->name, db_session_error(session));
        db_session_rollback(session);
        return false;
    }
    int64_t ms = (instant_monotonic() - start_us) / 1000;
    struct span name = migration_name(file);
    printf("applied %.*s %.*s (%" PRId64 " ms)\n", (int)NUMBER_LEN, file->name, (int)name.len,
           name.at, ms);
    return true;
}

/* Under the lock, which goes with the session. */
static enum command_exit migrate(struct db_session *session, bool only_status)
{
    enum command_exit status = COMMAND_FAILED;
    struct db_result *applied = NULL;

    if (!only_status &&
        !db_session_exec(session, "SELECT pg_advisory_lock(hashtext('corridor.migrate'))", NULL,
                         0)) {
        command_failed(NAME, "another one is at work and does not end: %s",
                       db_session_error(session));
        goto done;
    }
    applied = read_applied(session);
    if (!applied || !same_history(applied)) {
        goto done;
    }
    size_t count = db_result_rows(applied);
    if (only_status) {
        print_status(applied);
        status = count == embed_sql_count ? COMMAND_OK : COMMAND_FAILED;
        goto done;
    }
    for (size_t i = count; i < embed_sql_count; i++) {
        if (!apply(session, &embed_sql[i])) {
            goto done;
        }
    }
    if (count == embed_sql_count) {
        printf("the database is up to date at migration %zu\n", count);
    }
    status = COMMAND_OK;
done:
    db_result_free(applied);
    return status;
}

enum command_exit migrate_command(int argc, char **argv)
{
    bool only_status = argc > 1 && strcmp(argv[1], "--status") == 0;
    if (argc > (only_status ? 2 : 1)) {
        return command_usage(NAME, "'%.40s' is one argument too many", argv[argc - 1]);
    }
    struct db_session *session = command_database(NAME, NULL);
    if (!session) {
        return COMMAND_FAILED;
    }
    enum command_exit status = migrate(session, only_status);
    db_session_close(session);
    return status;
}
