/*
 * Taking in connections, and what happens when there is no room: the connection idle for longest
 * makes place for a new one; with none idle, new ones wait in the kernel's queue. When descriptors
 * run out, the reserve one is spent on telling a client so by closing it, since leaving it in the
 * queue would wake the worker for ever.
 */
#include "http_engine.h"

#include <corridor/log.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPT_BURST    64U
#define ACCEPT_GROWS    3U
#define ACCEPT_PAUSE_US 200000

/* Until a connection closes, or a little while. */
static void accept_pause(struct http_worker *worker)
{
    const struct timeval pause = {0, ACCEPT_PAUSE_US};
    worker->accepting = false;
    for (unsigned i = 0; i < HTTP_LISTENERS; i++) {
        if (worker->listeners[i].fd >= 0) {
            event_del(&worker->listeners[i].accept);
        }
    }
    event_add(&worker->accept_again, &pause);
}

/* Another thread may take it between closing and opening: it is asked for again whenever accepting
 * is taken up. */
static void accept_reserve(struct http_worker *worker)
{
    if (worker->reserve < 0) {
        worker->reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
    }
}

static void accept_no_descriptor(const struct http_listener *listener)
{
    struct http_worker *worker = listener->worker;
    static struct log_site site;
    log_warn_sometimes(&site, "no descriptor left for a connection: raise the limit of open files");
    if (worker->reserve >= 0) {
        close(worker->reserve);
        int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0) {
            close(fd);
        }
        worker->reserve = -1;
        accept_reserve(worker);
    }
    accept_pause(worker);
}

/* False when there is none and none can be made. */
static bool accept_place(struct http_worker *worker)
{
    if (worker->connections < worker->connections_max) {
        return true;
    }
    struct http_conn *oldest = worker->lists[HTTP_STATE_IDLE].first;
    unsigned fresh = worker->now + worker->server->config.limits.idle_timeout;
    if (oldest == NULL || oldest->deadline >= fresh) {
        accept_pause(worker);
        return false;
    }
    http_conn_cut(oldest);
    return true;
}

/* What accept4 said of a connection. */
struct arrival {
    int fd;
    uint64_t peer; /* counted already */
    bool proxied;  /* a trusted proxy has yet to say where the client is */
};

/* Counts it by where it comes from. False: that address has as many as it may. */
static bool accept_count(const struct http_worker *worker, struct arrival *arrival,
                         const struct sockaddr_storage *from)
{
    struct http_server *server = worker->server;
    struct http_address address;
    if (http_address_of(&address, (const struct sockaddr *)from)) {
        arrival->proxied = http_prefixes_hold(&server->proxies, &address);
        arrival->peer = arrival->proxied ? 0 : http_peer_key(&address);
    }
    return http_peers_enter(&server->peers, arrival->peer);
}

/* False when there is no memory. */
static bool accept_open(const struct http_listener *listener, const struct arrival *arrival)
{
    static struct log_site site;
    struct http_worker *worker = listener->worker;
    struct http_conn *conn = http_conn_open(worker, arrival->fd, listener->tls);
    if (conn == NULL) {
        http_peers_leave(&worker->server->peers, arrival->peer);
        log_warn_sometimes(&site, "no memory for a connection");
        return false;
    }
    conn->peer = arrival->peer;
    if (arrival->proxied) {
        http_conn_enter(conn, HTTP_STATE_PROXY);
    }
    metric_bump(&worker->accepted, 1);
    return true;
}

/* False when there is nothing more to accept now. */
static bool accept_one(const struct http_listener *listener)
{
    struct http_worker *worker = listener->worker;
    struct sockaddr_storage from = {0};
    socklen_t from_len = sizeof from;
    if (!accept_place(worker)) {
        return false;
    }
    struct arrival arrival = {.fd = accept4(listener->fd, (struct sockaddr *)&from, &from_len,
                                            SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (arrival.fd < 0) {
        switch (errno) {
        case EAGAIN:
            return false;
        case EMFILE:
        case ENFILE:
            accept_no_descriptor(listener);
            return false;
        case ENOMEM:
        case ENOBUFS:
            accept_pause(worker);
            return false;
        default:
            return true; /* that connection has already gone */
        }
    }
    if (!accept_count(worker, &arrival, &from)) {
        close(arrival.fd);
        metric_bump(&worker->refused[HTTP_REFUSED_ADDRESS], 1);
        return true;
    }
    /* Place is made for one that waits, not for one that may come: the event says whether there is
     * one. */
    return accept_open(listener, &arrival) && worker->connections < worker->connections_max;
}

/*
 * As many as are likely to be there: asking once more than there are is a system call for nothing,
 * asking for one only is a turn for each. The share grows while it is found whole again and again.
 */
static void accept_on_ready(evutil_socket_t fd, short what, void *arg)
{
    struct http_listener *listener = arg;
    unsigned took = 0;
    uint64_t until_us = http_now_us() + HTTP_SHARE_US;
    (void)fd;
    (void)what;
    while (took <= listener->more && accept_one(listener)) {
        took++;
        if (http_now_us() >= until_us) {
            break;
        }
    }
    if (took <= listener->more) {
        listener->more = took / 2;
        listener->whole = 0;
    } else if (++listener->whole > ACCEPT_GROWS && 2 * took <= ACCEPT_BURST) {
        listener->more = 2 * took - 1;
    }
}

static void accept_on_again(evutil_socket_t fd, short what, void *arg)
{
    struct http_worker *worker = arg;
    (void)fd;
    (void)what;
    http_accept_resume(worker);
}

void http_accept_open(struct http_worker *worker)
{
    for (unsigned i = 0; i < HTTP_LISTENERS; i++) {
        struct http_listener *listener = &worker->listeners[i];
        listener->worker = worker;
        event_assign(&listener->accept, worker->base, listener->fd, EV_READ | EV_PERSIST,
                     accept_on_ready, listener);
    }
    event_assign(&worker->accept_again, worker->base, -1, 0, accept_on_again, worker);
    http_accept_resume(worker);
}

void http_accept_resume(struct http_worker *worker)
{
    if (!worker->draining && !worker->accepting) {
        worker->accepting = true;
        accept_reserve(worker);
        for (unsigned i = 0; i < HTTP_LISTENERS; i++) {
            if (worker->listeners[i].fd >= 0) {
                event_add(&worker->listeners[i].accept, NULL);
            }
        }
    }
}

void http_accept_stop(struct http_worker *worker)
{
    /* Clients in the queue have been told by the kernel that they are connected: serve them. */
    for (unsigned i = 0; i < HTTP_LISTENERS; i++) {
        struct http_listener *listener = &worker->listeners[i];
        if (listener->fd >= 0) {
            for (unsigned j = 0; j < SOMAXCONN && accept_one(listener); j++) {
            }
            event_del(&listener->accept);
            close(listener->fd);
            listener->fd = -1;
        }
    }
    event_del(&worker->accept_again);
    worker->accepting = false;
}
