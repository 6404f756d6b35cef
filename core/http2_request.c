/*
 * From frames to a request. nghttp2 has judged the frames, the states of streams and the fields as
 * RFC 9113 8 wants them; here they meet the engine's own rules, the same as for HTTP/1.1: target,
 * Host, limits, body. The hard part is time: a fault is only noted, and answered when the
 * connection's turn comes to handlers, never within nghttp2's callbacks.
 */
#include "http2.h"

#include <assert.h>

static struct http_place place_of(const struct http2_stream *stream, size_t len)
{
    return (struct http_place){(uint16_t)(stream->text.len - len), (uint16_t)len};
}

/* ---- The head ---- */

static bool same_text(struct span a, struct span b)
{
    return a.len == b.len && strncasecmp(a.at, b.at, a.len) == 0;
}

static void head_pseudo(struct http2_stream *stream, struct span name, struct span value)
{
    struct http_head_read *head = &stream->request.head;
    out_span_append(&stream->text, value);
    struct http_place place = place_of(stream, value.len);
    if (span_is(name, ":method")) {
        head->method = place;
        if (value.len > HTTP_METHOD_MAX) {
            http_head_refuse(head, 501, "the method is unknown");
        }
    } else if (span_is(name, ":path")) {
        head->target = place;
        if (value.len > HTTP_TARGET_MAX) {
            http_head_refuse(head, 414, "the target is too long");
        }
    } else if (span_is(name, ":authority")) {
        head->host = place;
        stream->has_authority = true;
        if (!http_host_valid(value)) {
            http_head_refuse(head, 400, ":authority is not valid");
        }
    } else if (span_is(name, ":scheme")) {
        if (!http_word_is(value, "http") && !http_word_is(value, "https")) {
            http_head_refuse(head, 400, "the scheme is neither http nor https");
        }
    }
}

static void head_field(struct http2_stream *stream, struct span name, struct span value)
{
    struct http_head_read *head = &stream->request.head;
    if (head->count == HTTP_FIELDS_MAX) {
        http_head_refuse(head, 431, "there are too many headers");
        return;
    }
    struct http_line *line = &head->lines[head->count++];
    out_span_append(&stream->text, name);
    line->name = place_of(stream, name.len);
    out_span_append(&stream->text, value);
    line->value = place_of(stream, value.len);
    if (stream->has_authority && span_is(name, "host")) {
        if (!same_text(value, http_span(stream->text.at, head->host))) {
            http_head_refuse(head, 400, "Host and :authority differ");
        }
        return;
    }
    if (!out_failed(&stream->text)) {
        /* What it refuses, it notes. */
        bool taken = http_field_take(head, stream->text.at, line);
        (void)taken;
    }
}

