/*
 * Moderators and researchers. The hard part is knowing who moderates: not by what a command line
 * says, but by a database login that is one person's, so that the database itself can tell two
 * moderators apart and keep an operator's own people out.
 */
#include <ingest/moderator_admin.h>

#include <ingest/arguments.h>
#include <ingest/listing.h>

#include <stdio.h>

const char moderator_add_details[] =
    "  --name NAME           the person's name\n"
    "  --login LOGIN         the database login that is theirs alone; without it one is made,\n"
    "                        corridor_moderator_ID\n"
    "  --operator OPERATOR   the operator they work for, whose quotes they never decide on\n"
    "\nHow they log in is PostgreSQL's business (pg_hba.conf). In a small installation whoever "
    "may\n"
    "act as the owner may also act as a login made here: CORRIDOR_MODERATOR=ID says as whom.\n";

const char researcher_add_details[] =
    "  --name NAME           the person's or group's name\n"
    "  --institution NAME    for whom they work\n"
    "  --contact CONTACT     how to reach them\n"
    "\nNothing of it is public. Next: corridor key issue --researcher ID\n";

/* "the id anna is taken", instead of the database's words; else what it said. */
static enum command_exit not_added(const char *name, const char *id, struct db_session *session)
{
    const char *state = db_session_sqlstate(session);
    bool moderates = strcmp(name, "moderator add") == 0;
    if (strcmp(state, "23505") == 0) {
        return command_failed(name, "the id %s is taken%s", id,
                              moderates
                                  ? ", or the login is another moderator's; corridor moderator list"
                                  : "; corridor researcher list");
    }
    if (strcmp(state, "23514") == 0) {
        return command_failed(name,
                              "the id %s will not do: lower-case letters, digits and hyphens, at "
                              "most %s",
                              id, moderates ? "40" : "80");
    }
    if (strcmp(state, "23503") == 0) {
        return command_failed(name, "there is no such operator");
    }
    return command_failed(name, "%s", db_session_error(session));
}

/* One statement that adds somebody, and what it gives. */
static enum command_exit add(const char *name, const char *sql, const char *const *params,
                             size_t count, const char *const *headings, bool json)
{
    enum command_exit status = COMMAND_FAILED;
    struct db_session *session = command_database(name, NULL);
    if (!session) {
        return COMMAND_FAILED;
    }
    struct db_result *rows = db_session_query(session, sql, params, count);
    status = rows ? listing_finish(name, rows, headings, true, json)
                  : not_added(name, params[0], session);
    db_session_close(session);
    return status;
}

enum command_exit moderator_add_command(int argc, char **argv)
{
    static const char name[] = "moderator add";
    static const char *const headings[] = {"moderator", "login"};
    const char *id = NULL;
    const char *person = NULL;
    const char *login = NULL;
    const char *firm = NULL;
    bool json = false;
    const struct argument known[] = {
        {.what = "ID", .value = &id, .needed = true, .most = 40},
        {"--name", "the person's name", &person, NULL, true, 0},
        {"--login", "their database login", &login, NULL, false, 63},
        {"--operator", "the operator they work for", &firm, NULL, false, 80},
        {"--json", "", NULL, &json, false, 0},
    };
    if (!arguments_read(name, argc, argv, known, COUNT_OF(known))) {
        return COMMAND_USAGE;
    }
    const char *const params[] = {id, person, firm, login, arguments_person()};
    return add(name, "SELECT $1::text, make_moderator($1, $2, $3, $4, $5)", params,
               COUNT_OF(params), headings, json);
}

enum command_exit moderator_list_command(int argc, char **argv)
{
    static const char *const headings[] = {"moderator", "name",  "login",
                                           "works for", "state", "reason"};
    return listing_command("moderator list", argc, argv,
                           "SELECT m.id, m.name, m.moderates_as, m.operator, CASE WHEN "
                           "m.disabled_at IS NULL THEN 'enabled' ELSE 'disabled' END, "
                           "m.disabled_reason FROM moderator m ORDER BY 1",
                           headings);
}

enum command_exit moderator_disable_command(int argc, char **argv)
{
    static const char name[] = "moderator disable";
    const char *id = NULL;
    const char *reason = NULL;
    const struct argument known[] = {
        {.what = "ID", .value = &id, .needed = true},
        {"--reason", "why, for the record", &reason, NULL, true, 500},
    };
    if (!arguments_read(name, argc, argv, known, COUNT_OF(known))) {
        return COMMAND_USAGE;
    }
    const char *const params[] = {id, reason, arguments_person()};
    struct db_result *rows =
        command_ask(name,
                    "UPDATE moderator m SET disabled_at = now(), disabled_reason = $2, "
                    "disabled_login = acting_login(), disabled_person = $3 WHERE m.id = $1 AND "
                    "m.disabled_at IS NULL",
                    params, COUNT_OF(params));
    if (!rows) {
        return COMMAND_FAILED;
    }
    const uint64_t disabled = db_result_affected(rows);
    db_result_free(rows);
    if (disabled == 0) {
        return command_failed(name, "there is no moderator %s who could; corridor moderator list",
                              id);
    }
    (void)printf("%s is disabled\n", id);
    return COMMAND_OK;
}

enum command_exit researcher_add_command(int argc, char **argv)
{
    static const char name[] = "researcher add";
    static const char *const headings[] = {"researcher", "name"};
    const char *id = NULL;
    const char *person = NULL;
    const char *institution = NULL;
    const char *contact = NULL;
    bool json = false;
    const struct argument known[] = {
        {.what = "ID", .value = &id, .needed = true, .most = 80},
        {"--name", "the person's or group's name", &person, NULL, true, 0},
        {"--institution", "for whom they work", &institution, NULL, false, 0},
        {"--contact", "how to reach them", &contact, NULL, false, 300},
        {"--json", "", NULL, &json, false, 0},
    };
    if (!arguments_read(name, argc, argv, known, COUNT_OF(known))) {
        return COMMAND_USAGE;
    }
    const char *const params[] = {id, person, institution, contact, arguments_person()};
    return add(name,
               "INSERT INTO researcher (id, name, institution, contact, person) VALUES ($1, $2, "
               "$3, $4, $5) RETURNING id, name",
               params, COUNT_OF(params), headings, json);
}

enum command_exit researcher_list_command(int argc, char **argv)
{
    static const char *const headings[] = {"researcher", "name", "institution", "contact", "keys"};
    return listing_command(
        "researcher list", argc, argv,
        "SELECT r.id, r.name, r.institution, r.contact, (SELECT count(*) FROM feed_key "
        "k WHERE k.researcher = r.id AND k.revoked_at IS NULL) FROM researcher r "
        "ORDER BY 1",
        headings);
}
