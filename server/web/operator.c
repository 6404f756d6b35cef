/*
 * One firm: what it takes on every corridor it serves, beside the others there, and how old its
 * prices are. Every corridor is compared anew, by the same compare() that its own page asks, so
 * that the two cannot differ.
 */
#include "server/web/atlas.h"
#include "server/web/page.h"
#include "server/web/say.h"
#include "server/web/web.h"
#include "server/web/words.h"

#include "server/market_table.h"
#include "server/worker.h"

#include <corridor/db.h>

#include <stdio.h>
#include <stdlib.h>

#define ROWS_MAX 1024U
#define AGES_MAX 8192U /* the first so many prices stand for all */

/* A corridor as the firm serves it. */
struct row {
    const struct market *market;
    int64_t amount; /* what is handed over, in minor units of the offer's sending currency */
    const struct tariff *tariff; /* of its best offer there; NULL: none is ranked */
    struct cost cost;
    unsigned rank;
    size_t of;          /* offers in that order */
    int64_t survey_pct; /* its cheapest price in the survey in force; MARKET_PCT_NONE: none */
};

/* What the firm told when it registered, and what mystery shoppers found; the record has them. */
static const struct db_statement registered = {
    "operator_registered",
    "SELECT o.legal_name, o.licence_number, o.licence_register, m.*"
    " FROM corridor.operator o CROSS JOIN LATERAL corridor.shopped_summary(o.id) m"
    " WHERE o.id = $1",
    1};
enum {
    LEGAL_NAME,
    LICENCE_NUMBER,
    LICENCE_REGISTER,
    SHOPPED,
    SHOPPED_COMPARED,
    SHOPPED_GAP,
    SHOPPED_WITHIN
};
#define DETAILS_LIMIT_MS 2000

struct view {
    struct http_request *req;
    char address[160];
    struct answer_asked asked;
    const struct db_result *details; /* of `registered`; NULL: the record cannot be asked */
    const struct language *language;
    struct span id;
    const struct market_operator *firm;
    struct row rows[ROWS_MAX];
    size_t count;
    size_t offers; /* prices in force, and the ages of the newest and of the one in the middle */
    int64_t newest;
    int64_t middle;
    int64_t ages[AGES_MAX];
    int64_t until; /* the first instant at which something here changes */
};

static bool is_firm(const struct view *view, const struct market_operator *firm)
{
    return span_is(view->id, firm->id);
}

/* ---- One corridor ---- */

static bool serves(struct view *view, const struct market *market)
{
    for (size_t i = 0; i < market->operator_count; i++) {
        if (is_firm(view, market->operators[i])) {
            view->firm = market->operators[i];
            return true;
        }
    }
    return false;
}

static int64_t surveyed(const struct view *view, const struct market *market)
{
    int64_t best = MARKET_PCT_NONE;

    for (size_t i = 0; i < market->observation_count; i++) {
        const struct market_observation *seen = &market->observations[i];
        int64_t pct = seen->prices[MARKET_USD_200].total_cost_pct;

        if (is_firm(view, seen->firm) && seen->transparent && pct != MARKET_PCT_NONE &&
            (best == MARKET_PCT_NONE || pct < best))
            best = pct;
    }
    return best;
}

/* The usual amount, as the corridor's own page begins with. */
static bool ranked(struct row *row, const struct view *view, struct comparison *comparison,
                   int64_t now, int64_t *until)
{
    const struct market *market = row->market;
    const struct ask_parameter parameters[] = {
        {span_of("from"), span_of(market->from->iso2)},
        {span_of("to"), span_of(market->to->iso2)},
        {span_of("amount"),
         span_of(market->from->currency == NULL ? "200" : amount_usual(market->from->currency))},
    };
    struct ask_error error;
    struct ask ask;

    if (!ask_read(&ask, parameters, COUNT_OF(parameters), 0, now, &error) ||
        !ask_settle(&ask, market, &error))
        return false;
    compare(comparison, &ask, market);
    if (comparison->until < *until)
        *until = comparison->until;
    row->of = comparison->offer_count + comparison->offers_left_out;
    for (size_t i = 0; i < comparison->offer_count; i++) {
        const struct comparison_offer *offer = comparison->offers[i];

        if (!is_firm(view, offer->offer->firm))
            continue;
        row->amount = offer->cost.pays;
        row->tariff = offer->offer->tariff;
        row->cost = offer->cost;
        row->rank = offer->rank;
        return true;
    }
    return false;
}

