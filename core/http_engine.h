/*
 * The engine's insides: what a worker, a connection and a request hold. Only core/http_*.c include
 * this.
 *
 * A connection that waits for a request owns nothing but struct http_conn. What it needs to read,
 * answer and write one, a struct http_work, is lent from its worker's pool when bytes arrive and
 * given back when nothing is left over.
 */
#ifndef HTTP_ENGINE_H
#define HTTP_ENGINE_H

#include "http_parse.h"
#include "http_peer.h"
#include "http_queue.h"
#include "http_request.h"
#include "http_tls.h"

#include <corridor/http.h>
#include <corridor/metrics.h>

#include <event2/event.h>
#include <event2/event_struct.h>
#include <pthread.h>
#include <sys/uio.h>

struct http_conn;

/* ---- Transport (http_io.c; http_tls.h): all reading and writing of a connection's bytes ---- */

/* As recv and writev: 0 is the end, -1 with EAGAIN means later. */
ssize_t http_io_read(struct http_conn *conn, void *to, size_t len);
ssize_t http_io_write(struct http_conn *conn, struct iovec *pieces, int count,
                      bool more); /* more follows at once: no need to send a short packet */
/* On a plain connection. The result of sendfile. */
ssize_t http_io_send_file(struct http_conn *conn, int file, size_t from, size_t len);
/* Says that nothing more will be written. */
void http_io_finish(struct http_conn *conn);
/* Reads what still comes after that, and throws it away. */
ssize_t http_io_drop(struct http_conn *conn);
/* True when the peer is known to have reset the connection; *ended when it has ended its side. */
bool http_io_reset(const struct http_conn *conn, bool *ended);
/* Closes the socket; `polite` when everything was said, so that TLS may say so too. */
void http_io_close(struct http_conn *conn, bool polite);

/* ---- Connections (http_conn.c, http_event.c, http_turn.c) ---- */

enum http_state {
    HTTP_STATE_PROXY,     /* a proxy is to say where the client is */
    HTTP_STATE_HANDSHAKE, /* TLS is being agreed on */
    HTTP_STATE_IDLE,      /* waits for a request's first byte */
    HTTP_STATE_HEAD,      /* part of a head has come */
    HTTP_STATE_BODY,      /* part of a body is still to come */
    HTTP_STATE_HANDLING,  /* waits for a deferred reply, or for a producer */
    HTTP_STATE_STREAMS, /* HTTP/2: streams are open, each with a state and a deadline of its own */
    HTTP_STATE_WRITING, /* waits for the client to take what is written */
    HTTP_STATE_LINGER,  /* all is said; waits for the client's end, dropping its bytes */
    HTTP_STATE_GONE,    /* the client left; waits for the deferred reply it will not see */
    HTTP_STATE_DEAD,    /* on the worker's dead list, freed after the loop's turn */
    HTTP_STATE_COUNT,
};

struct http_work {
    struct http_request request;
    char *in;
    size_t in_cap;
    size_t in_len;
    size_t in_used; /* up to here, requests are over */
    struct http_queue out;
    struct http_work *next; /* in the pool */
};

struct http_conn {
    struct http_worker *worker;
    struct http_work *work;      /* NULL while idle */
    struct http2_session *http2; /* NULL: HTTP/1 */
    struct http_conn *next;      /* on the list of its state: a deadline list, or the dead */
    struct http_conn *prev;
    struct http_conn *next_ready;
    struct http_conn *next_again; /* on one of the worker's lists for its next turn */
    SSL *tls;                     /* NULL: plain */
    struct event read;
    struct event write;
    uint64_t peer; /* counted by this number; 0: not counted */
    int fd;
    uint32_t deadline; /* worker seconds; of the state */
    uint32_t requests;
    uint64_t moved;   /* bytes since the deadline was set: what its state reads, writes or drops */
    uint8_t state;    /* enum http_state; changed by http_conn_enter only */
    uint8_t protocol; /* enum http_protocol; known once the handshake is done */
    bool secure : 1;  /* on the port of TLS */
    bool reads : 1;   /* the read event is on */
    bool writes : 1;
    bool ready : 1;      /* on the worker's ready list */
    bool running : 1;    /* within http_turn */
    bool closing : 1;    /* nothing more is read from it */
    bool ended : 1;      /* the client has ended its side */
    bool again : 1;      /* on a list for the next turn */
    bool buffered : 1;   /* TLS holds bytes that the socket will not tell of */
    bool tls_failed : 1; /* nothing can be read or written any more */
};

