/*
 * A connection's turn: from the bytes that have arrived to the answers that leave. The hard part is
 * order: requests are answered as they came, one in hand at a time, and everything answered in a
 * turn is written at once.
 */
#include "http_engine.h"

#include <assert.h>

/* How often one turn may fill and empty the queue before others get theirs. */
#define TURN_ROUNDS 4U

/* Why a step is not followed by the next. */
enum turn {
    TURN_ON,
    TURN_BYTES,   /* the client has to send */
    TURN_HANDLER, /* the handler has to reply, or the producer to resume */
    TURN_ROOM,    /* what is queued has to be written first */
    TURN_OVER,    /* that was the connection's last answer */
    TURN_CUT,     /* the answer cannot be completed */
};

static enum turn turn_fault(struct http_conn *conn, int status, const char *fault)
{
    http_reply_fault(conn, status, fault);
    conn->work->request.stage = HTTP_STAGE_ANSWER;
    return TURN_ON;
}

/* A fault of the body. */
static enum turn turn_bad_body(struct http_conn *conn)
{
    struct http_request *req = &conn->work->request;
    http_body_failed(req, req->head.status);
    return turn_fault(conn, req->head.status, req->head.fault);
}

/* The head is whole. */
static enum turn turn_begin(struct http_conn *conn)
{
    struct http_work *work = conn->work;
    struct http_request *req = &work->request;
    work->in_used += req->head.size;
    req->begun_us = http_now_us();
    req->last = req->head.close || ++conn->requests >= conn->worker->server->config.limits.requests;
    if (http_body_awaited(conn) && !http_input_front(work)) {
        return TURN_CUT;
    }
    if (span_is(http_method(req), "CONNECT")) {
        return turn_fault(conn, 501, "The method is unknown.");
    }
    if (!http_target_parse(&req->target, http_target(req), http_method(req))) {
        return turn_fault(conn, 400, "The request's target is not valid.");
    }
    http_request_fit(req);
    enum http_step step = http_body_begin(conn);
    req->stage = step == HTTP_END ? HTTP_STAGE_HANDLER : HTTP_STAGE_BODY;
    return step == HTTP_BAD ? turn_bad_body(conn) : TURN_ON;
}

static enum turn turn_head(struct http_conn *conn)
{
    struct http_work *work = conn->work;
    struct http_request *req = &work->request;
    size_t have = work->in_len - work->in_used;
    if (conn->closing || (conn->worker->draining && have == 0)) {
        return TURN_OVER;
    }
    if (!http_queue_room(&work->out)) {
        return TURN_ROOM;
    }
    if (have == 0) {
        return TURN_BYTES;
    }
    req->conn = conn;
    req->bytes = work->in + work->in_used;
    switch (http_head_step(&req->head, req->bytes, have)) {
    case HTTP_MORE:
        return TURN_BYTES;
    case HTTP_BAD:
        return turn_fault(conn, req->head.status, req->head.fault);
    default:
        return turn_begin(conn);
    }
}

/* The rest of a body that was answered already is read past. */
static enum turn turn_body_left(struct http_request *req, enum http_step step)
{
    req->last = req->last || step == HTTP_BAD;
    req->body_due = step == HTTP_MORE;
    req->stage = HTTP_STAGE_ANSWER;
    return TURN_ON;
}

/* The receiver has enough for now: what the client had of its time is kept. */
static enum turn turn_body_paused(struct http_conn *conn)
{
    struct http_request *req = &conn->work->request;
    uint64_t moved = 0;
    uint32_t seconds = http_conn_spent(conn, &moved);
    if (!http_body_in_time(req, seconds, moved)) {
        http_head_refuse(&req->head, 408, "The request did not arrive in time.");
        return turn_bad_body(conn);
    }
    return TURN_HANDLER;
}

