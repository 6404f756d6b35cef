/*
 * The asynchronous database: requests in, one outcome each. The hard part is that promise, whatever
 * fails and whatever a callback does: a request is in exactly one place (queue, connection, ended),
 * leaves it before it is told, and is told only from the loop, never from inside the call that made
 * it.
 *
 * A request whose time is up takes its connection along: libpq 15 can only cancel by waiting, and a
 * dropped connection is noticed by the server within a second (client_connection_check_interval),
 * which then ends the work itself.
 */
#include <corridor/instant.h>
#include <corridor/log.h>

#include "db_async.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define UNREACHABLE "the database is unreachable"
#define CLOSING     "the program is ending"
#define OVER        "the transaction's connection was lost"

int64_t db_now_ms(void)
{
    return instant_monotonic() / 1000;
}

/* Running out of memory for a few bytes leaves nothing sensible to do. */
void *db_must_have(void *memory)
{
    if (!memory) {
        log_error("database: out of memory");
        abort();
    }
    return memory;
}

static char *copy_text(const char *text)
{
    return text ? db_must_have(strdup(text)) : NULL;
}

/* ---- Outcomes ---- */

void db_request_end(struct db_request *request, enum db_outcome outcome, PGresult *pg,
                    const char *message)
{
    struct db *db = request->db;
    event_del(&request->limit);
    if (request->transaction) {
        request->transaction->request = NULL;
        request->transaction->over |= outcome != DB_OK || request->finish != DB_STAY;
    }
    if (request->reply) {
        struct db_result result;
        char text[512] = "";
        const char *sqlstate =
            outcome != DB_OK && pg ? PQresultErrorField(pg, PG_DIAG_SQLSTATE) : NULL;
        struct db_reply reply = {
            .outcome = outcome, .sqlstate = sqlstate ? sqlstate : "", .message = text};
        if (outcome != DB_OK) {
            db_message_copy(text, sizeof text, message);
        } else if (pg) {
            result.pg = pg;
            reply.result = &result;
        }
        atomic_fetch_add_explicit(&db->outcomes[outcome], 1, memory_order_relaxed);
        db->in_callback++;
        request->reply(&reply, request->arg);
        db->in_callback--;
    }
    free(request);
}

/* Takes it out of the queue. */
static void unqueue(struct db_request *request)
{
    TAILQ_REMOVE(&request->db->queue, request, entry);
    atomic_fetch_sub_explicit(&request->db->queued, 1, memory_order_relaxed);
}

/* Unavailable, told in the next turn. It is in no place now. */
static void refuse_later(struct db_request *request, const char *why)
{
    request->place = DB_ENDED;
    request->refusal = why;
    event_del(&request->limit);
    TAILQ_INSERT_TAIL(&request->db->ended, request, entry);
    db_turn(request->db);
}

static void refuse_queue(struct db *db, const char *why)
{
    struct db_request *request;
    while ((request = TAILQ_FIRST(&db->queue))) {
        unqueue(request);
        refuse_later(request, why);
    }
}

static void on_limit(evutil_socket_t socket, short what, void *arg)
{
    (void)socket;
    (void)what;
    struct db_request *request = arg;
    assert(request->place != DB_ENDED);
    if (request->place == DB_QUEUED) {
        unqueue(request);
    } else {
        db_connection_drop(request->connection, "a request took longer than its time limit");
    }
    db_request_end(request, DB_TIMEOUT, NULL, "no answer within the time limit");
}

/* ---- The loop's turn ---- */

/* The last comes first: the first one listens, and hears only between its requests. */
static struct db_connection *idle_connection(struct db *db)
{
    for (unsigned i = db->count; i-- > 0;) {
        if (db->connections[i].state == DB_IDLE) {
            return &db->connections[i];
        }
    }
    return NULL;
}

static struct db_connection *connection_for(const struct db_request *request)
{
    if (request->transaction && request->transaction->connection) {
        return request->transaction->connection;
    }
    return idle_connection(request->db);
}

