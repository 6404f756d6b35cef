/*
 * Request bodies in HTTP/1, and what both protocols share of them. Whether one may come is decided
 * before it does: too long is 413 at the head, a streamed route's handler may say no, and "Expect:
 * 100-continue" gets its 100 only when the body is wanted. A body that nobody wants (of a GET, or
 * where the answer is an error anyway) is read past, a little, so that the connection keeps its
 * place and bad framing is still found out.
 */
#include "http_engine.h"

#include <assert.h>

#define BODY_DROPPED_MAX ((size_t)64 << 10)

static enum http_step body_refuse(struct http_request *req, uint16_t status, const char *fault)
{
    http_head_refuse(&req->head, status, fault);
    return HTTP_BAD;
}

bool http_body_awaited(const struct http_conn *conn)
{
    const struct http_work *work = conn->work;
    const struct http_head_read *head = &work->request.head;
    return head->chunked || head->length > work->in_len - work->in_used;
}

/* ---- Before it comes ---- */

void http_body_limits(struct http_request *req)
{
    const struct http_route *route = http_route_of(req);
    bool wanted = req->refusal == NULL && route != NULL && route->body_limit > 0 &&
                  route->handler == req->handler;
    req->streamed = wanted && (route->flags & HTTP_ROUTE_STREAMED) != 0;
    req->body_kept = wanted;
    req->body_limit = wanted ? route->body_limit : BODY_DROPPED_MAX;
}

bool http_body_too_long(const struct http_request *req)
{
    /* UINT64_MAX stands for what does not fit, whatever the limit. */
    return req->head.length > req->body_limit || req->head.length == UINT64_MAX;
}

/* The client waits for it, unless its body is on the way already. */
static void body_continue(struct http_work *work)
{
    struct http_request *req = &work->request;
    if (req->head.expects && work->in_len == work->in_used) {
        out_text(&work->out.own, "HTTP/1.1 100 Continue\r\n\r\n");
        http_queue_own(&work->out);
    }
    req->continued = true;
}

enum http_step http_body_begin(struct http_conn *conn)
{
    struct http_work *work = conn->work;
    struct http_request *req = &work->request;
    http_body_limits(req);
    req->body_left = req->head.length;
    if (http_body_too_long(req)) {
        return body_refuse(req, 413, "The body is longer than is taken here.");
    }
    req->body_due = req->head.chunked || req->head.length > 0;
    if (!req->body_due || req->streamed) {
        return HTTP_END;
    }
    if (req->head.expects && !req->body_kept) {
        req->body_due = false;
        req->last = true; /* whether the client still sends the body is its choice: nothing after it
                             can be read */
        return HTTP_END;
    }
    body_continue(work);
    out_init(&req->body, req->body_limit);
    return HTTP_MORE;
}

/* ---- Its bytes ---- */

/* False when it is more than the limit, or than there is memory for. */
static bool body_take(struct http_request *req, struct span data)
{
    if (req->body_kept && !req->receiving) {
        out_span_append(&req->body, data);
        return !out_failed(&req->body);
    }
    if (data.len > req->body_limit) {
        return false;
    }
    req->body_limit -= data.len;
    http_body_piece(req, data);
    return true;
}

static enum http_step body_length_step(struct http_conn *conn, struct span bytes)
{
    struct http_work *work = conn->work;
    struct http_request *req = &work->request;
    size_t piece = bytes.len < req->body_left ? bytes.len : (size_t)req->body_left;
    work->in_used += piece;
    req->body_left -= piece;
    if (!body_take(req, (struct span){bytes.at, piece})) {
        return body_refuse(req, 413, "The body is longer than is taken here.");
    }
    return req->body_left == 0 && !req->paused ? HTTP_END : HTTP_MORE;
}

