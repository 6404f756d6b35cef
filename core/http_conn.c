/*
 * A connection: its socket, its state and what it waits for (drawn in core/README.md). The hard
 * part is the end of life: nothing is freed while a callback may still be using it, so the dead
 * wait on a list for the turn's end, and a connection whose client left waits for the reply its
 * handler still owes.
 */
#include "http_engine.h"

#include <corridor/log.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define LINGER_BYTES   ((uint64_t)256 << 10)
#define LINGER_SECONDS 5U

static const char *const state_names[HTTP_STATE_COUNT] = {
    "proxy",   "handshake", "idle",   "head", "body", "handling",
    "streams", "writing",   "linger", "gone", "dead",
};

static void list_remove(struct http_list *list, struct http_conn *conn)
{
    *(conn->prev == NULL ? &list->first : &conn->prev->next) = conn->next;
    *(conn->next == NULL ? &list->last : &conn->next->prev) = conn->prev;
    conn->next = conn->prev = NULL;
}

static void list_append(struct http_list *list, struct http_conn *conn)
{
    conn->prev = list->last;
    conn->next = NULL;
    *(list->last == NULL ? &list->first : &list->last->next) = conn;
    list->last = conn;
}

static unsigned state_seconds(const struct http_worker *worker, enum http_state state)
{
    const struct http_limits *limits = &worker->server->config.limits;
    switch (state) {
    case HTTP_STATE_HANDSHAKE:
        return limits->handshake_timeout;
    case HTTP_STATE_IDLE:
        return limits->idle_timeout;
    case HTTP_STATE_PROXY:
    case HTTP_STATE_HEAD:
        return limits->head_timeout;
    case HTTP_STATE_BODY:
        return limits->body_timeout;
    case HTTP_STATE_WRITING:
        return limits->write_timeout;
    default:
        return LINGER_SECONDS;
    }
}

/* Goes to the end of its state's list, which is so in order of deadlines: all in a state get the
 * same time. */
static void conn_queue(struct http_conn *conn)
{
    struct http_worker *worker = conn->worker;
    conn->moved = 0;
    conn->deadline = worker->now + state_seconds(worker, conn->state);
    list_append(&worker->lists[conn->state], conn);
}

static void conn_window(struct http_conn *conn)
{
    list_remove(&conn->worker->lists[conn->state], conn);
    conn_queue(conn);
}

static void conn_listen(struct http_conn *conn, bool reads, bool writes)
{
    if (reads != conn->reads) {
        conn->reads = reads;
        (reads ? event_add(&conn->read, NULL) : event_del(&conn->read));
    }
    if (writes != conn->writes) {
        conn->writes = writes;
        (writes ? event_add(&conn->write, NULL) : event_del(&conn->write));
    }
}

static void conn_close_socket(struct http_conn *conn, bool polite)
{
    struct http_worker *worker = conn->worker;
    conn_listen(conn, false, false);
    if (conn->fd >= 0) {
        http_io_close(conn, polite);
        http_peers_leave(&worker->server->peers, conn->peer);
        worker->connections--;
        metric_bump(&worker->closed, 1);
        if (!worker->accepting) {
            http_accept_resume(worker);
        }
    }
}

void http_conn_enter(struct http_conn *conn, enum http_state state)
{
    struct http_worker *worker = conn->worker;
    enum http_state from = conn->state;
    if (state == from) {
        return;
    }
    if (from == HTTP_STATE_HANDSHAKE && state > HTTP_STATE_IDLE) {
        metric_bump(&worker->handshakes_failed, 1);
    }
    log_debug("connection %d: %s -> %s", conn->fd, state_names[from], state_names[state]);
    list_remove(&worker->lists[from], conn);
    conn->state = (uint8_t)state;
    conn_queue(conn);
    switch (state) {
    case HTTP_STATE_IDLE:
        if (conn->work != NULL) {
            http_work_return(worker, conn->work);
            conn->work = NULL;
        }
        conn_listen(conn, true, false);
        break;
    case HTTP_STATE_HANDSHAKE:
    case HTTP_STATE_PROXY:
    case HTTP_STATE_HEAD:
    case HTTP_STATE_BODY:
    case HTTP_STATE_STREAMS:
        conn_listen(conn, true, false);
        break;
    case HTTP_STATE_HANDLING:
        /* Reading stays as it is: most handlers reply at once, and the rest are told of a reset
         * that way. */
        conn_listen(conn, conn->reads, false);
        break;
    case HTTP_STATE_WRITING:
        conn_listen(conn, false, true);
        break;
    case HTTP_STATE_LINGER:
        http_io_finish(conn);
        conn_listen(conn, true, false);
        break;
    default:
        conn_close_socket(conn, from == HTTP_STATE_IDLE || from == HTTP_STATE_LINGER);
        http_worker_after(worker);
        break;
    }
}

