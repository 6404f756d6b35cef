/*
 * Atom feeds (RFC 4287): a corridor's best offer as it changes, an operator's prices as they come.
 * Whoever follows one needs no account.
 *
 * What is hard is that a feed must say the same each time it is asked: an entry's name and date may
 * not move. So a day's best offer is found as the service knew it at that day's end, from the
 * record, and an entry is dated by the price it tells of.
 */
#include "server/api.h"
#include "server/web/amount.h"
#include "server/web/page.h"
#include "server/web/say.h"
#include "server/web/web.h"

#include "server/market_table.h"
#include "server/worker.h"

#include <corridor/instant.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define ATOM_LIMIT_MS 5000
#define BELOW_MOST    (INT64_C(100) * PERCENT_ONE)

/* Corridor, currencies, principal: the cheapest regular offer at the end of each of the last thirty
 * days, as known then; the last of them is now. A day before them shows whether the first of them
 * brought anything new. */
static const struct db_statement best_by_day = {
    "atom_best_by_day",
    "SELECT (extract(epoch FROM greatest(best.valid_from, best.recorded_at,"
    "  d.day::timestamp AT TIME ZONE 'UTC')) * 1000000)::bigint,"
    " best.id, best.operator, best.name, best.demonstration, best.pct,"
    " d.day = (now() AT TIME ZONE 'UTC')::date - 30"
    " FROM (SELECT day::date, least((day + interval '1 day')::timestamp AT TIME ZONE 'UTC'"
    "        - interval '1 microsecond', now()) AS at"
    "       FROM generate_series((now() AT TIME ZONE 'UTC')::date - 30,"
    "                            (now() AT TIME ZONE 'UTC')::date, interval '1 day') day) d"
    " CROSS JOIN LATERAL ("
    "  WITH rates AS MATERIALIZED (SELECT invented, r.rate FROM (VALUES (true), (false)) v "
    "(invented)"
    "   CROSS JOIN LATERAL corridor.reference_rate_at($2, $3, d.day, d.at, invented) r)"
    "  SELECT q.id, q.valid_from, q.recorded_at, op.id AS operator, op.name,"
    "   op.origin = 'demonstration' AS demonstration, cost.pct"
    "  FROM corridor.offers_at($1, d.at, d.at) q"
    "  JOIN corridor.service s ON s.id = q.service"
    "  JOIN corridor.operator op ON op.id = s.operator"
    "  JOIN rates ON rates.invented = (op.origin = 'demonstration')"
    "  CROSS JOIN LATERAL (SELECT corridor.tariff_cost_pct(q.tariff, $4::numeric,"
    "   q.send_currency::text, q.tax_pct, q.receive_fee, rates.rate) AS pct) cost"
    "  WHERE q.price = 'regular' AND q.valid_until > d.at AND q.send_currency = $2"
    "   AND q.receive_currency = $3 AND q.min <= $4::numeric"
    "   AND (q.max IS NULL OR q.max >= $4::numeric) AND cost.pct IS NOT NULL"
    "  ORDER BY cost.pct, op.name, q.id LIMIT 1) best"
    " ORDER BY d.day",
    4};

/* An operator's regular prices of the last thirty days, the latest first. */
static const struct db_statement prices_of = {
    "atom_prices_of",
    "SELECT (extract(epoch FROM q.recorded_at) * 1000000)::bigint, q.id, op.id, op.name,"
    " op.origin = 'demonstration', NULL, s.corridor, s.ref"
    " FROM corridor.operator op"
    " LEFT JOIN corridor.service s ON s.operator = op.id"
    " LEFT JOIN corridor.quote q ON q.service = s.id AND q.corridor = s.corridor"
    "  AND q.price = 'regular' AND q.recorded_at > now() - interval '30 days'"
    " WHERE op.id = $1 ORDER BY q.recorded_at DESC NULLS LAST, q.id DESC LIMIT 100",
    1};
