/*
 * Routes that show what the engine does, for the tests to talk to: echo, deferred replies, bodies
 * made step by step, errors. Used in process by unit tests and the fuzzer, and over real sockets by
 * tests/http/echo_server.c.
 */
#include "http_echo.h"

#include "core/http_request.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLAIN "text/plain; charset=utf-8"

static struct http_answer *hello;
static struct http_answer *large;

/* Kept in files, whose pages the kernel passes on by sixteens: of as many bytes, each 8 of which
 * say where they stand. */
static const size_t filed_sizes[] = {32768, 65535, 65536, 65537, 77921, 81920, 81921, 135176};
static struct http_answer *filed[COUNT_OF(filed_sizes)];

static enum http_result get_hello(struct http_request *req)
{
    return http_reply(req, hello);
}

static enum http_result get_large(struct http_request *req)
{
    return http_reply(req, large);
}

static enum http_result get_filed(struct http_request *req)
{
    struct span size = http_param(req, "size");
    char text[8];
    for (size_t i = 0; i < COUNT_OF(filed); i++) {
        snprintf(text, sizeof text, "%zu", filed_sizes[i]);
        if (span_is(size, text)) {
            return http_reply(req, filed[i]);
        }
    }
    return http_problem(req, &(struct http_problem){
                                 .status = 404, .code = "not-found", .title = "None is so long"});
}

/* What the handler sees of a request. */
static enum http_result get_echo(struct http_request *req)
{
    static const struct http_head head = {.status = 200, .content_type = "application/json"};
    struct out *out = http_out(req);
    struct span name;
    struct span value;
    json_open(out, '{');
    json_member(out, "method", http_method(req));
    json_member(out, "target", http_target(req));
    json_member(out, "path", http_path(req));
    json_member(out, "host", http_host(req));
    json_key(out, "query");
    json_open(out, '[');
    for (unsigned i = 0; i < http_query_count(req); i++) {
        http_query_at(req, i, &name, &value);
        json_open(out, '[');
        json_span(out, name);
        json_span(out, value);
        json_close(out, ']');
    }
    json_close(out, ']');
    json_member_int(out, "amounts", http_query(req, "amount", &value));
    json_member_int(out, "x_a", http_header(req, "X-A", &value));
    json_member(out, "x_a_value", value);
    json_member_int(out, "body", (int64_t)http_body(req).len);
    json_close(out, '}');
    return http_reply_out(req, &head);
}

static enum http_result get_param(struct http_request *req)
{
    static const struct http_head head = {.status = 200, .content_type = PLAIN};
    struct out *out = http_out(req);
    out_span_append(out, http_param(req, "a"));
    out_text(out, "|");
    out_span_append(out, http_param(req, "b"));
    return http_reply_out(req, &head);
}

static enum http_result post_body(struct http_request *req)
{
    static const struct http_head head = {.status = 200, .content_type = PLAIN};
    return http_reply_bytes(req, &head, http_body(req));
}

static enum http_result delete_thing(struct http_request *req)
{
    static const struct http_head head = {.status = 204};
    return http_reply_bytes(req, &head, (struct span){"", 0});
}

static enum http_result get_refused(struct http_request *req)
{
    struct span amount;
    http_query(req, "amount", &amount);
    return http_problem(req, &(struct http_problem){.status = 400,
                                                    .code = "bad-parameter",
                                                    .title = "A parameter is not valid",
                                                    .parameter = "amount",
                                                    .received = amount,
                                                    .allowed = "a decimal above 0"});
}

static enum http_result get_chosen(struct http_request *req)
{
    static const char *const media[] = {"application/json", "text/csv", "text/html"};
    static const char *const languages[] = {"en", "fr", "pt-BR"};
    static const struct http_head head = {.status = 200, .content_type = PLAIN, .vary = "Accept"};
    struct out *out = http_out(req);
    out_int(out, http_choose_media(req, media, COUNT_OF(media)));
    out_char(out, ' ');
    out_int(out, http_choose_language(req, languages, COUNT_OF(languages)));
    return http_reply_out(req, &head);
}

/* ---- Replies that come later ---- */

struct later {
    struct http_request *req;
    struct event *timer;
    struct later *next; /* of the worker's, http_worker_data */
};

static _Atomic int cancelled;

static void later_cancel(struct http_request *req, void *arg)
{
    const struct later *later = arg;
    if (later->req == req && http_gone(req)) {
        cancelled++;
    }
}

