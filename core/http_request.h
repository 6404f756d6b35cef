/*
 * A request and its answer, as the engine sees them: what was asked, which handler, how far it is,
 * and from what the reply is made. Only core/http_*.c include this, by http_engine.h.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include "http_parse.h"

#include <corridor/http.h>

struct http2_stream;
struct http_conn;

/* ---- Prepared answers (http_answer.c) ---- */

struct http_answer {
    _Atomic unsigned refs;
    uint16_t status;
    bool caches;      /* says its own Cache-Control */
    struct span etag; /* at = NULL: none */
    struct span head; /* "HTTP/1.1 200 OK\r\n" and fields, up to those made a reply */
    struct span head304;
    struct span body;
    _Atomic int file; /* the body once more, see http_answer_file; -1: none */
    char bytes[];
};

/*
 * Puts the body in a file in memory, from where the kernel sends it without copying it. For an
 * answer that is kept and whose bytes go out as they are: only plain connections gain by it, and
 * only with long bodies, since it takes a second system call. Without effect where there are
 * HTTP_FILES_MOST already.
 */
void http_answer_file(struct http_answer *answer);
#define HTTP_FILE_LEAST ((size_t)32 << 10) /* bytes of a body */
#define HTTP_FILES_MOST 64U                /* each is a descriptor */

const char *http_status_text(int status);
/* Writes the status line and the fields of a head; `status` may differ from the head's (304). */
void http_head_write(struct out *out, const struct http_head *head, int status);
/* Weak comparison of If-None-Match's list with an ETag. */
bool http_etag_matches(struct span list, struct span etag);

/* ---- Content codings (http_encode.c) ---- */

const char *http_encoding_name(enum http_encoding encoding);
/* Appends the body packed; `best` takes its time. False when that is not possible. */
MUST_CHECK bool http_encode(struct out *out, enum http_encoding encoding, struct span body,
                            bool best);
/* The same for one reader, with packers that are kept: made when *packer is NULL. */
struct http_packer;
MUST_CHECK bool http_encode_once(struct http_packer **packer, struct out *out,
                                 enum http_encoding encoding, struct span body);
void http_packer_free(struct http_packer *packer); /* NULL is fine */
/* What http_choose_encoding says for a list; at = NULL: there is none. Pure. */
int http_negotiate_encoding(struct span list, size_t len);

/* ---- Requests (http_request.c) ---- */

#define HTTP_PARAMS_MAX 8U
#define HTTP_MINOR_2    2U /* struct http_head_read.minor of an HTTP/2 request */

struct http_pair {
    struct span name;
    struct span value;
};

enum http_stage {
    HTTP_STAGE_HEAD,
    HTTP_STAGE_BODY,    /* its bytes are kept, handed on, or read past */
    HTTP_STAGE_HANDLER, /* whole, or to be decided on: the handler is to be called */
    HTTP_STAGE_ANSWER,  /* the handler was called, or a fault was answered */
};

struct http_request {
    struct http_conn *conn;
    struct http2_stream *stream; /* NULL: HTTP/1 */
    struct http_worker *worker;
    const struct http_compiled *compiled; /* NULL: no route */
    http_handler *handler;                /* NULL: refused */
    const struct http_problem *refusal;

    enum http_stage stage;
    const char *bytes; /* where the head begins, in the work's input or the stream's text */
    struct http_head_read head;
    struct http_target target;
    unsigned param_count;
    struct span params[HTTP_PARAMS_MAX];
    unsigned query_count;
    struct http_pair query[HTTP_QUERY_MAX];
    char *text; /* decoded parameters, at most a target's length; kept with the work */
    size_t text_len;

    struct http_chunk_read chunk;
    struct out body;
    uint64_t body_left; /* of a Content-Length */
    size_t body_limit;  /* of what is kept or, for a body nobody wants, read past */
    bool body_kept;
    bool body_due;  /* HTTP/1: some of it is still to be read, or read past */
    bool streamed;  /* the handler decides before the body comes; until a reply or the body's end */
    bool continued; /* the client was told to go on, or has not asked */
    bool receiving; /* from http_body_receive to its end */
    bool paused;    /* the receiver has */
    struct http_receiver receiver;
    /* Of the client's time, before the present wait: how much it had, and what it sent in it. */
    uint32_t body_seconds;
    uint64_t body_moved;

