/*
 * An HTTP/2 session: what a connection has while it speaks HTTP/2, from the client's preface to the
 * last GOAWAY. Its one hard problem is to end without losing a request: the client is first told
 * that the end is near, and only when it must have heard (its PING comes back, or a second has
 * passed) which stream was the last (RFC 9113 6.8).
 */
#include "http2.h"

#include <stdlib.h>

/* What nghttp2 may hold for a client that does not read. Of a CONTINUATION it counts every piece of
 * the frame's head (RFC 9113 4.1, 9 bytes) that arrives by itself: 8 frames come in 72 at most. */
#define ACKS_MAX          100U
#define CONTINUATIONS_MAX (8U * 9U)
#define SETTINGS_MAX      32U

/* ---- What the sessions of a worker share ---- */

bool http2_worker_open(struct http_worker *worker)
{
    struct http2_worker *shared = calloc(1, sizeof *shared);
    worker->http2 = shared;
    if (shared == NULL) {
        return false;
    }
    out_init(&shared->head, OUT_LIMIT_DEFAULT);
    if (nghttp2_session_callbacks_new(&shared->callbacks) != 0 ||
        nghttp2_option_new(&shared->option) != 0) {
        return false;
    }
    http2_request_callbacks(shared->callbacks);
    http2_reply_callbacks(shared->callbacks);
    nghttp2_option_set_no_auto_window_update(shared->option, 1);
    nghttp2_option_set_no_closed_streams(shared->option, 1);
    nghttp2_option_set_max_outbound_ack(shared->option, ACKS_MAX);
    nghttp2_option_set_max_continuations(shared->option, CONTINUATIONS_MAX);
    nghttp2_option_set_max_settings(shared->option, SETTINGS_MAX);
    return true;
}

void http2_worker_close(struct http_worker *worker)
{
    struct http2_worker *shared = worker->http2;
    if (shared != NULL) {
        http2_streams_free(shared);
        nghttp2_session_callbacks_del(shared->callbacks);
        nghttp2_option_del(shared->option);
        out_free(&shared->head);
        free(shared);
    }
}

/* ---- Beginning ---- */

struct http2_session *http2_session_new(struct http_conn *conn)
{
    static const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, HTTP2_STREAMS_MAX},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, HTTP_HEAD_MAX},
        {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
    };
    struct http2_worker *shared = conn->worker->http2;
    struct http2_session *session = calloc(1, sizeof *session);
    if (session == NULL) {
        return NULL;
    }
    session->conn = conn;
    http2_flood_begin(session);
    if (nghttp2_session_server_new2(&session->nghttp2, shared->callbacks, session,
                                    shared->option) != 0 ||
        nghttp2_submit_settings(session->nghttp2, NGHTTP2_FLAG_NONE, settings,
                                COUNT_OF(settings)) != 0) {
        http2_free(session);
        return NULL;
    }
    return session;
}

void http2_free(struct http2_session *session)
{
    if (session != NULL) {
        nghttp2_session_del(session->nghttp2);
        free(session);
    }
}

/* ---- Bodies of requests ---- */

void http2_session_consume(struct http2_session *session, struct http2_stream *stream, size_t len)
{
    if (session->uploader == NULL) {
        session->uploader = stream;
    }
    int error = nghttp2_session_consume_connection(session->nghttp2, len);
    if (session->uploader != stream) {
        stream->owed += (int32_t)len;
    } else if (error == 0) {
        error = nghttp2_session_consume_stream(session->nghttp2, stream->id, len);
    }
    if (error != 0) {
        http2_session_abort(session, NGHTTP2_INTERNAL_ERROR);
    }
}

void http2_session_release(struct http2_session *session, struct http2_stream *stream)
{
    size_t owed = (size_t)stream->owed;
    stream->owed = 0;
    if (owed > 0 && !stream->ended &&
        nghttp2_session_consume_stream(session->nghttp2, stream->id, owed) != 0) {
        http2_session_abort(session, NGHTTP2_INTERNAL_ERROR);
    }
}

void http2_session_upload_next(struct http2_session *session)
{
    struct http2_stream *done = session->uploader;
    struct http2_stream *next = session->oldest;
    while (next != NULL && (next == done || next->state != HTTP2_STATE_BODY || next->owed == 0 ||
                            next->request.streamed)) {
        next = next->younger;
    }
    session->uploader = next;
    if (next != NULL) {
        http2_session_release(session, next);
    }
}

/* ---- Ending ---- */

void http2_session_abort(struct http2_session *session, uint32_t code)
{
    int32_t last = nghttp2_session_get_last_proc_stream_id(session->nghttp2);
    session->over = true;
    /* Without memory for it the client sees the connection end without a reason. */
    (void)nghttp2_session_terminate_session2(session->nghttp2, last, code);
}

void http2_session_last(struct http2_session *session)
{
    int32_t last = nghttp2_session_get_last_proc_stream_id(session->nghttp2);
    session->drain = HTTP2_DRAIN_LAST;
    if (nghttp2_submit_goaway(session->nghttp2, NGHTTP2_FLAG_NONE, last, NGHTTP2_NO_ERROR, NULL,
                              0) != 0) {
        session->over = true;
    }
}

static void session_notice(struct http2_session *session)
{
    session->drain = HTTP2_DRAIN_NOTICED;
    session->noticed = session->conn->worker->now;
    if (nghttp2_submit_shutdown_notice(session->nghttp2) != 0 ||
        nghttp2_submit_ping(session->nghttp2, NGHTTP2_FLAG_NONE, NULL) != 0) {
        session->over = true;
    }
}

/* A turn outside of the loop's events: an idle connection has nothing to write with. */
static void session_turn(struct http_conn *conn)
{
    if (conn->running || conn->state == HTTP_STATE_WRITING) {
        return; /* what was submitted leaves with the rest */
    }
    if (conn->work == NULL) {
        conn->work = http_work_borrow(conn->worker);
    }
    if (conn->work == NULL) {
        http_conn_cut(conn);
    } else {
        http_turn(conn);
    }
}

void http2_drain(struct http_conn *conn)
{
    struct http2_session *session = conn->http2;
    if (session->drain == HTTP2_DRAIN_NO) {
        session_notice(session);
    } else if (session->drain == HTTP2_DRAIN_NOTICED && conn->worker->now > session->noticed) {
        http2_session_last(session);
    } else {
        return;
    }
    session_turn(conn);
}

void http2_late(struct http_conn *conn)
{
    http2_session_abort(conn->http2, NGHTTP2_NO_ERROR);
    session_turn(conn);
}

void http2_cut(struct http_conn *conn)
{
    while (conn->http2->oldest != NULL) {
        http2_stream_close(conn->http2->oldest);
    }
}
