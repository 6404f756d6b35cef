/*
 * A worker: one thread, one event base, its own listening socket and its own connections. Nothing
 * here is shared but the post queue, so nothing here is locked.
 */
#include "http_engine.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

uint64_t http_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* ---- The lines that every reply ends its head with ---- */

static void worker_tail_write(struct out *out, time_t second, unsigned which)
{
    struct tm utc;
    char date[64];
    gmtime_r(&second, &utc);
    /* The C locale's names are the ones RFC 9110 wants, and the program never sets another. */
    size_t len = strftime(date, sizeof date, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &utc);
    out_clear(out);
    out_bytes(out, date, len);
    out_text(out, "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n");
    if ((which & HTTP_TAIL_API) != 0) {
        out_text(out, "Access-Control-Allow-Origin: *\r\n");
    }
    if ((which & HTTP_TAIL_TLS) != 0) {
        out_text(out, "Strict-Transport-Security: max-age=31536000\r\n");
    }
    if ((which & HTTP_TAIL_CLOSE) != 0) {
        out_text(out, "Connection: close\r\n");
    }
    out_bytes(out, "\r\n", 2);
}

struct span http_worker_tail(struct http_worker *worker, unsigned which)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (now.tv_sec != worker->tail_second) {
        worker->tail_second = now.tv_sec;
        for (unsigned i = 0; i < COUNT_OF(worker->tails); i++) {
            worker_tail_write(&worker->tails[i], now.tv_sec, i);
        }
    }
    return out_span(&worker->tails[which]);
}

/* ---- The loop ---- */

static bool worker_empty(const struct http_worker *worker)
{
    for (unsigned i = 0; i < HTTP_STATE_COUNT; i++) {
        if (worker->lists[i].first != NULL) {
            return false;
        }
    }
    return !http2_worker_owes(worker);
}

static void worker_free_conn(struct http_worker *worker, struct http_conn *conn)
{
    if (conn->work != NULL) {
        http_work_return(worker, conn->work);
    }
    http2_free(conn->http2);
    if (conn->fd >= 0) {
        http_io_close(conn, false);
    }
    free(conn);
}

static void worker_reap(struct http_worker *worker)
{
    struct http_conn *dead = worker->lists[HTTP_STATE_DEAD].first;
    worker->lists[HTTP_STATE_DEAD] = (struct http_list){NULL, NULL};
    while (dead != NULL) {
        struct http_conn *next = dead->next;
        if (dead->again) {
            /* Its place in the next turn comes first. */
            struct http_list *list = &worker->lists[HTTP_STATE_DEAD];
            list->last = list->first == NULL ? dead : list->last;
            dead->next = list->first;
            list->first = dead;
        } else {
            worker_free_conn(worker, dead);
        }
        dead = next;
    }
    http2_reap(worker);
}

/* A deferred reply has come, or one before the body is whole, or a producer goes on. */
static void worker_resume(struct http_conn *conn)
{
    bool early = conn->state == HTTP_STATE_BODY && conn->work->request.replied;
    if (conn->state == HTTP_STATE_HANDLING || conn->state == HTTP_STATE_STREAMS || early) {
        http_turn(conn);
    } else if (conn->state == HTTP_STATE_GONE && conn->work->request.replied) {
        http_stream_end(&conn->work->request);
        http_log_request(&conn->work->request, false);
        http_conn_enter(conn, HTTP_STATE_DEAD);
    }
}

static void worker_on_after(evutil_socket_t fd, short what, void *arg)
{
    struct http_worker *worker = arg;
    (void)fd;
    (void)what;
    while (worker->ready != NULL) {
        struct http_conn *conn = worker->ready;
        worker->ready = conn->next_ready;
        conn->ready = false;
        worker_resume(conn);
    }
    worker_reap(worker);
    http_again_turn_over(worker);
    if (worker->draining && worker_empty(worker)) {
        event_base_loopbreak(worker->base);
    }
}

