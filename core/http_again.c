/*
 * Who waits for the loop's next turn. A guest, a connection that was served before and asks again,
 * is answered in the turn in which it asks. Everybody else (who comes, shakes hands, sends a head
 * or a body in parts, reads slowly, leaves) may be one of a crowd, and one step of a handshake
 * alone takes as long as a hundred answers: they share a part of each turn, and who finds it used
 * up waits in line for the next. So do connections of which TLS holds bytes that the socket will
 * not tell of. The hard part is to come back in the next turn and not in this one: an event made
 * active now would run before the sockets are looked at again, a timer of no time runs after.
 */
#include "http_engine.h"

static void again_soon(struct http_worker *worker)
{
    const struct timeval none = {0, 0};
    if (!event_pending(&worker->again, EV_TIMEOUT, NULL)) {
        event_add(&worker->again, &none);
    }
}

void http_again_later(struct http_conn *conn, enum http_again_line which)
{
    struct http_again *line = &conn->worker->lines[which];
    if (!conn->again) {
        conn->again = true;
        conn->next_again = NULL;
        *(line->last == NULL ? &line->first : &line->last->next_again) = conn;
        line->last = conn;
        again_soon(conn->worker);
    }
}

static bool again_any(const struct http_worker *worker)
{
    for (unsigned i = 0; i < HTTP_LINES; i++) {
        if (worker->lines[i].first != NULL) {
            return true;
        }
    }
    return false;
}

/* The first of the line whose turn it is; the lines take turns, so that none waits for the length
 * of another. Some line must have one. */
static struct http_conn *again_take(struct http_worker *worker)
{
    do {
        worker->line = (worker->line + 1) % HTTP_LINES;
    } while (worker->lines[worker->line].first == NULL);
    struct http_again *line = &worker->lines[worker->line];
    struct http_conn *conn = line->first;
    line->first = conn->next_again;
    if (line->first == NULL) {
        line->last = NULL;
    }
    conn->again = false;
    return conn;
}

bool http_again_begin(struct http_worker *worker)
{
    worker->share_began_us = http_now_us();
    return worker->share_left_us > 0;
}

void http_again_end(struct http_worker *worker)
{
    worker->share_left_us -= (int64_t)(http_now_us() - worker->share_began_us);
    http_worker_after(worker); /* the turn ends, and the next has its share */
}

void http_again_turn_over(struct http_worker *worker)
{
    /* Those that wait have their turn first, when the timer runs. */
    worker->share_left_us = again_any(worker) ? 0 : HTTP_SHARE_US;
}

/* Those that died while they waited are freed by the reaper, which left them to these lines. */
static void again_on_turn(evutil_socket_t fd, short what, void *arg)
{
    struct http_worker *worker = arg;
    (void)fd;
    (void)what;
    worker->share_left_us = HTTP_SHARE_US;
    while (again_any(worker) && http_again_begin(worker)) {
        http_event_go_on(again_take(worker));
        http_again_end(worker);
    }
    if (again_any(worker)) {
        again_soon(worker);
    }
    http_worker_after(worker);
}

void http_again_open(struct http_worker *worker)
{
    worker->share_left_us = HTTP_SHARE_US;
    event_assign(&worker->again, worker->base, -1, 0, again_on_turn, worker);
}
