/*
 * What becomes of notes about a corridor. Who decides is the database login's matter (sql/:
 * community_decide, acting_moderator), so that the record cannot be told otherwise here.
 */
#include <ingest/arguments.h>
#include <ingest/community.h>
#include <ingest/listing.h>
#include <ingest/moderator_session.h>

#include <stdio.h>
#include <stdlib.h>

const char community_list_details[] =
    "Shows what waits, the oldest first; with --all what was decided too, the latest first.\n"
    "CORRIDOR_MODERATOR says who reads (corridor moderator list).\n";
const char community_decide_details[] =
    "NOTE is a number of corridor community list. The latest decision holds, so a note that is\n"
    "shown can be rejected, and one that was rejected approved. CORRIDOR_MODERATOR says who\n"
    "decides (corridor moderator list).\n";

static const char list_sql[] =
    "SELECT id, corridor, language, recorded_on, coalesce(first_name, ''), body,"
    " coalesce(decision, 'waiting'), coalesce(moderator, ''), coalesce(reason, '')"
    " FROM community_waiting WHERE $1::boolean OR decision IS NULL"
    " ORDER BY CASE WHEN $1::boolean THEN -id ELSE id END LIMIT 200";

enum command_exit community_list_command(int argc, char **argv)
{
    static const char name[] = "community list";
    static const char *const headings[] = {"note", "corridor", "language",  "day",   "name",
                                           "text", "state",    "moderator", "reason"};
    bool all = false;
    bool json = false;
    const struct argument known[] = {
        {"--all", "", NULL, &all, false, 0},
        {"--json", "", NULL, &json, false, 0},
    };
    if (!arguments_read(name, argc, argv, known, COUNT_OF(known))) {
        return COMMAND_USAGE;
    }
    struct db_session *session = moderator_session(name);
    if (!session) {
        return COMMAND_FAILED;
    }
    const char *const params[] = {all ? "true" : "false"};
    struct db_result *rows = db_session_query(session, list_sql, params, 1);
    if (!rows) {
        (void)command_failed(name, "%s", db_session_error(session));
    }
    const enum command_exit status = listing_finish(name, rows, headings, false, json);
    db_session_close(session);
    return status;
}

static enum command_exit decide(const char *name, const char *note, const char *decision,
                                const char *reason)
{
    enum command_exit status = COMMAND_FAILED;
    char *end;
    const long long number = strtoll(note, &end, 10);
    if (*end != '\0' || number <= 0) {
        return command_usage(name, "NOTE is '%s'; it must be a number of corridor community list",
                             note);
    }
    struct db_session *session = moderator_session(name);
    if (!session) {
        return COMMAND_FAILED;
    }
    const char *const params[] = {note, decision, reason};
    struct db_result *rows =
        db_session_query(session, "SELECT community_decide($1, $2, $3)", params, COUNT_OF(params));
    if (!rows) {
        (void)command_failed(name, "%s", db_session_error(session));
        goto out;
    }
    const char *before = db_result_text(rows, 0, 0);
    if (strcmp(before, "unknown") == 0) {
        (void)command_failed(name, "there is no note %s; corridor community list --all", note);
        goto out;
    }
    if (strcmp(before, "unchanged") == 0) {
        (void)printf("note %s was %s already\n", note, decision);
    } else {
        (void)printf("note %s is %s; it was %s\n", note, decision, before);
    }
    status = COMMAND_OK;
out:
    db_result_free(rows);
    db_session_close(session);
    return status;
}

enum command_exit community_approve_command(int argc, char **argv)
{
    static const char name[] = "community approve";
    const char *note = NULL;
    const struct argument known[] = {{.what = "NOTE", .value = &note, .needed = true, .most = 18}};
    if (!arguments_read(name, argc, argv, known, COUNT_OF(known))) {
        return COMMAND_USAGE;
    }
    return decide(name, note, "approved", NULL);
}

enum command_exit community_reject_command(int argc, char **argv)
{
    static const char name[] = "community reject";
    const char *note = NULL;
    const char *reason = NULL;
    const struct argument known[] = {
        {.what = "NOTE", .value = &note, .needed = true, .most = 18},
        {"--reason", "why, for the record", &reason, NULL, true, 500},
    };
    if (!arguments_read(name, argc, argv, known, COUNT_OF(known))) {
        return COMMAND_USAGE;
    }
    return decide(name, note, "rejected", reason);
}
