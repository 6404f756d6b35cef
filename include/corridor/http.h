/*
 * The HTTP engine that both programs stand on: a const table of routes, an immutable request, and
 * an answer that is prepared bytes, bytes written now, a body made step by step, or something that
 * comes later. Bounds, deadlines, framing, HEAD, OPTIONS, Allow, 304 and errors are the engine's
 * work (core/README.md draws its states).
 *
 * One thread per worker, each with its own listening socket and event base. A request lives and
 * dies on one worker's thread, and everything taking a `struct http_request` must be called there.
 * Nothing here is locked.
 */
#ifndef CORRIDOR_HTTP_H
#define CORRIDOR_HTTP_H

#include <corridor/out.h>

struct event_base;
struct http_request;
struct http_answer;
struct http_worker;
struct http_server;

/* ---- Routes ---- */

/* What a handler returns. All reply functions return HTTP_DONE, so `return http_reply(req,
 * answer);` reads well. */
enum http_result {
    HTTP_DONE,  /* a reply was given */
    HTTP_LATER, /* http_defer was called; the reply comes later, on this thread */
};
typedef enum http_result http_handler(struct http_request *req);

enum {
    /* Open to every origin: Access-Control-Allow-Origin: *; so is an error at a path without a
     * route that has the same first segment. */
    HTTP_ROUTE_API = 1U << 0,
    /* The handler is called when the head is whole, before any of the body is read, and decides
     * whether it may come: see "A body that is decided on before it comes". */
    HTTP_ROUTE_STREAMED = 1U << 1,
};

/* A route's body_limit: any length, as long as it keeps coming. With HTTP_ROUTE_STREAMED only. */
#define HTTP_BODY_UNLIMITED SIZE_MAX

/*
 * A pattern is literal segments and "{name}" segments, each a whole one: "/v1/corridors/{id}". A
 * parameter never matches an empty segment. The first row whose pattern fits the path decides, so
 * literals stand before parameters. Rows with the same pattern and other methods share its Allow.
 * HEAD is served wherever GET is; OPTIONS everywhere.
 */
struct http_route {
    const char *method; /* "GET", "POST", "PUT", "DELETE" or "PATCH" */
    const char *pattern;
    http_handler *handler;
    unsigned flags;
    size_t body_limit; /* bytes; above it 413. 0: takes none, what comes is read past, never kept */
    const char
        *cache_control; /* for its 2xx and 304 answers that say nothing themselves; NULL: nothing */
    const void *arg;    /* the handler's, from http_route_of(req)->arg */
};

/* ---- Request: what it asks. Spans live until the reply is given, also across HTTP_LATER. ---- */

struct span http_method(const struct http_request *req);
bool http_is_head(const struct http_request *req);
/* As received, percent-encoding and all: "/v1/compare?from=FR". */
struct span http_target(const struct http_request *req);
/* The target without its query, still encoded. */
struct span http_path(const struct http_request *req);
/* "example.org:8080", from an absolute target or Host; empty in HTTP/1.0 without one. Checked, but
 * the client's word. */
struct span http_host(const struct http_request *req);
/* NULL within a fallback handler. */
const struct http_route *http_route_of(const struct http_request *req);
/* The first route that another path of this server would have, encoded as in a target; NULL: none.
 */
const struct http_route *http_route_at(const struct http_request *req, struct span path);

/* The decoded segment that matched "{name}"; valid UTF-8 without control characters. It must exist
 * in the pattern. */
struct span http_param(const struct http_request *req, const char *name);

/*
 * Query parameters, decoded ("+" is a space), valid UTF-8 without control characters: the engine
 * has answered 400 to anything else, and to more than HTTP_QUERY_MAX. http_query returns how often
 * the name occurs, and its first value (empty when 0), so that a repeat can be refused.
 */
#define HTTP_QUERY_MAX 32
unsigned http_query(const struct http_request *req, const char *name, struct span *value);
unsigned http_query_count(const struct http_request *req);
void http_query_at(const struct http_request *req, unsigned index, struct span *name,
                   struct span *value);

/* A header by name, any case: how often it occurs, and its first value without surrounding blanks
 * (empty when 0). */
unsigned http_header(const struct http_request *req, const char *name, struct span *value);
/* The same for a header that is a list, whose lines are one list (RFC 9110 5.3). Valid until the
 * next call on this worker. */
unsigned http_header_list(const struct http_request *req, const char *name, struct span *list);
/* The whole body, after chunked decoding; at most the route's limit. Empty on a streamed route,
 * unless it was collected. */
struct span http_body(const struct http_request *req);

/*
 * The index of the offered media type ("application/json", "text/csv") that Accept likes best, the
 * first of equals; -1 when none is acceptable. Without Accept the first.
 */
