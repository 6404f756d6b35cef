/* Who moderates is the database login's matter; this only takes it, and says what is wrong early.
 */
#include <ingest/moderator_session.h>

#include <corridor/config.h>

/* The login of the one named; without a name, the present one. No row: there is nobody such. A
 * person waits for a decision, so a lock that is not had in seconds is said to be another's. */
static const char login_sql[] =
    "SELECT set_config('role', m.moderates_as, false), set_config('lock_timeout', '5s', false) "
    "FROM moderator m "
    "WHERE m.disabled_at IS NULL AND CASE $1 WHEN '' THEN m.moderates_as = acting_login() "
    "ELSE m.id = $1 END";

struct db_session *moderator_session(const char *name)
{
    struct config config;
    if (!config_load(&config)) {
        return NULL;
    }
    struct db_session *session = command_database(name, NULL);
    if (!session) {
        return NULL;
    }
    const char *const params[] = {config.moderator};
    struct db_result *rows = db_session_query(session, login_sql, params, 1);
    const bool known = rows && db_result_rows(rows) == 1;
    if (!rows) {
        (void)command_failed(name, "%s", db_session_error(session));
    } else if (!known && config.moderator[0] != '\0') {
        (void)command_failed(name,
                             "CORRIDOR_MODERATOR is '%s', and no enabled moderator has that id; "
                             "corridor moderator list shows them",
                             config.moderator);
    } else if (!known) {
        (void)command_failed(name, "say who moderates: CORRIDOR_MODERATOR=ID, one of corridor "
                                   "moderator list");
    }
    db_result_free(rows);
    if (!known) {
        db_session_close(session);
        session = NULL;
    }
    return session;
}
