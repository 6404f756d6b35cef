/* What the subcommands share: how a refusal reads, and how the database is reached. */
#include <ingest/command.h>

#include <corridor/config.h>

#include <stdarg.h>
#include <stdio.h>

static void PRINTF_LIKE(2, 0) complain(const char *name, const char *format, va_list arguments)
{
    fprintf(stderr, "corridor %s: ", name);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

enum command_exit command_usage(const char *name, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    complain(name, format, arguments);
    va_end(arguments);
    fprintf(stderr, "corridor %s --help says how to use it.\n", name);
    return COMMAND_USAGE;
}

enum command_exit command_failed(const char *name, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    complain(name, format, arguments);
    va_end(arguments);
    return COMMAND_FAILED;
}

/* The longest a single statement of a command may take: a first import of all surveys stays well
 * under it. */
#define STATEMENT_TIMEOUT_MS (30U * 60 * 1000)

struct db_session *command_database(const char *name, const char *role)
{
    struct config config;
    char conninfo[CONFIG_DB_SIZE];
    char application[64];
    char error[512];
    if (!config_load(&config) ||
        !config_db(&config, role ? role : "corridor_owner", conninfo, sizeof conninfo)) {
        return NULL;
    }
    snprintf(application, sizeof application, "corridor %s", name);
    struct db_session *session =
        db_session_open(&(struct db_session_config){.conninfo = conninfo,
                                                    .role = role,
                                                    .application_name = application,
                                                    .timeout_ms = STATEMENT_TIMEOUT_MS},
                        error, sizeof error);
    if (!session) {
        command_failed(name, "%s", error);
    }
    return session;
}

struct db_result *command_ask(const char *name, const char *sql, const char *const *params,
                              size_t count)
{
    struct db_session *session = command_database(name, NULL);
    if (!session) {
        return NULL;
    }
    struct db_result *rows = db_session_query(session, sql, params, count);
    if (!rows) {
        command_failed(name, "%s", db_session_error(session));
    }
    db_session_close(session);
    return rows;
}