int http_choose_media(const struct http_request *req, const char *const *offered, unsigned count);
/* The same for languages ("en", "fr") by Accept-Language (RFC 4647 lookup by prefix), of equals the
 * one that is asked for first; -1 when none is. */
int http_choose_language(const struct http_request *req, const char *const *offered,
                         unsigned count);

/* Content codings. Bodies under HTTP_ENCODE_MIN bytes are sent as they are: packed they would save
 * no packet. */
enum http_encoding {
    HTTP_IDENTITY,
    HTTP_GZIP,
    HTTP_BR,
    HTTP_ENCODINGS
};
#define HTTP_ENCODE_MIN ((size_t)1024)
/*
 * The encoding for a body of so many bytes, by Accept-Encoding (RFC 9110 12.5.3): the one liked
 * best, br before gzip before identity where two are liked the same; a small body is packed only
 * where identity is refused. -1 when none is acceptable.
 */
int http_choose_encoding(const struct http_request *req, size_t len);
/* The same for a body made step by step, which goes as gzip or as it is. */
int http_choose_stream_encoding(const struct http_request *req);

/*
 * A number for whoever is at the other end, to count by: the same for an IPv4 address, and for all
 * of an IPv6 /64. 0: the machine itself, or a proxy on it that does not say for whom it asks. It is
 * the address in another form: neither keep it nor log it.
 */
uint64_t http_peer(const struct http_request *req);

/* What worker_init gave to this request's worker, and the worker. */
void *http_data(const struct http_request *req);
struct http_worker *http_worker_of(const struct http_request *req);

/* ---- Reply: exactly one a request ---- */

struct http_field {
    const char *name;
    const char *value; /* no CR, LF or NUL (asserted) */
};
/* The head of an answer. Content-Length, Date, Connection and the common headers are the engine's.
 */
struct http_head {
    int status;
    const char *content_type;     /* NULL: none */
    const char *content_encoding; /* NULL: none */
    const char *etag; /* with its quotes, or NULL; lets If-None-Match be answered with 304 */
    const char *cache_control; /* NULL: the route's */
    const char *vary;          /* NULL: none */
    const struct http_field *fields;
    unsigned field_count;
};

/* Prepared once, sent many times by reference, from any worker. The count of references is atomic.
 */
struct http_answer *http_answer_new(const struct http_head *head,
                                    struct span body); /* NULL: no memory */
struct http_answer *http_answer_ref(struct http_answer *answer);
void http_answer_unref(struct http_answer *answer);        /* NULL is fine */
size_t http_answer_size(const struct http_answer *answer); /* bytes of memory it holds */

/* True when the client has this etag's answer already, so that a reply with it will be 304. */
bool http_unchanged(const struct http_request *req, const char *etag);

/* Sends a prepared answer; takes its own reference. */
enum http_result http_reply(struct http_request *req, struct http_answer *answer);
/*
 * An answer in every encoding: plain from the start, the others made when first wanted. One
 * thread's own until http_content_prepare has made them all, as well as they can be; then any
 * thread's. The head's texts but its etag must outlive it; Vary is its own. Packed, an etag "x" is
 * "x-br".
 */
struct http_content;
struct http_content *http_content_new(const struct http_head *head,
                                      struct span body); /* NULL: no memory */
void http_content_free(struct http_content *content);    /* NULL is fine */
MUST_CHECK bool http_content_prepare(struct http_content *content);
size_t http_content_size(const struct http_content *content); /* bytes held now; encodings add */
/* Sends it in the encoding the client likes best; 406 when it accepts none. */
enum http_result http_reply_content(struct http_request *req, struct http_content *content);

/* Sends bytes, copied now. */
enum http_result http_reply_bytes(struct http_request *req, const struct http_head *head,
                                  struct span body);

/*
 * The worker's own buffer, emptied: for writing a body that http_reply_out then sends. Valid until
 * the next call of http_out on the same worker, that is within one callback. A failed buffer is
 * answered with 500.
 */
struct out *http_out(struct http_request *req);
enum http_result http_reply_out(struct http_request *req, const struct http_head *head);

/* The same in the encoding the client likes best, packed now: for what is not worth keeping. */
enum http_result http_reply_encoded(struct http_request *req, const struct http_head *head);

/* 303, 307 or 308 with an encoded target of our own. */
enum http_result http_redirect(struct http_request *req, int status, const char *location);

