/*
 * Routes whose bodies are decided on before they come, for the tests to talk to. What the handler
 * does is asked for in the query: ?decide=MS (not at once), ?refuse=1 (401), ?pause=MS (after every
 * piece, 0: resumed at once), ?stop=N (422 when so many bytes have come), ?answer=MS (not at once).
 * With both ?stop and ?pause, the 422 comes while it pauses; with ?later=MS while it awaits more.
 */
#include "http_echo.h"

#include <event2/event.h>
#include <stdlib.h>

struct receipt {
    struct http_request *req;
    struct http_worker *worker;
    struct event *timer;
    void (*then)(struct receipt *receipt);
    uint64_t bytes;
    uint64_t sum; /* of byte times place, so that order counts */
    uint64_t pieces;
    size_t longest;
    struct receipt *next; /* of the worker's */
};

enum {
    COUNT_OPEN = HTTP_BODY_MALFORMED + 1,
    COUNT_CANCELLED,
    COUNTS,
};

static _Atomic int counts[COUNTS];
static struct receipt *receipts[64]; /* by worker */

static long receive_number(const struct http_request *req, const char *name)
{
    struct span text;
    char digits[16] = "";
    if (http_query(req, name, &text) == 0 || text.len >= sizeof digits) {
        return -1;
    }
    memcpy(digits, text.at, text.len);
    return strtol(digits, NULL, 10);
}

static struct receipt **receipts_of(const struct http_worker *worker)
{
    return &receipts[http_worker_index(worker) % COUNT_OF(receipts)];
}

static void receipt_free(struct receipt *receipt)
{
    struct receipt **place = receipts_of(receipt->worker);
    while (*place != receipt) {
        place = &(*place)->next;
    }
    *place = receipt->next;
    counts[COUNT_OPEN]--;
    event_free(receipt->timer);
    free(receipt);
}

static void receipt_fire(evutil_socket_t fd, short what, void *arg)
{
    struct receipt *receipt = arg;
    (void)fd;
    (void)what;
    receipt->then(receipt);
}

/* Goes on after so many milliseconds; at once without them. */
static void receipt_after(struct receipt *receipt, long ms, void (*then)(struct receipt *receipt))
{
    const struct timeval time = {ms / 1000, ms % 1000 * 1000};
    if (ms < 0) {
        then(receipt);
    } else {
        receipt->then = then;
        evtimer_add(receipt->timer, &time);
    }
}

static void receipt_refuse(struct receipt *receipt, int status)
{
    http_problem(receipt->req,
                 &(struct http_problem){.status = status, .code = "refused", .title = "Refused"});
    receipt_free(receipt);
}

static void receipt_answer(struct receipt *receipt)
{
    static const struct http_head head = {.status = 200, .content_type = "application/json"};
    struct out *out = http_out(receipt->req);
    json_open(out, '{');
    json_member_int(out, "bytes", (int64_t)receipt->bytes);
    json_member_int(out, "sum", (int64_t)(receipt->sum % 1000003));
    json_member_int(out, "pieces", (int64_t)receipt->pieces);
    json_member_int(out, "longest", (int64_t)receipt->longest);
    json_close(out, '}');
    http_reply_out(receipt->req, &head);
    receipt_free(receipt);
}

static void receipt_stop(struct receipt *receipt)
{
    receipt_refuse(receipt, 422);
}

static void receipt_resume(struct receipt *receipt)
{
    http_body_resume(receipt->req);
}

static enum http_taken receive_piece(struct http_request *req, struct span bytes, void *arg)
{
    struct receipt *receipt = arg;
    long pause = receive_number(req, "pause");
    long stop = receive_number(req, "stop");
    long later = receive_number(req, "later");
    for (size_t i = 0; i < bytes.len; i++) {
        receipt->sum += (unsigned char)bytes.at[i] * (receipt->bytes + i);
    }
    receipt->bytes += bytes.len;
    receipt->pieces++;
    receipt->longest = bytes.len > receipt->longest ? bytes.len : receipt->longest;
    if (stop >= 0 && receipt->bytes >= (uint64_t)stop) {
        receipt_after(receipt, pause < 0 ? later : pause, receipt_stop);
        return pause < 0 ? HTTP_TAKEN : HTTP_TAKEN_PAUSE;
    }
    if (pause >= 0) {
        receipt_after(receipt, pause - (pause == 0), receipt_resume);
        return HTTP_TAKEN_PAUSE;
    }
    return HTTP_TAKEN;
}