void http_worker_after(struct http_worker *worker)
{
    event_active(&worker->after, EV_TIMEOUT, 0);
}

static void worker_cut_all(struct http_worker *worker)
{
    for (unsigned state = 0; state < HTTP_STATE_GONE; state++) {
        while (worker->lists[state].first != NULL) {
            http_conn_cut(worker->lists[state].first);
        }
    }
}

/* Sessions are told of the end whatever they do; those that come late, and the second step, within
 * a second. */
static void worker_drain_http2(struct http_worker *worker)
{
    static const enum http_state states[] = {HTTP_STATE_IDLE, HTTP_STATE_STREAMS,
                                             HTTP_STATE_WRITING};
    for (unsigned i = 0; i < COUNT_OF(states); i++) {
        struct http_conn *conn = worker->lists[states[i]].first;
        while (conn != NULL) {
            struct http_conn *next = conn->next;
            if (conn->http2 != NULL) {
                http2_drain(conn);
            }
            conn = next;
        }
    }
}

/* False when that took until then, and more are left. */
static bool worker_late(struct http_worker *worker, uint64_t until_us)
{
    static const enum http_state timed[] = {
        HTTP_STATE_PROXY, HTTP_STATE_HANDSHAKE, HTTP_STATE_IDLE,  HTTP_STATE_HEAD,
        HTTP_STATE_BODY,  HTTP_STATE_WRITING,   HTTP_STATE_LINGER};
    for (unsigned i = 0; i < COUNT_OF(timed); i++) {
        struct http_list *list = &worker->lists[timed[i]];
        while (list->first != NULL && list->first->deadline <= worker->now) {
            if (http_now_us() >= until_us) {
                return false;
            }
            http_conn_late(list->first);
        }
    }
    return true;
}

/* A crowd that came together is late together: it ends over many turns. */
static void worker_on_late(evutil_socket_t fd, short what, void *arg)
{
    const struct timeval none = {0, 0};
    struct http_worker *worker = arg;
    uint64_t until_us = http_now_us() + HTTP_SHARE_US;
    (void)fd;
    (void)what;
    if (!worker_late(worker, until_us) || !http2_worker_late(worker, until_us)) {
        event_add(&worker->late, &none);
    }
}

static void worker_on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct http_worker *worker = arg;
    worker->now = (uint32_t)((http_now_us() - worker->began_us) / 1000000);
    worker_on_late(fd, what, worker);
    if (worker->index == 0 && worker->certs != NULL) {
        http_tickets_tick(&worker->server->tickets);
    }
    http_log_second(worker);
    if (worker->draining) {
        worker_drain_http2(worker);
    }
    if (worker->draining && worker->now >= worker->drain_end) {
        worker_cut_all(worker);
        event_base_loopbreak(worker->base);
    }
}

static void worker_drain(struct http_worker *worker)
{
    worker->draining = true;
    worker->drain_end = worker->now + worker->server->config.limits.drain_timeout;
    http_accept_stop(worker);
    struct http_conn *conn = worker->lists[HTTP_STATE_IDLE].first;
    while (conn != NULL) {
        /* Draining one changes no other's place. */
        struct http_conn *next = conn->next;
        http_conn_drain(conn);
        conn = next;
    }
    worker_drain_http2(worker);
    http_worker_after(worker);
}

static void worker_on_post(evutil_socket_t fd, short what, void *arg)
{
    struct http_worker *worker = arg;
    uint64_t count = 0;
    (void)what;
    ssize_t ignored = read(fd, &count, sizeof count);
    (void)ignored;
    http_post_run(worker);
    if (atomic_load(&worker->drain_asked) && !worker->draining) {
        worker_drain(worker);
    }
}

void *http_worker_run(void *arg)
{
    struct http_worker *worker = arg;
    event_base_loop(worker->base, EVLOOP_NO_EXIT_ON_EMPTY);
    http_post_close(worker);
    return NULL;
}