/* A connection for each request that waits, none for nobody. */
static void meet_demand(struct db *db)
{
    struct db_connection *idle;
    unsigned wanted = atomic_load_explicit(&db->queued, memory_order_relaxed);
    while (wanted == 0 && (idle = idle_connection(db))) {
        db_connection_rest(idle);
    }
    for (unsigned i = 0; i < db->count; i++) {
        const struct db_connection *c = &db->connections[i];
        wanted -= wanted > 0 && c->state < DB_IDLE && !db_connection_rests(c);
    }
    for (unsigned i = 0; i < db->count && wanted > 0; i++) {
        if (db_connection_rests(&db->connections[i])) {
            db_connection_wake(&db->connections[i]);
            wanted--;
        }
    }
}

static void on_turn(evutil_socket_t socket, short what, void *arg)
{
    (void)socket;
    (void)what;
    struct db *db = arg;
    /* As many as there are now: a callback may ask again at once, and the loop has others to serve.
     */
    struct db_request *request;
    size_t ended = 0;
    TAILQ_FOREACH(request, &db->ended, entry)
    {
        ended++;
    }
    for (; ended > 0 && (request = TAILQ_FIRST(&db->ended)); ended--) {
        TAILQ_REMOVE(&db->ended, request, entry);
        db_request_end(request, DB_UNAVAILABLE, NULL, request->refusal);
    }
    struct db_connection *connection;
    while ((request = TAILQ_FIRST(&db->queue))) {
        if (request->transaction && request->transaction->over) {
            unqueue(request);
            refuse_later(request, OVER);
            continue;
        }
        if (!(connection = connection_for(request))) {
            break;
        }
        unqueue(request);
        if (request->piped) {
            db_pipe_run(connection, request);
        } else {
            db_connection_run(connection, request);
        }
    }
    for (unsigned i = 0; i < db->count; i++) {
        connection = &db->connections[i];
        if (connection->request && connection->request->more) {
            db_pipe_more(connection);
        }
    }
    if (db->on_demand) {
        meet_demand(db);
    }
}

void db_turn(struct db *db)
{
    event_active(&db->turn, EV_TIMEOUT, 0);
}

void db_came_up(struct db *db)
{
    pthread_mutex_lock(&db->mutex);
    int64_t down_since = db->down_since;
    db->down_since = 0;
    pthread_mutex_unlock(&db->mutex);
    if (db->down) {
        log_info("database: connected again after %" PRId64 " s",
                 (db_now_ms() - down_since) / 1000);
        db->down = false;
    }
    db_turn(db);
}

void db_attempt_failed(struct db *db, const char *message)
{
    char text[sizeof db->last_error];
    db_message_copy(text, sizeof text, message);
    pthread_mutex_lock(&db->mutex);
    memcpy(db->last_error, text, sizeof text);
    bool first = db->down_since == 0;
    if (first && atomic_load_explicit(&db->up, memory_order_relaxed) == 0) {
        db->down_since = db_now_ms();
    }
    pthread_mutex_unlock(&db->mutex);
    if (atomic_load_explicit(&db->up, memory_order_relaxed) > 0) {
        return;
    }
    if (!db->down) {
        log_warn("database: unreachable: %s", text);
        db->down = true;
    }
    refuse_queue(db, UNREACHABLE);
}

/* ---- Requests ---- */

