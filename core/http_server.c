/* Starting and ending a server: limits made whole, workers opened in this thread, then let run in
 * their own. */
#include "http_engine.h"

#include <corridor/config.h>
#include <corridor/log.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define CONNECTIONS_MAX      50000U
#define DESCRIPTORS_RESERVED (128U + HTTP_FILES_MOST)

static unsigned default_to(unsigned value, unsigned otherwise)
{
    return value == 0 ? otherwise : value;
}

/* As many descriptors as we may have: the soft limit is often 1,024, for programs that use select.
 */
static unsigned connections_most(void)
{
    const rlim_t wanted = CONNECTIONS_MAX + DESCRIPTORS_RESERVED;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return CONNECTIONS_MAX;
    }
    if (limit.rlim_cur < wanted) {
        struct rlimit more = {limit.rlim_max < wanted ? limit.rlim_max : wanted, limit.rlim_max};
        limit = setrlimit(RLIMIT_NOFILE, &more) == 0 ? more : limit;
    }
    return limit.rlim_cur >= wanted ? CONNECTIONS_MAX
           : limit.rlim_cur > 2 * DESCRIPTORS_RESERVED
               ? (unsigned)limit.rlim_cur - DESCRIPTORS_RESERVED
               : (unsigned)limit.rlim_cur / 2;
}

/* The kernel's table of our descriptors grows by doubling, and in a program of several threads each
 * time waits until all processors have let go of the old one, 10 ms and more in which nobody is
 * answered. So it has its size before there are threads. */
static void server_descriptors(int any, unsigned connections)
{
    int last = fcntl(any, F_DUPFD_CLOEXEC, (int)connections);
    if (last >= 0) {
        close(last);
    }
}

static void server_limits(struct http_limits *limits)
{
    unsigned most = connections_most();
    limits->connections = default_to(limits->connections, most);
    limits->connections = limits->connections > most ? most : limits->connections;
    limits->per_address = default_to(limits->per_address, 1024);
    limits->requests = default_to(limits->requests, 10000);
    limits->handshake_timeout = default_to(limits->handshake_timeout, 10);
    limits->ticket_time = default_to(limits->ticket_time, 14400);
    limits->head_timeout = default_to(limits->head_timeout, 10);
    limits->body_timeout = default_to(limits->body_timeout, 10);
    limits->body_rate = default_to(limits->body_rate, 512);
    limits->idle_timeout = default_to(limits->idle_timeout, 60);
    limits->write_timeout = default_to(limits->write_timeout, 30);
    limits->write_rate = default_to(limits->write_rate, 256);
    limits->drain_timeout = default_to(limits->drain_timeout, 10);
}

void http_config_settings(struct http_config *http, const struct config *config)
{
    http->address = config->address;
    http->proxy_from = config->proxy_from;
    http->request_log = (enum http_request_log)config->request_log;
    http->limits.connections = config->connections;
    http->limits.per_address = config->per_address;
    http->limits.handshake_timeout = config->handshake_seconds;
    http->limits.head_timeout = config->head_seconds;
    http->limits.body_timeout = config->body_seconds;
    http->limits.body_rate = config->body_rate;
    http->limits.write_timeout = config->write_seconds;
    http->limits.write_rate = config->write_rate;
    http->limits.idle_timeout = config->idle_seconds;
    http->limits.drain_timeout = config->drain_seconds;
}

