/*
 * A connection's events: which it waits for in its state, and what they lead to. The hard part is
 * who is served in this turn of the loop and who in a later one: guests at once, everybody else
 * within the turn's share (http_again.c).
 */
#include "http_engine.h"

#include <errno.h>

#define LINGER_BYTES ((uint64_t)256 << 10)

/* ---- What it waits for ---- */

void http_event_listen(struct http_conn *conn, bool reads, bool writes)
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

void http_event_await(struct http_conn *conn)
{
    switch ((enum http_state)conn->state) {
    case HTTP_STATE_HANDLING:
        /* Reading stays as it is: most handlers reply at once, and the rest are told of a reset
         * that way. */
        http_event_listen(conn, conn->reads, false);
        break;
    case HTTP_STATE_WRITING:
        http_event_listen(conn, false, true);
        break;
    case HTTP_STATE_GONE:
    case HTTP_STATE_DEAD:
        http_event_listen(conn, false, false);
        break;
    default:
        http_event_listen(conn, true, false);
        break;
    }
}

/* ---- What the socket says ---- */

static void event_drop(struct http_conn *conn)
{
    ssize_t got = http_io_drop(conn);
    bool over = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
    conn->moved += got > 0 ? (uint64_t)got : 0;
    if (over || conn->moved > LINGER_BYTES) {
        http_conn_enter(conn, HTTP_STATE_DEAD);
    }
}

/* While a handler is at work nothing is read, but a reset is worth knowing. */
static void event_peek(struct http_conn *conn)
{
    bool ended = false;
    if (http_io_reset(conn, &ended)) {
        http_conn_cut(conn);
    } else {
        conn->ended = ended;
        http_event_listen(conn, false, false);
    }
}

/* False: there is no memory, and the connection is gone. */
static bool event_borrow(struct http_conn *conn)
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

static void event_put_off(struct http_conn *conn, enum http_again_line line)
{
    http_event_listen(conn, false, false);
    http_again_later(conn, line);
}

/* The client is gone. Whoever leaves with a crowd waits for his turn. */
static void event_left(struct http_conn *conn)
{
    if (http_again_begin(conn->worker)) {
        http_conn_cut(conn);
        http_again_end(conn->worker);
    } else {
        event_put_off(conn, HTTP_LINE_LEAVING);
    }
}

void http_event_fill(struct http_conn *conn)
{
    if (!event_borrow(conn)) {
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
        event_left(conn);
    }
}

/* ---- Before the first request ---- */

static void event_proxy(struct http_conn *conn)
{
    if (!event_borrow(conn)) {
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

static void event_handshake(struct http_conn *conn)
{
    switch (http_tls_handshake(conn)) {
    case HTTP_HANDSHAKE_READS:
        http_event_listen(conn, true, false);
        break;
    case HTTP_HANDSHAKE_WRITES:
        http_event_listen(conn, false, true);
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
            http_event_fill(conn);
        }
        break;
    }
}

/* ---- What libevent calls ---- */

/* It was served, and asks again. */
static bool event_is_guest(const struct http_conn *conn)
{
    return conn->requests > 0 && (conn->http2 == NULL ? conn->state == HTTP_STATE_IDLE
                                                      : (conn->state == HTTP_STATE_IDLE ||
                                                         conn->state == HTTP_STATE_STREAMS) &&
                                                            http2_calm(conn));
}

static void event_read(struct http_conn *conn)
{
    switch ((enum http_state)conn->state) {
    case HTTP_STATE_PROXY:
        event_proxy(conn);
        break;
    case HTTP_STATE_HANDSHAKE:
        event_handshake(conn);
        break;
    case HTTP_STATE_LINGER:
        event_drop(conn);
        break;
    case HTTP_STATE_HANDLING:
        event_peek(conn);
        break;
    default:
        http_event_fill(conn);
        break;
    }
}

static void event_write(struct http_conn *conn)
{
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

void http_event_go_on(struct http_conn *conn)
{
    http_event_await(conn);
    switch ((enum http_state)conn->state) {
    case HTTP_STATE_WRITING:
        event_write(conn);
        break;
    case HTTP_STATE_HANDLING:
    case HTTP_STATE_GONE:
    case HTTP_STATE_DEAD:
        break;
    default:
        event_read(conn);
        break;
    }
}

/* In this turn of the loop, or when its turn comes. */
static void event_on_socket(evutil_socket_t fd, short what, void *arg)
{
    struct http_conn *conn = arg;
    (void)fd;
    (void)what;
    if (conn->state == HTTP_STATE_HANDLING || event_is_guest(conn)) {
        event_read(conn);
    } else if (http_again_begin(conn->worker)) {
        http_event_go_on(conn);
        http_again_end(conn->worker);
    } else {
        event_put_off(conn, conn->state == HTTP_STATE_HANDSHAKE ? HTTP_LINE_HANDSHAKES
                            : conn->state == HTTP_STATE_LINGER  ? HTTP_LINE_LEAVING
                                                                : HTTP_LINE_REQUESTS);
    }
}

void http_event_open(struct http_conn *conn)
{
    struct event_base *base = conn->worker->base;
    event_assign(&conn->read, base, conn->fd, EV_READ | EV_PERSIST, event_on_socket, conn);
    event_assign(&conn->write, base, conn->fd, EV_WRITE | EV_PERSIST, event_on_socket, conn);
}