enum {
    BEGAN,
    QUOTE,
    OPERATOR,
    NAME,
    DEMONSTRATION,
    PCT,
    BEFORE_ALL,            /* of a corridor's feed */
    CORRIDOR = BEFORE_ALL, /* of an operator's */
    SERVICE
};

struct follow {
    struct http_request *req;
    const struct language *language;
    const struct country *from; /* of a corridor's feed */
    const struct country *to;
    char address[96]; /* of the page it follows: "FR-SN", "operators/alpha" */
    char below_text[32];
    int64_t below; /* percent units; 0: every change */
    struct answer_asked asked;
};

/* ---- Writing ---- */

static void instant(struct html *h, int64_t value)
{
    char text[INSTANT_TEXT_MAX];
    (void)instant_print(text, sizeof(text), value);
    html_text(h, text);
}

static void page_address(struct html *h, const struct follow *follow)
{
    html_text(h, web_origin());
    html(h, "/");
    html_text(h, language_code(follow->language));
    html(h, "/");
    html_text(h, follow->address);
}

/* The feed's own address, which also is its name: it never changes. */
static void feed_address(struct html *h, const struct follow *follow)
{
    page_address(h, follow);
    html(h, "/feed.atom");
    if (follow->below != 0) {
        html(h, "?below=");
        html_text(h, follow->below_text);
    }
}

static void feed_open(struct html *h, const struct follow *follow, const char *name, bool invented,
                      int64_t updated)
{
    html(h, "<?xml version='1.0' encoding='utf-8'?>\n"
            "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='");
    html_text(h, language_code(follow->language));
    html(h, "'>\n<title>");
    if (follow->from == NULL)
        say_with(h, "Prices of {operator}", SAY_TEXT("operator", name));
    else if (follow->below == 0)
        say_with(h, "The best offer: {from} → {to}", SAY_COUNTRY("from", follow->from),
                 SAY_COUNTRY("to", follow->to));
    else
        say_with(h, "The best offer under {limit}: {from} → {to}",
                 SAY_PERCENT_SHORT("limit", follow->below, 4), SAY_COUNTRY("from", follow->from),
                 SAY_COUNTRY("to", follow->to));
    html(h, "</title>\n");
    if (invented) {
        html(h, "<subtitle>");
        say(h, "Demonstration: nothing here is real.");
        html(h, "</subtitle>\n");
    }
    html(h, "<id>");
    feed_address(h, follow);
    html(h, "</id>\n<updated>");
    instant(h, updated);
    html(h, "</updated>\n<author><name>Corridor</name></author>\n"
            "<link rel='self' type='application/atom+xml' href='");
    feed_address(h, follow);
    html(h, "'/>\n<link rel='alternate' type='text/html' href='");
    page_address(h, follow);
    html(h, "'/>\n");
}

static void entry_open(struct html *h, const struct follow *follow, const struct db_result *rows,
                       size_t row, int64_t began)
{
    html(h, "<entry>\n<id>");
    feed_address(h, follow);
    html(h, "#q");
    html_text(h, db_result_text(rows, row, QUOTE));
    html(h, "-");
    html_int(h, began / INSTANT_SECOND);
    html(h, "</id>\n<updated>");
    instant(h, began);
    html(h, "</updated>\n<title>");
}

static void best_entry(struct html *h, const struct follow *follow, const struct db_result *rows,
                       size_t row, int64_t began, int64_t percent)
{
    entry_open(h, follow, rows, row, began);
    say_with(h, "{operator}: {cost} of what is sent",
             SAY_TEXT("operator", db_result_text(rows, row, NAME)),
             SAY_PERCENT("cost", percent, 1));
    html(h, "</title>\n<link rel='alternate' type='text/html' href='");
    page_address(h, follow);
    html(h, "'/>\n<summary>");
    say_with(
        h, "{from} → {to}: the best offer is now that of {operator}. Fees and rate take {cost}.",
        SAY_COUNTRY("from", follow->from), SAY_COUNTRY("to", follow->to),
        SAY_TEXT("operator", db_result_text(rows, row, NAME)), SAY_PERCENT("cost", percent, 1));
    html(h, "</summary>\n</entry>\n");
}