/* Room for the request with its steps, then their parameters' pointers, then their texts. */
static struct db_request *request_make(struct db *db, const struct db_step *steps, size_t count)
{
    size_t pointers = 0;
    size_t bytes = 0;
    assert(count >= 1 && count <= DB_STEPS_MAX);
    for (size_t i = 0; i < count; i++) {
        assert(steps[i].statement->params <= DB_PARAMS_MAX);
        pointers += steps[i].statement->params;
        for (size_t k = 0; k < steps[i].statement->params; k++) {
            bytes += steps[i].params[k] ? strlen(steps[i].params[k]) + 1 : 0;
        }
    }
    struct db_request *request = db_must_have(
        calloc(1, sizeof *request + count * sizeof *steps + pointers * sizeof(char *) + bytes));
    const char **param = (const char **)&request->steps[count];
    char *text = (char *)(param + pointers);
    request->db = db;
    request->count = count;
    for (size_t i = 0; i < count; i++) {
        request->steps[i] = (struct db_step){steps[i].statement, param};
        for (size_t k = 0; k < steps[i].statement->params; k++) {
            const char *value = steps[i].params[k];
            *param++ = value ? text : NULL;
            if (value) {
                size_t size = strlen(value) + 1;
                memcpy(text, value, size);
                text += size;
            }
        }
    }
    return request;
}

void db_limit(struct db_request *request, unsigned timeout_ms)
{
    const struct timeval limit = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
    event_add(&request->limit, &limit);
}

void db_ask(struct db *db, struct db_request *request, unsigned timeout_ms)
{
    bool reserved = request->transaction && request->transaction->connection;
    bool full = atomic_load_explicit(&db->queued, memory_order_relaxed) >= db->queue_max;
    evtimer_assign(&request->limit, db->base, on_limit, request);
    if (request->transaction && request->transaction->over) {
        refuse_later(request, OVER);
        return;
    }
    if (!reserved && (db->down || full)) {
        refuse_later(request, db->down ? UNREACHABLE : "too many requests wait for the database");
        return;
    }
    db_limit(request, timeout_ms);
    if (reserved) {
        TAILQ_INSERT_HEAD(&db->queue, request, entry);
    } else {
        TAILQ_INSERT_TAIL(&db->queue, request, entry);
    }
    atomic_fetch_add_explicit(&db->queued, 1, memory_order_relaxed);
    db_turn(db);
}

static struct db_request *ask(struct db *db, const struct db_step *steps, size_t count,
                              unsigned timeout_ms, db_reply_fn *reply, void *arg)
{
    assert(reply && timeout_ms >= 1);
    if (db->closing) {
        return NULL;
    }
    struct db_request *request = request_make(db, steps, count);
    request->reply = reply;
    request->arg = arg;
    db_ask(db, request, timeout_ms);
    return request;
}

struct db_request *db_query(struct db *db, const struct db_statement *statement,
                            const char *const *params, unsigned timeout_ms, db_reply_fn *reply,
                            void *arg)
{
    assert(timeout_ms <= DB_TIMEOUT_MAX_MS);
    return ask(db, &(struct db_step){statement, params}, 1, timeout_ms, reply, arg);
}

struct db_request *db_read_at_once(struct db *db, const struct db_step *steps, size_t count,
                                   unsigned timeout_ms, db_step_fn *rows, db_reply_fn *reply,
                                   void *arg)
{
    assert(rows && timeout_ms <= DB_TIMEOUT_MAX_MS);
    struct db_request *request = ask(db, steps, count, timeout_ms, reply, arg);
    if (request) {
        request->at_once = true;
        request->rows = rows;
    }
    return request;
}

struct db_request *db_stream(struct db *db, const struct db_step *steps, size_t count,
                             size_t copies, unsigned timeout_ms, db_step_fn *rows,
                             db_stream_fn *take, db_reply_fn *reply, void *arg)
{
    assert(take && copies >= 1 && copies <= count && (rows || copies == count) &&
           timeout_ms <= DB_STREAM_MAX_MS);
    struct db_request *request = ask(db, steps, count, timeout_ms, reply, arg);
    if (request) {
        request->at_once = true;
        request->rows = rows;
        request->take = take;
        request->copies = copies;
    }
    return request;
}

