/*
 * Bodies of requests in HTTP/2. The hard part is the windows: what a client has been allowed to
 * send may come at any time, so that bytes of a body that is not decided on, or whose receiver has
 * paused, are kept here, 64 KiB a stream at most, and the window opens again when they are handed
 * on. Receivers are called in the connection's turn, never within nghttp2's callbacks.
 */
#include "http2.h"

#define WINDOW ((size_t)64 << 10) /* what a client may send unasked: nghttp2's default window */

/* Interim: the client waits for it before it sends the body. */
static void body_continue(struct http2_stream *stream)
{
    union {
        const char *in;
        uint8_t *out;
    } name = {.in = ":status"}, value = {.in = "100"}; /* nghttp2 only reads them */
    const nghttp2_nv status = {name.out, value.out, 7, 3, NGHTTP2_NV_FLAG_NONE};
    if (stream->request.head.expects && !stream->ended) {
        /* Without it the client sends its body a little later. */
        (void)nghttp2_submit_headers(stream->session->nghttp2, NGHTTP2_FLAG_NONE, stream->id, NULL,
                                     &status, 1, NULL);
    }
    stream->request.continued = true;
}

bool http2_body_begin(struct http2_stream *stream)
{
    struct http_request *req = &stream->request;
    http_body_limits(req);
    if (http_body_too_long(req)) {
        http_head_refuse(&req->head, 413, "The body is longer than is taken here.");
        return false;
    }
    out_init(&req->body, req->streamed ? WINDOW : req->body_limit);
    if (stream->ended || req->streamed || (req->head.expects && !req->body_kept)) {
        return false;
    }
    body_continue(stream);
    return true;
}

/* ---- As it comes ---- */

/* False: nobody wants it any more. */
static bool body_wanted(const struct http2_stream *stream)
{
    return stream->state == HTTP2_STATE_BODY || stream->request.streamed;
}

static void body_take(struct http2_stream *stream, struct span data)
{
    struct http_request *req = &stream->request;
    stream->body_length += data.len;
    bool fits = stream->body_length <= req->body_limit;
    if (fits && req->body_kept) {
        out_span_append(&req->body, data);
        fits = !out_failed(&req->body);
    }
    if (!fits) {
        http_head_refuse(&req->head, 413, "The body is longer than is taken here.");
    }
    if (req->streamed) {
        http2_body_arrived(stream);
    } else if (!fits) {
        http2_enter(stream, HTTP2_STATE_READY);
    }
}

static int on_data(nghttp2_session *nghttp2, uint8_t flags, int32_t id, const uint8_t *data,
                   size_t len, void *arg)
{
    struct http2_session *session = arg;
    struct http2_stream *stream = nghttp2_session_get_stream_user_data(nghttp2, id);
    bool wanted = stream != NULL && body_wanted(stream);
    (void)flags;
    if (!wanted || stream->request.streamed) {
        /* The stream's window stays shut until the bytes are handed on; if it is answered already,
         * for ever. */
        if (nghttp2_session_consume_connection(nghttp2, len) == NGHTTP2_ERR_NOMEM) {
            return NGHTTP2_ERR_CALLBACK_FAILURE;
        }
    }
    if (wanted) {
        stream->moved += len;
        if (stream->request.streamed) {
            stream->owed += (int32_t)len;
        } else {
            http2_session_consume(session, stream, len);
        }
        body_take(stream, (struct span){(const char *)data, len});
    }
    return 0;
}

void http2_body_callbacks(nghttp2_session_callbacks *callbacks)
{
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
}

/* ---- Streamed ---- */

void http2_body_arrived(struct http2_stream *stream)
{
    stream->session->arrived = true;
}

/* The body is to be kept whole: from here on it is like any other. */
static void body_collected(struct http2_stream *stream)
{
    struct http2_session *session = stream->session;
    struct http_request *req = &stream->request;
    req->body.limit = req->body_limit;
    if (stream->ended || req->head.status != 0) {
        http2_enter(stream, HTTP2_STATE_READY);
    } else if (session->uploader == NULL) {
        session->uploader = stream;
        http2_session_release(session, stream);
    }
}

void http2_body_accept(struct http_request *req)
{
    struct http2_stream *stream = req->stream;
    body_continue(stream);
    http2_enter(stream, HTTP2_STATE_BODY);
    if (req->streamed) {
        http2_body_arrived(stream);
    } else {
        body_collected(stream);
    }
    http_conn_ready(req->conn);
}

void http2_body_resume(struct http_request *req)
{
    struct http2_stream *stream = req->stream;
    http2_enter(stream, HTTP2_STATE_BODY);
    http2_body_arrived(stream);
    http_conn_ready(req->conn);
}

/* The receiver has enough for now: what the client had of its time is kept. */
static void body_paused(struct http2_stream *stream)
{
    struct http_request *req = &stream->request;
    const struct http_worker *worker = req->worker;
    uint32_t window = worker->server->config.limits.body_timeout;
    uint32_t seconds = window - (stream->deadline - worker->now);
    if (http_body_in_time(req, seconds, stream->moved)) {
        http2_enter(stream, HTTP2_STATE_HANDLING);
    } else {
        http_head_refuse(&req->head, 408, "The request did not arrive in time.");
        http2_enter(stream, HTTP2_STATE_READY);
    }
}

static void body_hand_on(struct http2_stream *stream)
{
    struct http_request *req = &stream->request;
    if (req->head.status != 0) {
        http2_enter(stream, HTTP2_STATE_READY);
        return;
    }
    http_body_piece(req, out_span(&req->body));
    out_clear(&req->body);
    if (req->replied) {
        return; /* it has refused the rest */
    }
    http2_session_release(stream->session, stream);
    if (req->paused) {
        body_paused(stream);
    } else if (stream->ended) {
        http2_enter(stream, HTTP2_STATE_READY);
    }
}

void http2_body_turn(struct http2_session *session)
{
    struct http2_stream *stream = session->oldest;
    if (!session->arrived || session->over) {
        return;
    }
    session->arrived = false;
    while (stream != NULL) {
        /* Handing on closes none: that happens while reading and writing. */
        struct http2_stream *younger = stream->younger;
        if (stream->request.receiving && stream->state == HTTP2_STATE_BODY) {
            body_hand_on(stream);
        }
        stream = younger;
    }
}
