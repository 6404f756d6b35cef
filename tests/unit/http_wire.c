/* Drives the engine's worker without threads or ports, and takes its answers apart. */
#include "http_wire.h"

#include "core/http_engine.h"
#include "http_echo.h"

#include <assert.h>
#include <openssl/err.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct http_server server;
#define WIRE_TURNS 100U
#define WIRE_WAITS 3000U

static struct http_worker worker;

/* The client's side of a connection, and what it keeps between them. */
struct wire_client {
    int fd;
    SSL *tls; /* NULL: plain */
};
static SSL_CTX *wire_context; /* NULL: plain */
static SSL_SESSION *wire_session;
static bool from_proxy;

/* `certificates`: a folder, or NULL: plain. */
static void wire_begin(const char *certificates)
{
    struct http_config config = {
        .certificates = certificates,
        .limits = {.connections = 100,
                   .requests = 10000,
                   .handshake_timeout = 10,
                   .head_timeout = 10,
                   .body_timeout = 10,
                   .idle_timeout = 60,
                   .write_timeout = 30,
                   .drain_timeout = 10},
    };
    http_echo_open(&config);
    server = (struct http_server){.config = config, .workers = &worker, .count = 1};
    bool good = http_routes_compile(&server.routes, &config);
    signal(SIGPIPE, SIG_IGN); /* as a server does: writes do not ask for it to be left out */
    worker = (struct http_worker){0};
    if (certificates != NULL) {
        good = good && http_tickets_open(&server.tickets, 14400);
        worker.certs = good ? http_certs_read(certificates, &server.tickets, 28800) : NULL;
        worker.record = malloc(HTTP_TLS_RECORD);
        good = worker.certs != NULL && worker.record != NULL;
    }
    good =
        good && http_worker_open(&worker, &server, 0) && http_peers_open(&server.peers, 100, 100);
    worker.accepting = true; /* nothing listens, and nothing shall begin to */
    if (!good) {
        abort();
    }
}

void wire_open(void)
{
    wire_begin(NULL);
}

static int wire_keep_session(SSL *tls, SSL_SESSION *session)
{
    (void)tls;
    SSL_SESSION_free(wire_session);
    wire_session = session;
    return 1;
}