static int by_age(const void *a, const void *b)
{
    const int64_t *left = a;
    const int64_t *right = b;

    return (*left > *right) - (*left < *right);
}

/* How old its prices in force are. */
static void ages(struct view *view, const struct market_table *markets, int64_t now)
{
    size_t total;
    const struct market *const *all = market_table_all(markets, &total);
    size_t count = 0;

    for (size_t i = 0; i < total; i++) {
        for (size_t o = 0; o < all[i]->offer_count && count < AGES_MAX; o++) {
            const struct market_offer *offer = &all[i]->offers[o];

            if (is_firm(view, offer->firm) && offer->valid_from <= now && now < offer->valid_until)
                view->ages[count++] = now - offer->collected_at;
        }
    }
    view->offers = count;
    if (count == 0)
        return;
    qsort(view->ages, count, sizeof(view->ages[0]), by_age);
    view->newest = view->ages[0];
    view->middle = view->ages[count / 2];
}

static int by_country(const void *a, const void *b, void *arg)
{
    const struct language *language = ((const struct view *)arg)->language;
    const struct row *left = a;
    const struct row *right = b;
    size_t l = atlas_rank(language, left->market->from);
    size_t r = atlas_rank(language, right->market->from);

    if (l == r) {
        l = atlas_rank(language, left->market->to);
        r = atlas_rank(language, right->market->to);
    }
    return (l > r) - (l < r);
}

static void gather(struct view *view, struct worker_context *worker, int64_t now)
{
    size_t total;
    const struct market *const *all = market_table_all(worker->markets, &total);

    for (size_t i = 0; i < total && view->count < ROWS_MAX; i++) {
        struct row *row = &view->rows[view->count];

        if (!serves(view, all[i]))
            continue;
        *row = (struct row){.market = all[i], .survey_pct = surveyed(view, all[i])};
        if (ranked(row, view, &worker->comparison, now, &view->until) ||
            row->survey_pct != MARKET_PCT_NONE)
            view->count++;
    }
    qsort_r(view->rows, view->count, sizeof(view->rows[0]), by_country, view);
    ages(view, worker->markets, now);
}

/* ---- The page ---- */

static void title(struct html *h, const void *about)
{
    const struct view *view = about;

    html_text(h, view->firm->name);
}

static void description(struct html *h, const void *about)
{
    const struct view *view = about;

    say_with(h, "What {company} takes for sending money, corridor by corridor.",
             SAY_TEXT("company", view->firm->name));
}

static void licence(struct html *h, const struct db_result *details)
{
    html(h, "<div><dt>");
    say(h, "Its name in law");
    html(h, "</dt><dd><bdi>");
    html_text(h, db_result_text(details, 0, LEGAL_NAME));
    html(h, "</bdi></dd></div>\n<div><dt>");
    say(h, "Licence");
    html(h, "</dt><dd><bdi>");
    html_text(h, db_result_text(details, 0, LICENCE_NUMBER));
    html(h, "</bdi> (<bdi>");
    html_text(h, db_result_text(details, 0, LICENCE_REGISTER));
    html(h, "</bdi>)</dd></div>\n");
}

/* Declared against found (sql/0025-shopped.sql). */
static void shopped(struct html *h, const struct db_result *details)
{
    int64_t compared = 0;
    int64_t gap;
    int64_t within;

    if (!db_result_int64(details, 0, SHOPPED_COMPARED, &compared) || compared == 0 ||
        !percent_parse(&gap, db_result_span(details, 0, SHOPPED_GAP)) ||
        !percent_parse(&within, db_result_span(details, 0, SHOPPED_WITHIN)))
        return;
    html(h, "<p class='note'>");
    say_n(h, (uint64_t)compared, "{n} transfer was tried by somebody who did not say so.",
          "{n} transfers were tried by somebody who did not say so.");
    html(h, " ");
    say_with(h,
             "Against the price it had told, {gap} of the amount was missing in the middle case; "
             "{share} were as told, within half a percent.",
             SAY_PERCENT("gap", gap, 2), SAY_PERCENT("share", within, 0));
    html(h, "</p>\n");
}