static void price_entry(struct html *h, const struct follow *follow, const struct db_result *rows,
                        size_t row, int64_t began)
{
    struct span corridor = db_result_span(rows, row, CORRIDOR);
    const struct country *from;
    const struct country *to;
    if (!corridor_parse(corridor, &from, &to))
        return;
    entry_open(h, follow, rows, row, began);
    say_with(h, "New price: {from} → {to}", SAY_COUNTRY("from", from), SAY_COUNTRY("to", to));
    html(h, "</title>\n<link rel='alternate' type='text/html' href='");
    html_text(h, web_origin());
    html(h, "/");
    html_text(h, language_code(follow->language));
    html(h, "/");
    html_span(h, corridor);
    html(h, "'/>\n<summary>");
    say_with(h, "{operator} has a new price for its service {service}.",
             SAY_TEXT("operator", db_result_text(rows, row, NAME)),
             SAY_TEXT("service", db_result_text(rows, row, SERVICE)));
    html(h, "</summary>\n</entry>\n");
}

static void feed_send(struct html *h, const struct follow *follow)
{
    html(h, "</feed>\n");
    (void)answer_reply(
        follow->req, &follow->asked, &follow->asked.source,
        &(struct http_head){.status = 200, .content_type = "application/atom+xml; charset=utf-8"},
        h->out, INT64_MAX);
}

/* ---- A corridor ---- */

static bool begins(const struct follow *follow, const struct db_result *rows, size_t row,
                   int64_t percent, int64_t before)
{
    if (follow->below != 0)
        return percent < follow->below && before >= follow->below;
    return row == 0 ||
           strcmp(db_result_text(rows, row, QUOTE), db_result_text(rows, row - 1, QUOTE)) != 0;
}

static void corridor_done(const struct db_reply *reply, void *arg)
{
    struct follow *follow = arg;
    const struct db_result *rows = reply->result;
    struct {
        size_t row;
        int64_t began;
        int64_t percent;
    } entries[32];
    size_t count = 0;
    bool invented = false;
    int64_t before = INT64_MAX;
    if (reply->outcome != DB_OK) {
        (void)api_db_problem(follow->req, reply);
        goto out;
    }
    for (size_t i = 0; i < db_result_rows(rows) && count < COUNT_OF(entries); i++) {
        int64_t began;
        int64_t percent;
        if (!db_result_int64(rows, i, BEGAN, &began) ||
            !percent_parse(&percent, db_result_span(rows, i, PCT)))
            continue;
        if (!db_result_bool(rows, i, BEFORE_ALL) && begins(follow, rows, i, percent, before)) {
            entries[count].row = i;
            entries[count].began = began;
            entries[count++].percent = percent;
        }
        before = percent;
        invented |= db_result_bool(rows, i, DEMONSTRATION);
    }
    struct html h = {
        .out = http_out(follow->req), .language = follow->language, .words_only = true};
    /* Without an entry, nothing is newer than the first day looked at. */
    int64_t updated =
        count > 0 ? entries[count - 1].began : instant_day_end(instant_day(instant_now()) - 30) + 1;
    feed_open(&h, follow, "", invented, updated);
    while (count > 0) {
        count--;
        best_entry(&h, follow, rows, entries[count].row, entries[count].began,
                   entries[count].percent);
    }
    feed_send(&h, follow);
out:
    free(follow);
}

static enum http_result refused(struct http_request *req, struct follow *follow, struct span below)
{
    free(follow);
    return api_bad_parameter(req, "below", below, "a percentage above 0 and at most 100: 3");
}