/* Takes over a connected, non-blocking socket; with TLS it begins with a handshake. NULL: no
 * memory, the socket is closed. */
MUST_CHECK struct http_conn *http_conn_open(struct http_worker *worker, int fd, bool tls);
/* Counts it as a connection from there. False when that address has as many as it may. */
MUST_CHECK bool http_conn_count(struct http_conn *conn, const struct http_address *from);
/* What it has had of its time in BODY, in seconds, and the bytes that moved in it. */
uint32_t http_conn_spent(const struct http_conn *conn, uint64_t *moved);
/* The one place where a connection changes its state: lists, deadlines and events follow. */
void http_conn_enter(struct http_conn *conn, enum http_state state);
/* The client is gone, or has to be: drops all that waits. */
void http_conn_cut(struct http_conn *conn);
/* Its deadline has passed. */
void http_conn_late(struct http_conn *conn);
/* No more requests from it: a draining worker says so. */
void http_conn_drain(struct http_conn *conn);
/* Has it looked at again in this turn of the loop: a deferred reply has come. */
void http_conn_ready(struct http_conn *conn);

/* Before it waits for anything. */
void http_event_open(struct http_conn *conn);
/* Waits for what its state waits for; or for this. */
void http_event_await(struct http_conn *conn);
void http_event_listen(struct http_conn *conn, bool reads, bool writes);
/* Reads what has come, or what the transport holds of it already. */
void http_event_fill(struct http_conn *conn);
/* It has waited for a turn, and does now what it waits for. */
void http_event_go_on(struct http_conn *conn);

/* Answers what has arrived, writes, and enters the state in which the connection must wait. */
void http_turn(struct http_conn *conn);

/* ---- The PROXY protocol (http_proxy.c) ---- */

/* A whole header, from its first byte. False when it is none; *told: it says where from. */
MUST_CHECK bool http_proxy_parse(const uint8_t *bytes, size_t len, struct http_address *from,
                                 bool *told);
/* Reads on. HTTP_MORE, HTTP_END, or HTTP_BAD: the connection has to end. */
enum http_step http_proxy_step(struct http_conn *conn);

/* ---- HTTP/2 (http2_*.c) ---- */

enum http2_state {
    HTTP2_STATE_HEAD,     /* part of a head has come */
    HTTP2_STATE_BODY,     /* part of a body is still to come */
    HTTP2_STATE_READY,    /* whole; waits for its handler to be called */
    HTTP2_STATE_HANDLING, /* waits for a deferred reply, or for a producer */
    HTTP2_STATE_SENDING,  /* has bytes to send, as the client's windows allow */
    HTTP2_STATE_GONE,     /* the client left; waits for the deferred reply it will not see */
    HTTP2_STATE_DEAD,     /* given back after the turn */
    HTTP2_STATE_COUNT,
};

struct http2_list {
    struct http2_stream *first;
    struct http2_stream *last;
};

MUST_CHECK bool http2_worker_open(struct http_worker *worker);
void http2_worker_close(struct http_worker *worker);
/* Ends the streams whose deadlines have passed; false when that took until then, and more are left.
 */
