/*
 * One connection of the asynchronous database: the states of db_async.h, driven by the socket and a
 * timer. The hard part is libpq's manners: the socket may be another one after every PQconnectPoll,
 * a query is over only when PQgetResult has said NULL, and an error may be followed by the end of
 * the connection. After anything that can lose the connection, `pg` is looked at again before it is
 * used.
 */
#include <corridor/log.h>

#include "db_async.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    CONNECT_LIMIT_MS = 10000, /* from the first packet to a connection that is set up */
    BACKOFF_MIN_MS = 100,
    BACKOFF_MAX_MS = 5000,
    /* A connection that lived shorter counts as a failed attempt, or a server that drops all would
     * be asked for ever. */
    PROVEN_MS = 1000,
};

static void on_io(evutil_socket_t socket, short what, void *arg);

static const char *state_name(enum db_state state)
{
    static const char *const names[] = {[DB_WAITING] = "waiting",
                                        [DB_CONNECTING] = "connecting",
                                        [DB_SETTING_UP] = "setting up",
                                        [DB_LISTENING] = "listening",
                                        [DB_IDLE] = "idle",
                                        [DB_BEGINNING] = "beginning",
                                        [DB_PREPARING] = "preparing",
                                        [DB_EXECUTING] = "executing",
                                        [DB_COPYING] = "copying",
                                        [DB_ENDING] = "ending",
                                        [DB_PIPING] = "piping",
                                        [DB_RESERVED] = "reserved"};
    return names[state];
}

void db_connection_enter(struct db_connection *c, enum db_state state)
{
    struct db *db = c->db;
    log_debug("database: connection %u: %s, then %s", c->number, state_name(c->state),
              state_name(state));
    bool was_up = c->state >= DB_IDLE;
    bool was_busy = c->state > DB_IDLE;
    bool up = state >= DB_IDLE;
    bool busy = state > DB_IDLE;
    c->state = state;
    if (up && !was_up) {
        atomic_fetch_add_explicit(&db->up, 1, memory_order_relaxed);
        c->up_since = db_now_ms();
        db_came_up(db);
    } else if (was_up && !up) {
        atomic_fetch_sub_explicit(&db->up, 1, memory_order_relaxed);
    }
    if (busy && !was_busy) {
        atomic_fetch_add_explicit(&db->busy, 1, memory_order_relaxed);
    } else if (was_busy && !busy) {
        atomic_fetch_sub_explicit(&db->busy, 1, memory_order_relaxed);
        db_turn(db);
    }
}

/* ---- Socket and timer ---- */

/* The socket is asked for each time: libpq may have changed it, or what it waits for. */
static void watch(struct db_connection *c, short what)
{
    int socket = PQsocket(c->pg);
    if (event_pending(&c->io, EV_READ | EV_WRITE, NULL) && event_get_fd(&c->io) == socket &&
        event_get_events(&c->io) == (what | EV_PERSIST)) {
        return;
    }
    event_del(&c->io);
    event_assign(&c->io, c->db->base, socket, (short)(what | EV_PERSIST), on_io, c);
    event_add(&c->io, NULL);
}

static void set_timer(struct db_connection *c, unsigned ms)
{
    const struct timeval delay = {ms / 1000, ms % 1000 * 1000};
    event_add(&c->timer, &delay);
}

/* Sends what libpq holds and waits for what comes. */
static void flush(struct db_connection *c)
{
    int left = PQflush(c->pg);
    if (left < 0) {
        db_connection_lose(c, PQerrorMessage(c->pg));
    } else if (c->full) {
        event_del(&c->io);
    } else {
        watch(c, left > 0 ? EV_READ | EV_WRITE : EV_READ);
    }
}

void db_connection_sent(struct db_connection *c, int ok)
{
    if (ok) {
        flush(c);
    } else {
        db_connection_lose(c, PQerrorMessage(c->pg));
    }
}

/* ---- Losing and making ---- */

static unsigned backoff_ms(unsigned failures)
{
    if (failures == 0) {
        return 0;
    }
    unsigned most = failures > 6 ? BACKOFF_MAX_MS : (unsigned)BACKOFF_MIN_MS << (failures - 1);
    most = most > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : most;
    /* Half of it by chance, so that many programs don't come back in step. */
    unsigned chance;
    evutil_secure_rng_get_bytes(&chance, sizeof chance);
    return most / 2 + chance % (most / 2 + 1);
}

