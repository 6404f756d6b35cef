/*
 * The turn of an HTTP/2 connection: frames in, handlers, frames out. The hard part is how much one
 * client may have going: handlers are called only while little of their answers waits to be sent,
 * and what one turn writes is bounded, so that a connection holds as much as it may and others get
 * their turn.
 */
#include "http2.h"

/* How often one turn may fill and empty the queue before others get theirs. */
#define TURN_ROUNDS 4U

enum preface {
    PREFACE_NO,
    PREFACE_PART,
    PREFACE_WHOLE
};

/* On TLS the client has said so in the handshake; in the clear it says so with its first bytes (RFC
 * 9113 3.2 and 3.3). */
static enum preface turn_preface(const struct http_conn *conn)
{
    if (conn->tls != NULL) {
        return conn->protocol == HTTP_PROTOCOL_2 ? PREFACE_WHOLE : PREFACE_NO;
    }
    const struct http_work *work = conn->work;
    size_t have = work->in_len < NGHTTP2_CLIENT_MAGIC_LEN ? work->in_len : NGHTTP2_CLIENT_MAGIC_LEN;
    if (conn->requests > 0 || work->request.stage != HTTP_STAGE_HEAD || work->in_used > 0 ||
        have == 0 || memcmp(work->in, NGHTTP2_CLIENT_MAGIC, have) != 0) {
        return PREFACE_NO;
    }
    return have == NGHTTP2_CLIENT_MAGIC_LEN ? PREFACE_WHOLE : PREFACE_PART;
}

/* False: the turn is another's, or over. */
static bool turn_begin(struct http_conn *conn, bool *ours)
{
    enum preface preface = conn->http2 != NULL ? PREFACE_WHOLE : turn_preface(conn);
    *ours = preface != PREFACE_NO;
    if (preface == PREFACE_PART) {
        http_conn_enter(conn, HTTP_STATE_HEAD);
    }
    if (preface != PREFACE_WHOLE) {
        return false;
    }
    if (conn->http2 == NULL) {
        conn->http2 = http2_session_new(conn);
    }
    if (conn->http2 == NULL) {
        http_conn_cut(conn);
    }
    return conn->http2 != NULL;
}

static void turn_read(struct http2_session *session)
{
    struct http_work *work = session->conn->work;
    size_t len = work->in_len - work->in_used;
    if (len > 0 && !session->over) {
        ssize_t took = nghttp2_session_mem_recv(session->nghttp2,
                                                (const uint8_t *)work->in + work->in_used, len);
        if (took < 0) {
            http2_session_abort(session, took == NGHTTP2_ERR_FLOODED ||
                                                 took == NGHTTP2_ERR_TOO_MANY_CONTINUATIONS ||
                                                 took == NGHTTP2_ERR_TOO_MANY_SETTINGS
                                             ? NGHTTP2_ENHANCE_YOUR_CALM
                                         : took == NGHTTP2_ERR_NOMEM ? NGHTTP2_INTERNAL_ERROR
                                                                     : NGHTTP2_PROTOCOL_ERROR);
        }
    }
    work->in_len = work->in_used = 0;
}

static bool turn_may_handle(const struct http2_session *session)
{
    return session->ready > 0 && session->held < HTTP2_HELD_ENOUGH && !session->over;
}

static void turn_handle(struct http2_session *session)
{
    http2_body_turn(session);
    struct http2_stream *stream = session->oldest;
    while (stream != NULL && turn_may_handle(session)) {
        /* Handling one closes none: that happens while reading and writing. */
        struct http2_stream *younger = stream->younger;
        if (stream->state == HTTP2_STATE_READY) {
            http2_request_handle(stream);
        }
        stream = younger;
    }
}

/* Producers that waited for others' bytes to leave go on. */
static void turn_feed(struct http2_session *session)
{
    if (!session->starved || session->held >= HTTP2_HELD_ENOUGH) {
        return;
    }
    session->starved = false;
    for (struct http2_stream *stream = session->oldest; stream != NULL; stream = stream->younger) {
        if (stream->request.producing && !stream->request.waiting) {
            (void)nghttp2_session_resume_data(session->nghttp2, stream->id);
        }
    }
}

/* Fills the queue with frames. False: nghttp2 cannot go on. */
static bool turn_write(struct http2_session *session)
{
    struct http_queue *queue = &session->conn->work->out;
    http_queue_own(queue);
    while (http_queue_room(queue)) {
        const uint8_t *bytes = NULL;
        ssize_t len = nghttp2_session_mem_send(session->nghttp2, &bytes);
        if (len < 0) {
            return false;
        }
        if (len == 0) {
            break;
        }
        out_bytes(&queue->own, bytes, (size_t)len);
        http_queue_own(queue);
    }
    return true;
}

static void turn_idle(struct http_conn *conn)
{
    if (conn->state == HTTP_STATE_IDLE) {
        http_work_return(conn->worker, conn->work);
        conn->work = NULL;
    } else {
        http_conn_enter(conn, HTTP_STATE_IDLE);
    }
}

/* What a session waits for that has written all it could. */
static void turn_wait(struct http_conn *conn)
{
    struct http2_session *session = conn->http2;
    if (session->over || (nghttp2_session_want_read(session->nghttp2) == 0 &&
                          nghttp2_session_want_write(session->nghttp2) == 0)) {
        http2_cut(conn);
        http_conn_enter(conn, HTTP_STATE_LINGER);
    } else if (session->oldest != NULL) {
        http_conn_enter(conn, HTTP_STATE_STREAMS);
    } else {
        turn_idle(conn);
    }
    if (conn->buffered && !session->over) {
        http_again_later(conn, HTTP_LINE_REQUESTS);
    }
}

bool http2_turn(struct http_conn *conn)
{
    bool ours = false;
    if (!turn_begin(conn, &ours)) {
        return ours;
    }
    struct http2_session *session = conn->http2;
    enum http_flush flush = HTTP_FLUSHED;
    unsigned rounds = 0;
    bool more = false;
    conn->running = true;
    turn_read(session);
    do {
        turn_handle(session);
        turn_feed(session);
        if (!turn_write(session)) {
            flush = HTTP_BROKEN;
            break;
        }
        flush = http_queue_flush(conn);
        more = (session->arrived && !session->over) || turn_may_handle(session) ||
               nghttp2_session_want_write(session->nghttp2) != 0 ||
               (session->starved && session->held < HTTP2_HELD_ENOUGH);
    } while (flush == HTTP_FLUSHED && more && ++rounds < TURN_ROUNDS);
    conn->running = false;
    if (flush == HTTP_BROKEN) {
        http_conn_cut(conn);
    } else if (flush == HTTP_BLOCKED || more) {
        http_conn_enter(conn, HTTP_STATE_WRITING);
    } else {
        turn_wait(conn);
    }
    return true;
}