    uint64_t begun_us;
    uint64_t given; /* bytes of the reply's body so far */
    int status;     /* of the reply, once given; 0: the client left before */
    bool is_head;
    bool replied;
    bool deferred;
    bool gone;
    bool last; /* the connection ends with this request's reply */
    void (*cancel)(struct http_request *req, void *arg);
    void *cancel_arg;
    struct http_producer producer; /* pull is NULL when there is none */
    bool producing;
    bool waiting;              /* the producer said HTTP_PULL_WAIT */
    struct http_field trailer; /* name is NULL when there is none */
};

/* Fits the target: route, parameters, query. Sets handler or refusal. */
void http_request_fit(struct http_request *req);
/* One of the methods there are, or NULL. */
const char *http_method_known(struct span method);
/* Empties it for the next request of the connection. */
void http_request_clear(struct http_request *req);
/* Ends one whose client has gone without the reply that nobody would see. */
void http_request_forsake(struct http_request *req);

/* ---- Routes (http_route.c) ---- */

#define HTTP_ROUTE_SEGMENTS 16U
struct http_compiled {
    const struct http_route *route;
    unsigned index;
    unsigned segment_count;
    uint16_t params;                           /* bit i: segment i is a parameter */
    struct span segments[HTTP_ROUTE_SEGMENTS]; /* literal text, or "{name}" */
    bool get;                                  /* GET, which HEAD may use too */
    char allow[64];                            /* of all rows with this pattern */
};

struct http_routes {
    struct http_compiled *rows;
    size_t count;
};

/* False when memory is short. A malformed table is a mistake of the program (asserted). */
MUST_CHECK bool http_routes_compile(struct http_routes *routes, const struct http_config *config);
void http_routes_free(struct http_routes *routes);
/* The first row whose pattern fits the path, whatever its method; NULL for none. */
const struct http_compiled *http_routes_find(const struct http_routes *routes, struct span path);
/* Whether a path without a route begins as one of the API does: "/v1/nothing". */
bool http_routes_api(const struct http_routes *routes, struct span path);
/* The row of the same pattern that serves the method; NULL for none. */
const struct http_compiled *http_routes_method(const struct http_routes *routes,
                                               const struct http_compiled *pattern,
                                               struct span method);

/* ---- Replies (http_reply.c, http_problem.c) ---- */

/* The engine's own, with the Allow of the request's path. */
enum http_result http_reply_allow(struct http_request *req, int status);
/* For a request that cannot be read on: answers, and ends the connection. */
void http_reply_fault(struct http_conn *conn, int status, const char *fault);
/* The same for a request of either protocol. */
void http_request_fault(struct http_request *req, int status, const char *fault);

/* ---- Bodies (http_body.c, http_stream.c) ---- */

/*
 * Decides, before any of it is read, whether the body may come. HTTP_MORE: it may; HTTP_END: there
 * is none to wait for, or the handler decides; HTTP_BAD: the head has the fault.
 */
enum http_step http_body_begin(struct http_conn *conn);
/* Sets whether the request's body is kept, and how much of it may come. */
void http_body_limits(struct http_request *req);
/* By the length that the head says. */
bool http_body_too_long(const struct http_request *req);
/* Takes body bytes from the input. HTTP_MORE, HTTP_END, or HTTP_BAD as above. */
enum http_step http_body_step(struct http_conn *conn);
/* Hands bytes to the receiver. */
void http_body_piece(struct http_request *req, struct span bytes);
/* Tells the receiver, if there is one, that the body is over. */
void http_body_over(struct http_request *req, enum http_body_end why);
/* The same, by the status of the fault that the engine answered. */
void http_body_failed(struct http_request *req, int status);
/* A reply comes while a body is still to come: it may be read past, or the connection ends. */
void http_body_leave(struct http_request *req);
/* Adds to the client's time and bytes; false when it has had a whole window and is too slow. */
MUST_CHECK bool http_body_in_time(struct http_request *req, uint32_t seconds, uint64_t moved);
/* True while part of the body has not arrived. */
bool http_body_awaited(const struct http_conn *conn);

/* A body made step by step (http_stream.c): frames the producer's next piece into the queue. */
enum http_pull http_stream_step(struct http_request *req);
/* Tells the producer, if any, that it is over. */
void http_stream_end(struct http_request *req);

#endif
