/* /v1/corridors and /v1/corridors/{id}: how dear each corridor is, and where it stands against SDG
 * 10.c. The latest quarter comes from memory, others from the record. */
#include "server/api.h"
#include "server/fields.h"
#include "server/market_builder.h"
#include "server/market_sql.h"
#include "server/market_table.h"
#include "server/routes.h"
#include "server/worker.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define FIGURES_LIMIT 8000 /* ms the record may take */

static void write_country(struct out *out, const char *key, const struct country *country)
{
    char name[128];
    country_name(country, "en", name, sizeof(name));
    field_country(out, key, country, name);
}

static void write_figures(struct out *out, const struct country *from, const struct country *to,
                          const struct market_figures *figures)
{
    char id[6];
    char iso3[8];
    corridor_print(id, from, to);
    (void)snprintf(iso3, sizeof(iso3), "%.3s%.3s", from->iso3, to->iso3);
    json_open(out, '{');
    json_member_text(out, "id", id);
    json_member_text(out, "iso3", iso3);
    write_country(out, "from", from);
    write_country(out, "to", to);
    field_period(out, "period", figures->period);
    json_member_int(out, "price_point_usd", figures->price_point_usd);
    json_member_int(out, "services", figures->services);
    json_member_int(out, "operators", figures->operators);
    field_percent(out, "average_pct", figures->average_pct);
    field_percent(out, "median_pct", figures->median_pct);
    field_percent(out, "smart_pct", figures->smart_pct);
    field_percent(out, "best_pct", figures->best_pct);
    json_member_text(out, "status", market_status_code(figures->status));
    json_member_bool(out, "thin", figures->thin);
    if (figures->status == MARKET_NO_DATA)
        json_member_text(out, "reason",
                         figures->period[0] == '\0'
                             ? "No price of this corridor was ever received."
                             : "No service of this corridor counts in this quarter.");
    field_demonstration(out, figures->demonstration);
    json_close(out, '}');
}

/* ---- The list ---- */

static bool read_country(struct http_request *req, const struct api_parameter *parameter,
                         const struct country **country)
{
    *country = NULL;
    if (parameter->value.at == NULL)
        return true;
    *country = country_find(parameter->value);
    if (*country == NULL)
        (void)api_not_found(req, "unknown-country", "There is no such country", parameter->name,
                            parameter->value, "ISO 3166-1 alpha-2, alpha-3 or UN M49");
    return *country != NULL;
}

enum http_result api_corridors(struct http_request *req)
{
    struct api_parameter parameters[] = {
        {.name = "from"}, {.name = "to"}, {.name = "page"}, {.name = "per_page"}};
    const struct country *from;
    const struct country *to;
    struct api_page page;
    char filters[32] = "";
    size_t all_count;
    size_t total = 0;
    bool demonstration = false;
    struct worker_context *context = worker_context(req);
    if (!api_parameters(req, parameters, COUNT_OF(parameters)) ||
        !read_country(req, &parameters[0], &from) || !read_country(req, &parameters[1], &to) ||
        !api_page(req, &page, parameters[2].value, parameters[3].value))
        return HTTP_DONE;
    if (!market_table_loaded(context->markets))
        return api_unavailable(req, "The market has not been read yet.", 1);

    const struct market *const *all = market_table_all(context->markets, &all_count);
    size_t first = (size_t)(page.page - 1) * page.per_page;
    struct out *out = http_out(req);
    json_open(out, '{');
    json_key(out, "corridors");
    json_open(out, '[');
    for (size_t i = 0; i < all_count; i++) {
        if ((from != NULL && all[i]->from != from) || (to != NULL && all[i]->to != to))
            continue;
        if (total >= first && total - first < page.per_page) {
            write_figures(out, all[i]->from, all[i]->to, &all[i]->figures);
            demonstration |= all[i]->figures.demonstration;
        }
        total++;
    }
    json_close(out, ']');
    api_page_members(out, &page, total);
    field_demonstration(out, demonstration);
    json_close(out, '}');
    out_char(out, '\n');
    (void)snprintf(filters, sizeof(filters), "%s%s%s%s",
                   from == NULL ? "" : "&from=", from == NULL ? "" : from->iso2,
                   to == NULL ? "" : "&to=", to == NULL ? "" : to->iso2);
    return api_reply_page(req, out, &page, total, filters);
}

/* ---- One ---- */

struct figures_ask {
    struct http_request *req;
    const struct country *from;
    const struct country *to;
};

static enum http_result reply_figures(struct http_request *req, const struct country *from,
                                      const struct country *to,
                                      const struct market_figures *figures)
{
    struct out *out = http_out(req);
    write_figures(out, from, to, figures);
    out_char(out, '\n');
    return api_reply(req, out);
}

