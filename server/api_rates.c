/* /v1/rates/EUR/XOF: the reference rate of a pair on a day, as known at an instant, with its
 * source. */
#include "server/api.h"
#include "server/fields.h"
#include "server/routes.h"
#include "server/worker.h"

#include <inttypes.h>
#include <stdio.h>

#define RATE_LIMIT 5000 /* ms the record may take */

/* A published rate before an invented one. */
static const struct db_statement rate_at = {
    "rates_at",
    "SELECT trim_scale(r.rate), r.source, r.day, d.demonstration"
    " FROM (VALUES (false), (true)) AS d (demonstration)"
    " CROSS JOIN LATERAL corridor.reference_rate_at($1, $2, $3::date, $4::timestamptz,"
    " d.demonstration) r"
    " WHERE r.rate > 0 ORDER BY d.demonstration LIMIT 1",
    4};

static void rate_done(const struct db_reply *reply, void *arg)
{
    struct http_request *req = arg;
    const struct db_result *rows = reply->result;
    if (reply->outcome != DB_OK) {
        (void)api_db_problem(req, reply);
        return;
    }
    if (db_result_rows(rows) == 0) {
        (void)api_not_found(req, "no-rate", "No reference rate of this pair is known for this day",
                            NULL, (struct span){NULL, 0}, NULL);
        return;
    }
    const struct currency *base = currency_find(http_param(req, "base"));
    const struct currency *quote = currency_find(http_param(req, "currency"));
    char pair[8];
    (void)snprintf(pair, sizeof(pair), "%.3s/%.3s", base->code, quote->code);
    struct out *out = http_out(req);
    json_open(out, '{');
    json_member_text(out, "pair", pair);
    json_member_text(out, "rate", db_result_text(rows, 0, 0));
    json_member_text(out, "source", db_result_text(rows, 0, 1));
    json_member_text(out, "date", db_result_text(rows, 0, 2));
    field_demonstration(out, db_result_bool(rows, 0, 3));
    json_close(out, '}');
    out_char(out, '\n');
    (void)api_reply(req, out);
}

static const struct currency *read_currency(struct http_request *req, const char *name)
{
    struct span code = http_param(req, name);
    const struct currency *currency = currency_find(code);
    if (currency == NULL)
        (void)api_not_found(req, "unknown-currency", "There is no such currency", name, code,
                            "three letters of ISO 4217 (EUR)");
    return currency;
}

enum http_result api_rate(struct http_request *req)
{
    struct api_parameter parameters[] = {{.name = "on"}, {.name = "as_of"}};
    const struct span *on = &parameters[0].value;
    const struct span *known = &parameters[1].value;
    char day[DAY_TEXT_MAX];
    char instant[INSTANT_TEXT_MAX];
    int64_t now = instant_now();
    int64_t as_of = now;
    const struct currency *base = read_currency(req, "base");
    if (base == NULL)
        return HTTP_DONE;
    const struct currency *quote = read_currency(req, "currency");
    if (quote == NULL || !api_parameters(req, parameters, COUNT_OF(parameters)))
        return HTTP_DONE;
    if (known->at != NULL && (!ask_instant(&as_of, *known, now) || as_of > now))
        return api_bad_parameter(req, "as_of", *known, ASK_ALLOWED_INSTANT);
    int32_t date = instant_day(as_of);
    if (on->at != NULL && (!day_parse(&date, *on) || date > instant_day(now)))
        return api_bad_parameter(req, "on", *on, ASK_ALLOWED_DAY);
    day_print(day, sizeof(day), date);
    instant_print(instant, sizeof(instant), as_of);
    const char *params[] = {base->code, quote->code, day, instant};
    if (db_query(worker_context(req)->db, &rate_at, params, RATE_LIMIT, rate_done, req) == NULL)
        return api_unavailable(req, "The server is stopping.", 5);
    return http_defer(req, NULL, NULL);
}