static enum turn turn_body(struct http_conn *conn)
{
    struct http_request *req = &conn->work->request;
    if (req->paused) {
        return TURN_HANDLER;
    }
    bool left = req->replied;
    enum http_step step = http_body_step(conn);
    if (req->replied) {
        /* A receiver that has just replied: its answer goes first. */
        return left && step == HTTP_MORE ? TURN_BYTES : turn_body_left(req, step);
    }
    if (step == HTTP_BAD) {
        return turn_bad_body(conn);
    }
    if (step == HTTP_MORE) {
        return req->paused ? turn_body_paused(conn) : TURN_BYTES;
    }
    req->body_due = false;
    req->stage = req->receiving ? HTTP_STAGE_ANSWER : HTTP_STAGE_HANDLER;
    http_body_over(req, HTTP_BODY_COMPLETE);
    return TURN_ON;
}

static enum turn turn_handler(struct http_conn *conn)
{
    struct http_request *req = &conn->work->request;
    req->stage = HTTP_STAGE_ANSWER;
    http_conn_enter(conn, HTTP_STATE_HANDLING);
    enum http_result result =
        req->refusal != NULL ? http_problem(req, req->refusal) : req->handler(req);
    assert(req->replied || (result == HTTP_LATER &&
                            (req->deferred || req->receiving || req->stage == HTTP_STAGE_BODY)));
    (void)result;
    return TURN_ON;
}

static enum turn turn_produce(struct http_conn *conn)
{
    struct http_request *req = &conn->work->request;
    if (req->waiting) {
        return TURN_HANDLER;
    }
    if (!http_queue_room(&conn->work->out)) {
        return TURN_ROOM;
    }
    switch (http_stream_step(req)) {
    case HTTP_PULL_ABORT:
        return TURN_CUT;
    case HTTP_PULL_END:
        req->producing = false;
        return TURN_ON;
    default:
        return TURN_ON;
    }
}

static enum turn turn_answer(struct http_conn *conn)
{
    struct http_request *req = &conn->work->request;
    if (!req->replied) {
        return TURN_HANDLER;
    }
    if (req->producing) {
        return turn_produce(conn);
    }
    if (req->body_due && !req->last) {
        req->stage = HTTP_STAGE_BODY;
        return TURN_ON;
    }
    http_stream_end(req);
    http_log_request(req, true);
    conn->closing = conn->closing || req->last;
    http_request_clear(req);
    return TURN_ON;
}

static enum turn turn_step(struct http_conn *conn)
{
    switch (conn->work->request.stage) {
    case HTTP_STAGE_HEAD:
        return turn_head(conn);
    case HTTP_STAGE_BODY:
        return turn_body(conn);
    case HTTP_STAGE_HANDLER:
        return turn_handler(conn);
    default:
        return turn_answer(conn);
    }
}

/* What a connection waits for that has written all it had. */
static void turn_wait(struct http_conn *conn, enum turn why)
{
    struct http_work *work = conn->work;
    if (why == TURN_HANDLER) {
        http_conn_enter(conn, HTTP_STATE_HANDLING);
    } else if (why == TURN_CUT || conn->ended) {
        http_conn_cut(conn);
    } else if (why == TURN_OVER) {
        http_conn_enter(conn, HTTP_STATE_LINGER);
    } else if (work->request.stage == HTTP_STAGE_BODY) {
        http_conn_enter(conn, HTTP_STATE_BODY);
    } else if (work->in_len > work->in_used) {
        http_conn_enter(conn, HTTP_STATE_HEAD);
    } else {
        http_conn_enter(conn, HTTP_STATE_IDLE);
    }
    if (conn->buffered && why == TURN_BYTES) {
        http_again_later(conn, HTTP_LINE_REQUESTS);
    }
}

void http_turn(struct http_conn *conn)
{
    if (http2_turn(conn)) {
        return;
    }
    enum turn why = TURN_ON;
    enum http_flush flush = HTTP_FLUSHED;
    unsigned rounds = 0;
    conn->running = true;
    do {
        do {
            why = turn_step(conn);
        } while (why == TURN_ON);
        flush = http_queue_flush(conn);
    } while (why == TURN_ROOM && flush == HTTP_FLUSHED && ++rounds < TURN_ROUNDS);
    conn->running = false;
    if (flush == HTTP_BROKEN) {
        http_conn_cut(conn);
    } else if (flush == HTTP_BLOCKED || why == TURN_ROOM) {
        http_conn_enter(conn, HTTP_STATE_WRITING);
    } else {
        turn_wait(conn, why);
    }
}