void db_cancel(struct db_request *request)
{
    struct db *db = request->db;
    /* One that runs is left to its connection, which ends it silently: dropping connections on a
       caller's whim would let strangers who hang up cost a new connection each. Only a stream,
       which could go on for minutes, is not waited for. */
    request->reply = NULL;
    if (request->place == DB_QUEUED) {
        unqueue(request);
    } else if (request->place == DB_ENDED) {
        TAILQ_REMOVE(&db->ended, request, entry);
    } else if (request->copies > 0) {
        db_connection_rest(request->connection);
        db_turn(db);
    } else {
        return;
    }
    event_del(&request->limit);
    free(request);
}

/* ---- The whole ---- */

struct db *db_open(struct event_base *base, const struct db_config *config)
{
    assert(config->connections >= 1);
    struct db *db =
        db_must_have(calloc(1, sizeof *db + config->connections * sizeof db->connections[0]));
    db->base = base;
    db->conninfo = copy_text(config->conninfo);
    db->role = copy_text(config->role);
    db->application_name = copy_text(config->application_name);
    db->queue_max = config->queue_max;
    db->keep_plans = config->keep_plans;
    db->count = config->connections;
    db->on_demand = config->on_demand;
    TAILQ_INIT(&db->queue);
    TAILQ_INIT(&db->ended);
    pthread_mutex_init(&db->mutex, NULL);
    event_assign(&db->turn, base, -1, 0, on_turn, db);
    for (unsigned i = 0; i < db->count; i++) {
        db_connection_start(db, &db->connections[i], i);
    }
    return db;
}

void db_close(struct db *db)
{
    if (!db) {
        return;
    }
    assert(db->in_callback == 0);
    db->closing = true;
    for (unsigned i = 0; i < db->count; i++) {
        struct db_request *running = db->connections[i].request;
        db_connection_stop(&db->connections[i]);
        if (running) {
            refuse_later(running, CLOSING);
        }
    }
    refuse_queue(db, CLOSING);
    struct db_request *request;
    while ((request = TAILQ_FIRST(&db->ended))) {
        TAILQ_REMOVE(&db->ended, request, entry);
        db_request_end(request, DB_UNAVAILABLE, NULL, CLOSING);
    }
    event_del(&db->turn);
    pthread_mutex_destroy(&db->mutex);
    free(db->conninfo);
    free(db->role);
    free(db->application_name);
    free(db->channel);
    free(db);
}

void db_listen(struct db *db, const char *channel, db_notify_fn *notify, void *arg)
{
    assert(!db->channel);
    db->channel = copy_text(channel);
    db->notify = notify;
    db->notify_arg = arg;
}

bool db_ready(const struct db *db)
{
    return atomic_load_explicit(&db->up, memory_order_relaxed) > 0;
}

void db_describe(struct db *db, char *buffer, size_t size)
{
    pthread_mutex_lock(&db->mutex);
    if (db_ready(db)) {
        snprintf(buffer, size, "connected");
    } else if (db->down_since == 0) {
        snprintf(buffer, size, "connecting");
    } else {
        snprintf(buffer, size, "unreachable for %" PRId64 " s: %s",
                 (db_now_ms() - db->down_since) / 1000, db->last_error);
    }
    pthread_mutex_unlock(&db->mutex);
}

void db_stats(const struct db *db, struct db_stats *out)
{
    *out = (struct db_stats){
        .ok = atomic_load_explicit(&db->outcomes[DB_OK], memory_order_relaxed),
        .failed = atomic_load_explicit(&db->outcomes[DB_FAILED], memory_order_relaxed),
        .timeout = atomic_load_explicit(&db->outcomes[DB_TIMEOUT], memory_order_relaxed),
        .unavailable = atomic_load_explicit(&db->outcomes[DB_UNAVAILABLE], memory_order_relaxed),
        .connects = atomic_load_explicit(&db->connects, memory_order_relaxed),
        .losses = atomic_load_explicit(&db->losses, memory_order_relaxed),
        .up = atomic_load_explicit(&db->up, memory_order_relaxed),
        .busy = atomic_load_explicit(&db->busy, memory_order_relaxed),
        .queued = atomic_load_explicit(&db->queued, memory_order_relaxed),
    };
}