MUST_CHECK bool http2_worker_late(struct http_worker *worker, uint64_t until_us);
/* True while handlers owe replies to streams whose clients left. */
bool http2_worker_owes(const struct http_worker *worker);
/* Gives back the streams that died. Never within a handler. */
void http2_reap(struct http_worker *worker);
/* True when it has not given up streams lately. */
bool http2_calm(const struct http_conn *conn);
/* The turn of a connection that speaks HTTP/2 or is about to, by its first bytes; false: HTTP/1. */
MUST_CHECK bool http2_turn(struct http_conn *conn);
/* The idle have been so for too long: says GOAWAY and ends. */
void http2_late(struct http_conn *conn);
/* Takes the next of the two steps that end a session without losing a request. */
void http2_drain(struct http_conn *conn);
/* Leaves all its streams. */
void http2_cut(struct http_conn *conn);
void http2_free(struct http2_session *session); /* NULL is fine */
/* Where the head of a reply is written, as HTTP/1 would, for http2_send to take apart. */
struct out *http2_head(struct http_request *req);
/* Sends the head and a body: copied, by reference (`answer`), or made by the request's producer. */
void http2_send(struct http_request *req, struct http_answer *answer, struct span body);
/* A deferred reply has been given, or a producer goes on. */
void http2_resume(struct http_request *req);
/* The body of a streamed request may come (http2_body.c), or come again. */
void http2_body_accept(struct http_request *req);
void http2_body_resume(struct http_request *req);
/* The input (http_input.c): reads what has come behind what is there. The result of recv. */
ssize_t http_input_read(struct http_conn *conn);
/* Moves the head being read to the front, with room for a body behind it. False: no memory. */
MUST_CHECK bool http_input_front(struct http_work *work);
struct http_work *http_work_borrow(struct http_worker *worker);
void http_work_return(struct http_worker *worker, struct http_work *work);
void http_work_free(struct http_work *work);

/* ---- Workers (http_worker.c, http_accept.c, http_post.c) ---- */

struct http_list {
    struct http_conn *first;
    struct http_conn *last;
};

struct http_post {
    void (*fn)(struct http_worker *worker, void *arg);
    void *arg;
    struct http_post *next;
};

/* Connections that wait for one of the loop's next turns, the first come first. */
struct http_again {
    struct http_conn *first;
    struct http_conn *last;
};

enum http_again_line {
    HTTP_LINE_HANDSHAKES,
    HTTP_LINE_REQUESTS, /* to be read, or answered further */
    HTTP_LINE_LEAVING,
    HTTP_LINES
};

/* Sockets that connections come in on. */
struct http_listener {
    struct http_worker *worker;
    int fd; /* -1: none */
    bool tls;
    unsigned more;  /* how many connections than one to look for in a turn */
    unsigned whole; /* how often as many were there */
    struct event accept;
};

/* Why a connection was closed before its first request. */
enum http_refused {
    HTTP_REFUSED_ADDRESS, /* its address has as many as it may */
    HTTP_REFUSED_PROXY,   /* a trusted proxy's header was none */
    HTTP_REFUSED_COUNT,
};

#define HTTP_LISTENERS 2U /* plain, TLS */
#define HTTP_POOL_KEPT 64U

/* What a turn of the loop has for those who may wait: so long for accepting, for connections that
 * are no guests, and for those whose time is over. A guest waits for that and for other guests. */
#define HTTP_SHARE_US 50

struct http_route_stats {
    struct metric_histogram latency;
    _Atomic uint64_t classes[6]; /* by the status' first digit */
};

struct http_worker {
    struct http_server *server;
    struct event_base *base;
    void *data;
    unsigned index;
    pthread_t thread;
    bool started;

    struct http_listener listeners[HTTP_LISTENERS];
    int reserve;               /* a descriptor kept free for saying no when all are used */
    struct event accept_again; /* after a pause */
    bool accepting;

    struct event tick; /* each second: deadlines */
    struct event late; /* the loop's next turn: more of those that have passed */
    uint64_t began_us;
    uint32_t now;       /* seconds since the worker began */
    struct event after; /* the end of a turn: ready connections, then the dead */
    struct http_conn *ready;
    struct http_list lists[HTTP_STATE_COUNT];
    struct http2_worker *http2;
    unsigned connections;
    unsigned connections_max;
    struct http_work *pool;
    unsigned pooled;
    struct out scratch; /* http_out */
    struct out joined;  /* http_header_list */
    struct out packed;  /* the same packed for one reader, with: */
    struct http_packer *packer;