/* ---- From start to end ---- */

static struct event_base *worker_base_new(void)
{
    struct event_base *base = NULL;
    struct event_config *config = event_config_new();
    if (config != NULL) {
        /* Changes of one turn reach epoll together; no descriptor here is ever duplicated, which is
         * its condition. */
        event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
        event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
        base = event_base_new_with_config(config);
        event_config_free(config);
    }
    return base;
}

bool http_worker_open(struct http_worker *worker, struct http_server *server, unsigned index)
{
    const struct timeval second = {1, 0};
    worker->server = server;
    worker->index = index;
    worker->reserve = worker->post_fd = -1;
    for (unsigned i = 0; i < HTTP_LISTENERS; i++) {
        worker->listeners[i].fd = -1;
    }
    worker->began_us = http_now_us();
    out_init(&worker->scratch, OUT_LIMIT_DEFAULT);
    out_init(&worker->packed, OUT_LIMIT_DEFAULT);
    out_init(&worker->joined, HTTP_HEAD_MAX * 2);
    for (unsigned i = 0; i < COUNT_OF(worker->tails); i++) {
        out_init(&worker->tails[i], OUT_LIMIT_DEFAULT);
    }
    unsigned share = server->config.limits.connections / server->count;
    worker->connections_max = share == 0 ? 1 : share;
    worker->stats = calloc(server->routes.count + 1, sizeof *worker->stats);
    worker->base = worker_base_new();
    if (worker->stats == NULL || worker->base == NULL || !http2_worker_open(worker) ||
        !http_post_open(worker)) {
        return false;
    }
    event_assign(&worker->post_event, worker->base, worker->post_fd, EV_READ | EV_PERSIST,
                 worker_on_post, worker);
    event_assign(&worker->tick, worker->base, -1, EV_PERSIST, worker_on_tick, worker);
    event_assign(&worker->late, worker->base, -1, 0, worker_on_late, worker);
    event_assign(&worker->after, worker->base, -1, 0, worker_on_after, worker);
    http_again_open(worker);
    return event_add(&worker->post_event, NULL) == 0 && event_add(&worker->tick, &second) == 0;
}

void http_worker_close(struct http_worker *worker)
{
    if (worker->server == NULL) {
        return; /* never opened */
    }
    for (unsigned state = 0; state < HTTP_STATE_COUNT; state++) {
        while (worker->lists[state].first != NULL) {
            struct http_conn *conn = worker->lists[state].first;
            worker->lists[state].first = conn->next;
            worker_free_conn(worker, conn);
        }
    }
    http2_worker_close(worker);
    http_log_second(worker);
    while (worker->pool != NULL) {
        struct http_work *work = worker->pool;
        worker->pool = work->next;
        http_work_free(work);
    }
    out_free(&worker->scratch);
    out_free(&worker->packed);
    out_free(&worker->joined);
    http_packer_free(worker->packer);
    for (unsigned i = 0; i < COUNT_OF(worker->tails); i++) {
        out_free(&worker->tails[i]);
    }
    if (worker->post_fd >= 0) {
        close(worker->post_fd);
        pthread_mutex_destroy(&worker->post_lock);
    }
    if (worker->reserve >= 0) {
        close(worker->reserve);
    }
    for (unsigned i = 0; i < HTTP_LISTENERS; i++) {
        if (worker->listeners[i].fd >= 0) {
            close(worker->listeners[i].fd);
        }
    }
    if (worker->base != NULL) {
        event_base_free(worker->base);
    }
    http_certs_unref(worker->certs);
    free(worker->record);
    free(worker->stats);
}

struct event_base *http_worker_base(const struct http_worker *worker)
{
    return worker->base;
}

unsigned http_worker_index(const struct http_worker *worker)
{
    return worker->index;
}

void *http_worker_data(const struct http_worker *worker)
{
    return worker->data;
}

void http_worker_set_data(struct http_worker *worker, void *data)
{
    worker->data = data;
}