static int on_header(nghttp2_session *nghttp2, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
                     void *arg)
{
    struct http2_stream *stream =
        nghttp2_session_get_stream_user_data(nghttp2, frame->hd.stream_id);
    (void)flags;
    (void)arg;
    if (stream == NULL) {
        return 0;
    }
    struct http_head_read *head = &stream->request.head;
    stream->fields_size += name_len + value_len + 32;
    if (stream->fields_size > HTTP_HEAD_MAX && stream->trailing) {
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    if (stream->fields_size > HTTP_HEAD_MAX && head->status == 0) {
        http_head_refuse(head, 431, "the head is too long");
    }
    if (head->status != 0 || stream->trailing) {
        return 0;
    }
    const struct span field = {(const char *)name, name_len};
    const struct span what = {(const char *)value, value_len};
    if (name_len > 0 && name[0] == ':') {
        head_pseudo(stream, field, what);
    } else {
        head_field(stream, field, what);
    }
    return 0;
}

static int on_invalid_header(nghttp2_session *nghttp2, const nghttp2_frame *frame,
                             const uint8_t *name, size_t name_len, const uint8_t *value,
                             size_t value_len, uint8_t flags, void *arg)
{
    (void)nghttp2, (void)frame, (void)name, (void)name_len, (void)value, (void)value_len;
    (void)flags, (void)arg;
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

static int on_begin_headers(nghttp2_session *nghttp2, const nghttp2_frame *frame, void *arg)
{
    struct http2_session *session = arg;
    if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) {
        struct http2_stream *stream =
            nghttp2_session_get_stream_user_data(nghttp2, frame->hd.stream_id);
        if (stream != NULL) {
            stream->trailing = true;
            stream->fields_size = 0;
        }
        return 0;
    }
    struct http2_stream *stream = http2_stream_new(session, frame->hd.stream_id);
    if (stream == NULL) {
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    nghttp2_session_set_stream_user_data(nghttp2, frame->hd.stream_id, stream);
    http2_flood_pay(session, HTTP2_FLOOD_CARRIES);
    if (++session->conn->requests >= session->conn->worker->server->config.limits.requests) {
        http2_drain(session->conn);
    }
    return 0;
}

/* ---- Whole ---- */

static void request_head_whole(struct http2_stream *stream)
{
    struct http_request *req = &stream->request;
    req->begun_us = http_now_us();
    req->bytes = stream->text.at;
    if (out_failed(&stream->text)) {
        http_head_refuse(&req->head, 503, "The service is short of memory.");
    }
    if (req->head.status == 0 && span_is(http_method(req), "CONNECT")) {
        http_head_refuse(&req->head, 501, "The method is unknown.");
    }
    if (req->head.status == 0 &&
        !http_target_parse(&req->target, http_target(req), http_method(req))) {
        http_head_refuse(&req->head, 400, "The request's target is not valid.");
    }
    if (req->head.status == 0) {
        http_request_fit(req);
    }
    bool awaited = req->head.status == 0 && http2_body_begin(stream);
    http2_enter(stream, awaited ? HTTP2_STATE_BODY : HTTP2_STATE_READY);
}

static void request_ended(struct http2_stream *stream)
{
    stream->ended = true;
    if (stream->session->uploader == stream) {
        http2_session_upload_next(stream->session);
    }
    if (stream->request.receiving) {
        http2_body_arrived(stream);
    } else if (stream->state == HTTP2_STATE_BODY) {
        http2_enter(stream, HTTP2_STATE_READY);
    }
}

static int on_frame(nghttp2_session *nghttp2, const nghttp2_frame *frame, void *arg)
{
    struct http2_session *session = arg;
    struct http2_stream *stream = NULL;
    bool ends = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    switch (frame->hd.type) {
    case NGHTTP2_RST_STREAM:
        http2_flood_count(session, HTTP2_FLOOD_RESETS);
        break;
    case NGHTTP2_PING:
        if ((frame->hd.flags & NGHTTP2_FLAG_ACK) != 0 && session->drain == HTTP2_DRAIN_NOTICED) {
            http2_session_last(session);
        }
        break;
    case NGHTTP2_HEADERS:
    case NGHTTP2_DATA:
        stream = nghttp2_session_get_stream_user_data(nghttp2, frame->hd.stream_id);
        if (stream == NULL) {
            break;
        }
        stream->ended = stream->ended || ends;
        if (stream->state == HTTP2_STATE_HEAD) {
            request_head_whole(stream);
        }
        if (ends) {
            request_ended(stream);
        }
        break;
    default:
        break;
    }
    return 0;
}

static int on_begin_frame(nghttp2_session *nghttp2, const nghttp2_frame_hd *hd, void *arg)
{
    (void)nghttp2;
    if (hd->type == NGHTTP2_PRIORITY && hd->stream_id == 0) {
        /* nghttp2 looks no longer at PRIORITY once it is given up in our SETTINGS. */
        http2_session_abort(arg, NGHTTP2_PROTOCOL_ERROR);
        return 0;
    }
    switch (hd->type) {
    case NGHTTP2_HEADERS:
    case NGHTTP2_RST_STREAM:
    case NGHTTP2_CONTINUATION:
    case NGHTTP2_GOAWAY:
        break;
    case NGHTTP2_DATA:
        if (hd->length > 0 || (hd->flags & NGHTTP2_FLAG_END_STREAM) != 0) {
            break;
        }
        http2_flood_count(arg, HTTP2_FLOOD_FRAMES);
        break;
    default:
        http2_flood_count(arg, HTTP2_FLOOD_FRAMES);
        break;
    }
    return 0;
}

static int on_stream_close(nghttp2_session *nghttp2, int32_t id, uint32_t code, void *arg)
{
    struct http2_stream *stream = nghttp2_session_get_stream_user_data(nghttp2, id);
    (void)code;
    (void)arg;
    if (stream != NULL) {
        http2_stream_close(stream);
    }
    return 0;
}

void http2_request_handle(struct http2_stream *stream)
{
    struct http_request *req = &stream->request;
    http2_enter(stream, HTTP2_STATE_HANDLING);
    if (req->head.status != 0) {
        http_body_failed(req, req->head.status);
        http_request_fault(req, req->head.status, req->head.fault);
        return;
    }
    if (req->receiving) {
        http_body_over(req, HTTP_BODY_COMPLETE);
        return;
    }
    enum http_result result =
        req->refusal != NULL ? http_problem(req, req->refusal) : req->handler(req);
    /* Ready again: it wants the body whole, and that has come already. */
    assert(req->replied || (result == HTTP_LATER &&
                            (req->deferred || req->receiving || stream->state == HTTP2_STATE_BODY ||
                             stream->state == HTTP2_STATE_READY)));
    (void)result;
}

void http2_request_callbacks(nghttp2_session_callbacks *callbacks)
{
    nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, on_begin_frame);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, on_invalid_header);
    http2_body_callbacks(callbacks);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
}