void wire_open_tls(const char *certificates)
{
    wire_begin(certificates);
    wire_context = SSL_CTX_new(TLS_client_method());
    if (wire_context == NULL) {
        abort();
    }
    /* Sessions are taken up again: a handshake each is most of what such a test costs. */
    SSL_CTX_set_session_cache_mode(wire_context,
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(wire_context, wire_keep_session);
}

void wire_proxied(bool proxied)
{
    from_proxy = proxied;
}

void wire_close(void)
{
    http_worker_close(&worker);
    http_peers_close(&server.peers);
    if (wire_context != NULL) {
        http_tickets_close(&server.tickets);
        SSL_SESSION_free(wire_session);
        SSL_CTX_free(wire_context);
    }
    http_routes_free(&server.routes);
    http_echo_close();
}

/* Whatever can be done now. */
static void wire_turn(void)
{
    event_base_loop(worker.base, EVLOOP_NONBLOCK);
}

/* Reads what there is; true at the end of the stream. */
static bool wire_read(const struct wire_client *client, struct out *bytes)
{
    for (;;) {
        char *room = out_room(bytes, 65536);
        assert(room != NULL);
        ssize_t got = client->tls == NULL ? recv(client->fd, room, 65536, MSG_DONTWAIT)
                                          : SSL_read(client->tls, room, 65536);
        if (got <= 0 && client->tls != NULL) {
            int error = SSL_get_error(client->tls, (int)got);
            ERR_clear_error();
            return error != SSL_ERROR_WANT_READ;
        }
        if (got <= 0) {
            return got == 0;
        }
        bytes->len += (size_t)got;
    }
}

/* As send(): how much was taken, negative when none was. */
static ssize_t wire_write(const struct wire_client *client, struct span piece)
{
    if (client->tls == NULL) {
        return send(client->fd, piece.at, piece.len, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    int sent = SSL_write(client->tls, piece.at, (int)piece.len);
    ERR_clear_error();
    return sent > 0 ? sent : -1;
}

/* ---- Responses ---- */

/* The value of a header line within a head, or an empty span. */
static struct span wire_header(struct span head, const char *line)
{
    const char *at = memmem(head.at, head.len, line, strlen(line));
    if (at == NULL) {
        return (struct span){"", 0};
    }
    const char *value = at + strlen(line);
    const char *end = memchr(value, '\r', head.len - (size_t)(value - head.at));
    return (struct span){value, (size_t)(end - value)};
}

static size_t wire_number(struct span digits)
{
    size_t number = 0;
    for (size_t i = 0; i < digits.len; i++) {
        number = number * 10 + (size_t)(digits.at[i] - '0');
    }
    return number;
}

/* Takes one response off the bytes; false when it is not whole. */
static bool wire_response(struct wire_answer *answer, struct span *rest, bool bodiless)
{
    const char *end = memmem(rest->at, rest->len, "\r\n\r\n", 4);
    if (end == NULL || rest->len < 12 || memcmp(rest->at, "HTTP/1.1 ", 9) != 0) {
        return false;
    }
    struct span head = {rest->at, (size_t)(end - rest->at) + 4};
    int status = (int)wire_number((struct span){rest->at + 9, 3});
    size_t body = wire_number(wire_header(head, "\r\nContent-Length: "));
    *rest = (struct span){rest->at + head.len, rest->len - head.len};
    if (status / 100 == 1) {
        return true;
    }
    if (answer->count == WIRE_RESPONSES_MAX) {
        return false;
    }
    answer->statuses[answer->count++] = status;
    if (bodiless || status == 204 || status == 304) {
        return true;
    }
    if (body > rest->len) {
        return false;
    }
    *rest = (struct span){rest->at + body, rest->len - body};
    return true;
}

static void wire_take_apart(struct wire_answer *answer, struct span raw)
{
    struct span rest = out_span(&answer->bytes);
    bool head = raw.len > 5 && memcmp(raw.at, "HEAD ", 5) == 0;
    answer->whole = true;
    while (rest.len > 0 && answer->whole) {
        answer->whole = wire_response(answer, &rest, head && answer->count == 0);
    }
}

/* ---- Conversations ---- */

static void wire_shake(struct wire_client *client)
{
    client->tls = SSL_new(wire_context);
    if (client->tls == NULL || SSL_set_fd(client->tls, client->fd) != 1 ||
        (wire_session != NULL && SSL_set_session(client->tls, wire_session) != 1)) {
        abort();
    }
    for (unsigned i = 0; SSL_connect(client->tls) != 1; i++) {
        wire_turn();
        if (i == 10) {
            abort();
        }
    }
    wire_turn();
}

int wire_client(void)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0) {
        abort();
    }
    struct http_conn *conn = http_conn_open(&worker, pair[1], wire_context != NULL);
    if (conn == NULL) {
        abort();
    }
    if (from_proxy) {
        http_conn_enter(conn, HTTP_STATE_PROXY);
    }
    return pair[0];
}

static struct wire_client wire_connect(struct wire_answer *answer)
{
    *answer = (struct wire_answer){0};
    out_init(&answer->bytes, (size_t)64 << 20);
    struct wire_client client = {.fd = wire_client()};
    if (wire_context != NULL) {
        wire_shake(&client);
    }
    return client;
}

static void wire_send(const struct wire_client *client, struct wire_answer *answer,
                      struct span piece)
{
    while (piece.len > 0) {
        ssize_t sent = wire_write(client, piece);
        wire_turn();
        answer->closed = wire_read(client, &answer->bytes) || answer->closed;
        if (sent < 0) {
            return; /* the server wants no more */
        }
        piece = (struct span){piece.at + sent, piece.len - (size_t)sent};
    }
}

/* The engine's next turn; a while later where it has had many, as a receiver may pause. */
static void wire_turn_after(unsigned turns)
{
    const struct timespec nap = {0, 1000000};
    if (turns > WIRE_TURNS) {
        nanosleep(&nap, NULL);
    }
    wire_turn();
}

static void wire_finish(const struct wire_client *client, struct wire_answer *answer,
                        struct span raw)
{
    if (client->tls != NULL) {
        SSL_shutdown(client->tls);
    }
    shutdown(client->fd, SHUT_WR);
    bool ended = answer->closed;
    for (unsigned i = 0; i < WIRE_WAITS && !ended; i++) {
        wire_turn_after(i);
        ended = wire_read(client, &answer->bytes);
    }
    SSL_free(client->tls);
    ERR_clear_error();
    close(client->fd);
    /* Whoever leaves may have to wait for others' turns; and whoever ended before and leaves now is
     * not heard while a receiver pauses. */
    for (unsigned i = 0; i < WIRE_WAITS && worker.connections > 0; i++) {
        wire_turn_after(i);
    }
    assert(worker.connections == 0);
    wire_take_apart(answer, raw);
    answer->whole = answer->whole && ended;
}

void wire_talk(struct wire_answer *answer, struct span raw, const size_t *cuts, size_t count)
{
    struct wire_client client = wire_connect(answer);
    size_t from = 0;
    for (size_t i = 0; i < count; i++) {
        wire_send(&client, answer, (struct span){raw.at + from, cuts[i] - from});
        from = cuts[i];
    }
    wire_send(&client, answer, (struct span){raw.at + from, raw.len - from});
    wire_finish(&client, answer, raw);
}

void wire_talk_bytes(struct wire_answer *answer, struct span raw)
{
    struct wire_client client = wire_connect(answer);
    for (size_t i = 0; i < raw.len; i++) {
        wire_send(&client, answer, (struct span){raw.at + i, 1});
    }
    wire_finish(&client, answer, raw);
}

bool wire_same(const struct wire_answer *one, const struct wire_answer *other)
{
    return one->count == other->count &&
           memcmp(one->statuses, other->statuses, sizeof one->statuses) == 0;
}

bool wire_repeatable(struct span raw)
{
    static const char *const changing[] = {"later", "cancelled", "streams-open", "metrics"};
    for (size_t i = 0; i < COUNT_OF(changing); i++) {
        if (memmem(raw.at, raw.len, changing[i], strlen(changing[i])) != NULL) {
            return false;
        }
    }
    return true;
}

void wire_answer_free(struct wire_answer *answer)
{
    out_free(&answer->bytes);
}

/* ---- Many connections at once ---- */

void wire_step(void)
{
    event_base_loop(worker.base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

unsigned wire_connections(void)
{
    return worker.connections;
}

static bool wire_anybody_waits(void)
{
    for (unsigned i = 0; i < HTTP_LINES; i++) {
        if (worker.lines[i].first != NULL) {
            return true;
        }
    }
    return false;
}

void wire_steps(void)
{
    do {
        wire_turn();
    } while (wire_anybody_waits());
}