void http_conn_cut(struct http_conn *conn)
{
    struct http_request *req = conn->work == NULL ? NULL : &conn->work->request;
    if (conn->state == HTTP_STATE_DEAD || conn->state == HTTP_STATE_GONE) {
        return;
    }
    if (conn->http2 != NULL) {
        http2_cut(conn);
    }
    if (req != NULL && req->receiving) {
        req->gone = true;
        http_body_over(req, HTTP_BODY_CUT);
    }
    if (req != NULL && req->deferred && !req->replied) {
        req->gone = true;
        http_conn_enter(conn, HTTP_STATE_GONE);
        if (req->cancel != NULL) {
            req->cancel(req, req->cancel_arg);
        }
        return;
    }
    http_conn_enter(conn, HTTP_STATE_DEAD);
    if (req != NULL) {
        http_stream_end(req);
        http_log_request(req, false);
    }
}

uint32_t http_conn_spent(const struct http_conn *conn, uint64_t *moved)
{
    const struct http_worker *worker = conn->worker;
    bool body = conn->state == HTTP_STATE_BODY;
    *moved = body ? conn->moved : 0;
    return body ? state_seconds(worker, conn->state) - (conn->deadline - worker->now) : 0;
}

static bool conn_meets(const struct http_conn *conn, unsigned rate, unsigned seconds)
{
    return conn->moved >= (uint64_t)rate * seconds;
}

static void conn_too_slow(struct http_conn *conn)
{
    struct http_request *req = &conn->work->request;
    if (req->replied) {
        http_conn_cut(conn); /* what is left of its body is read past no longer */
        return;
    }
    http_body_over(req, HTTP_BODY_TOO_SLOW);
    http_reply_fault(conn, 408, "The request did not arrive in time.");
    req->stage = HTTP_STAGE_ANSWER;
    http_turn(conn);
}

void http_conn_late(struct http_conn *conn)
{
    const struct http_limits *limits = &conn->worker->server->config.limits;
    switch ((enum http_state)conn->state) {
    case HTTP_STATE_IDLE:
        if (conn->http2 != NULL) {
            http2_late(conn);
        } else {
            http_conn_enter(conn, HTTP_STATE_LINGER);
        }
        break;
    case HTTP_STATE_HEAD:
        conn_too_slow(conn);
        break;
    case HTTP_STATE_BODY:
        if (http_body_in_time(&conn->work->request, limits->body_timeout, conn->moved)) {
            conn_window(conn);
        } else {
            conn_too_slow(conn);
        }
        break;
    case HTTP_STATE_WRITING:
        if (conn_meets(conn, limits->write_rate, limits->write_timeout)) {
            conn_window(conn);
        } else {
            http_conn_cut(conn);
        }
        break;
    default:
        http_conn_cut(conn);
        break;
    }
}

void http_conn_ready(struct http_conn *conn)
{
    if (!conn->running && !conn->ready) {
        conn->ready = true;
        conn->next_ready = conn->worker->ready;
        conn->worker->ready = conn;
        http_worker_after(conn->worker);
    }
}

/* ---- What the socket says ---- */

static void conn_drop(struct http_conn *conn)
{
    ssize_t got = http_io_drop(conn);
    bool over = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
    conn->moved += got > 0 ? (uint64_t)got : 0;
    if (over || conn->moved > LINGER_BYTES) {
        http_conn_enter(conn, HTTP_STATE_DEAD);
    }
}

/* While a handler is at work nothing is read, but a reset is worth knowing. */
static void conn_peek(struct http_conn *conn)
{
    bool ended = false;
    if (http_io_reset(conn, &ended)) {
        http_conn_cut(conn);
    } else {
        conn->ended = ended;
        conn_listen(conn, false, false);
    }
}

/* False: there is no memory, and the connection is gone. */
static bool conn_borrow(struct http_conn *conn)
{
    if (conn->work == NULL) {
        conn->work = http_work_borrow(conn->worker);
        if (conn->work == NULL) {
            http_conn_cut(conn);
            return false;
        }
        conn->work->request.conn = conn;
    }
    return true;
}

void http_conn_fill(struct http_conn *conn)
{
    if (!conn_borrow(conn)) {
        return;
    }
    ssize_t got = http_input_read(conn);
    if (got > 0) {
        conn->moved += (uint64_t)got;
        http_turn(conn);
        return;
    }
    bool over = got == 0 || (errno != EAGAIN && errno != EINTR);
    if (conn->state == HTTP_STATE_IDLE) { /* before its end: a crowd may leave in one turn */
        http_work_return(conn->worker, conn->work);
        conn->work = NULL;
    }
    if (over) {
        http_conn_cut(conn);
    }
}

