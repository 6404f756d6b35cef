/*
 * The corridor's page: the question, the best answer, then everything else. It shows what compare()
 * gives and reckons nothing itself, so that page and /v1/compare cannot differ.
 */
#include "server/web/corridor_charts.h"
#include "server/web/corridors.h"
#include "server/web/embed.h"
#include "server/web/filters.h"
#include "server/web/form.h"
#include "server/web/offer.h"
#include "server/web/others.h"
#include "server/web/page.h"
#include "server/web/say.h"
#include "server/web/share.h"
#include "server/web/web.h"
#include "server/web/words.h"

#include "server/worker.h"

struct view {
    const struct country *from;
    const struct country *to;
    char id[6];
    struct question question;
    struct form form;
    const struct market_table *markets;
    struct offer_texts *texts;
    const struct market *market;         /* NULL: nothing is known of the corridor */
    const struct comparison *comparison; /* NULL: the question has an error */
    struct ask_error error;
};

static void arrow(struct html *h, const struct view *view)
{
    html_country(h, view->from);
    html_arrow(h);
    html_country(h, view->to);
}

static void title(struct html *h, const void *about)
{
    const struct view *view = about;

    say_with(h, "Send money: {from} → {to}", SAY_COUNTRY("from", view->from),
             SAY_COUNTRY("to", view->to));
}

static void description(struct html *h, const void *about)
{
    const struct view *view = about;

    say_with(h,
             "What arrives, and what it really costs: all fees and rates compared, {from} → {to}.",
             SAY_COUNTRY("from", view->from), SAY_COUNTRY("to", view->to));
}

/* ---- The answer ---- */

static void emptiness(struct html *h, const struct view *view)
{
    const struct comparison *comparison = view->comparison;

    html(h, "<div class='empty'>\n<p>");
    switch (comparison->emptiness) {
    case EMPTY_FILTERED:
        say(h, "No offer fits this choice.");
        break;
    case EMPTY_NOT_COMPARED:
        say(h, "No offer can be compared for this amount. The reasons are below.");
        break;
    case EMPTY_NO_LIVE_OFFERS:
        if (comparison->observation_count > 0)
            say(h, "Nobody tells us today’s prices for this corridor. There are prices from a "
                   "survey below.");
        else
            say(h, "Nobody tells us today’s prices for this corridor.");
        break;
    default:
        say_with(h, "We have no prices for {from} → {to} yet.", SAY_COUNTRY("from", view->from),
                 SAY_COUNTRY("to", view->to));
        break;
    }
    html(h, "</p>\n");
    if (comparison->emptiness == EMPTY_NO_LIVE_OFFERS && comparison->observation_count == 0 &&
        view->market->latest_survey[0] != '\0') {
        html(h, "<p>");
        say_with(h, "The last survey was {period}: too long ago to compare.",
                 SAY_PERIOD("period", view->market->latest_survey));
        html(h, "</p>\n");
    }
    if (comparison->emptiness == EMPTY_FILTERED)
        filters_undo(h, view->id, &view->question);
    html(h, "</div>\n");
}

static void best(struct html *h, const struct view *view)
{
    const struct comparison *comparison = view->comparison;

    html(h, "<section class='answer' aria-labelledby='best'>\n<h2 id='best'>");
    say(h, comparison->offer_count > 0 ? MESSAGE("Best offer") : MESSAGE("No offer"));
    html(h, "</h2>\n");
    if (comparison->offer_count > 0)
        offer_card(h, view->texts, comparison, comparison->offers[0]);
    else
        emptiness(h, view);
    html(h, "\n</section>\n");
}

static void order(struct html *h, enum basis basis)
{
    if (basis == BASIS_ALL_IN)
        say(h, "In order of what arrives, and nothing else.");
    else if (basis == BASIS_RECEIVE)
        say(h, "In order of what you pay, and nothing else.");
    else
        say(h, "In order of total cost, and nothing else.");
}

