/*
 * Transactions that write, in pipeline mode: BEGIN with the first run, the statements, COMMIT with
 * the last, all sent before the first answer is read. The hard part is an error in the middle: the
 * server passes over what follows up to the sync, COMMIT included, so the transaction is still open
 * and a ROLLBACK must end it before the caller is told; and what was to be prepared behind the
 * error was not.
 */
#include "db_async.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CLOSE_LIMIT_MS 5000 /* for the ROLLBACK of one that is closed while open */

/* ---- Sending ---- */

static void expect(struct db_connection *c, enum db_pipe what)
{
    assert(c->pipe_count < DB_PIPE_MAX);
    c->pipe[c->pipe_count++] = (unsigned char)what;
}

static bool send_control(struct db_connection *c, const char *sql)
{
    expect(c, DB_PIPE_CONTROL);
    return PQsendQueryParams(c->pg, sql, 0, NULL, NULL, NULL, NULL, 0) == 1;
}

static bool send_command(struct db_connection *c, const struct db_command *command)
{
    const struct db_statement *statement = command->statement;
    const char *values[DB_PARAMS_MAX];
    int lengths[DB_PARAMS_MAX];
    int formats[DB_PARAMS_MAX];
    assert(statement->params <= DB_PARAMS_MAX);
    if (!db_is_prepared(c, statement)) {
        assert(c->prepared_count < DB_PREPARED_MAX);
        c->prepared[c->prepared_count++] = statement;
        expect(c, DB_PIPE_PREPARE);
        if (!PQsendPrepare(c->pg, statement->name, statement->sql, (int)statement->params, NULL)) {
            return false;
        }
    }
    for (size_t i = 0; i < statement->params; i++) {
        values[i] = command->values[i].at;
        lengths[i] = (int)command->values[i].len;
        formats[i] = command->values[i].binary;
    }
    expect(c, DB_PIPE_EXECUTE);
    return PQsendQueryPrepared(c->pg, statement->name, (int)statement->params, values, lengths,
                               formats, 0) == 1;
}

static void begin_pipe(struct db_connection *c)
{
    c->pipe_count = 0;
    c->pipe_next = 0;
    c->pipe_syncs = 1;
    c->step = 0;
    c->pipe_prepared = c->prepared_count;
    c->pipe_undoing = false;
}

static bool send_commands(struct db_connection *c, const struct db_request *request)
{
    bool sent = true;
    for (size_t i = 0; sent && i < request->count; i++) {
        sent = send_command(c, &request->commands[i]) &&
               (i + 1 != request->early || PQsendFlushRequest(c->pg));
    }
    return sent;
}

void db_pipe_run(struct db_connection *c, struct db_request *request)
{
    struct db_transaction *transaction = request->transaction;
    bool first = c->state == DB_IDLE;
    assert((first || c->state == DB_RESERVED) && !c->request);
    request->place = DB_RUNNING;
    request->connection = c;
    c->request = request;
    c->transaction = transaction;
    transaction->connection = c;
    db_connection_enter(c, DB_PIPING);
    begin_pipe(c);
    bool sent = !first || (PQenterPipelineMode(c->pg) && send_control(c, "BEGIN"));
    sent = sent && send_commands(c, request);
    if (sent && request->finish != DB_STAY) {
        sent = send_control(c, request->finish == DB_COMMIT ? "COMMIT" : "ROLLBACK");
    }
    db_connection_sent(c, sent && PQpipelineSync(c->pg));
}

void db_pipe_more(struct db_connection *c)
{
    c->request->more = false;
    c->pipe_syncs++;
    c->pipe_count -= c->pipe_next;
    memmove(c->pipe, c->pipe + c->pipe_next, c->pipe_count);
    c->pipe_next = 0;
    db_connection_sent(c, send_commands(c, c->request) && PQpipelineSync(c->pg));
}

static void send_rollback(struct db_connection *c)
{
    begin_pipe(c);
    c->pipe_undoing = true;
    db_connection_sent(c, send_control(c, "ROLLBACK") && PQpipelineSync(c->pg));
}

/* ---- Answers ---- */

/* The transaction has ended on the server: the connection is free, and then the caller is told. */
static void finish(struct db_connection *c)
{
    struct db_request *request = c->request;
    PGresult *failure = c->failure;
    if (!PQexitPipelineMode(c->pg)) {
        db_connection_lose(c, PQerrorMessage(c->pg));
        return;
    }
    c->request = NULL;
    c->failure = NULL;
    db_pipe_lost(c);
    db_connection_enter(c, DB_IDLE);
    db_drop_outdated(c, failure);
    db_request_end(request, failure ? db_failure_outcome(failure) : DB_OK, failure,
                   failure ? PQresultErrorMessage(failure) : "");
    PQclear(failure);
}

