/*
 * From an answer to frames. The head is written once, as HTTP/1 writes it, and taken apart into
 * fields here, so that the two protocols cannot come to differ. Bodies go by reference, and a
 * producer is pulled only when the client's windows have room and little is held for it.
 */
#include "http2.h"

#include <assert.h>
#include <stdio.h>

#define REPLY_FIELDS_MAX 64U
#define FRAME_HEAD       9U

/* ---- Heads ---- */

struct out *http2_head(struct http_request *req)
{
    struct out *head = &req->worker->http2->head;
    out_clear(head);
    return head;
}

/* One line "Name: value" of the text, its name turned to lower case in place. */
static nghttp2_nv head_line(char *line, size_t len)
{
    char *colon = memchr(line, ':', len);
    assert(colon != NULL);
    for (char *at = line; at < colon; at++) {
        *at = *at >= 'A' && *at <= 'Z' ? (char)(*at | 0x20) : *at;
    }
    return (nghttp2_nv){(uint8_t *)line, (uint8_t *)colon + 2, (size_t)(colon - line),
                        len - (size_t)(colon - line) - 2, NGHTTP2_NV_FLAG_NONE};
}

/* The fields of a head "HTTP/1.1 200 OK" and lines up to an empty one. */
static size_t head_fields(struct out *text, nghttp2_nv *fields)
{
    static char status[] = ":status";
    size_t count = 0;
    char *at = text->at;
    fields[count++] = (nghttp2_nv){(uint8_t *)status, (uint8_t *)at + strlen("HTTP/1.1 "), 7, 3,
                                   NGHTTP2_NV_FLAG_NONE};
    at = (char *)memchr(at, '\n', text->len) + 1;
    while (*at != '\r') {
        char *end = memchr(at, '\r', text->len - (size_t)(at - text->at));
        assert(end != NULL && count < REPLY_FIELDS_MAX);
        fields[count++] = head_line(at, (size_t)(end - at));
        at = end + 2;
    }
    return count;
}

/* ---- Bodies ---- */

/* Has the producer make its next piece. 0, or what the data source is to return. */
static ssize_t body_pull(struct http2_stream *stream)
{
    struct http2_session *session = stream->session;
    struct http_request *req = &stream->request;
    if (req->waiting) {
        http2_enter(stream, HTTP2_STATE_HANDLING);
        return NGHTTP2_ERR_DEFERRED;
    }
    if (session->held >= HTTP2_HELD_ENOUGH) {
        session->starved = true;
        return NGHTTP2_ERR_DEFERRED;
    }
    out_clear(&stream->own);
    stream->own_sent = 0;
    enum http_pull pull = req->producer.pull(req, &stream->own, req->producer.arg);
    session->held += stream->own.len;
    req->given += stream->own.len;
    if (pull == HTTP_PULL_ABORT || out_failed(&stream->own)) {
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    assert(pull != HTTP_PULL_MORE || stream->own.len > 0);
    assert(stream->own.len <= HTTP_PULL_MAX);
    req->waiting = pull == HTTP_PULL_WAIT;
    req->producing = pull != HTTP_PULL_END;
    if (req->waiting && stream->own.len == 0) {
        http2_enter(stream, HTTP2_STATE_HANDLING);
        return NGHTTP2_ERR_DEFERRED;
    }
    return 0;
}

/* The field behind the body; it ends the stream. */
static bool body_trailer(nghttp2_session *nghttp2, const struct http2_stream *stream)
{
    const struct http_field *trailer = &stream->request.trailer;
    struct out text;
    out_init(&text, 1024);
    out_text(&text, trailer->name);
    out_text(&text, ": ");
    out_text(&text, trailer->value);
    bool ok = !out_failed(&text);
    if (ok) {
        const nghttp2_nv field = head_line(text.at, text.len);
        ok = nghttp2_submit_trailer(nghttp2, stream->id, &field, 1) == 0;
    }
    out_free(&text);
    return ok;
}

static ssize_t on_body(nghttp2_session *nghttp2, int32_t id, uint8_t *buffer, size_t len,
                       uint32_t *flags, nghttp2_data_source *source, void *arg)
{
    struct http2_stream *stream = source->ptr;
    size_t left = 0;
    (void)nghttp2, (void)id, (void)buffer, (void)arg;
    if (stream->answer != NULL) {
        left = stream->answer->body.len - stream->answer_sent;
    } else {
        if (stream->own_sent == stream->own.len && stream->request.producing) {
            ssize_t pulled = body_pull(stream);
            if (pulled != 0) {
                return pulled;
            }
        }
        left = stream->own.len - stream->own_sent;
    }
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (left <= len && !stream->request.producing) {
        *flags |= NGHTTP2_DATA_FLAG_EOF;
        if (stream->request.trailer.name != NULL && !body_trailer(nghttp2, stream)) {
            return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
        }
        *flags |= stream->request.trailer.name != NULL ? NGHTTP2_DATA_FLAG_NO_END_STREAM : 0U;
    }
    return (ssize_t)(left < len ? left : len);
}

static void body_by_reference(struct http2_stream *stream, struct http_queue *queue, size_t len)
{
    struct span piece = {stream->answer->body.at + stream->answer_sent, len};
    stream->answer_sent += len;
    if (len <= HTTP_SMALL) {
        out_span_append(&queue->own, piece);
    } else {
        http_queue_answer(queue, stream->answer, piece);
    }
}

static int on_send_body(nghttp2_session *nghttp2, nghttp2_frame *frame, const uint8_t *head,
                        size_t len, nghttp2_data_source *source, void *arg)
{
    struct http2_session *session = arg;
    struct http2_stream *stream = source->ptr;
    struct http_queue *queue = &session->conn->work->out;
    (void)nghttp2;
    assert(frame->data.padlen == 0);
    http_queue_own(queue);
    if (!http_queue_room(queue)) {
        return NGHTTP2_ERR_WOULDBLOCK;
    }
    out_bytes(&queue->own, head, FRAME_HEAD);
    if (stream->answer != NULL) {
        body_by_reference(stream, queue, len);
    } else {
        out_bytes(&queue->own, stream->own.at + stream->own_sent, len);
        stream->own_sent += len;
        session->held -= len;
    }
    stream->moved += len;
    session->sent += len;
    http2_flood_pay(session, len);
    return 0;
}

/* ---- Sending ---- */

/* What the client sends may not be what nghttp2 can stand: such losses count as resets. */
static bool reset_is_theirs(uint32_t code)
{
    return code == NGHTTP2_PROTOCOL_ERROR || code == NGHTTP2_FLOW_CONTROL_ERROR ||
           code == NGHTTP2_STREAM_CLOSED || code == NGHTTP2_FRAME_SIZE_ERROR ||
           code == NGHTTP2_REFUSED_STREAM;
}

static int on_sent(nghttp2_session *nghttp2, const nghttp2_frame *frame, void *arg)
{
    struct http2_stream *stream = NULL;
    switch (frame->hd.type) {
    case NGHTTP2_RST_STREAM:
        if (reset_is_theirs(frame->rst_stream.error_code)) {
            http2_flood_count(arg, HTTP2_FLOOD_RESETS);
        }
        break;
    case NGHTTP2_HEADERS:
    case NGHTTP2_DATA:
        stream = nghttp2_session_get_stream_user_data(nghttp2, frame->hd.stream_id);
        if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0 && stream != NULL && !stream->ended) {
            /* Answered before its body was there: the client may stop (RFC 9113 8.1). */
            return nghttp2_submit_rst_stream(nghttp2, NGHTTP2_FLAG_NONE, stream->id,
                                             NGHTTP2_NO_ERROR);
        }
        break;
    default:
        break;
    }
    return 0;
}