static void rest(struct html *h, const struct view *view)
{
    const struct comparison *comparison = view->comparison;

    if (comparison->offer_count < 2)
        return;
    html(h, "<section class='rest' aria-labelledby='rest'>\n<h2 id='rest'>");
    say_n(h, comparison->offer_count - 1, "{n} other offer", "{n} other offers");
    html(h, "</h2>\n");
    if (comparison->offer_count > 2) {
        html(h, "<p class='note'>");
        order(h, comparison->ask.basis);
        html(h, "</p>\n");
    }
    html(h, "<ol start='2'>\n");
    for (size_t i = 1; i < comparison->offer_count; i++) {
        html(h, "<li>");
        offer_card(h, view->texts, comparison, comparison->offers[i]);
        html(h, "</li>\n");
    }
    html(h, "</ol>\n");
    if (comparison->offers_left_out > 0) {
        html(h, "<p class='note'>");
        say_n(h, comparison->offers_left_out, "{n} offer that costs more is not shown.",
              "{n} offers that cost more are not shown.");
        html(h, "</p>\n");
    }
    html(h, "</section>\n");
}

/* The age of what is shown, and the same answer for programs. */
static void about(struct html *h, const struct view *view)
{
    const struct comparison *comparison = view->comparison;
    int64_t newest = INT64_MIN;
    struct question question = view->question;

    for (size_t i = 0; i < comparison->offer_count; i++) {
        if (comparison->offers[i]->offer->collected_at > newest)
            newest = comparison->offers[i]->offer->collected_at;
    }
    html(h, "<div class='beside'>\n<p class='about'>");
    if (newest != INT64_MIN) {
        say(h, "The newest price here was found");
        html(h, " ");
        words_age(h, (comparison->ask.at - newest) / INSTANT_SECOND);
        html_stop(h);
    }
    html(h, "<a href='/v1/compare");
    question_set(&question, "from", span_of(view->from->iso2));
    question_set(&question, "to", span_of(view->to->iso2));
    question_link(h, &question, NULL, NULL);
    html(h, "'>");
    say(h, "This answer as data (JSON)");
    html(h, "</a></p>\n");
    if (view->market != NULL && view->market->figures.period[0] != '\0') {
        html(h, "<p class='about'><a href='/v1/reports/services.csv?period=");
        html_text(h, view->market->figures.period);
        html(h, "'>");
        say_with(h, "All services of all corridors, {period} (CSV)",
                 SAY_PERIOD("period", view->market->figures.period));
        html(h, "</a></p>\n");
    }
    html(h, "<p class='about'>");
    say(h, "Follow this corridor without an account:");
    html(h, " <a href='");
    html_text(h, view->id);
    html(h, "/feed.atom'>");
    say(h, "every new best offer");
    html(h, "</a>");
    html_comma(h);
    html(h, "<a href='");
    html_text(h, view->id);
    html(h, "/feed.atom?below=3'>");
    say_with(h, "only below {limit}", SAY_PERCENT_SHORT("limit", 3 * PERCENT_ONE, 0));
    html(h, "</a>\u00a0(Atom)</p>\n<p class='about'><a href='");
    html_text(h, view->id);
    html(h, "/community'>");
    say(h, "What senders say about this");
    html(h, "</a>");
    if (view->market != NULL) { /* a corridor that nobody serves has no report */
        html(h, " · <a href='reports/");
        html_text(h, view->id);
        html(h, "'>");
        say(h, "Report for offices and researchers");
        html(h, "</a>");
    }
    html(h, "</p>\n");
    if (comparison->offer_count > 0)
        embed_offer(h, view->from, view->to);
    html(h, "</div>\n");
}

static void elsewhere(struct html *h, const struct view *view)
{
    if (view->comparison->offer_count > 0)
        return;
    corridors_section(h, view->markets, view->from, NULL, view->id);
    corridors_section(h, view->markets, NULL, view->to, view->id);
}

static void body(struct html *h, const void *about_view)
{
    const struct view *view = about_view;
    const struct comparison *comparison = view->comparison;

    html(h, "<p id='said' class='hidden' role='status'></p>\n<h1>");
    arrow(h, view);
    html(h, "</h1>\n");
    if (view->form.error != NULL)
        form_error_summary(h, &view->form);
    html(h, "<div class='layout'>\n<div class='ask'>\n");
    form_write(h, &view->form);
    if (comparison != NULL)
        filters_write(h, &view->question, comparison);
    html(h, "</div>\n");
    if (comparison != NULL) {
        best(h, view);
        html(h, "<div class='more'>\n");
        rest(h, view);
        others_beyond(h, comparison);
        offer_words(h, comparison);
        corridor_charts_offers(h, comparison);
        others_not_compared(h, comparison);
        others_surveyed(h, comparison);
        if (view->market != NULL)
            others_standing(h, view->market, comparison->ask.on);
        corridor_charts_history(h, view->id);
        elsewhere(h, view);
        share_write(h, view->id, &view->question);
        about(h, view);
        html(h, "</div>\n");
    }
    html(h, "</div>\n");
}

