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

static void conn_close_socket(struct http_conn *conn, bool polite)
{
    struct http_worker *worker = conn->worker;
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
    http_event_await(conn);
    if (state == HTTP_STATE_IDLE && conn->work != NULL) {
        http_work_return(worker, conn->work);
        conn->work = NULL;
    } else if (state == HTTP_STATE_LINGER) {
        http_io_finish(conn);
    } else if (state >= HTTP_STATE_GONE) {
        conn_close_socket(conn, from == HTTP_STATE_IDLE || from == HTTP_STATE_LINGER);
        http_worker_after(worker);
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

/* ---- Its beginning, and the end of its worker ---- */

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

struct http_conn *http_conn_open(struct http_worker *worker, int fd, bool tls)
{
    struct http_conn *conn = calloc(1, sizeof *conn);
    if (conn == NULL) {
        close(fd);
        return NULL;
    }
    conn->worker = worker;
    conn->fd = fd;
    http_event_open(conn);
    if (tls && !http_tls_begin(conn)) {
        close(fd);
        free(conn);
        return NULL;
    }
    conn->secure = tls;
    conn->state = tls ? HTTP_STATE_HANDSHAKE : HTTP_STATE_IDLE;
    conn_queue(conn);
    http_event_listen(conn, true, false);
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
        http_event_fill(conn); /* what has just arrived is still answered */
    }
    if (conn->state == HTTP_STATE_IDLE) {
        http_conn_cut(conn);
    }
}