static void synced(struct db_connection *c)
{
    struct db_request *request = c->request;
    c->pipe_syncs--;
    if (c->pipe_syncs == 0 && request->more) {
        db_pipe_more(c);
    }
    if (c->pipe_syncs > 0) {
        return;
    }
    if (c->failure && !c->pipe_undoing) {
        /* What stood behind the error was passed over, preparing too. */
        c->prepared_count = c->pipe_prepared;
        send_rollback(c);
    } else if (c->pipe_undoing || request->finish != DB_STAY) {
        finish(c);
    } else if (!c->transaction) {
        send_rollback(c); /* closed meanwhile */
    } else {
        c->request = NULL;
        db_connection_enter(c, DB_RESERVED);
        db_request_end(request, DB_OK, NULL, "");
    }
}

void db_pipe_answered(struct db_connection *c, PGresult *pg)
{
    ExecStatusType status = PQresultStatus(pg);
    if (status == PGRES_PIPELINE_SYNC) {
        PQclear(pg);
        synced(c);
        return;
    }
    if (c->pipe_next == c->pipe_count) {
        /* The server, going away, says so between the last answer and the sync. */
        assert(db_is_error(pg));
        PQclear(pg);
        return;
    }
    enum db_pipe what = c->pipe[c->pipe_next++];
    if (status == PGRES_PIPELINE_ABORTED) {
        PQclear(pg);
        return;
    }
    if (db_is_error(pg)) {
        /* A failing ROLLBACK leaves the first reason standing. */
        if (c->failure) {
            PQclear(pg);
        } else {
            c->failure = pg;
        }
        return;
    }
    if (what == DB_PIPE_PREPARE) {
        c->pipe_prepared++;
    } else if (what == DB_PIPE_EXECUTE) {
        size_t step = c->step++;
        if (c->request->rows && c->request->reply) {
            struct db_result rows = {pg};
            c->db->in_callback++;
            c->request->rows(step, &rows, c->request->arg);
            c->db->in_callback--;
        }
    }
    PQclear(pg);
}

void db_pipe_lost(struct db_connection *c)
{
    if (c->transaction) {
        c->transaction->connection = NULL;
        c->transaction->over = true;
        c->transaction = NULL;
    }
}

/* ---- For callers ---- */

struct db_transaction *db_transaction_open(struct db *db)
{
    if (db->closing) {
        return NULL;
    }
    struct db_transaction *transaction = db_must_have(calloc(1, sizeof *transaction));
    transaction->db = db;
    return transaction;
}

void db_transaction_run(struct db_transaction *transaction, const struct db_command *commands,
                        size_t count, enum db_finish finish, unsigned timeout_ms, db_step_fn *rows,
                        db_reply_fn *reply, void *arg)
{
    assert(!transaction->request && count <= DB_STEPS_MAX);
    assert(timeout_ms >= 1 && timeout_ms <= DB_TIMEOUT_MAX_MS);
    struct db_request *request = db_must_have(calloc(1, sizeof *request));
    *request = (struct db_request){.db = transaction->db,
                                   .transaction = transaction,
                                   .piped = true,
                                   .commands = commands,
                                   .finish = finish,
                                   .count = count,
                                   .rows = rows,
                                   .reply = reply,
                                   .arg = arg};
    transaction->request = request;
    db_ask(transaction->db, request, timeout_ms);
}

void db_transaction_more(struct db_transaction *transaction, const struct db_command *commands,
                         size_t count, unsigned timeout_ms)
{
    struct db_request *request = transaction->request;
    assert(request && request->place == DB_RUNNING && request->finish == DB_STAY);
    assert(!request->more && count <= DB_STEPS_MAX);
    if (request->connection->failure) {
        return; /* behind the ROLLBACK they would stand for themselves */
    }
    request->commands = commands;
    request->count = count;
    request->early = 0;
    request->more = true;
    db_limit(request, timeout_ms);
    db_turn(transaction->db);
}

void db_transaction_early(struct db_transaction *transaction, size_t statements)
{
    struct db_request *request = transaction->request;
    assert(request);
    request->early = statements;
}

void db_transaction_watch(struct db_transaction *transaction, db_lost_fn *lost, void *arg)
{
    transaction->lost = lost;
    transaction->lost_arg = arg;
}

static void forget(const struct db_reply *reply, void *arg)
{
    (void)reply;
    free(arg);
}

void db_transaction_close(struct db_transaction *transaction)
{
    if (!transaction) {
        return;
    }
    struct db_connection *c = transaction->connection;
    struct db_request *request = transaction->request;
    if (request && request->place == DB_RUNNING) {
        /* Left to its connection, which rolls back behind it unless it ends the transaction. */
        request->transaction = NULL;
        request->reply = NULL;
        request->count = 0; /* what was to be sent yet: the caller's */
        c->transaction = NULL;
    } else if (request) {
        request->transaction = NULL;
        db_cancel(request);
    } else if (c) {
        /* Lives on until the ROLLBACK is answered. */
        db_transaction_run(transaction, NULL, 0, DB_ROLLBACK, CLOSE_LIMIT_MS, NULL, forget,
                           transaction);
        return;
    }
    free(transaction);
}
