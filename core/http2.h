/*
 * HTTP/2 (RFC 9113) on the engine's connections. nghttp2 reads and writes frames; a stream is a
 * struct http_request like any other, so that handlers do not notice. Only core/http2_*.c include
 * this; what the rest of the engine calls is in http_engine.h.
 */
#ifndef HTTP2_H
#define HTTP2_H

#include "http_engine.h"

#include <nghttp2/nghttp2.h>

#define HTTP2_STREAMS_MAX 100U /* at once on a connection */
/* Bytes of answers made and not yet sent, on one connection: above it no handler is called and no
 * producer pulled. */
#define HTTP2_HELD_ENOUGH ((size_t)256 << 10)

/* ---- Streams (http2_stream.c) ---- */

struct http2_stream {
    /* Kept from one stream to the next. */
    struct http_request request;
    struct out text; /* names and values of the fields */
    struct out own;  /* bytes of the answer, copied or produced, not yet all sent */

    struct http2_session *session; /* NULL once the client has left it */
    struct http2_stream *next;     /* on the worker's list of its state */
    struct http2_stream *prev;
    struct http2_stream *younger; /* of the same session, in the order they were opened */
    struct http2_stream *older;
    int32_t id;
    uint32_t deadline; /* worker seconds; of the state */
    uint8_t state;     /* enum http2_state; changed by http2_enter only */

    /* The request as it comes. */
    size_t fields_size;   /* as RFC 9113 6.5.2 counts it */
    bool has_authority;   /* :authority came; a Host must say the same */
    bool ended;           /* the client has sent all of it */
    bool trailing;        /* its trailers come, and are dropped */
    uint64_t body_length; /* of a body that is read past */
    int32_t owed;         /* bytes taken, for which the window was not opened again */

    /* The answer. */
    size_t own_sent;            /* of own */
    struct http_answer *answer; /* the body by reference, or NULL */
    size_t answer_sent;

    uint64_t moved;   /* bytes read in BODY, sent in SENDING, within the window */
    uint64_t sent_at; /* of the session, when the window of time began */
};

/* The one place where a stream changes its state: lists and deadlines follow. */
void http2_enter(struct http2_stream *stream, enum http2_state state);
/* NULL when memory is short. */
struct http2_stream *http2_stream_new(struct http2_session *session, int32_t id);
/* The client has left it, or has all of its answer: what still runs is told so. */
void http2_stream_close(struct http2_stream *stream);

/* Frees them all, when the worker ends. */
void http2_streams_free(struct http2_worker *shared);

/* ---- Floods (http2_flood.c) ---- */

/* So many at once, and so many a second. */
struct http2_budget {
    uint32_t left;
    uint32_t at; /* worker seconds */
};

enum http2_flood {
    HTTP2_FLOOD_RESETS, /* streams given up by the client, or lost by its mistakes */
    HTTP2_FLOOD_FRAMES, /* frames that carry nothing */
    HTTP2_FLOOD_COUNT,
};

void http2_flood_begin(struct http2_session *session);
/* One more; ends the session with ENHANCE_YOUR_CALM when that is too many. */
void http2_flood_count(struct http2_session *session, enum http2_flood which);
/* What was carried pays for frames that were not: a request for one, and so many bytes of bodies
 * that we sent, since a client that reads them has to open two windows again. */
#define HTTP2_FLOOD_CARRIES 1024U
void http2_flood_pay(struct http2_session *session, size_t bytes);

/* ---- Sessions (http2_session.c, http2_turn.c) ---- */

enum http2_drain {
    HTTP2_DRAIN_NO,
    HTTP2_DRAIN_NOTICED, /* the client was told; what it sent before it knew is still served */
    HTTP2_DRAIN_LAST,    /* no new streams */
};

struct http2_session {
    struct http_conn *conn;
    nghttp2_session *nghttp2;
    struct http2_stream *oldest;
    struct http2_stream *youngest;
    struct http2_stream *uploader; /* whose window is kept open; the others' bodies wait */
    unsigned ready;                /* streams that wait for their handler */
    bool arrived;                  /* some stream has a part of a body to hand on */
    size_t held;                   /* bytes in the streams' own */
    uint64_t sent;                 /* bytes of bodies */
    uint8_t drain;                 /* enum http2_drain */
    bool over;                     /* the last GOAWAY is on its way: nothing more is read */
    uint32_t noticed;              /* worker seconds; of HTTP2_DRAIN_NOTICED */
    bool starved;                  /* some producer waits for others' bytes to leave */
    struct http2_budget budgets[HTTP2_FLOOD_COUNT];
    size_t carried; /* bytes that have not yet paid for a frame */
};

/* What all sessions of a worker share. */
struct http2_worker {
    nghttp2_session_callbacks *callbacks;
    nghttp2_option *option;
    struct http2_list lists[HTTP2_STATE_COUNT];
    struct http2_stream *pool;
    unsigned pooled;
    struct out head; /* of the reply being written */
};

/* NULL when memory is short. */
struct http2_session *http2_session_new(struct http_conn *conn);
/* The second step of draining: says which stream is the last. */
void http2_session_last(struct http2_session *session);
/* Says GOAWAY with a reason of the client's making; what is under way ends. */
void http2_session_abort(struct http2_session *session, uint32_t code);
/*
 * Opens the windows for more of a stream's body: at once for one stream, the uploader, and for the
 * others when it is their turn, so that a connection keeps one long body and 64 KiB of each other.
 */
void http2_session_consume(struct http2_session *session, struct http2_stream *stream, size_t len);
/* The uploader has all of its body, or ended. */
void http2_session_upload_next(struct http2_session *session);

/* Opens it for bytes of a streamed body, which were handed on. */
void http2_session_release(struct http2_session *session, struct http2_stream *stream);

/* ---- Bodies of requests (http2_body.c) ---- */

/* Decides, before any of it comes, whether a body may. True: it is awaited. */
bool http2_body_begin(struct http2_stream *stream);
/* Part of a streamed body, or its end, has come: handed on in the connection's turn. */
void http2_body_arrived(struct http2_stream *stream);
/* Hands on what has arrived on all streams. */
void http2_body_turn(struct http2_session *session);

/* ---- nghttp2's callbacks ---- */

/* http2_request.c: fields, resets. */
void http2_request_callbacks(nghttp2_session_callbacks *callbacks);
/* http2_body.c */
void http2_body_callbacks(nghttp2_session_callbacks *callbacks);
/* http2_reply.c: bodies on their way out. */
void http2_reply_callbacks(nghttp2_session_callbacks *callbacks);
/* Calls the handler, or answers for it. */
void http2_request_handle(struct http2_stream *stream);

#endif
