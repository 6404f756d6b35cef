/*
 * How a connection of the asynchronous database runs a request: the states from idle through
 * executing back to idle. The hard part is its end: the connection is free, or dropped, before the
 * caller is told, since the caller may ask again.
 */
#include "db_async.h"

#include <assert.h>

static const char begin[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/* The session's limit is for requests that are held in memory; a stream has its own, kept by us. */
static const char begin_stream[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
                                   "SET LOCAL statement_timeout = 0";

bool db_is_prepared(const struct db_connection *c, const struct db_statement *statement)
{
    for (size_t i = 0; i < c->prepared_count; i++) {
        if (c->prepared[i] == statement) {
            return true;
        }
    }
    return false;
}

/* The step the request is at: prepared first where it must be. */
static void run_step(struct db_connection *c)
{
    const struct db_step *step = &c->request->steps[c->step];
    const struct db_statement *statement = step->statement;
    if (c->step >= c->request->count - c->request->copies) {
        db_stream_run(c);
    } else if (db_is_prepared(c, statement)) {
        db_connection_enter(c, DB_EXECUTING);
        db_connection_sent(c, PQsendQueryPrepared(c->pg, statement->name, (int)statement->params,
                                                  step->params, NULL, NULL, 0));
    } else {
        db_connection_enter(c, DB_PREPARING);
        db_connection_sent(
            c, PQsendPrepare(c->pg, statement->name, statement->sql, (int)statement->params, NULL));
    }
}

void db_connection_run(struct db_connection *c, struct db_request *request)
{
    assert(c->state == DB_IDLE && !c->request);
    request->place = DB_RUNNING;
    request->connection = c;
    c->request = request;
    c->step = 0;
    if (request->at_once) {
        db_connection_enter(c, DB_BEGINNING);
        db_connection_sent(c, PQsendQuery(c->pg, request->copies > 0 ? begin_stream : begin));
    } else {
        run_step(c);
    }
}

void db_drop_outdated(struct db_connection *c, const PGresult *failure)
{
    const char *sqlstate = failure ? PQresultErrorField(failure, PG_DIAG_SQLSTATE) : NULL;
    if (sqlstate && (strcmp(sqlstate, "0A000") == 0 || strcmp(sqlstate, "26000") == 0)) {
        db_connection_drop(c, "what it had prepared is out of date");
    }
}

/* The request is over: the connection is free for the next one before the callback may ask it.
 * Takes pg. */
static void finish(struct db_connection *c, enum db_outcome outcome, PGresult *pg)
{
    struct db_request *request = c->request;
    c->request = NULL;
    db_connection_enter(c, DB_IDLE);
    db_drop_outdated(c, outcome != DB_OK ? pg : NULL);
    db_request_end(request, outcome, pg, pg ? PQresultErrorMessage(pg) : "");
    PQclear(pg);
}

enum db_outcome db_failure_outcome(const PGresult *pg)
{
    const char *sqlstate = PQresultErrorField(pg, PG_DIAG_SQLSTATE);
    return sqlstate && strcmp(sqlstate, "57014") == 0 ? DB_TIMEOUT : DB_FAILED;
}

static void end_transaction(struct db_connection *c, const char *command)
{
    db_connection_enter(c, DB_ENDING);
    db_connection_sent(c, PQsendQuery(c->pg, command));
}

/* Takes pg, the error. */
static void step_failed(struct db_connection *c, PGresult *pg)
{
    if (c->request->at_once) {
        c->failure = pg;
        end_transaction(c, "ROLLBACK");
    } else {
        finish(c, db_failure_outcome(pg), pg);
    }
}

/* Takes pg, the rows. */
static void step_done(struct db_connection *c, PGresult *pg)
{
    struct db_request *request = c->request;
    if (!request->at_once) {
        finish(c, DB_OK, pg);
        return;
    }
    if (request->reply && c->state != DB_COPYING) {
        struct db_result rows = {pg};
        c->db->in_callback++;
        request->rows(c->step, &rows, request->arg);
        c->db->in_callback--;
    }
    PQclear(pg);
    if (c->request != request) {
        return; /* a stream that was cancelled: its connection is closed */
    }
    c->step++;
    if (!request->reply) {
        end_transaction(c, "ROLLBACK");
    } else if (c->step == request->count) {
        end_transaction(c, "COMMIT");
    } else {
        run_step(c);
    }
}

/* Takes pg, the answer to COMMIT or ROLLBACK. */
static void transaction_ended(struct db_connection *c, PGresult *pg, bool failed)
{
    PGresult *failure = c->failure;
    c->failure = NULL;
    if (!failure && failed) {
        failure = pg;
    } else {
        PQclear(pg);
    }
    finish(c, failure ? db_failure_outcome(failure) : DB_OK, failure);
}

void db_run_answered(struct db_connection *c, PGresult *pg)
{
    bool failed = db_is_error(pg);
    switch (c->state) {
    case DB_BEGINNING:
        if (failed) {
            step_failed(c, pg);
        } else {
            PQclear(pg);
            run_step(c);
        }
        return;
    case DB_PREPARING:
        if (failed) {
            step_failed(c, pg);
        } else {
            PQclear(pg);
            assert(c->prepared_count < DB_PREPARED_MAX);
            c->prepared[c->prepared_count++] = c->request->steps[c->step].statement;
            run_step(c);
        }
        return;
    case DB_EXECUTING:
    case DB_COPYING:
        if (failed) {
            step_failed(c, pg);
        } else {
            step_done(c, pg);
        }
        return;
    case DB_ENDING:
        transaction_ended(c, pg, failed);
        return;
    default:
        assert(false && "an answer to nothing asked");
    }
}