    struct http_certs *certs; /* NULL: no TLS */
    char *record;             /* pieces on their way into one TLS record */
    struct event again;       /* the loop's next turn */
    struct http_again lines[HTTP_LINES];
    unsigned line;         /* which was served last */
    int64_t share_left_us; /* of this turn */
    uint64_t share_began_us;

    _Atomic bool drain_asked;
    bool draining;
    uint32_t drain_end;

    int post_fd;
    struct event post_event;
    pthread_mutex_t post_lock;
    struct http_post *posts;
    struct http_post **posts_end;
    bool post_closed;

    time_t tail_second;
    struct out tails[8]; /* by HTTP_TAIL_API | HTTP_TAIL_CLOSE | HTTP_TAIL_TLS */

    uint32_t log_lines; /* wanted in this second */
    uint32_t log_seen;  /* requests, for taking samples */

    struct http_route_stats *stats; /* by route; the last row is "no route" */
    _Atomic uint64_t accepted;
    _Atomic uint64_t refused[HTTP_REFUSED_COUNT];
    _Atomic uint64_t faults;
    _Atomic uint64_t closed;
    _Atomic uint64_t handshakes_full;
    _Atomic uint64_t handshakes_resumed;
    _Atomic uint64_t handshakes_failed;
};

enum {
    HTTP_TAIL_API = 1,
    HTTP_TAIL_CLOSE = 2,
    HTTP_TAIL_TLS = 4
};

struct http_server {
    struct http_config config;
    struct http_routes routes;
    struct http_worker *workers;
    unsigned count;
    unsigned initialised;
    uint16_t ports[HTTP_LISTENERS];
    struct http_tickets tickets;
    struct http_peers peers;
    struct http_prefixes proxies;
    struct metric_collector collector;
};

/* The last header lines of a reply, Date among them, made once a second. */
struct span http_worker_tail(struct http_worker *worker, unsigned which);
uint64_t http_now_us(void);
MUST_CHECK bool http_worker_open(struct http_worker *worker, struct http_server *server,
                                 unsigned index);
void http_worker_close(struct http_worker *worker);
void *http_worker_run(void *worker);
/* Runs `after` once this turn's other events are done. */
void http_worker_after(struct http_worker *worker);
/* Once the listening sockets are there. */
void http_accept_open(struct http_worker *worker);
void http_accept_stop(struct http_worker *worker);
/* Takes it up again, if it was interrupted. */
void http_accept_resume(struct http_worker *worker);
/* Puts off to the loop's next turn (http_again.c). */
void http_again_open(struct http_worker *worker);
/* Has http_event_go_on called in one of the next turns. */
void http_again_later(struct http_conn *conn, enum http_again_line which);
/* True while this turn has time for those who may wait; what it takes lies between these two. */
bool http_again_begin(struct http_worker *worker);
void http_again_end(struct http_worker *worker);
/* The turn is over: the next one's share. */
void http_again_turn_over(struct http_worker *worker);
void http_post_run(struct http_worker *worker);
/* From any thread: has the worker look at its posts, and at whether it shall drain. */
void http_post_wake(struct http_worker *worker);
MUST_CHECK bool http_post_open(struct http_worker *worker);
/* Runs what is left and takes no more. */
void http_post_close(struct http_worker *worker);
/* Counts a reply. */
void http_stats_reply(struct http_request *req);
/* Its line in the log, where that is wanted; not `whole`: the client left before its end. */
void http_log_request(const struct http_request *req, bool whole);
/* A second is over, or the worker: says how many lines it left out. */
void http_log_second(struct http_worker *worker);
void http_stats_write(struct out *out, void *server);

/* Listening sockets (http_listen.c): one a worker, sharing the port. -1 with *error. */
int http_listen(const char *address, uint16_t *port, bool probe, int *error);

#endif