static void later_reply(struct http_worker *worker, struct later *later)
{
    static const struct http_head head = {.status = 200, .content_type = PLAIN};
    struct later *first = http_worker_data(worker);
    struct later **place = &first;
    while (*place != later) {
        place = &(*place)->next;
    }
    *place = later->next;
    http_worker_set_data(worker, first);
    /* The spans of a request stay valid until its reply. */
    struct span ms;
    http_query(later->req, "ms", &ms);
    http_reply_bytes(later->req, &head, ms);
    event_free(later->timer);
    free(later);
}

static void later_fire(evutil_socket_t fd, short what, void *arg)
{
    struct later *later = arg;
    (void)fd;
    (void)what;
    later_reply(http_worker_of(later->req), later);
}

static enum http_result get_later(struct http_request *req)
{
    struct span ms;
    long wait = 0;
    http_query(req, "ms", &ms);
    for (size_t i = 0; i < ms.len && i < 6; i++) {
        wait = wait * 10 + (ms.at[i] - '0');
    }
    struct later *later = calloc(1, sizeof *later);
    if (later == NULL) {
        abort();
    }
    later->req = req;
    later->timer = evtimer_new(http_worker_base(http_worker_of(req)), later_fire, later);
    later->next = http_data(req);
    http_worker_set_data(http_worker_of(req), later);
    const struct timeval time = {wait / 1000, wait % 1000 * 1000};
    evtimer_add(later->timer, &time);
    return http_defer(req, later_cancel, later);
}

static enum http_result get_cancelled(struct http_request *req)
{
    static const struct http_head head = {.status = 200, .content_type = PLAIN};
    out_int(http_out(req), cancelled);
    return http_reply_out(req, &head);
}

/* ---- Bodies made step by step: ?pieces=N of 1,000 bytes, pausing at ?pause=K, failing at ?abort=K
 * ---- */

struct stream {
    struct http_request *req;
    struct event *timer;
    long pieces;
    long pause;
    long abort;
    long at;
};

static _Atomic int streams_open;

static void stream_fire(evutil_socket_t fd, short what, void *arg)
{
    struct stream *stream = arg;
    (void)fd;
    (void)what;
    http_resume(stream->req);
}

static enum http_pull stream_pull(struct http_request *req, struct out *out, void *arg)
{
    struct stream *stream = arg;
    const struct timeval time = {0, 20000};
    (void)req;
    if (stream->at == stream->pieces) {
        return HTTP_PULL_END;
    }
    if (stream->at == stream->abort) {
        return HTTP_PULL_ABORT;
    }
    if (stream->at == stream->pause) {
        stream->pause = -1;
        evtimer_add(stream->timer, &time);
        return HTTP_PULL_WAIT;
    }
    char *room = out_room(out, 1000);
    if (room != NULL) {
        memset(room, 'a' + (int)(stream->at % 26), 1000);
        out->len += 1000;
    }
    stream->at++;
    return HTTP_PULL_MORE;
}

static void stream_done(struct http_request *req, void *arg)
{
    struct stream *stream = arg;
    (void)req;
    streams_open--;
    event_free(stream->timer);
    free(stream);
}

static long query_number(const struct http_request *req, const char *name, long otherwise)
{
    struct span text;
    char digits[16] = "";
    if (http_query(req, name, &text) == 0 || text.len >= sizeof digits) {
        return otherwise;
    }
    memcpy(digits, text.at, text.len);
    return strtol(digits, NULL, 10);
}

/* So many bytes, in what encoding the client wants: by what is kept, or written anew. */
static enum http_result get_packed(struct http_request *req)
{
    static const struct http_head head = {.status = 200, .content_type = PLAIN};
    size_t asked = (size_t)query_number(req, "bytes", 5000);
    size_t len = asked < OUT_LIMIT_DEFAULT ? asked : OUT_LIMIT_DEFAULT;
    struct span ignored;
    struct out *out = http_out(req);
    char *room = out_room(out, len);
    if (room == NULL) {
        abort();
    }
    memset(room, 'a', len);
    out->len = len;
    if (http_query(req, "kept", &ignored) == 0) {
        return http_reply_encoded(req, &head);
    }
    struct http_content *content = http_content_new(&head, out_span(out));
    if (content == NULL) {
        abort();
    }
    enum http_result result = http_reply_content(req, content);
    http_content_free(content);
    return result;
}