static void facts(struct html *h, const struct view *view)
{
    html(h, "<dl class='sum facts'>\n<div><dt>");
    say(h, "Kind of company");
    html(h, "</dt><dd>");
    say(h, words_firm(view->firm->type));
    html(h, "</dd></div>\n");
    if (view->firm->country != NULL) {
        html(h, "<div><dt>");
        say(h, "Its country");
        html(h, "</dt><dd>");
        html_country(h, view->firm->country);
        html(h, "</dd></div>\n");
    }
    if (view->offers > 0) {
        html(h, "<div><dt>");
        say(h, "Prices in force");
        html(h, "</dt><dd>");
        html_number(h, (int64_t)view->offers);
        html(h, "</dd></div>\n<div><dt>");
        say(h, "Its newest price was found");
        html(h, "</dt><dd>");
        words_age(h, view->newest / INSTANT_SECOND);
        html(h, "</dd></div>\n<div><dt>");
        say(h, "Half of its prices are");
        html(h, "</dt><dd>");
        words_within(h, view->middle / INSTANT_SECOND);
        html(h, "</dd></div>\n");
    }
    if (view->details != NULL && db_result_text(view->details, 0, LICENCE_NUMBER) != NULL)
        licence(h, view->details);
    html(h, "</dl>\n");
    if (view->details != NULL)
        shopped(h, view->details);
}

static void corridor(struct html *h, const struct row *row, bool surveyed)
{
    html(h, "<tr>\n<th scope='row'><a href='../");
    html_text(h, row->market->id);
    html(h, "'>");
    html_country(h, row->market->from);
    html_arrow(h);
    html_country(h, row->market->to);
    html(h, "</a>");
    if (row->tariff != NULL) {
        html(h, " <small>");
        say_with(h, "Of {paid}, {received} arrives.",
                 SAY_MONEY_SHORT("paid", row->amount, row->tariff->send),
                 SAY_MONEY("received", row->cost.receives, row->tariff->receive));
        html(h, "</small>");
    }
    html(h, "</th>\n<td>");
    if (row->tariff != NULL)
        html_percent(h, row->cost.cost_share_pct, 1);
    else
        html(h, "–");
    html(h, "</td>\n<td>");
    if (row->tariff != NULL)
        say_with(h, "{rank} of {all}", SAY_NUMBER("rank", row->rank),
                 SAY_NUMBER("all", (int64_t)row->of));
    else
        html(h, "–");
    if (surveyed) {
        html(h, "</td>\n<td>");
        if (row->survey_pct != MARKET_PCT_NONE)
            html_percent(h, row->survey_pct, 1);
        else
            html(h, "–");
    }
    html(h, "</td>\n</tr>\n");
}

static void corridors(struct html *h, const struct view *view)
{
    bool found = false; /* by a survey */
    bool dash = false;

    for (size_t i = 0; i < view->count; i++)
        found = found || view->rows[i].survey_pct != MARKET_PCT_NONE;
    for (size_t i = 0; i < view->count; i++)
        dash = dash || view->rows[i].tariff == NULL ||
               (found && view->rows[i].survey_pct == MARKET_PCT_NONE);
    html(h, "<section aria-labelledby='corridors'>\n<h2 id='corridors'>");
    say(h, "What it takes, corridor by corridor");
    html(h, "</h2>\n<p class='note'>");
    say(h, "Its best offer on each corridor for a usual amount: the share that fees and rate take, "
           "and its place among all offers.");
    if (found) {
        html(h, " ");
        say(h, "A survey’s price was found for 200 US dollars.");
    }
    if (dash) {
        html(h, " ");
        say(h, "A dash (–): no price of today, or none in a survey.");
    }
    html(h, "</p>\n<table class='prices'>\n<thead>\n<tr>\n<th scope='col'>");
    say(h, "Corridor");
    html(h, "</th>\n<th scope='col'>");
    say(h, "Cost");
    html(h, "</th>\n<th scope='col'>");
    say(h, "Place");
    if (found) {
        html(h, "</th>\n<th scope='col'>");
        say(h, "Survey");
    }
    html(h, "</th>\n</tr>\n</thead>\n<tbody>\n");
    for (size_t i = 0; i < view->count; i++)
        corridor(h, &view->rows[i], found);
    html(h, "</tbody>\n</table>\n</section>\n");
}

