/*
 * A connection for commands that may wait. libpq's own waiting calls have no time limit, and a
 * stopped server would hold a command for ever; so even here everything is sent without blocking
 * and waited for with poll and a deadline. A session that met its deadline is over: what the server
 * still does is unknown.
 */
#include <corridor/instant.h>
#include <corridor/log.h>

#include "db_session_private.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

static int64_t now_ms(void)
{
    return instant_monotonic() / 1000;
}

int64_t db_session_deadline(const struct db_session *session)
{
    return now_ms() + session->timeout_ms;
}

/* Notes libpq's word for what went wrong; false, to be returned. */
bool db_session_fail(struct db_session *session)
{
    db_message_copy(session->error, sizeof session->error, PQerrorMessage(session->pg));
    session->sqlstate[0] = '\0';
    return false;
}

bool db_session_fail_with(struct db_session *session, const char *message)
{
    snprintf(session->error, sizeof session->error, "%s", message);
    session->sqlstate[0] = '\0';
    return false;
}

/* Lines up to a character position of a script, which is UTF-8. */
static unsigned line_of(const char *sql, long position)
{
    unsigned line = 1;
    for (; *sql && position > 1; sql++) {
        position -= ((unsigned char)*sql & 0xC0U) != 0x80U;
        line += *sql == '\n';
    }
    return line;
}

static int first_line(const char *text)
{
    return (int)strcspn(text, "\n");
}

/* The same from a result: message, its detail, and the line where a script is at fault. */
static bool fail_result(struct db_session *session, const PGresult *pg, const char *script)
{
    const char *primary = PQresultErrorField(pg, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = PQresultErrorField(pg, PG_DIAG_MESSAGE_DETAIL);
    const char *context = PQresultErrorField(pg, PG_DIAG_CONTEXT);
    const char *position = PQresultErrorField(pg, PG_DIAG_STATEMENT_POSITION);
    const char *sqlstate = PQresultErrorField(pg, PG_DIAG_SQLSTATE);
    char text[DB_ERROR_SIZE];
    char where[32] = "";
    if (position && script) {
        snprintf(where, sizeof where, "line %u: ", line_of(script, strtol(position, NULL, 10)));
    }
    primary = primary ? primary : "refused without a reason";
    detail = detail ? detail : "";
    context = context ? context : "";
    /* Of each the first line; of a context that is the innermost. */
    snprintf(text, sizeof text, "%s%.*s%s%.*s%s%s%.*s", where, first_line(primary), primary,
             detail[0] ? " (" : "", first_line(detail), detail, detail[0] ? ")" : "",
             context[0] ? ", in " : "", first_line(context), context);
    db_message_copy(session->error, sizeof session->error, text);
    snprintf(session->sqlstate, sizeof session->sqlstate, "%s", sqlstate ? sqlstate : "");
    return false;
}

static bool time_is_up(struct db_session *session)
{
    char text[128];
    snprintf(text, sizeof text, "no answer from the database within %u ms", session->timeout_ms);
    db_session_fail_with(session, text);
    /* The connection can't be used again; PQstatus of a finished one can't be asked, so it is reset
     * to nothing. */
    PQfinish(session->pg);
    session->pg = NULL;
    return false;
}

/* Waits until the socket is ready; POLLOUT too where something is left to send. */
bool db_session_wait(struct db_session *session, int64_t deadline, bool sending)
{
    struct pollfd socket = {PQsocket(session->pg), (short)(sending ? POLLIN | POLLOUT : POLLIN), 0};
    for (;;) {
        int64_t left = deadline - now_ms();
        if (left <= 0) {
            return time_is_up(session);
        }
        int ready = poll(&socket, 1, (int)left);
        if (ready > 0) {
            return true;
        }
        if (ready < 0 && errno != EINTR) {
            return db_session_fail_with(session, "poll failed");
        }
    }
}

/* Sends what libpq still holds. The server may be talking meanwhile, so that is read too. */
bool db_session_flush(struct db_session *session, int64_t deadline)
{
    for (;;) {
        int left = PQflush(session->pg);
        if (left <= 0) {
            return left == 0 || db_session_fail(session);
        }
        if (!db_session_wait(session, deadline, true)) {
            return false;
        }
        if (!PQconsumeInput(session->pg)) {
            return db_session_fail(session);
        }
    }
}

/* The next result of the command under way; *out is NULL at its end. */
static bool next_result(struct db_session *session, int64_t deadline, PGresult **out)
{
    while (PQisBusy(session->pg)) {
        if (!db_session_wait(session, deadline, false)) {
            return false;
        }
        if (!PQconsumeInput(session->pg)) {
            return db_session_fail(session);
        }
    }
    *out = PQgetResult(session->pg);
    return true;
}

/*
 * Runs the command just sent to its end. The last result that isn't an error goes to *out where
 * wanted. Stops early at COPY, whose end is the caller's.
 */
bool db_session_finish(struct db_session *session, const char *script, PGresult **out)
{
    int64_t deadline = db_session_deadline(session);
    bool ok = true;
    PGresult *last = NULL;
    if (!db_session_flush(session, deadline)) {
        return false;
    }
    for (;;) {
        PGresult *pg = NULL;
        if (!next_result(session, deadline, &pg)) {
            PQclear(last);
            return false;
        }
        if (!pg) {
            break;
        }
        ExecStatusType status = PQresultStatus(pg);
        if (status == PGRES_FATAL_ERROR && ok) {
            ok = fail_result(session, pg, script);
        }
        PQclear(last);
        last = pg;
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) {
            break;
        }
    }
    if (ok && out && last) {
        *out = last;
    } else {
        PQclear(last);
    }
    return ok;
}