/* RFC 9457 problem details, application/problem+json, never cached. */
struct http_problem {
    int status;
    const char *code;      /* "bad-parameter": becomes the type "/problems/bad-parameter" */
    const char *title;     /* the same for every occurrence of the code */
    const char *detail;    /* about this occurrence; NULL: none */
    const char *parameter; /* the name at fault, or NULL */
    struct span received;  /* what came: escaped, cut at 64 bytes; at = NULL: left out */
    const char *allowed;   /* what would do, in words or codes; NULL: left out */
    unsigned retry_after;  /* seconds; 0: none */
    const char *more;      /* a further member's name, and its text; at = NULL: left out */
    struct span more_text;
    const struct http_field *fields; /* further headers, at most HTTP_PROBLEM_FIELDS */
    unsigned field_count;
};
#define HTTP_PROBLEM_FIELDS 4
enum http_result http_problem(struct http_request *req, const struct http_problem *problem);

/*
 * Says that the reply comes later: `return http_defer(req, cancel, arg);`. Then exactly one reply
 * function must be called, from a callback on this thread. If the client goes away meanwhile,
 * `cancel` (may be NULL) is called once as a hint to stop the work; the request stays valid, and
 * the reply that must still be given is dropped.
 */
enum http_result http_defer(struct http_request *req,
                            void (*cancel)(struct http_request *req, void *arg), void *arg);
/* True once the client of a deferred request is known to be gone. */
bool http_gone(const struct http_request *req);

/*
 * A body that is decided on before it comes (HTTP_ROUTE_STREAMED). The handler, or after http_defer
 * a later callback, does one of three things; until then nothing of the body is read and
 * "Expect: 100-continue" is not answered:
 *
 * - replies: that is a refusal, and what the client still sends is read past or ends its
 *   connection;
 * - `return http_body_collect(req, handler);`: the body is read whole, up to the route's limit, and
 *   `handler` called with it like that of an ordinary route;
 * - `return http_body_receive(req, &receiver);`: the body is handed on as it comes.
 *
 * Both may be called for a client that has gone meanwhile.
 */
enum http_result http_body_collect(struct http_request *req, http_handler *whole);

enum http_taken {
    HTTP_TAKEN,       /* call again when more has come */
    HTTP_TAKEN_PAUSE, /* these bytes are taken; no more until http_body_resume, on this thread */
};
enum http_body_end {
    HTTP_BODY_COMPLETE,  /* all of it was handed on: a reply is owed, now or later */
    HTTP_BODY_CUT,       /* the client has gone */
    HTTP_BODY_TOO_SLOW,  /* it came slower than limits.body_rate */
    HTTP_BODY_TOO_LARGE, /* it is longer than the route's limit */
    HTTP_BODY_MALFORMED, /* its chunks are not chunks */
};
struct http_receiver {
    /* The next bytes, at least one and at most 64 KiB, valid during the call. All of them are
     * taken. A reply given here, or before the next call, refuses the rest; no callback follows. */
    enum http_taken (*piece)(struct http_request *req, struct span bytes, void *arg);
    /*
     * It is over; called once, unless a reply came first. After HTTP_BODY_COMPLETE the request is
     * deferred: reply here or later (http_defer may be called to set its cancel). After anything
     * else no reply is owed: the client has gone or the engine has told it (408, 413, 400), and the
     * request must not be used once this returns.
     */
    void (*end)(struct http_request *req, enum http_body_end why, void *arg);
    void *arg;
};
/*
 * Takes the place of an earlier http_defer's cancel: from here on `end` tells. For a client that
 * has gone already, `end` is called before this returns. While the receiver has paused, the client
 * is not read from and its time does not run.
 */
enum http_result http_body_receive(struct http_request *req, const struct http_receiver *receiver);
void http_body_resume(struct http_request *req);

/*
 * A body made step by step. `pull` is called when the client has taken what there was, and appends
 * the next piece (some 16 KiB is good; at most HTTP_PULL_MAX). The request stays valid until
 * `done`, which is called exactly once, however it ends, and is where arg is freed.
 */
#define HTTP_PULL_MAX ((size_t)256 << 10)
enum http_pull {
    HTTP_PULL_MORE,  /* call again */
    HTTP_PULL_WAIT,  /* nothing more now; http_resume will be called on this thread */
    HTTP_PULL_END,   /* that was all */
    HTTP_PULL_ABORT, /* cannot go on: the connection is cut so that the client sees an incomplete
                        body */
};
struct http_producer {
    enum http_pull (*pull)(struct http_request *req, struct out *out, void *arg);
    void (*done)(struct http_request *req, void *arg);
    void *arg;
};
enum http_result http_reply_stream(struct http_request *req, const struct http_head *head,
                                   const struct http_producer *producer);
void http_resume(struct http_request *req);
/*
 * A field behind the body of a stream (RFC 9110 6.5), which the head announces in "Trailer": for
 * what is known at its end only. Called from pull before it returns HTTP_PULL_END; at most one;
 * name and value must live until `done`. An HTTP/1.0 client and many others never see it.
 */
void http_trailer(struct http_request *req, const char *name, const char *value);

/* Handlers of the engine's own: /metrics in Prometheus' text format. */
http_handler http_metrics;