static void body(struct html *h, const void *about)
{
    const struct view *view = about;

    html(h, "<p class='back'><a href='../operators'>");
    say(h, "All companies");
    html(h, "</a></p>\n<h1><bdi>");
    html_text(h, view->firm->name);
    html(h, "</bdi></h1>\n");
    if (view->firm->demonstration) {
        html(h, "<p><span class='mark'>");
        say(h, "not real");
        html(h, "</span></p>\n");
    }
    facts(h, view);
    if (view->count > 0) {
        corridors(h, view);
    } else {
        html(h, "<p>");
        say(h, "None of its prices can be compared today.");
        html(h, "</p>\n");
    }
    html(h, "<p class='about'><a href='");
    html_url(h, view->id);
    html(h, "/feed.atom'>");
    say(h, "Follow its prices without an account");
    html(h, "</a>\u00a0(Atom)</p>\n");
}

/* Looks for the firm in every corridor; NULL where none knows it. */
static bool known(struct view *view, const struct market_table *markets)
{
    size_t total;
    const struct market *const *all = market_table_all(markets, &total);

    for (size_t i = 0; i < total; i++) {
        if (serves(view, all[i]))
            return true;
    }
    return false;
}

static void reply(struct view *view)
{
    struct worker_context *worker = worker_context(view->req);

    view->until = INSTANT_NEVER;
    gather(view, worker, view->asked.now);
    (void)page_reply(view->req, view->language,
                     &(struct page){.status = 200,
                                    .address = view->address,
                                    .followed = true,
                                    .indexed = true,
                                    .demonstration = view->firm->demonstration,
                                    .asked = &view->asked,
                                    .source = {.market = market_table_version(worker->markets)},
                                    .until = view->until,
                                    .view = view,
                                    .title = title,
                                    .description = description,
                                    .main = body});
    free(view);
}

/* The markets are looked through now: those of when it was asked may be gone. */
static void details_read(const struct db_reply *answer, void *arg)
{
    struct view *view = arg;

    if (answer->outcome == DB_OK && db_result_rows(answer->result) == 1)
        view->details = answer->result;
    if (known(view, worker_context(view->req)->markets)) {
        reply(view);
        return;
    }
    (void)web_not_found(view->req);
    free(view);
}

enum http_result web_operator(struct http_request *req)
{
    const struct language *language = page_language(req);
    struct worker_context *worker = worker_context(req);
    struct span id = http_param(req, "id");
    struct view *view;

    if (language == NULL || id.len > 128)
        return web_not_found(req);
    if (!market_table_loaded(worker->markets))
        return page_not_ready(req, language);
    view = calloc(1, sizeof(*view));
    if (view == NULL)
        return page_not_ready(req, language);
    view->req = req;
    view->language = language;
    view->id = id;
    snprintf(view->address, sizeof(view->address), "operators/%.*s", (int)id.len, id.at);
    answer_source(&view->asked, req, NULL, instant_now());
    page_key(&view->asked, req, language, view->address, NULL);
    if (answer_kept(req, &view->asked)) {
        free(view);
        return HTTP_DONE;
    }
    if (!known(view, worker->markets)) {
        free(view);
        return web_not_found(req);
    }
    const char *params[] = {view->address + strlen("operators/")};
    if (db_query(worker->db, &registered, params, DETAILS_LIMIT_MS, details_read, view) == NULL) {
        free(view);
        return page_not_ready(req, language);
    }
    return http_defer(req, NULL, NULL);
}