/* ---- Reading the request ---- */

/* The currency that a parameter names, or else the country's own. */
static const struct currency *currency_asked(const struct question *question, const char *name,
                                             const struct country *country)
{
    const struct currency *currency = currency_find(question_value(question, name));

    return currency != NULL ? currency : country->currency;
}

/* An amount to begin with, in the currency that the question means. */
static void usual_amount(struct view *view)
{
    struct question *q = &view->question;
    bool receive = span_is(question_value(q, "basis"), "receive");

    if (question_value(q, "amount").len == 0)
        question_set(q, "amount",
                     span_of(amount_usual(receive ? view->form.receive : view->form.send)));
}

/* Answers the question into the worker's comparison, or leaves what is wrong with it in
 * view->error. */
static void answer(struct view *view, struct worker_context *worker, int64_t now)
{
    struct ask_parameter parameters[ASK_PARAMETERS_MAX];
    size_t count = 0;
    struct ask ask;

    question_set(&view->question, "from", span_of(view->from->iso2));
    question_set(&view->question, "to", span_of(view->to->iso2));
    for (; count < view->question.count; count++)
        parameters[count] = view->question.parameters[count];
    if (ask_read(&ask, parameters, count, ASK_FORM | ASK_TYPED, now, &view->error) &&
        ask_settle(&ask, view->market, &view->error)) {
        compare(&worker->comparison, &ask, view->market);
        view->comparison = &worker->comparison;
        view->form.send = ask.currency;
        view->form.receive = ask.receive_currency;
    } else {
        view->form.error = &view->error;
    }
    question_unset(&view->question, "from");
    question_unset(&view->question, "to");
}

/* True when anything on the page is invented, also in the lists that lead on from it. */
static bool demonstration(const struct view *view)
{
    if (view->market != NULL && market_invented(view->market))
        return true;
    if (corridor_charts_history_invented(view->id))
        return true;
    return view->comparison != NULL &&
           (view->comparison->demonstration ||
            (view->comparison->offer_count == 0 && corridors_invented(view->markets)));
}

enum http_result web_corridor(struct http_request *req)
{
    const struct language *language = page_language(req);
    struct worker_context *worker = worker_context(req);
    struct view view = {.markets = worker->markets, .texts = worker->texts};
    struct answer_asked asked;

    if (language == NULL || !corridor_parse(http_param(req, "corridor"), &view.from, &view.to) ||
        view.from->currency == NULL || view.to->currency == NULL)
        return web_not_found(req);
    if (!market_table_loaded(worker->markets))
        return page_not_ready(req, language);
    corridor_print(view.id, view.from, view.to);
    question_read(&view.question, req);
    question_amount(&view.question, language, view.from, view.to);
    /* Another spelling ("fr-sn", "FRASEN") leads to the corridor's one address. */
    if (!span_is(http_param(req, "corridor"), view.id))
        return page_lead_on(req, language, 308, view.id, &view.question);
    view.form = (struct form){
        .question = &view.question,
        .from = view.from,
        .to = view.to,
        .send = currency_asked(&view.question, "currency", view.from),
        .receive = currency_asked(&view.question, "receive_currency", view.to),
        .basis = true,
    };
    usual_amount(&view);
    view.market = market_table_find(view.markets, view.from, view.to);
    answer_source(&asked, req, view.market, instant_now());
    page_key(&asked, req, language, view.id, &view.question);
    if (answer_kept(req, &asked))
        return HTTP_DONE;
    answer(&view, worker, asked.now);
    /* A page without offers shows other corridors. */
    struct answer_source source = asked.source;
    if (view.comparison != NULL && view.comparison->offer_count > 0)
        source.market = 0;
    form_countries(&view.form, view.markets);
    return page_reply(
        req, language,
        &(struct page){
            .status = view.comparison != NULL ? 200 : ask_fault_status(view.error.fault),
            .address = view.id,
            .question = &view.question,
            .followed = true,
            .script = true,
            .indexed = view.comparison != NULL && !filters_active(&view.comparison->ask),
            .demonstration = demonstration(&view),
            .fault = view.comparison == NULL,
            .asked = &asked,
            .source = source,
            .until = view.comparison == NULL ? 0 : view.comparison->until,
            .view = &view,
            .title = title,
            .description = description,
            .main = body,
        });
}