/* A feed is asked for again and again by programs: what was answered a moment ago will do. */
static enum http_result ask_record(struct follow *follow, const struct db_statement *statement,
                                   const char *const *params, const struct market *market,
                                   db_reply_fn *done)
{
    struct http_request *req = follow->req;
    char key[ANSWER_KEY_MAX];
    int length = snprintf(key, sizeof(key), "atom/%s/%s?%s", language_code(follow->language),
                          follow->address, follow->below_text);
    answer_source(&follow->asked, req, market, instant_now());
    answer_key(&follow->asked, (struct span){key, (size_t)length});
    if (answer_kept(req, &follow->asked)) {
        free(follow);
        return HTTP_DONE;
    }
    if (db_query(worker_context(req)->db, statement, params, ATOM_LIMIT_MS, done, follow) == NULL) {
        free(follow);
        return api_unavailable(req, "The server is stopping.", 5);
    }
    return http_defer(req, NULL, NULL);
}

static struct follow *follow_new(struct http_request *req, const struct language *language)
{
    struct follow *follow = malloc(sizeof(*follow));
    if (follow != NULL)
        *follow = (struct follow){.req = req, .language = language};
    return follow;
}

enum http_result web_atom_corridor(struct http_request *req)
{
    struct api_parameter given[] = {{.name = "below"}};
    const struct language *language = page_language(req);
    const struct country *from;
    const struct country *to;
    if (language == NULL || !corridor_parse(http_param(req, "corridor"), &from, &to) ||
        from->currency == NULL || to->currency == NULL)
        return web_not_found(req);
    if (!api_parameters(req, given, COUNT_OF(given)))
        return HTTP_DONE;
    struct span below = given[0].value;
    struct follow *follow = follow_new(req, language);
    if (follow == NULL)
        return api_unavailable(req, "Memory is short.", 5);
    follow->from = from;
    follow->to = to;
    corridor_print(follow->address, from, to);
    if (below.at != NULL) {
        if (!percent_parse(&follow->below, below) || follow->below <= 0 ||
            follow->below > BELOW_MOST || below.len >= sizeof(follow->below_text))
            return refused(req, follow, below);
        memcpy(follow->below_text, below.at, below.len);
        follow->below_text[below.len] = '\0';
    }
    const char *params[] = {follow->address, from->currency->code, to->currency->code,
                            amount_usual(from->currency)};
    return ask_record(follow, &best_by_day, params,
                      market_table_find(worker_context(req)->markets, from, to), corridor_done);
}

/* ---- An operator ---- */

static void operator_done(const struct db_reply *reply, void *arg)
{
    struct follow *follow = arg;
    const struct db_result *rows = reply->result;
    int64_t began;
    if (reply->outcome != DB_OK) {
        (void)api_db_problem(follow->req, reply);
        goto out;
    }
    if (db_result_rows(rows) == 0) {
        (void)web_not_found(follow->req);
        goto out;
    }
    struct html h = {
        .out = http_out(follow->req), .language = follow->language, .words_only = true};
    if (!db_result_int64(rows, 0, BEGAN, &began))
        began = instant_day_end(instant_day(instant_now()) - 30) + 1;
    feed_open(&h, follow, db_result_text(rows, 0, NAME), db_result_bool(rows, 0, DEMONSTRATION),
              began);
    for (size_t i = 0; i < db_result_rows(rows); i++) {
        if (db_result_int64(rows, i, BEGAN, &began))
            price_entry(&h, follow, rows, i, began);
    }
    feed_send(&h, follow);
out:
    free(follow);
}

enum http_result web_atom_operator(struct http_request *req)
{
    const struct language *language = page_language(req);
    struct span id = http_param(req, "id");
    char slug[81]; /* the longest id there is, and its NUL */
    if (language == NULL || id.len == 0 || id.len >= sizeof(slug))
        return web_not_found(req);
    if (!api_parameters(req, NULL, 0))
        return HTTP_DONE;
    struct follow *follow = follow_new(req, language);
    if (follow == NULL)
        return api_unavailable(req, "Memory is short.", 5);
    memcpy(slug, id.at, id.len);
    slug[id.len] = '\0';
    (void)snprintf(follow->address, sizeof(follow->address), "operators/%s", slug);
    const char *params[] = {slug};
    return ask_record(follow, &prices_of, params, NULL, operator_done);
}
