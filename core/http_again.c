/*
 * What is put off to the loop's next turn: steps of handshakes beyond a turn's one, so that a
 * crowd of them can't starve those who are in (a step of an RSA handshake takes as long as a
 * hundred answers), and bytes that TLS holds, of which the socket says nothing. The hard part is to
 * come back in the next turn and not in this one: an event made active now would run before the
 * sockets are looked at again, a timer of no time runs after.
 */
#include "http_engine.h"

#define AGAIN_HANDSHAKES 1U /* in a turn */

static void again_append(struct http_again *list, struct http_conn *conn)
{
    if (conn->again) {
        return;
    }
    conn->again = true;
    conn->next_again = NULL;
    *(list->last == NULL ? &list->first : &list->last->next_again) = conn;
    list->last = conn;
}

static struct http_conn *again_take(struct http_again *list)
{
    struct http_conn *conn = list->first;
    list->first = conn->next_again;
    if (list->first == NULL) {
        list->last = NULL;
    }
    conn->again = false;
    return conn;
}

static void again_soon(struct http_worker *worker)
{
    const struct timeval none = {0, 0};
    if (!event_pending(&worker->again, EV_TIMEOUT, NULL)) {
        event_add(&worker->again, &none);
    }
}

void http_again_buffered(struct http_conn *conn)
{
    again_append(&conn->worker->buffered, conn);
    again_soon(conn->worker);
}

bool http_again_handshake(struct http_conn *conn)
{
    struct http_worker *worker = conn->worker;
    bool now = worker->handshakes_left > 0;
    if (now) {
        worker->handshakes_left--;
        http_worker_after(worker); /* the turn ends, and the next has its share */
    } else {
        again_append(&worker->handshakes, conn);
        again_soon(worker);
    }
    return now;
}

void http_again_turn_over(struct http_worker *worker)
{
    /* Those that wait have their turn first, when the timer runs. */
    worker->handshakes_left = worker->handshakes.first == NULL ? AGAIN_HANDSHAKES : 0;
}

/* Those that died while they waited are freed by the reaper, which left them to this list. */
static void again_handshakes(struct http_worker *worker)
{
    worker->handshakes_left = AGAIN_HANDSHAKES;
    while (worker->handshakes.first != NULL && worker->handshakes_left > 0) {
        struct http_conn *conn = again_take(&worker->handshakes);
        if (conn->state == HTTP_STATE_HANDSHAKE) {
            worker->handshakes_left--;
            http_conn_handshake(conn);
        }
    }
}

static void again_buffered(struct http_worker *worker)
{
    const struct http_conn *last = worker->buffered.last;
    bool more = last != NULL;
    while (more) {
        struct http_conn *conn = again_take(&worker->buffered);
        more = conn != last;
        if (conn->state == HTTP_STATE_IDLE || conn->state == HTTP_STATE_HEAD ||
            conn->state == HTTP_STATE_BODY || conn->state == HTTP_STATE_STREAMS) {
            http_conn_fill(conn);
        }
    }
}

static void again_on_turn(evutil_socket_t fd, short what, void *arg)
{
    struct http_worker *worker = arg;
    (void)fd;
    (void)what;
    again_handshakes(worker);
    again_buffered(worker);
    if (worker->handshakes.first != NULL || worker->buffered.first != NULL) {
        again_soon(worker);
    }
    http_worker_after(worker);
}

void http_again_open(struct http_worker *worker)
{
    worker->handshakes_left = AGAIN_HANDSHAKES;
    event_assign(&worker->again, worker->base, -1, 0, again_on_turn, worker);
}