/* ---- Server ---- */

/* All durations in seconds. A zero takes the default in brackets. */
struct http_limits {
    unsigned connections;       /* in all workers together, at least one in each [50,000, or
                                   RLIMIT_NOFILE - 128, whose soft limit is raised for them] */
    unsigned per_address;       /* of them, from one IPv4 address or one IPv6 /64 [1,024]; the
                                   machine's own are not counted, see proxy_from */
    unsigned requests;          /* a connection [10,000] */
    unsigned handshake_timeout; /* of TLS [10] */
    unsigned ticket_time;   /* how long a key seals session tickets; it opens them for twice as long
                               after that [14,400] */
    unsigned head_timeout;  /* from a head's first byte to its end [10] */
    unsigned body_timeout;  /* window in which body_rate must be met [10] */
    unsigned body_rate;     /* bytes a second [512] */
    unsigned idle_timeout;  /* between requests [60] */
    unsigned write_timeout; /* window in which write_rate must be met [30] */
    unsigned write_rate;    /* bytes a second [256] */
    unsigned drain_timeout; /* [10] */
};

/* Which requests get a line in the log: method, route, status, bytes of the body, microseconds,
 * protocol; never an address or what a client wrote. At most 1,000 a second and worker. */
enum http_request_log {
    HTTP_LOG_OFF,
    HTTP_LOG_ERRORS,  /* 400 and above, and those whose client left */
    HTTP_LOG_SAMPLED, /* one of a hundred */
    HTTP_LOG_ALL,
};

struct http_config {
    const char *address; /* numeric IPv4 or IPv6; NULL: "127.0.0.1" */
    uint16_t port;       /* 0: the kernel's choice, see http_server_port */
    uint16_t tls_port;   /* the same for TLS, see http_server_tls_port */
    /* The folder of NAME.crt, NAME.key and perhaps NAME.ocsp; NULL: no TLS. */
    const char *certificates;
    /*
     * Addresses and networks ("10.0.0.5, 2001:db8::/32") whose connections begin with a header of
     * the PROXY protocol, version 2, also before TLS; one that does not is closed. They are counted
     * by the address it tells. NULL: none, and from anywhere else such a header is a malformed
     * request.
     */
    const char *proxy_from;
    unsigned workers; /* 0: one per processor this process may use */
    const struct http_route *routes;
    size_t route_count;
    http_handler *fallback; /* answers GET and HEAD where no route fits; NULL: a 404 problem */
    struct http_limits limits;
    enum http_request_log request_log;
    /* Called for every worker in the starting thread, before its own thread begins: make its
     * context, put events and database connections on its base. False stops the start with *error =
     * ECANCELED. */
    bool (*worker_init)(struct http_worker *worker, void *arg);
    /* Called for every initialised worker after its thread has ended, by http_server_wait. May be
     * NULL. */
    void (*worker_done)(struct http_worker *worker, void *arg);
    void *arg;
};

/*
 * Listens and starts the workers. NULL with *error set to the errno of what failed: EADDRINUSE and
 * EACCES come from the port. What fails of TLS, its port included, is logged, and *error is
 * ECANCELED. The routes must outlive the server. SIGPIPE is ignored from here on;
 * workers block all signals.
 */
MUST_CHECK struct http_server *http_server_start(const struct http_config *config, int *error);
/* How many processors this process may use: the workers there are by default. */
unsigned http_processors(void);
uint16_t http_server_port(const struct http_server *server);
uint16_t http_server_tls_port(const struct http_server *server); /* 0: no TLS */
/*
 * Reads the certificates again. New connections get them, those that are open go on. When one is
 * broken, the reason is logged and all stay as they were. One thread at a time, not a worker's.
 */
void http_server_reload(struct http_server *server);
unsigned http_server_workers(const struct http_server *server);
struct http_worker *http_server_worker(const struct http_server *server, unsigned index);
/* Stop accepting, finish what runs, close; cut what is left after drain_timeout. Any thread;
 * returns at once. */
void http_server_drain(struct http_server *server);
/* Waits for all workers to end, which they do after http_server_drain, and frees everything. */
void http_server_wait(struct http_server *server);

struct event_base *http_worker_base(const struct http_worker *worker);
unsigned http_worker_index(const struct http_worker *worker);
void *http_worker_data(const struct http_worker *worker);
void http_worker_set_data(struct http_worker *worker, void *data);
/*
 * Runs fn(worker, arg) on the worker's thread, in the order posted. Any thread. False (nothing will
 * run) when memory is short or the worker has ended. What was accepted always runs, at the latest
 * while the worker ends.
 */
MUST_CHECK bool http_worker_post(struct http_worker *worker,
                                 void (*fn)(struct http_worker *worker, void *arg), void *arg);

#endif
