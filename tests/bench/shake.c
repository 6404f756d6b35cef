/*
 * A load of connections, for bench_http.py: it shakes hands by TLS as often as it can, or holds
 * connections open. openssl s_time does neither well: it has one connection at a time and keeps no
 * TLS 1.3 ticket.
 *
 *     shake full PORT SECONDS THREADS TARGET       a new session each time
 *     shake resumed PORT SECONDS THREADS TARGET    each thread comes back with its last session
 *     shake returning PORT SECONDS THREADS TARGET  the same, every second thread by TLS 1.2
 *     shake hold PORT COUNT tls|plain TARGET       opens so many, one request on each, until its
 *                                                  input ends
 *
 * A TARGET of "-" asks nothing: the connection is closed after its handshake. Prints JSON. Clients
 * are threads that wait, since what is measured is the server's processor time.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MAX 256U
#define TIMES_MAX   ((size_t)1 << 20)

struct client {
    pthread_t thread;
    SSL_CTX *context;
    SSL_SESSION *session;
    bool resumes;
    unsigned long shaken;   /* handshakes done */
    unsigned long returned; /* of them, with a session to offer */
    unsigned long resumed;  /* of those, taken */
    uint32_t *times;        /* microseconds from connect to shaken */
    size_t time_count;
};

static uint16_t port;
static uint64_t ends_us;
static char request[1024]; /* empty: none */

static void die(const char *what)
{
    perror(what);
    ERR_print_errors_fp(stderr);
    exit(1);
}

static uint64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static int connect_here(void)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {10, 0};
    int one = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0) {
        die("connect");
    }
    return fd;
}

static SSL_CTX *make_context(int version)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (context == NULL || SSL_CTX_set_min_proto_version(context, version) != 1 ||
        SSL_CTX_set_max_proto_version(context, version) != 1) {
        die("TLS");
    }
    SSL_CTX_set_session_cache_mode(context,
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    return context;
}

/* A session has come: in TLS 1.3 some time after the handshake. */
static int keep_session(SSL *ssl, SSL_SESSION *session)
{
    struct client *client = SSL_get_app_data(ssl);
    SSL_SESSION_free(client->session);
    client->session = session;
    return 1;
}

static SSL *shake(struct client *client, int fd)
{
    SSL *ssl = SSL_new(client->context);
    if (ssl == NULL || SSL_set_fd(ssl, fd) != 1 ||
        SSL_set_tlsext_host_name(ssl, "localhost") != 1) {
        die("TLS");
    }
    SSL_set_app_data(ssl, client);
    if (client->resumes && client->session != NULL) {
        client->returned++;
        SSL_set_session(ssl, client->session);
    }
    if (SSL_connect(ssl) != 1) {
        die("handshake");
    }
    client->shaken++;
    client->resumed += SSL_session_reused(ssl) == 1 ? 1 : 0;
    return ssl;
}

static void visit(struct client *client)
{
    char bytes[16384];
    uint64_t begun = now_us();
    int fd = connect_here();
    SSL *ssl = shake(client, fd);
    if (client->time_count < TIMES_MAX) {
        client->times[client->time_count++] = (uint32_t)(now_us() - begun);
    }
    if (request[0] != '\0' && SSL_write(ssl, request, (int)strlen(request)) <= 0) {
        die("write");
    }
    if (request[0] == '\0') {
        SSL_shutdown(ssl);
    }
    while (SSL_read(ssl, bytes, sizeof bytes) > 0) {
    }
    SSL_shutdown(ssl);
    SSL_free(ssl);
    close(fd);
}

static void *run_client(void *arg)
{
    struct client *client = arg;
    while (now_us() < ends_us) {
        visit(client);
    }
    return NULL;
}

static int by_size(const void *a, const void *b)
{
    uint32_t one = *(const uint32_t *)a;
    uint32_t other = *(const uint32_t *)b;
    return (one > other) - (one < other);
}