/* Lets go of all that libpq holds, and with it of the socket. */
static void release(struct db_connection *c)
{
    event_del(&c->io);
    event_del(&c->timer);
    PQclear(c->answer);
    PQclear(c->failure);
    c->answer = NULL;
    c->failure = NULL;
    db_pipe_lost(c);
    c->prepared_count = 0;
    c->rows_come = false;
    c->full = false;
    PQfinish(c->pg);
    c->pg = NULL;
}

/* Begins again; the request, which the caller has taken away, is the caller's. */
static void start_again(struct db_connection *c, const char *message)
{
    struct db *db = c->db;
    bool failed = c->state < DB_IDLE;
    if (failed || db_now_ms() - c->up_since < PROVEN_MS) {
        c->failures++;
    } else {
        c->failures = 0;
    }
    atomic_fetch_add_explicit(&db->losses, 1, memory_order_relaxed);
    if (!failed) {
        static struct log_site site;
        log_warn_sometimes(&site, "database: connection %u lost: %s", c->number, message);
    }
    db_connection_enter(c, DB_WAITING);
    if (failed) {
        db_attempt_failed(db, message);
    }
    release(c);
    set_timer(c, backoff_ms(c->failures));
}

void db_connection_lose(struct db_connection *c, const char *message)
{
    char text[256];
    struct db_request *request = c->request;
    struct db_transaction *idle = request ? NULL : c->transaction;
    db_message_copy(text, sizeof text, message); /* it goes with the connection */
    c->request = NULL;
    start_again(c, text);
    if (request) {
        db_request_end(request, DB_UNAVAILABLE, NULL, text);
    } else if (idle && idle->lost && !idle->request) {
        c->db->in_callback++;
        idle->lost(idle->lost_arg);
        c->db->in_callback--;
    }
}

void db_connection_drop(struct db_connection *c, const char *reason)
{
    c->request = NULL;
    start_again(c, reason);
}

void db_connection_stop(struct db_connection *c)
{
    c->request = NULL;
    db_connection_enter(c, DB_WAITING);
    release(c);
}

void db_connection_wake(struct db_connection *c)
{
    set_timer(c, 0);
}

void db_connection_rest(struct db_connection *c)
{
    db_connection_stop(c);
    c->failures = 0;
    if (!c->db->on_demand) {
        db_connection_wake(c);
    }
}

bool db_connection_rests(const struct db_connection *c)
{
    return c->state == DB_WAITING && !evtimer_pending(&c->timer, NULL);
}

void db_connection_read_on(struct db_connection *c)
{
    c->full = false;
    watch(c, EV_READ);
    event_active(&c->io, EV_READ, 0);
}

/* ---- Connecting ---- */

static void on_notice(void *arg, const PGresult *pg)
{
    (void)arg;
    log_debug("database: %s", PQresultErrorField(pg, PG_DIAG_MESSAGE_PRIMARY));
}

static void connect_start(struct db_connection *c)
{
    const char *values[DB_KEYWORDS_MAX];
    db_keyword_values(values, c->db->conninfo, c->db->application_name);
    db_connection_enter(c, DB_CONNECTING);
    c->pg = PQconnectStartParams(db_keywords, values, 1);
    if (!c->pg) {
        db_connection_lose(c, "out of memory");
        return;
    }
    PQsetNoticeReceiver(c->pg, on_notice, NULL);
    if (PQstatus(c->pg) == CONNECTION_BAD) {
        db_connection_lose(c, PQerrorMessage(c->pg));
        return;
    }
    set_timer(c, CONNECT_LIMIT_MS);
    watch(c, EV_WRITE);
}

static void connect_poll(struct db_connection *c)
{
    /* Before libpq may close the socket and open another under the same number. */
    event_del(&c->io);
    PostgresPollingStatusType status = PQconnectPoll(c->pg);
    if (status == PGRES_POLLING_READING) {
        watch(c, EV_READ);
    } else if (status == PGRES_POLLING_WRITING) {
        watch(c, EV_WRITE);
    } else if (status == PGRES_POLLING_OK && PQsetnonblocking(c->pg, 1) == 0) {
        char timeout[16];
        snprintf(timeout, sizeof timeout, "%u", DB_TIMEOUT_MAX_MS);
        const char *const setup[] = {c->db->role ? c->db->role : "none", timeout,
                                     c->db->keep_plans ? "force_generic_plan" : "auto"};
        db_connection_enter(c, DB_SETTING_UP);
        db_connection_sent(
            c, PQsendQueryParams(c->pg, db_setup_sql, COUNT_OF(setup), NULL, setup, NULL, NULL, 0));
    } else {
        db_connection_lose(c, PQerrorMessage(c->pg));
    }
}