static void figures_done(const struct db_reply *reply, void *arg)
{
    struct figures_ask *ask = arg;
    struct span cells[FIGURES_COLUMNS];
    struct market_figures figures;
    unsigned column;
    if (reply->outcome != DB_OK) {
        (void)api_db_problem(ask->req, reply);
        goto out;
    }
    for (unsigned i = 0; i < FIGURES_COLUMNS; i++)
        cells[i] = db_result_span(reply->result, 0, i + 1);
    if (market_figures_read(&figures, cells, &column))
        (void)reply_figures(ask->req, ask->from, ask->to, &figures);
    else
        (void)api_unavailable(ask->req, "The figures of this quarter cannot be read.", 60);
out:
    free(ask);
}

static enum http_result ask_record(struct http_request *req, const struct country *from,
                                   const struct country *to, const char *period,
                                   const char *price_point, int64_t known_at)
{
    char corridor[6];
    char known[24];
    struct figures_ask *ask = malloc(sizeof(*ask));
    if (ask == NULL)
        return api_unavailable(req, "Memory is short.", 5);
    *ask = (struct figures_ask){req, from, to};
    corridor_print(corridor, from, to);
    (void)snprintf(known, sizeof(known), "%" PRId64, known_at);
    const char *params[] = {corridor, period, price_point, known};
    if (db_query(worker_context(req)->db, &market_sql_figures_of, params, FIGURES_LIMIT,
                 figures_done, ask) == NULL) {
        free(ask);
        return api_unavailable(req, "The server is stopping.", 5);
    }
    return http_defer(req, NULL, NULL);
}

/* False when it has no such form or lies ahead; period then says the current quarter. */
static bool read_period(char period[PERIOD_TEXT_MAX], struct span text, int64_t now)
{
    char current[PERIOD_TEXT_MAX];
    period_print(current, instant_day(now));
    if (!period_valid(text) || memcmp(text.at, current, PERIOD_TEXT_MAX - 1) > 0)
        return false;
    memcpy(period, text.at, PERIOD_TEXT_MAX - 1);
    period[PERIOD_TEXT_MAX - 1] = '\0';
    return true;
}

enum http_result api_corridor(struct http_request *req)
{
    static const struct market_figures none = {.price_point_usd = 200,
                                               .average_pct = MARKET_PCT_NONE,
                                               .median_pct = MARKET_PCT_NONE,
                                               .smart_pct = MARKET_PCT_NONE,
                                               .best_pct = MARKET_PCT_NONE,
                                               .status = MARKET_NO_DATA,
                                               .thin = true};
    struct api_parameter parameters[] = {
        {.name = "period"}, {.name = "price_point"}, {.name = "as_of"}};
    struct span id = http_param(req, "id");
    struct span price_point = span_of("200");
    char period[PERIOD_TEXT_MAX];
    const struct country *from;
    const struct country *to;
    struct worker_context *context = worker_context(req);
    int64_t now = instant_now();
    int64_t as_of = now;
    if (!corridor_parse(id, &from, &to))
        return api_not_found(req, "unknown-corridor", "There is no such corridor", "id", id,
                             "two different countries: FR-SN, FRASEN or 250-686");
    if (!api_parameters(req, parameters, COUNT_OF(parameters)))
        return HTTP_DONE;
    if (parameters[0].value.at != NULL && !read_period(period, parameters[0].value, now))
        return api_bad_parameter(req, "period", parameters[0].value,
                                 "a quarter from 1970-Q1 to the current one: 2011-Q3");
    if (parameters[1].value.at != NULL) {
        price_point = parameters[1].value;
        if (!span_is(price_point, "200") && !span_is(price_point, "500"))
            return api_bad_parameter(req, "price_point", price_point, "200 or 500");
    }
    if (parameters[2].value.at != NULL &&
        (!ask_instant(&as_of, parameters[2].value, now) || as_of > now))
        return api_bad_parameter(req, "as_of", parameters[2].value, ASK_ALLOWED_INSTANT);

    if (parameters[0].value.at != NULL || parameters[2].value.at != NULL ||
        !span_is(price_point, "200"))
        return ask_record(req, from, to, parameters[0].value.at == NULL ? NULL : period,
                          span_is(price_point, "200") ? "200" : "500", as_of);
    if (!market_table_loaded(context->markets))
        return api_unavailable(req, "The market has not been read yet.", 1);
    const struct market *market = market_table_find(context->markets, from, to);
    return reply_figures(req, from, to, market == NULL ? &none : &market->figures);
}
