/* /healthz: the process answers. /readyz: what it answers is up to date. */
#include "server/api.h"
#include "server/market_table.h"
#include "server/routes.h"
#include "server/snapshot.h"
#include "server/worker.h"

static enum http_result reply_now(struct http_request *req)
{
    return http_reply_out(req, &(struct http_head){.status = 200,
                                                   .content_type = "application/json",
                                                   .cache_control = "no-store"});
}

enum http_result api_healthz(struct http_request *req)
{
    struct out *out = http_out(req);
    out_text(out, "{\"status\":\"ok\"}\n");
    return reply_now(req);
}

enum http_result api_readyz(struct http_request *req)
{
    char reason[512];
    int64_t age;
    struct worker_context *context = worker_context(req);
    bool ready = snapshot_ready(context->snapshot, reason, sizeof(reason), &age);
    if (!ready || !market_table_loaded(context->markets))
        return http_problem(req, &(struct http_problem){
                                     .status = 503,
                                     .code = "not-ready",
                                     .title = "Prices may not be up to date",
                                     .detail = ready ? "The market is about to arrive." : reason,
                                     .retry_after = 1,
                                 });
    struct out *out = http_out(req);
    json_open(out, '{');
    json_member_text(out, "status", "ready");
    json_member_int(out, "age_seconds", age);
    json_close(out, '}');
    out_char(out, '\n');
    return reply_now(req);
}
