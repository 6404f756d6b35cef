/*
 * Request bodies. Whether one may come is decided before it does: too long is 413 at the head, and
 * "Expect: 100-continue" gets its 100 only when the body is wanted. A body that nobody wants (of a
 * GET, or where the answer is an error anyway) is read past, a little, so that the connection keeps
 * its place and bad framing is still found out.
 */
#include "http_engine.h"

#define BODY_DROPPED_MAX ((size_t)64 << 10)

static enum http_step body_refuse(struct http_conn *conn, int status, const char *fault)
{
    http_reply_fault(conn, status, fault);
    return HTTP_BAD;
}

bool http_body_awaited(const struct http_conn *conn)
{
    const struct http_work *work = conn->work;
    const struct http_head_read *head = &work->request.head;
    return head->chunked || head->length > work->in_len - work->in_used;
}

void http_body_limits(struct http_request *req)
{
    const struct http_route *route = http_route_of(req);
    size_t wanted = req->refusal == NULL && route != NULL ? route->body_limit : 0;
    req->body_kept = wanted > 0;
    req->body_limit = wanted > 0 ? wanted : BODY_DROPPED_MAX;
}

enum http_step http_body_begin(struct http_conn *conn)
{
    struct http_work *work = conn->work;
    struct http_request *req = &work->request;
    http_body_limits(req);
    req->body_left = req->head.length;
    if (req->head.length > req->body_limit) {
        return body_refuse(conn, 413, "The body is longer than is taken here.");
    }
    if (!req->head.chunked && req->head.length == 0) {
        return HTTP_END;
    }
    if (req->head.expects && !req->body_kept) {
        req->last = true; /* whether the client still sends the body is its choice: nothing after it
                             can be read */
        return HTTP_END;
    }
    if (req->head.expects && work->in_len == work->in_used) {
        out_text(&work->out.own, "HTTP/1.1 100 Continue\r\n\r\n");
        http_queue_own(&work->out);
    }
    out_init(&req->body, req->body_limit);
    return HTTP_MORE;
}

/* False when it is more than the limit, or than there is memory for. */
static bool body_take(struct http_request *req, struct span data)
{
    if (data.len > req->body_limit) {
        return false;
    }
    if (req->body_kept) {
        out_span_append(&req->body, data);
        return !out_failed(&req->body);
    }
    req->body_limit -= data.len;
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
        return body_refuse(conn, 413, "The body is longer than is taken here.");
    }
    return req->body_left == 0 ? HTTP_END : HTTP_MORE;
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
    while (step == HTTP_DATA) {
        size_t used = 0;
        struct span data = {"", 0};
        step = http_chunk_step(&req->chunk, bytes.at, bytes.len, &used, &data);
        bytes = (struct span){bytes.at + used, bytes.len - used};
        work->in_used += used;
        if (step == HTTP_DATA && !body_take(req, data)) {
            return body_refuse(conn, 413, "The body is longer than is taken here.");
        }
    }
    return step == HTTP_BAD ? body_refuse(conn, 400, "The chunked body is malformed.") : step;
}
