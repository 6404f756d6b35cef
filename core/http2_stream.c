/*
 * A stream: its state, its deadline and its end (drawn in core/README.md). The hard part is that a
 * stream can end at any time, also while its handler still works: it then lives on without its
 * session until the reply that the handler owes, and what died is given back only after the turn.
 */
#include "http2.h"

#include <corridor/log.h>

#include <assert.h>
#include <stdlib.h>

#define POOL_KEPT (2U * HTTP2_STREAMS_MAX)
#define TEXT_KEPT ((size_t)4 << 10)
#define OWN_KEPT  ((size_t)16 << 10)

static const char *const state_names[HTTP2_STATE_COUNT] = {
    "head", "body", "ready", "handling", "sending", "gone", "dead",
};

static void list_remove(struct http2_list *list, struct http2_stream *stream)
{
    *(stream->prev == NULL ? &list->first : &stream->prev->next) = stream->next;
    *(stream->next == NULL ? &list->last : &stream->next->prev) = stream->prev;
    stream->next = stream->prev = NULL;
}

static void list_append(struct http2_list *list, struct http2_stream *stream)
{
    stream->prev = list->last;
    stream->next = NULL;
    *(list->last == NULL ? &list->first : &list->last->next) = stream;
    list->last = stream;
}

static unsigned state_seconds(const struct http_limits *limits, enum http2_state state)
{
    switch (state) {
    case HTTP2_STATE_HEAD:
        return limits->head_timeout;
    case HTTP2_STATE_BODY:
        return limits->body_timeout;
    default:
        return limits->write_timeout;
    }
}

/* Goes to the end of its state's list, which is so in order of deadlines. */
static void stream_queue(struct http2_stream *stream)
{
    struct http_worker *worker = stream->request.worker;
    stream->moved = 0;
    stream->sent_at = stream->session == NULL ? 0 : stream->session->sent;
    stream->deadline = worker->now + state_seconds(&worker->server->config.limits, stream->state);
    list_append(&worker->http2->lists[stream->state], stream);
}

static bool stream_sent_all(const struct http2_stream *stream)
{
    const struct http_request *req = &stream->request;
    return req->replied && !req->gone && !req->producing && stream->own_sent == stream->own.len &&
           (stream->answer == NULL || stream->answer_sent == stream->answer->body.len);
}

void http2_enter(struct http2_stream *stream, enum http2_state state)
{
    struct http_worker *worker = stream->request.worker;
    if (state == (enum http2_state)stream->state) {
        return;
    }
    log_debug("stream %d: %s -> %s", stream->id, state_names[stream->state], state_names[state]);
    if (stream->session != NULL) {
        stream->session->ready -= stream->state == HTTP2_STATE_READY;
        stream->session->ready += state == HTTP2_STATE_READY;
    }
    list_remove(&worker->http2->lists[stream->state], stream);
    stream->state = (uint8_t)state;
    stream_queue(stream);
    if (state == HTTP2_STATE_DEAD) {
        http_log_request(&stream->request, stream_sent_all(stream));
        http_worker_after(worker);
    }
}

/* ---- Beginning and end ---- */

struct http2_stream *http2_stream_new(struct http2_session *session, int32_t id)
{
    struct http_worker *worker = session->conn->worker;
    struct http2_worker *shared = worker->http2;
    struct http2_stream *stream = shared->pool;
    if (stream != NULL) {
        shared->pool = stream->next;
        shared->pooled--;
    } else {
        stream = calloc(1, sizeof *stream);
        if (stream == NULL) {
            return NULL;
        }
        out_init(&stream->text, HTTP_HEAD_MAX);
        out_init(&stream->own, HTTP_QUEUE_LIMIT);
    }
    stream->request.conn = session->conn;
    stream->request.worker = worker;
    stream->request.stream = stream;
    stream->request.head.minor = HTTP_MINOR_2;
    stream->session = session;
    stream->id = id;
    stream->state = HTTP2_STATE_HEAD;
    stream_queue(stream);
    stream->older = session->youngest;
    stream->younger = NULL;
    *(session->youngest == NULL ? &session->oldest : &session->youngest->younger) = stream;
    session->youngest = stream;
    return stream;
}

static void stream_leave(struct http2_stream *stream)
{
    struct http2_session *session = stream->session;
    *(stream->older == NULL ? &session->oldest : &stream->older->younger) = stream->younger;
    *(stream->younger == NULL ? &session->youngest : &stream->younger->older) = stream->older;
    session->held -= stream->own.len - stream->own_sent;
    if (session->uploader == stream) {
        http2_session_upload_next(session);
    }
}

void http2_stream_close(struct http2_stream *stream)
{
    struct http_request *req = &stream->request;
    stream_leave(stream);
    if (req->receiving) {
        req->gone = true;
        http_body_over(req, HTTP_BODY_CUT);
    }
    bool owed = req->deferred && !req->replied;
    http2_enter(stream, owed ? HTTP2_STATE_GONE : HTTP2_STATE_DEAD);
    stream->session = NULL;
    req->conn = NULL;
    if (!owed) {
        http_stream_end(req);
        return;
    }
    req->gone = true;
    if (req->cancel != NULL) {
        req->cancel(req, req->cancel_arg);
    }
}

