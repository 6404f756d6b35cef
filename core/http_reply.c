/*
 * From a handler's answer to bytes in the connection's queue. The hard part is that the same answer
 * has four shapes: whole, without its body (HEAD), unchanged (304), and for a client that has gone.
 */
#include "http_engine.h"

#include <assert.h>

/* Whether it is open to every origin: a path without a route is what its neighbours are, so that a
 * browser's script may read why it got nothing. */
static bool reply_is_api(const struct http_request *req)
{
    const struct http_route *route = http_route_of(req);
    return route != NULL ? (route->flags & HTTP_ROUTE_API) != 0
                         : http_routes_api(&req->worker->server->routes, req->target.path);
}

/* The fields that depend on the reply, not on the answer, and the empty line. */
static void reply_finish_head(struct http_request *req, struct out *out, int status, bool caches)
{
    const struct http_route *route = http_route_of(req);
    if (!caches && route != NULL && route->cache_control != NULL &&
        (status / 100 == 2 || status == 304)) {
        out_text(out, "Cache-Control: ");
        out_text(out, route->cache_control);
        out_bytes(out, "\r\n", 2);
    }
    unsigned tail = (reply_is_api(req) ? HTTP_TAIL_API : 0U) |
                    (req->conn->tls != NULL ? HTTP_TAIL_TLS : 0U) |
                    (req->last && req->stream == NULL ? HTTP_TAIL_CLOSE : 0U);
    out_span_append(out, http_worker_tail(req->worker, tail));
}

/* Where to write the head; NULL when the client has gone. */
static struct out *reply_begin(struct http_request *req, int status)
{
    assert(!req->replied);
    req->replied = true;
    req->status = status;
    if (req->worker->draining) {
        req->last = true;
    }
    if (req->streamed) {
        http_body_leave(req);
    }
    http_stats_reply(req);
    if (req->gone) {
        return NULL;
    }
    return req->stream != NULL ? http2_head(req) : &req->conn->work->out.own;
}

/* Behind the head: the body's bytes, of a prepared answer or given for this call only. */
static void reply_body(struct http_request *req, struct http_answer *answer, struct span body)
{
    req->given += body.len;
    if (req->stream != NULL) {
        http2_send(req, answer, body);
        return;
    }
    struct http_queue *queue = &req->conn->work->out;
    if (answer == NULL && body.len >= HTTP_LONG && req->conn->tls == NULL) {
        http_queue_through(req->conn, body);
    } else if (answer == NULL || body.len <= HTTP_SMALL) {
        out_span_append(&queue->own, body);
    } else {
        http_queue_answer(queue, answer, body);
    }
}

/* Outside the connection's own turn, the turn has to be taken up again. */
static enum http_result reply_end(struct http_request *req)
{
    if (req->stream != NULL) {
        http2_resume(req);
    } else {
        http_conn_ready(req->conn);
    }
    return HTTP_DONE;
}

static bool reply_unchanged(const struct http_request *req, int status, struct span etag)
{
    struct span list;
    return etag.at != NULL && status == 200 && (req->is_head || span_is(http_method(req), "GET")) &&
           http_header_list(req, "If-None-Match", &list) > 0 && http_etag_matches(list, etag);
}

bool http_unchanged(const struct http_request *req, const char *etag)
{
    return reply_unchanged(req, 200, span_of(etag));
}

enum http_result http_reply(struct http_request *req, struct http_answer *answer)
{
    bool unchanged = reply_unchanged(req, answer->status, answer->etag);
    int status = unchanged ? 304 : answer->status;
    struct out *out = reply_begin(req, status);
    if (out != NULL) {
        out_span_append(out, unchanged ? answer->head304 : answer->head);
        reply_finish_head(req, out, status, answer->caches);
        reply_body(req, answer, unchanged || req->is_head ? (struct span){"", 0} : answer->body);
    }
    return reply_end(req);
}

/* A reply whose body is in `body`; NULL where the request's producer makes it. */
static void reply_head(struct http_request *req, const struct http_head *head,
                       const struct span *body)
{
    struct span etag = head->etag == NULL ? (struct span){NULL, 0} : span_of(head->etag);
    bool unchanged = reply_unchanged(req, head->status, etag);
    int status = unchanged ? 304 : head->status;
    bool bodiless = status == 204 || status == 304;
    struct out *out = reply_begin(req, status);
    if (out == NULL) {
        return;
    }
    http_head_write(out, head, status);
    if (!bodiless && body != NULL) {
        out_text(out, "Content-Length: ");
        out_uint(out, body->len);
        out_bytes(out, "\r\n", 2);
    } else if (!bodiless && req->head.minor == 1) {
        out_text(out, "Transfer-Encoding: chunked\r\n");
    }
    reply_finish_head(req, out, status, head->cache_control != NULL);
    bool whole = !bodiless && !req->is_head;
    req->producing = whole && body == NULL;
    reply_body(req, NULL, whole && body != NULL ? *body : (struct span){"", 0});
}

enum http_result http_reply_bytes(struct http_request *req, const struct http_head *head,
                                  struct span body)
{
    reply_head(req, head, &body);
    return reply_end(req);
}

struct out *http_out(struct http_request *req)
{
    out_clear(&req->worker->scratch);
    return &req->worker->scratch;
}

enum http_result http_reply_out(struct http_request *req, const struct http_head *head)
{
    static const struct http_problem too_long = {
        .status = 500, .code = "answer-too-long", .title = "The answer could not be written"};
    if (out_failed(&req->worker->scratch)) {
        return http_problem(req, &too_long);
    }
    return http_reply_bytes(req, head, out_span(&req->worker->scratch));
}

enum http_result http_redirect(struct http_request *req, int status, const char *location)
{
    const struct http_field field = {"Location", location};
    const struct http_head head = {.status = status, .fields = &field, .field_count = 1};
    return http_reply_bytes(req, &head, (struct span){"", 0});
}

enum http_result http_defer(struct http_request *req,
                            void (*cancel)(struct http_request *req, void *arg), void *arg)
{
    assert(!req->replied && !req->receiving);
    req->deferred = true;
    req->cancel = cancel;
    req->cancel_arg = arg;
    return HTTP_LATER;
}

enum http_result http_reply_stream(struct http_request *req, const struct http_head *head,
                                   const struct http_producer *producer)
{
    if (req->head.minor == 0) {
        req->last = true; /* in HTTP/1.0 a body of unknown length ends with the connection */
    }
    req->producer = *producer;
    reply_head(req, head, NULL);
    return reply_end(req);
}

void http_request_forsake(struct http_request *req)
{
    req->replied = true;
    reply_end(req);
}

void http_resume(struct http_request *req)
{
    req->waiting = false;
    reply_end(req);
}