static void receive_cancel(struct http_request *req, void *arg)
{
    const struct receipt *receipt = arg;
    counts[COUNT_CANCELLED] += receipt->req == req && http_gone(req);
}

static void receive_end(struct http_request *req, enum http_body_end why, void *arg)
{
    struct receipt *receipt = arg;
    counts[why]++;
    if (why == HTTP_BODY_COMPLETE) {
        http_defer(req, receive_cancel, receipt);
        receipt_after(receipt, receive_number(req, "answer"), receipt_answer);
    } else {
        receipt_free(receipt);
    }
}

static void receipt_decide(struct receipt *receipt)
{
    if (receive_number(receipt->req, "refuse") >= 0) {
        receipt_refuse(receipt, 401);
        return;
    }
    http_body_receive(receipt->req, &(struct http_receiver){receive_piece, receive_end, receipt});
}

static struct receipt *receipt_new(struct http_request *req)
{
    struct receipt *receipt = calloc(1, sizeof *receipt);
    if (receipt == NULL) {
        abort();
    }
    receipt->req = req;
    receipt->worker = http_worker_of(req);
    receipt->timer = evtimer_new(http_worker_base(receipt->worker), receipt_fire, receipt);
    struct receipt **place = receipts_of(receipt->worker);
    receipt->next = *place;
    *place = receipt;
    counts[COUNT_OPEN]++;
    return receipt;
}

enum http_result http_receive_body(struct http_request *req)
{
    struct receipt *receipt = receipt_new(req);
    long decide = receive_number(req, "decide");
    if (decide >= 0) {
        http_defer(req, receive_cancel, receipt);
    }
    receipt_after(receipt, decide, receipt_decide);
    return HTTP_LATER;
}

static enum http_result receive_whole(struct http_request *req)
{
    static const struct http_head head = {.status = 200, .content_type = "text/plain"};
    return http_reply_bytes(req, &head, http_body(req));
}

static void collect_decide(struct receipt *receipt)
{
    struct http_request *req = receipt->req;
    if (receive_number(req, "refuse") >= 0) {
        receipt_refuse(receipt, 401);
        return;
    }
    receipt_free(receipt);
    http_body_collect(req, receive_whole);
}

enum http_result http_receive_collected(struct http_request *req)
{
    struct receipt *receipt = receipt_new(req);
    long decide = receive_number(req, "decide");
    if (decide >= 0) {
        http_defer(req, receive_cancel, receipt);
    }
    receipt_after(receipt, decide, collect_decide);
    return HTTP_LATER;
}

enum http_result http_receive_counts(struct http_request *req)
{
    static const char *const names[COUNTS] = {
        [HTTP_BODY_COMPLETE] = "complete", [HTTP_BODY_CUT] = "cut",
        [HTTP_BODY_TOO_SLOW] = "slow",     [HTTP_BODY_TOO_LARGE] = "large",
        [HTTP_BODY_MALFORMED] = "bad",     [COUNT_OPEN] = "open",
        [COUNT_CANCELLED] = "cancelled",
    };
    static const struct http_head head = {.status = 200, .content_type = "application/json"};
    struct out *out = http_out(req);
    json_open(out, '{');
    for (unsigned i = 0; i < COUNTS; i++) {
        json_member_int(out, names[i], counts[i]);
    }
    json_close(out, '}');
    return http_reply_out(req, &head);
}

void http_receive_worker_done(struct http_worker *worker)
{
    while (*receipts_of(worker) != NULL) {
        receipt_refuse(*receipts_of(worker), 503);
    }
}