static void stream_free(struct http2_stream *stream)
{
    http_request_clear(&stream->request);
    http_answer_unref(stream->answer);
    out_free(&stream->text);
    out_free(&stream->own);
    free(stream->request.text);
    free(stream);
}

static void out_shrink(struct out *out, size_t kept)
{
    if (out->cap > kept) {
        out_free(out);
    }
    out_clear(out);
}

static void stream_return(struct http2_worker *shared, struct http2_stream *stream)
{
    if (shared->pooled == POOL_KEPT) {
        stream_free(stream);
        return;
    }
    http_request_clear(&stream->request);
    http_answer_unref(stream->answer);
    out_shrink(&stream->text, TEXT_KEPT);
    out_shrink(&stream->own, OWN_KEPT);
    memset((char *)stream + offsetof(struct http2_stream, session), 0,
           sizeof *stream - offsetof(struct http2_stream, session));
    stream->next = shared->pool;
    shared->pool = stream;
    shared->pooled++;
}

void http2_reap(struct http_worker *worker)
{
    struct http2_worker *shared = worker->http2;
    struct http2_stream *dead = shared->lists[HTTP2_STATE_DEAD].first;
    shared->lists[HTTP2_STATE_DEAD] = (struct http2_list){NULL, NULL};
    while (dead != NULL) {
        struct http2_stream *next = dead->next;
        stream_return(shared, dead);
        dead = next;
    }
}

/* ---- Deadlines ---- */

static bool stream_meets(const struct http2_stream *stream, unsigned rate, unsigned seconds)
{
    return stream->moved >= (uint64_t)rate * seconds;
}

static void stream_window(struct http2_stream *stream)
{
    list_remove(&stream->request.worker->http2->lists[stream->state], stream);
    stream_queue(stream);
}

static void body_late(struct http2_stream *stream)
{
    const struct http_limits *limits = &stream->request.worker->server->config.limits;
    /* One whose window is kept shut by us is not slow. */
    if (stream->owed > 0 ||
        http_body_in_time(&stream->request, limits->body_timeout, stream->moved)) {
        stream_window(stream);
        return;
    }
    http_head_refuse(&stream->request.head, 408, "The request did not arrive in time.");
    http2_enter(stream, HTTP2_STATE_READY);
    http_turn(stream->session->conn);
}

/* Whoever opens no window for a stream loses the stream; whoever takes nothing at all loses the
 * connection. A stream that waits for its turn among others is not late. */
static void sending_late(struct http2_stream *stream)
{
    struct http2_session *session = stream->session;
    struct http_conn *conn = session->conn;
    const struct http_limits *limits = &conn->worker->server->config.limits;
    uint64_t least = (uint64_t)limits->write_rate * limits->write_timeout;
    bool shut = nghttp2_session_get_stream_remote_window_size(session->nghttp2, stream->id) <= 0;
    bool stalled = session->sent - stream->sent_at < least;
    bool met = stream_meets(stream, limits->write_rate, limits->write_timeout);
    stream_window(stream);
    if (conn->state == HTTP_STATE_WRITING || met) {
        return; /* the connection's own deadline judges a full socket */
    }
    if (shut) {
        if (nghttp2_submit_rst_stream(session->nghttp2, NGHTTP2_FLAG_NONE, stream->id,
                                      NGHTTP2_CANCEL) != 0) {
            http_conn_cut(conn);
            return;
        }
        http_turn(conn);
    } else if (stalled) {
        http_conn_cut(conn);
    }
}

static void stream_late(struct http2_stream *stream)
{
    switch ((enum http2_state)stream->state) {
    case HTTP2_STATE_HEAD:
        /* Between the frames of a head nothing else may come: the connection is stuck. */
        http2_session_abort(stream->session, NGHTTP2_ENHANCE_YOUR_CALM);
        stream_window(stream);
        if (stream->session->conn->state != HTTP_STATE_WRITING) {
            http_turn(stream->session->conn);
        }
        break;
    case HTTP2_STATE_BODY:
        body_late(stream);
        break;
    default:
        assert(stream->state == HTTP2_STATE_SENDING);
        sending_late(stream);
        break;
    }
}

bool http2_worker_late(struct http_worker *worker, uint64_t until_us)
{
    static const enum http2_state timed[] = {HTTP2_STATE_HEAD, HTTP2_STATE_BODY,
                                             HTTP2_STATE_SENDING};
    for (unsigned i = 0; i < COUNT_OF(timed); i++) {
        struct http2_list *list = &worker->http2->lists[timed[i]];
        while (list->first != NULL && list->first->deadline <= worker->now) {
            if (http_now_us() >= until_us) {
                return false;
            }
            stream_late(list->first);
        }
    }
    return true;
}

bool http2_worker_owes(const struct http_worker *worker)
{
    return worker->http2->lists[HTTP2_STATE_GONE].first != NULL;
}

void http2_streams_free(struct http2_worker *shared)
{
    for (unsigned state = 0; state < HTTP2_STATE_COUNT; state++) {
        struct http2_stream *stream = shared->lists[state].first;
        while (stream != NULL) {
            struct http2_stream *next = stream->next;
            stream_free(stream);
            stream = next;
        }
    }
    while (shared->pool != NULL) {
        struct http2_stream *stream = shared->pool;
        shared->pool = stream->next;
        stream_free(stream);
    }
}
