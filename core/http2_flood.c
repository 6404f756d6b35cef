/*
 * Cheap for the client, dear for us: what HTTP/2 lets a stranger do without limit is counted here.
 * A budget holds what an honest client may need at once and fills up again with time; whoever
 * spends it all is told ENHANCE_YOUR_CALM and loses the connection. Acknowledgements, CONTINUATION
 * frames and SETTINGS entries that would pile up are nghttp2's to count (http2_session.c).
 */
#include "http2.h"

static const struct {
    uint32_t burst;
    uint32_t rate; /* a second */
} budgets[HTTP2_FLOOD_COUNT] = {
    [HTTP2_FLOOD_RESETS] = {200, 20},
    [HTTP2_FLOOD_FRAMES] = {1000, 100},
};

/* What is sent is read, and its windows opened, only later: so much of what it pays is kept, for
 * 16 MiB on their way. */
#define EARNED_MAX 16384U

void http2_flood_begin(struct http2_session *session)
{
    for (unsigned i = 0; i < HTTP2_FLOOD_COUNT; i++) {
        session->budgets[i] = (struct http2_budget){budgets[i].burst, session->conn->worker->now};
    }
}

/* What is left of a budget by now. */
static uint32_t flood_left(const struct http2_session *session, enum http2_flood which)
{
    const struct http2_budget *budget = &session->budgets[which];
    uint32_t seconds = session->conn->worker->now - budget->at;
    uint64_t left = budget->left + (uint64_t)seconds * budgets[which].rate;
    left = left > budgets[which].burst ? budgets[which].burst : left;
    return budget->left > left ? budget->left : (uint32_t)left; /* the rest was earned */
}

bool http2_calm(const struct http_conn *conn)
{
    return flood_left(conn->http2, HTTP2_FLOOD_RESETS) == budgets[HTTP2_FLOOD_RESETS].burst;
}

void http2_flood_count(struct http2_session *session, enum http2_flood which)
{
    struct http2_budget *budget = &session->budgets[which];
    budget->left = flood_left(session, which);
    budget->at = session->conn->worker->now;
    if (budget->left > 0) {
        budget->left--;
    } else {
        http2_session_abort(session, NGHTTP2_ENHANCE_YOUR_CALM);
    }
}

void http2_flood_pay(struct http2_session *session, size_t bytes)
{
    struct http2_budget *budget = &session->budgets[HTTP2_FLOOD_FRAMES];
    session->carried += bytes;
    size_t left = budget->left + session->carried / HTTP2_FLOOD_CARRIES;
    session->carried %= HTTP2_FLOOD_CARRIES;
    budget->left = left > EARNED_MAX ? EARNED_MAX : (uint32_t)left;
}