enum http_step http_body_step(struct http_conn *conn)
{
    struct http_work *work = conn->work;
    struct http_request *req = &work->request;
    struct span bytes = {work->in + work->in_used, work->in_len - work->in_used};
    enum http_step step = HTTP_DATA;
    if (!req->head.chunked) {
        return body_length_step(conn, bytes);
    }
    while (step == HTTP_DATA && !req->paused) {
        size_t used = 0;
        struct span data = {"", 0};
        step = http_chunk_step(&req->chunk, bytes.at, bytes.len, &used, &data);
        bytes = (struct span){bytes.at + used, bytes.len - used};
        work->in_used += used;
        if (step == HTTP_DATA && !body_take(req, data)) {
            return body_refuse(req, 413, "The body is longer than is taken here.");
        }
    }
    return step == HTTP_BAD    ? body_refuse(req, 400, "The chunked body is malformed.")
           : step == HTTP_DATA ? HTTP_MORE
                               : step;
}

/* ---- Streamed bodies ---- */

/* The handler has decided that the body may come; `streamed` says how. */
static void body_accept(struct http_request *req)
{
    req->deferred = false;
    req->cancel = NULL;
    if (req->stream != NULL) {
        http2_body_accept(req);
        return;
    }
    if (req->body_due) {
        body_continue(req->conn->work);
    }
    req->stage = HTTP_STAGE_BODY;
    http_conn_ready(req->conn);
}

enum http_result http_body_collect(struct http_request *req, http_handler *whole)
{
    assert(req->streamed && !req->receiving && !req->replied);
    assert(req->body_limit != HTTP_BODY_UNLIMITED);
    if (req->gone) {
        http_request_forsake(req);
        return HTTP_LATER;
    }
    req->streamed = false;
    req->handler = whole;
    if (req->stream == NULL) {
        out_init(&req->body, req->body_limit);
    }
    body_accept(req);
    return HTTP_LATER;
}

enum http_result http_body_receive(struct http_request *req, const struct http_receiver *receiver)
{
    assert(req->streamed && !req->receiving && !req->replied);
    req->receiver = *receiver;
    req->receiving = true;
    if (req->gone) {
        http_body_over(req, HTTP_BODY_CUT);
        http_request_forsake(req);
    } else {
        body_accept(req);
    }
    return HTTP_LATER;
}

void http_body_piece(struct http_request *req, struct span bytes)
{
    if (req->receiving && bytes.len > 0) {
        req->paused = true; /* so that it may resume before it has paused */
        if (req->receiver.piece(req, bytes, req->receiver.arg) == HTTP_TAKEN) {
            req->paused = false;
        }
    }
}

void http_body_resume(struct http_request *req)
{
    if (req->paused) {
        req->paused = false;
        if (req->stream != NULL) {
            http2_body_resume(req);
        } else {
            http_conn_ready(req->conn);
        }
    }
}

void http_body_over(struct http_request *req, enum http_body_end why)
{
    if (req->receiving) {
        req->receiving = req->paused = req->streamed = false;
        req->deferred = why == HTTP_BODY_COMPLETE;
        req->receiver.end(req, why, req->receiver.arg);
    }
}

void http_body_failed(struct http_request *req, int status)
{
    http_body_over(req, status == 408   ? HTTP_BODY_TOO_SLOW
                        : status == 413 ? HTTP_BODY_TOO_LARGE
                                        : HTTP_BODY_MALFORMED);
}

void http_body_leave(struct http_request *req)
{
    bool unasked = req->head.expects && !req->continued;
    req->streamed = req->receiving = req->paused = req->body_kept = false;
    req->body_limit = BODY_DROPPED_MAX;
    req->stage = HTTP_STAGE_ANSWER; /* before the rest of the body */
    if (req->body_due && (unasked || req->head.chunked || req->body_left > BODY_DROPPED_MAX)) {
        req->last = true;
    }
}

bool http_body_in_time(struct http_request *req, uint32_t seconds, uint64_t moved)
{
    const struct http_limits *limits = &req->worker->server->config.limits;
    req->body_seconds += seconds;
    req->body_moved += moved;
    if (req->body_seconds < limits->body_timeout) {
        return true;
    }
    bool met = req->body_moved >= (uint64_t)limits->body_rate * req->body_seconds;
    req->body_seconds = 0;
    req->body_moved = 0;
    return met;
}