static enum http_result get_stream(struct http_request *req)
{
    static const struct http_head head = {.status = 200, .content_type = PLAIN};
    struct stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL) {
        abort();
    }
    streams_open++;
    stream->req = req;
    stream->pieces = query_number(req, "pieces", 3);
    stream->pause = query_number(req, "pause", -1);
    stream->abort = query_number(req, "abort", -1);
    stream->timer = evtimer_new(http_worker_base(http_worker_of(req)), stream_fire, stream);
    return http_reply_stream(req, &head, &(struct http_producer){stream_pull, stream_done, stream});
}

static enum http_result get_streams_open(struct http_request *req)
{
    static const struct http_head head = {.status = 200, .content_type = PLAIN};
    out_int(http_out(req), streams_open);
    return http_reply_out(req, &head);
}

static const struct http_route echo_routes[] = {
    {.method = "GET", .pattern = "/", .handler = get_hello, .cache_control = "max-age=60"},
    {.method = "POST", .pattern = "/", .handler = post_body, .body_limit = 65536},
    {.method = "GET", .pattern = "/echo", .handler = get_echo, .flags = HTTP_ROUTE_API},
    {.method = "POST", .pattern = "/echo", .handler = get_echo, .body_limit = 1 << 20},
    {.method = "GET", .pattern = "/large", .handler = get_large},
    {.method = "GET", .pattern = "/filed/{size}", .handler = get_filed},
    {.method = "GET", .pattern = "/param/{a}/{b}", .handler = get_param, .flags = HTTP_ROUTE_API},
    {.method = "POST", .pattern = "/small", .handler = post_body, .body_limit = 16},
    {.method = "DELETE", .pattern = "/thing/{id}", .handler = delete_thing},
    {.method = "GET", .pattern = "/refused", .handler = get_refused},
    {.method = "GET", .pattern = "/chosen", .handler = get_chosen},
    {.method = "GET", .pattern = "/packed", .handler = get_packed},
    {.method = "GET", .pattern = "/later", .handler = get_later},
    {.method = "GET", .pattern = "/cancelled", .handler = get_cancelled},
    {.method = "GET", .pattern = "/stream", .handler = get_stream},
    {.method = "GET", .pattern = "/streams-open", .handler = get_streams_open},
    {.method = "GET", .pattern = "/metrics", .handler = http_metrics},
    {.method = "POST",
     .pattern = "/receive",
     .handler = http_receive_body,
     .flags = HTTP_ROUTE_STREAMED,
     .body_limit = HTTP_BODY_UNLIMITED},
    {.method = "POST",
     .pattern = "/receive/small",
     .handler = http_receive_body,
     .flags = HTTP_ROUTE_STREAMED,
     .body_limit = 16},
    {.method = "POST",
     .pattern = "/collect",
     .handler = http_receive_collected,
     .flags = HTTP_ROUTE_STREAMED,
     .body_limit = 1 << 20},
    {.method = "GET", .pattern = "/received", .handler = http_receive_counts},
};

static struct http_answer *prepare(size_t size, const char *etag)
{
    char *body = malloc(size + 9);
    if (body == NULL) {
        abort();
    }
    for (size_t at = 0; at < size; at += 8) {
        snprintf(body + at, 9, "%07u\n", (unsigned)at % 10000000U);
    }
    const struct http_head head = {.status = 200, .content_type = PLAIN, .etag = etag};
    struct http_answer *answer = http_answer_new(&head, (struct span){body, size});
    free(body);
    return answer;
}

/* Replies still owed when a worker ends are given now; nobody sees them. */
static void echo_worker_done(struct http_worker *worker, void *arg)
{
    (void)arg;
    while (http_worker_data(worker) != NULL) {
        later_reply(worker, http_worker_data(worker));
    }
    http_receive_worker_done(worker);
}

void http_echo_open(struct http_config *config)
{
    config->routes = echo_routes;
    config->route_count = COUNT_OF(echo_routes);
    config->worker_done = echo_worker_done;
    hello = prepare(4096, "\"hello-1\"");
    large = prepare((size_t)8 << 20, NULL);
    for (size_t i = 0; i < COUNT_OF(filed); i++) {
        filed[i] = prepare(filed_sizes[i], NULL);
        http_answer_file(filed[i]);
    }
}

void http_echo_close(void)
{
    http_answer_unref(hello);
    http_answer_unref(large);
    for (size_t i = 0; i < COUNT_OF(filed); i++) {
        http_answer_unref(filed[i]);
    }
}
