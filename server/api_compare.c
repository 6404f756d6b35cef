/* /v1/compare: what each service costs for an amount, today from memory, other days from the
 * record. */
#include "server/answer.h"
#include "server/api.h"
#include "server/compare_json.h"
#include "server/market_table.h"
#include "server/past.h"
#include "server/routes.h"
#include "server/snapshot.h"
#include "server/worker.h"

static const char json_type[] = "application/json; charset=utf-8";

/* The past: asked for too seldom to keep. */
static enum http_result answer_past(struct http_request *req, struct ask *ask,
                                    const struct market *market)
{
    struct worker_context *context = worker_context(req);
    struct ask_error error;
    char etag[COMPARE_ETAG_MAX];
    if (!ask_settle(ask, market, &error))
        return api_ask_problem(req, &error);
    compare(&context->comparison, ask, market);
    compare_etag(etag, &context->comparison);
    compare_json(http_out(req), &context->comparison);
    return http_reply_encoded(
        req, &(struct http_head){.status = 200, .content_type = json_type, .etag = etag});
}

static enum http_result answer_today(struct http_request *req, struct ask *ask,
                                     const struct market *market)
{
    struct worker_context *context = worker_context(req);
    struct answer_asked asked;
    struct ask_error error;
    char etag[COMPARE_ETAG_MAX];
    if (!ask_settle(ask, market, &error))
        return api_ask_problem(req, &error);
    answer_source(&asked, req, market, ask->at);
    answer_key_ask(&asked, ask);
    if (answer_kept(req, &asked))
        return HTTP_DONE;
    compare(&context->comparison, ask, market);
    compare_etag(etag, &context->comparison);
    struct out *out = http_out(req);
    compare_json(out, &context->comparison);
    /* Where nothing is known of the corridor, the answer holds until it appears. */
    struct answer_source source = {.block = asked.source.block,
                                   .corridors = market == NULL ? asked.source.corridors : 0};
    return answer_reply(req, &asked, &source,
                        &(struct http_head){.status = 200, .content_type = json_type, .etag = etag},
                        out, context->comparison.until);
}

enum http_result api_compare(struct http_request *req)
{
    struct worker_context *context = worker_context(req);
    struct ask_parameter parameters[ASK_PARAMETERS_MAX];
    struct ask_error error;
    struct ask ask;
    int64_t now = instant_now();
    size_t count = ask_parameters(parameters, req);
    if (!ask_read(&ask, parameters, count, 0, now, &error))
        return api_ask_problem(req, &error);
    if (ask.past)
        return past_market(req, &ask, answer_past);
    if (!market_table_loaded(context->markets))
        return api_unavailable(req, "The market has not been read yet.", 1);
    /* While PostgreSQL is away the answer says how old its knowledge is. */
    ask.as_of = snapshot_known_at(context->snapshot, now);
    return answer_today(req, &ask, market_table_find(context->markets, ask.from, ask.to));
}