static void on_timer(evutil_socket_t socket, short what, void *arg)
{
    (void)socket;
    (void)what;
    struct db_connection *c = arg;
    if (c->state == DB_WAITING) {
        connect_start(c);
    } else {
        db_connection_lose(c, "no answer to an attempt to connect");
    }
}

void db_connection_start(struct db *db, struct db_connection *c, unsigned number)
{
    c->db = db;
    c->number = number;
    c->state = DB_WAITING;
    event_assign(&c->io, db->base, -1, 0, on_io, c);
    evtimer_assign(&c->timer, db->base, on_timer, c);
    if (!db->on_demand) {
        db_connection_wake(c);
    }
}

static void connected(struct db_connection *c)
{
    event_del(&c->timer);
    atomic_fetch_add_explicit(&c->db->connects, 1, memory_order_relaxed);
    db_connection_enter(c, DB_IDLE);
}

static void listen_or_go(struct db_connection *c)
{
    char *channel = NULL;
    char command[160];
    if (c->number == 0 && c->db->channel) {
        channel = PQescapeIdentifier(c->pg, c->db->channel, strlen(c->db->channel));
    }
    if (!channel) {
        connected(c);
        return;
    }
    snprintf(command, sizeof command, "LISTEN %s", channel);
    PQfreemem(channel);
    db_connection_enter(c, DB_LISTENING);
    db_connection_sent(c, PQsendQuery(c->pg, command));
}

/* ---- Reading ---- */

/* The command under way is over and answered with pg, which this takes; the state says which. */
static void answered(struct db_connection *c, PGresult *pg)
{
    bool failed = db_is_error(pg);
    if (c->state > DB_IDLE) {
        db_run_answered(c, pg);
        return;
    }
    if (c->state == DB_LISTENING) {
        if (failed) {
            log_debug("database: no notifications: %s", PQresultErrorMessage(pg));
        }
        connected(c);
    } else if (failed) {
        db_connection_lose(c, PQresultErrorMessage(pg));
    } else {
        listen_or_go(c);
    }
    PQclear(pg);
}

/* Takes what libpq has understood so far, until it wants more bytes or the connection goes idle. */
static void read_results(struct db_connection *c)
{
    while (c->pg && c->state != DB_IDLE && c->state != DB_RESERVED && !PQisBusy(c->pg)) {
        if (c->rows_come && !db_stream_rows(c)) {
            return;
        }
        PGresult *pg = PQgetResult(c->pg);
        if (c->state == DB_PIPING &&
            (pg ? PQresultStatus(pg) == PGRES_PIPELINE_SYNC : c->answer != NULL)) {
            /* A sync stands alone; what came before it is ended by a NULL. */
            PGresult *answer = pg ? pg : c->answer;
            c->answer = NULL;
            db_pipe_answered(c, answer);
        } else if (pg && PQresultStatus(pg) == PGRES_COPY_OUT && c->state == DB_COPYING) {
            c->rows_come = true;
            PQclear(pg);
        } else if (pg) {
            assert(PQresultStatus(pg) != PGRES_COPY_IN && PQresultStatus(pg) != PGRES_COPY_OUT);
            PQclear(c->answer);
            c->answer = pg;
        } else if (PQstatus(c->pg) == CONNECTION_BAD || !c->answer) {
            db_connection_lose(c, PQerrorMessage(c->pg));
        } else {
            pg = c->answer;
            c->answer = NULL;
            answered(c, pg);
        }
    }
}

static void read_notifications(struct db_connection *c)
{
    bool any = false;
    PGnotify *notification;
    while (c->pg && (notification = PQnotifies(c->pg))) {
        PQfreemem(notification);
        any = true;
    }
    if (any && c->db->notify) {
        c->db->in_callback++;
        c->db->notify(c->db->notify_arg);
        c->db->in_callback--;
    }
}

static void on_io(evutil_socket_t socket, short what, void *arg)
{
    (void)socket;
    (void)what;
    struct db_connection *c = arg;
    if (c->state == DB_CONNECTING) {
        connect_poll(c);
        return;
    }
    /* What the server said before it went is still read: it may be the answer. */
    bool alive = PQconsumeInput(c->pg) == 1;
    read_results(c);
    if (c->pg && (!alive || PQstatus(c->pg) == CONNECTION_BAD)) {
        db_connection_lose(c, PQerrorMessage(c->pg));
    }
    if (c->pg) {
        flush(c);
    }
    read_notifications(c);
}