static void run_clients(const char *how, unsigned seconds, unsigned count)
{
    static struct client clients[THREADS_MAX];
    bool resumes = strcmp(how, "full") != 0;
    unsigned long shaken = 0;
    unsigned long returned = 0;
    unsigned long resumed = 0;
    uint32_t *times = calloc(TIMES_MAX * 2, sizeof *times);
    size_t time_count = 0;
    uint64_t begun = now_us();
    ends_us = begun + (uint64_t)seconds * 1000000;
    for (unsigned i = 0; i < count; i++) {
        bool old = strcmp(how, "returning") == 0 && i % 2 == 1;
        clients[i].context = make_context(old ? TLS1_2_VERSION : TLS1_3_VERSION);
        SSL_CTX_sess_set_new_cb(clients[i].context, keep_session);
        clients[i].resumes = resumes;
        clients[i].times = calloc(TIMES_MAX, sizeof *clients[i].times);
        if (times == NULL || clients[i].times == NULL ||
            pthread_create(&clients[i].thread, NULL, run_client, &clients[i]) != 0) {
            die("threads");
        }
    }
    for (unsigned i = 0; i < count; i++) {
        struct client *client = &clients[i];
        pthread_join(client->thread, NULL);
        shaken += client->shaken;
        returned += client->returned;
        resumed += client->resumed;
        for (size_t k = 0; k < client->time_count && time_count < TIMES_MAX * 2; k++) {
            times[time_count++] = client->times[k];
        }
        free(client->times);
        SSL_SESSION_free(client->session);
        SSL_CTX_free(client->context);
    }
    double wall = (double)(now_us() - begun) / 1e6;
    qsort(times, time_count, sizeof *times, by_size);
    printf("{\"count\": %lu, \"returned\": %lu, \"resumed\": %lu, \"seconds\": %.3f, "
           "\"p50_ms\": %.3f, \"p99_ms\": %.3f}\n",
           shaken, returned, resumed, wall, time_count > 0 ? times[time_count / 2] / 1e3 : 0.0,
           time_count > 0 ? times[time_count * 99 / 100] / 1e3 : 0.0);
    free(times);
}

/* A request and its answer's head, whose end is looked for; HEAD has no body. */
static void ask(SSL *ssl, int fd)
{
    char bytes[4096] = "";
    size_t len = 0;
    int sent = ssl != NULL ? SSL_write(ssl, request, (int)strlen(request))
                           : (int)write(fd, request, strlen(request));
    while (sent > 0 && strstr(bytes, "\r\n\r\n") == NULL && len < sizeof bytes - 1) {
        int room = (int)(sizeof bytes - 1 - len);
        int got = ssl != NULL ? SSL_read(ssl, bytes + len, room)
                              : (int)read(fd, bytes + len, (size_t)room);
        if (got <= 0) {
            die("answer");
        }
        len += (size_t)got;
        bytes[len] = '\0';
    }
    if (strncmp(bytes, "HTTP/1.1 200 ", 13) != 0) {
        fprintf(stderr, "not the answer hoped for: %.60s\n", bytes);
        exit(1);
    }
}

static void hold(unsigned count, bool tls)
{
    struct rlimit limit = {count + 64, count + 64};
    struct client client = {.context = make_context(TLS1_3_VERSION)};
    SSL **held = calloc(count, sizeof(SSL *));
    if (held == NULL || setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        die("limit of descriptors");
    }
    for (unsigned i = 0; i < count; i++) {
        int fd = connect_here();
        held[i] = tls ? shake(&client, fd) : NULL;
        ask(held[i], fd);
    }
    printf("{\"held\": %u}\n", count);
    fflush(stdout);
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0) {
    }
}

static unsigned number(const char *text)
{
    return (unsigned)strtoul(text, NULL, 10);
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fputs("shake full|resumed|returning PORT SECONDS THREADS TARGET\n"
              "shake hold PORT COUNT tls|plain TARGET\n",
              stderr);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    port = (uint16_t)number(argv[2]);
    bool holds = strcmp(argv[1], "hold") == 0;
    if (strcmp(argv[5], "-") != 0) {
        snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n",
                 holds ? "HEAD" : "GET", argv[5], holds ? "" : "Connection: close\r\n");
    }
    if (holds) {
        hold(number(argv[3]), strcmp(argv[4], "tls") == 0);
    } else {
        unsigned threads = number(argv[4]);
        run_clients(argv[1], number(argv[3]), threads < THREADS_MAX ? threads : THREADS_MAX);
    }
    return 0;
}