/* Every call begins here: the last error is over, and a lost connection says so once more. */
bool db_session_start(struct db_session *session)
{
    assert(session->copy_columns == 0);
    if (!session->pg) {
        return db_session_fail_with(session, "the connection to the database is lost");
    }
    session->error[0] = '\0';
    session->sqlstate[0] = '\0';
    return true;
}

static void ignore_notice(void *arg, const PGresult *pg)
{
    (void)arg;
    const char *severity = PQresultErrorField(pg, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity && strcmp(severity, "WARNING") == 0) {
        log_warn("database: %s", PQresultErrorField(pg, PG_DIAG_MESSAGE_PRIMARY));
    }
}

struct db_session *db_session_open(const struct db_session_config *config, char *error, size_t size)
{
    const char *values[DB_KEYWORDS_MAX];
    char timeout[16];
    struct db_session *session = calloc(1, sizeof *session);
    if (!session) {
        snprintf(error, size, "out of memory");
        return NULL;
    }
    session->timeout_ms = config->timeout_ms;
    db_keyword_values(values, config->conninfo, config->application_name);
    session->pg = PQconnectdbParams(db_keywords, values, 1);
    if (PQstatus(session->pg) != CONNECTION_OK) {
        char reason[DB_ERROR_SIZE];
        db_message_copy(reason, sizeof reason, PQerrorMessage(session->pg));
        snprintf(error, size,
                 "cannot reach the database: %s (`make up` starts the private one, which lets in "
                 "whoever started it)",
                 reason);
        goto failed;
    }
    PQsetNoticeReceiver(session->pg, ignore_notice, NULL);
    snprintf(timeout, sizeof timeout, "%u", config->timeout_ms);
    const char *const setup[] = {config->role ? config->role : "none", timeout, "auto"};
    if (PQsetnonblocking(session->pg, 1) != 0 ||
        !db_session_exec(session, db_setup_sql, setup, COUNT_OF(setup))) {
        snprintf(error, size, "cannot use the database as %s: %s",
                 config->role ? config->role : "its owner",
                 session->error[0] ? session->error : PQerrorMessage(session->pg));
        goto failed;
    }
    return session;
failed:
    db_session_close(session);
    return NULL;
}

void db_session_close(struct db_session *session)
{
    if (session) {
        PQfinish(session->pg);
        free(session->copy);
        free(session);
    }
}

const char *db_session_error(const struct db_session *session)
{
    return session->error;
}

const char *db_session_sqlstate(const struct db_session *session)
{
    return session->sqlstate;
}

struct db_result *db_session_query(struct db_session *session, const char *sql,
                                   const char *const *params, size_t count)
{
    assert(count <= DB_PARAMS_MAX);
    PGresult *pg = NULL;
    if (!db_session_start(session)) {
        return NULL;
    }
    if (!PQsendQueryParams(session->pg, sql, (int)count, NULL, params, NULL, NULL, 0)) {
        db_session_fail(session);
        return NULL;
    }
    if (!db_session_finish(session, NULL, &pg)) {
        return NULL;
    }
    assert(PQresultStatus(pg) != PGRES_COPY_IN);
    struct db_result *result = malloc(sizeof *result);
    if (!result) {
        PQclear(pg);
        db_session_fail_with(session, "out of memory");
        return NULL;
    }
    result->pg = pg;
    return result;
}

void db_result_free(struct db_result *result)
{
    if (result) {
        PQclear(result->pg);
        free(result);
    }
}

bool db_session_exec(struct db_session *session, const char *sql, const char *const *params,
                     size_t count)
{
    struct db_result *result = db_session_query(session, sql, params, count);
    db_result_free(result);
    return result != NULL;
}

bool db_session_script(struct db_session *session, const char *sql)
{
    if (!db_session_start(session)) {
        return false;
    }
    if (!PQsendQuery(session->pg, sql)) {
        return db_session_fail(session);
    }
    return db_session_finish(session, sql, NULL);
}

bool db_session_begin(struct db_session *session)
{
    return db_session_exec(session, "BEGIN", NULL, 0);
}

bool db_session_commit(struct db_session *session)
{
    struct db_result *result = db_session_query(session, "COMMIT", NULL, 0);
    /* PostgreSQL answers ROLLBACK, and no error, where a statement before it failed. */
    bool ok = result && strcmp(PQcmdStatus(result->pg), "COMMIT") == 0;
    if (result && !ok) {
        db_session_fail_with(session, "the transaction had failed before and was rolled back");
    }
    db_result_free(result);
    return ok;
}

void db_session_rollback(struct db_session *session)
{
    char error[DB_ERROR_SIZE];
    char sqlstate[sizeof session->sqlstate];
    memcpy(error, session->error, sizeof error);
    memcpy(sqlstate, session->sqlstate, sizeof sqlstate);
    bool clean = session->pg != NULL;
    if (clean && session->copy_columns > 0) {
        /* The copy itself then fails, as asked; what counts is the ROLLBACK after it. */
        clean = PQputCopyEnd(session->pg, "given up") == 1 &&
                (db_session_finish(session, NULL, NULL) || session->pg);
    }
    session->copy_columns = 0;
    if (clean && PQtransactionStatus(session->pg) != PQTRANS_IDLE) {
        clean = db_session_exec(session, "ROLLBACK", NULL, 0);
    }
    if (!clean) {
        PQfinish(session->pg);
        session->pg = NULL;
    }
    memcpy(session->error, error, sizeof error);
    memcpy(session->sqlstate, sqlstate, sizeof sqlstate);
}