void http2_send(struct http_request *req, struct http_answer *answer, struct span body)
{
    struct http2_stream *stream = req->stream;
    struct http2_session *session = stream->session;
    struct out *text = &req->worker->http2->head;
    nghttp2_nv fields[REPLY_FIELDS_MAX];
    const nghttp2_data_provider provider = {.source = {.ptr = stream}, .read_callback = on_body};
    bool has_body = req->producing || body.len > 0;
    int error = 0;
    http2_enter(stream, HTTP2_STATE_SENDING);
    if (body.len > 0 && answer != NULL) {
        stream->answer = http_answer_ref(answer);
    } else if (body.len > 0) {
        out_span_append(&stream->own, body);
        session->held += stream->own.len;
    }
    if (out_failed(text) || out_failed(&stream->own)) {
        error = NGHTTP2_ERR_NOMEM;
    } else {
        error = nghttp2_submit_response(session->nghttp2, stream->id, fields,
                                        head_fields(text, fields), has_body ? &provider : NULL);
    }
    if (error != 0 && nghttp2_submit_rst_stream(session->nghttp2, NGHTTP2_FLAG_NONE, stream->id,
                                                NGHTTP2_INTERNAL_ERROR) != 0) {
        http2_session_abort(session, NGHTTP2_INTERNAL_ERROR);
    }
}

void http2_resume(struct http_request *req)
{
    struct http2_stream *stream = req->stream;
    if (stream->session == NULL) {
        if (stream->state == HTTP2_STATE_GONE && req->replied) {
            http_stream_end(req);
            http2_enter(stream, HTTP2_STATE_DEAD);
        }
        return;
    }
    if (req->producing) {
        http2_enter(stream, HTTP2_STATE_SENDING);
        /* It may not have stopped yet: then it goes on by itself. */
        (void)nghttp2_session_resume_data(stream->session->nghttp2, stream->id);
    }
    http_conn_ready(req->conn);
}

void http2_reply_callbacks(nghttp2_session_callbacks *callbacks)
{
    nghttp2_session_callbacks_set_send_data_callback(callbacks, on_send_body);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_sent);
}