unsigned http_processors(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

/* 0, or the errno of what failed. */
static int server_listen(struct http_server *server, bool tls)
{
    const char *address = server->config.address;
    uint16_t *port = &server->ports[tls];
    int error = 0;
    int probe = http_listen(address, port, true, &error);
    if (probe >= 0) {
        close(probe);
    }
    for (unsigned i = 0; i < server->count && error == 0; i++) {
        struct http_listener *listener = &server->workers[i].listeners[tls];
        listener->tls = tls;
        listener->fd = http_listen(address, port, false, &error);
    }
    return error;
}

/* TLS: keys, certificates, its sockets. What is wrong is logged, where it is known best. */
static int server_secure(struct http_server *server)
{
    const struct http_config *config = &server->config;
    const struct http_limits *limits = &config->limits;
    struct http_certs *certs = NULL;
    int error = ECANCELED;
    if (!http_tickets_open(&server->tickets, limits->ticket_time)) {
        log_error("OpenSSL cannot make the keys of session tickets");
        return error;
    }
    certs = http_certs_read(config->certificates, &server->tickets,
                            limits->ticket_time * (HTTP_TICKET_KEYS - 1));
    if (certs == NULL) {
        return error;
    }
    for (unsigned i = 0; i < server->count; i++) {
        struct http_worker *worker = &server->workers[i];
        worker->certs = http_certs_ref(certs);
        worker->record = malloc(HTTP_TLS_RECORD);
        if (worker->record == NULL) {
            log_error("no memory for TLS");
            goto done;
        }
    }
    error = server_listen(server, true);
    if (error != 0) {
        log_error("cannot listen on %s, port %u, for TLS: %s", config->address,
                  (unsigned)config->tls_port, strerror(error));
        error = ECANCELED;
    }
done:
    http_certs_unref(certs);
    return error;
}

static int server_open(struct http_server *server)
{
    const struct http_config *config = &server->config;
    for (unsigned i = 0; i < server->count; i++) {
        if (!http_worker_open(&server->workers[i], server, i)) {
            return ENOMEM;
        }
    }
    int error = server_listen(server, false);
    if (error == 0 && config->certificates != NULL) {
        error = server_secure(server);
    }
    for (unsigned i = 0; i < server->count && error == 0; i++) {
        if (config->worker_init != NULL && !config->worker_init(&server->workers[i], config->arg)) {
            error = ECANCELED;
        } else {
            server->initialised++;
        }
    }
    return error;
}

/* Threads inherit the signal mask: workers take no signal, the program's own thread takes them all.
 */
static int server_run(struct http_server *server)
{
    sigset_t all;
    sigset_t before;
    int error = 0;
    server_descriptors(server->workers[0].post_fd, server->config.limits.connections);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (unsigned i = 0; i < server->count && error == 0; i++) {
        struct http_worker *worker = &server->workers[i];
        http_accept_open(worker);
        error = pthread_create(&worker->thread, NULL, http_worker_run, worker);
        worker->started = error == 0;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

static void server_free(struct http_server *server)
{
    for (unsigned i = 0; i < server->count; i++) {
        struct http_worker *worker = &server->workers[i];
        if (i < server->initialised && server->config.worker_done != NULL) {
            server->config.worker_done(worker, server->config.arg);
        }
        http_worker_close(worker);
    }
    http_tickets_close(&server->tickets);
    http_peers_close(&server->peers);
    http_routes_free(&server->routes);
    free(server->workers);
    free(server);
}

struct http_server *http_server_start(const struct http_config *config, int *error)
{
    struct http_server *server = calloc(1, sizeof *server);
    *error = ENOMEM;
    if (server == NULL) {
        return NULL;
    }
    signal(SIGPIPE, SIG_IGN);
    server->config = *config;
    server->config.address = config->address == NULL ? "127.0.0.1" : config->address;
    server->ports[false] = config->port;
    server->ports[true] = config->tls_port;
    server_limits(&server->config.limits);
    const char *proxies = config->proxy_from == NULL ? "" : config->proxy_from;
    if (!http_prefixes_parse(&server->proxies, proxies)) {
        log_error("'%s' is not a list of addresses to take the PROXY protocol from", proxies);
        *error = ECANCELED;
        goto failed;
    }
    unsigned count = default_to(config->workers, http_processors());
    server->workers = calloc(count, sizeof *server->workers);
    if (server->workers == NULL || !http_routes_compile(&server->routes, config) ||
        !http_peers_open(&server->peers, server->config.limits.connections,
                         server->config.limits.per_address)) {
        goto failed;
    }
    server->count = count;
    *error = server_open(server);
    if (*error != 0) {
        goto failed;
    }
    server->collector = (struct metric_collector){http_stats_write, server, NULL};
    metric_collector_add(&server->collector);
    *error = server_run(server);
    if (*error != 0) {
        /* Those that run must end before they are freed. */
        http_server_drain(server);
        http_server_wait(server);
        return NULL;
    }
    return server;
failed:
    server_free(server);
    return NULL;
}

void http_server_drain(struct http_server *server)
{
    for (unsigned i = 0; i < server->count; i++) {
        atomic_store(&server->workers[i].drain_asked, true);
        http_post_wake(&server->workers[i]);
    }
}

void http_server_wait(struct http_server *server)
{
    for (unsigned i = 0; i < server->count; i++) {
        if (server->workers[i].started) {
            pthread_join(server->workers[i].thread, NULL);
        }
    }
    metric_collector_remove(&server->collector);
    server_free(server);
}

uint16_t http_server_port(const struct http_server *server)
{
    return server->ports[false];
}

uint16_t http_server_tls_port(const struct http_server *server)
{
    return server->config.certificates == NULL ? 0 : server->ports[true];
}

static void server_take_certs(struct http_worker *worker, void *arg)
{
    http_certs_unref(worker->certs);
    worker->certs = arg;
}

void http_server_reload(struct http_server *server)
{
    const struct http_config *config = &server->config;
    struct http_certs *certs =
        config->certificates == NULL
            ? NULL
            : http_certs_read(config->certificates, &server->tickets,
                              config->limits.ticket_time * (HTTP_TICKET_KEYS - 1));
    if (certs == NULL) {
        log_error("the certificates stay as they were");
        return;
    }
    for (unsigned i = 0; i < server->count; i++) {
        if (!http_worker_post(&server->workers[i], server_take_certs, http_certs_ref(certs))) {
            http_certs_unref(certs);
        }
    }
    http_certs_unref(certs);
    log_info("the certificates were read again");
}

unsigned http_server_workers(const struct http_server *server)
{
    return server->count;
}

struct http_worker *http_server_worker(const struct http_server *server, unsigned index)
{
    return &server->workers[index];
}
