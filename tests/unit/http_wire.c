/* Drives the engine's worker without threads or ports, and takes its answers apart. */
#include "http_wire.h"

#include "core/http_engine.h"
#include "http_echo.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static struct http_server server;
static struct http_worker worker;

void wire_open(void)
{
    struct http_config config = {
        .limits = {.connections = 100,
                   .requests = 10000,
                   .head_timeout = 10,
                   .body_timeout = 10,
                   .idle_timeout = 60,
                   .write_timeout = 30,
                   .drain_timeout = 10},
    };
    http_echo_open(&config);
    server = (struct http_server){.config = config, .workers = &worker, .count = 1};
    bool good = http_routes_compile(&server.routes, &config);
    worker = (struct http_worker){0};
    good = good && http_worker_open(&worker, &server, 0);
    worker.accepting = true; /* nothing listens, and nothing shall begin to */
    if (!good) {
        abort();
    }
}

void wire_close(void)
{
    http_worker_close(&worker);
    http_routes_free(&server.routes);
    http_echo_close();
}

static void wire_turn(void)
{
    event_base_loop(worker.base, EVLOOP_NONBLOCK);
}

/* Reads what there is; true at the end of the stream. */
static bool wire_read(int fd, struct out *bytes)
{
    for (;;) {
        char *room = out_room(bytes, 65536);
        assert(room != NULL);
        ssize_t got = recv(fd, room, 65536, MSG_DONTWAIT);
        if (got <= 0) {
            return got == 0;
        }
        bytes->len += (size_t)got;
    }
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

static int wire_connect(struct wire_answer *answer)
{
    int pair[2];
    *answer = (struct wire_answer){0};
    out_init(&answer->bytes, (size_t)64 << 20);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0 ||
        http_conn_open(&worker, pair[1], false) == NULL) {
        abort();
    }
    return pair[0];
}

static void wire_send(int fd, struct wire_answer *answer, struct span piece)
{
    while (piece.len > 0) {
        ssize_t sent = send(fd, piece.at, piece.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        wire_turn();
        answer->closed = wire_read(fd, &answer->bytes) || answer->closed;
        if (sent < 0) {
            return; /* the server wants no more */
        }
        piece = (struct span){piece.at + sent, piece.len - (size_t)sent};
    }
}

static void wire_finish(int fd, struct wire_answer *answer, struct span raw)
{
    shutdown(fd, SHUT_WR);
    bool ended = answer->closed;
    for (unsigned i = 0; i < 100 && !ended; i++) {
        wire_turn();
        ended = wire_read(fd, &answer->bytes);
    }
    close(fd);
    wire_turn();
    assert(worker.connections == 0);
    wire_take_apart(answer, raw);
    answer->whole = answer->whole && ended;
}

void wire_talk(struct wire_answer *answer, struct span raw, const size_t *cuts, size_t count)
{
    int fd = wire_connect(answer);
    size_t from = 0;
    for (size_t i = 0; i < count; i++) {
        wire_send(fd, answer, (struct span){raw.at + from, cuts[i] - from});
        from = cuts[i];
    }
    wire_send(fd, answer, (struct span){raw.at + from, raw.len - from});
    wire_finish(fd, answer, raw);
}

void wire_talk_bytes(struct wire_answer *answer, struct span raw)
{
    int fd = wire_connect(answer);
    for (size_t i = 0; i < raw.len; i++) {
        wire_send(fd, answer, (struct span){raw.at + i, 1});
    }
    wire_finish(fd, answer, raw);
}

void wire_answer_free(struct wire_answer *answer)
{
    out_free(&answer->bytes);
}