/* ---- Before the first request ---- */

bool http_conn_count(struct http_conn *conn, const struct http_address *from)
{
    uint64_t key = http_peer_key(from);
    if (!http_peers_enter(&conn->worker->server->peers, key)) {
        metric_bump(&conn->worker->refused[HTTP_REFUSED_ADDRESS], 1);
        return false;
    }
    conn->peer = key;
    return true;
}

static void conn_proxy(struct http_conn *conn)
{
    if (!conn_borrow(conn)) {
        return;
    }
    switch (http_proxy_step(conn)) {
    case HTTP_MORE:
        break;
    case HTTP_END:
        http_work_return(conn->worker, conn->work);
        conn->work = NULL;
        http_conn_enter(conn, conn->tls != NULL ? HTTP_STATE_HANDSHAKE : HTTP_STATE_IDLE);
        if (conn->state == HTTP_STATE_IDLE && conn->worker->draining) {
            http_conn_drain(conn);
        }
        break;
    default:
        http_conn_cut(conn);
        break;
    }
}

void http_conn_handshake(struct http_conn *conn)
{
    switch (http_tls_handshake(conn)) {
    case HTTP_HANDSHAKE_READS:
        conn_listen(conn, true, false);
        break;
    case HTTP_HANDSHAKE_WRITES:
        conn_listen(conn, false, true);
        break;
    case HTTP_HANDSHAKE_REFUSED:
        http_conn_enter(conn, HTTP_STATE_LINGER);
        break;
    case HTTP_HANDSHAKE_BROKEN:
        http_conn_cut(conn);
        break;
    case HTTP_HANDSHAKE_DONE:
        http_conn_enter(conn, HTTP_STATE_IDLE);
        if (conn->worker->draining) {
            http_conn_drain(conn);
        } else if (conn->buffered) {
            http_conn_fill(conn);
        }
        break;
    }
}

/* In this turn of the loop, or when its turn comes. */
static void conn_shake(struct http_conn *conn)
{
    if (http_again_handshake(conn)) {
        http_conn_handshake(conn);
    } else {
        conn_listen(conn, false, false);
    }
}

/* ---- What libevent calls ---- */

static void conn_on_read(evutil_socket_t fd, short what, void *arg)
{
    struct http_conn *conn = arg;
    (void)fd;
    (void)what;
    switch ((enum http_state)conn->state) {
    case HTTP_STATE_PROXY:
        conn_proxy(conn);
        break;
    case HTTP_STATE_HANDSHAKE:
        conn_shake(conn);
        break;
    case HTTP_STATE_LINGER:
        conn_drop(conn);
        break;
    case HTTP_STATE_HANDLING:
        conn_peek(conn);
        break;
    default:
        http_conn_fill(conn);
        break;
    }
}

static void conn_on_write(evutil_socket_t fd, short what, void *arg)
{
    struct http_conn *conn = arg;
    (void)fd;
    (void)what;
    if (conn->state == HTTP_STATE_HANDSHAKE) {
        conn_shake(conn);
        return;
    }
    switch (http_queue_flush(conn)) {
    case HTTP_BROKEN:
        http_conn_cut(conn);
        break;
    case HTTP_FLUSHED:
        http_turn(conn);
        break;
    default:
        break;
    }
}

struct http_conn *http_conn_open(struct http_worker *worker, int fd, bool tls)
{
    struct http_conn *conn = calloc(1, sizeof *conn);
    if (conn == NULL) {
        close(fd);
        return NULL;
    }
    conn->worker = worker;
    conn->fd = fd;
    event_assign(&conn->read, worker->base, fd, EV_READ | EV_PERSIST, conn_on_read, conn);
    event_assign(&conn->write, worker->base, fd, EV_WRITE | EV_PERSIST, conn_on_write, conn);
    if (tls && !http_tls_begin(conn)) {
        close(fd);
        free(conn);
        return NULL;
    }
    conn->secure = tls;
    conn->state = tls ? HTTP_STATE_HANDSHAKE : HTTP_STATE_IDLE;
    conn_queue(conn);
    conn_listen(conn, true, false);
    worker->connections++;
    return conn;
}

void http_conn_drain(struct http_conn *conn)
{
    if (conn->http2 != NULL) {
        http2_drain(conn);
        return;
    }
    if (conn->state == HTTP_STATE_IDLE) {
        http_conn_fill(conn); /* what has just arrived is still answered */
    }
    if (conn->state == HTTP_STATE_IDLE) {
        http_conn_cut(conn);
    }
}
