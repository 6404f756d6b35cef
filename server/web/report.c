/*
 * The regulator's report of a corridor in one quarter: one sheet of paper with the figures, who is
 * dear and who is cheap, the definitions, and how to reckon it all again. Everything comes from the
 * record's own functions; nothing is reckoned here.
 */
#include "server/web/report.h"
#include "server/web/page.h"
#include "server/web/point.h"
#include "server/web/say.h"
#include "server/web/web.h"
#include "server/web/words.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- The sheet ---- */

static void title(struct html *h, const void *about)
{
    const struct report *report = about;

    say_with(h, "Report: {from} → {to}", SAY_COUNTRY("from", report->from),
             SAY_COUNTRY("to", report->to));
}

/* A quarter as a number that grows by one. */
static int number_of(const char *period)
{
    int year = (period[0] - '0') * 1000 + (period[1] - '0') * 100 + (period[2] - '0') * 10 +
               (period[3] - '0');

    return year * 4 + (period[6] - '1');
}

static const struct report_quarter *before(const struct report *report, int quarters)
{
    int number = number_of(report->quarter->period) - quarters;

    for (size_t i = 0; i < report->quarter_count; i++) {
        if (number_of(report->quarters[i].period) == number)
            return &report->quarters[i];
    }
    return NULL;
}

static void term(struct html *h, const char *english)
{
    html(h, "<div><dt>");
    say(h, english);
    html(h, "</dt><dd>");
}

static void term_end(struct html *h)
{
    html(h, "</dd></div>\n");
}

static void was(struct html *h, const char *english, const struct report_quarter *then)
{
    term(h, english);
    if (then == NULL)
        say(h, "no figures of that quarter");
    else
        report_percent(h, then->average);
    term_end(h);
}

static void money(struct html *h, int64_t dollars)
{
    if (dollars == INT64_MIN)
        say(h, "not known");
    else
        html_money_short(h, dollars * 100, currency_find(span_of("USD")));
}

static void key_figures(struct html *h, const struct report *report)
{
    const struct report_quarter *q = report->quarter;

    html(h, "<dl class='sum facts'>\n");
    term(h, MESSAGE("Average cost"));
    html(h, "<strong>");
    report_percent(h, q->average);
    html(h, "</strong> – ");
    say(h, q->meets  ? MESSAGE("meets the goal of SDG\u00a010.c")
           : q->near ? MESSAGE("near the goal of SDG\u00a010.c")
                     : MESSAGE("must fall to meet SDG\u00a010.c"));
    term_end(h);
    term(h, MESSAGE("The three cheapest good services (SmaRT)"));
    if (q->smart == CHART_NONE)
        say(h, "fewer than three are good enough");
    else
        report_percent(h, q->smart);
    term_end(h);
    term(h, MESSAGE("Middle (median)"));
    report_percent(h, q->median);
    term_end(h);
    term(h, MESSAGE("Cheapest and most expensive"));
    report_percent(h, q->best);
    html(h, " – ");
    report_percent(h, q->worst);
    term_end(h);
    was(h, MESSAGE("Average one quarter before"), before(report, 1));
    was(h, MESSAGE("Average one year before"), before(report, 4));
    term(h, MESSAGE("Services counted"));
    html_number(h, q->services);
    term_end(h);
    term(h, MESSAGE("Companies"));
    html_number(h, q->operators);
    term_end(h);
    term(h, MESSAGE("Not transparent, so not counted"));
    html_count(h, q->not_transparent + report->hidden);
    term_end(h);
    term(h, MESSAGE("Sent in a year"));
    money(h, report->flow_usd);
    term_end(h);
    term(h, MESSAGE("Lost in a year by costs above the goal"));
    money(h, report->flow_usd == INT64_MIN ? INT64_MIN : report->at_stake);
    term_end(h);
    html(h, "</dl>\n");
    if (report->flow_usd == INT64_MIN) {
        html(h, "<p class='note'>");
        say(h, "We have no figure for how much money is sent here in a year, so we cannot say how "
               "much is lost.");
        html(h, "</p>\n");
    }
    if (q->services < 3) {
        html(h, "<p class='note'>");
        say(h, "Fewer than three services: these figures say little.");
        html(h, "</p>\n");
    }
}

/* ---- How it was made ---- */

static void query(struct html *h, const struct report *report)
{
    char known_at[INSTANT_TEXT_MAX];
    char then[OBSERVATORY_QUERY_MAX];

    (void)instant_print(known_at, sizeof(known_at), report->quarter->known_at);
    observatory_ask_print(then, &(struct observatory_ask){.as_of = report->quarter->known_at,
                                                          .price_point = report->ask.price_point});
    html(h, "<section aria-labelledby='again'>\n<h2 id='again'>");
    say(h, "How these figures are made, and how to make them again");
    html(h, "</h2>\n<p>");
    say_with(h,
             "Cost: all fees and the exchange rate margin, in percent of the amount that is "
             "exchanged, for {amount} US dollars. Average: over all transparent services at "
             "their regular price. SmaRT: the three cheapest that arrive within five days and "
             "can be reached.",
             SAY_NUMBER("amount", report->ask.price_point));
    html(h, " <a href='/");
    html_text(h, language_code(h->language));
    html(h, "/methodology'>");
    say(h, "How we count");
    html(h, "</a></p>\n<pre dir='ltr'><code>SELECT * FROM corridor.corridor_figures('");
    html_text(h, report->id);
    html(h, "', '");
    html_text(h, report->quarter->period);
    html(h, "', ");
    html_int(h, report->ask.price_point);
    html(h, ", '");
    html_text(h, known_at);
    html(h, "');</code></pre>\n<p class='about'><a href='/v1/reports/services.csv?period=");
    html_text(h, report->quarter->period);
    html(h, "&amp;as_of=");
    html_text(h, known_at);
    html(h, "'>");
    say(h, "Every service of this quarter (CSV)");
    html(h, "</a> · <a href='/v1/corridors/");
    html_text(h, report->id);
    html(h, "?period=");
    html_text(h, report->quarter->period);
    html_text(h, then);
    html(h, "'>");
    say(h, "This corridor as data (JSON)");
    html(h, "</a></p>\n</section>\n");
}

static void other_quarters(struct html *h, const struct report *report)
{
    if (report->quarter_count == 0)
        return;
    html(h, "<form class='quarter screen' action='");
    html_text(h, report->id);
    html(h, "'>\n<label for='period'>");
    say(h, "Quarter");
    html(h, "</label>\n<select id='period' name='period'>\n");
    for (size_t i = report->quarter_count; i-- > 0;) {
        html(h, "<option value='");
        html_text(h, report->quarters[i].period);
        if (report->quarter == &report->quarters[i])
            html(h, "' selected>");
        else
            html(h, "'>");
        say_period_short(h, span_of(report->quarters[i].period));
        html(h, "</option>\n");
    }
    html(h, "</select>\n");
    point_hidden(h, &report->ask);
    html(h, "<button class='button' type='submit'>");
    say(h, "Show");
    html(h, "</button>\n</form>\n");
}

static void amount(struct html *h, const struct report *report)
{
    struct observatory_ask other;
    char rest[OBSERVATORY_QUERY_MAX];

    point_begin(h, &report->ask, &other);
    observatory_ask_print(rest, &other);
    html_text(h, report->id);
    html(h, "?period=");
    html_text(h, report->quarter->period);
    html_text(h, rest);
    point_end(h, &other);
}

static void nothing(struct html *h, const struct report *report)
{
    html(h, "<p>");
    if (report->unknown.at != NULL)
        say_with(h, "We do not know this choice: {typed}", SAY_SPAN("typed", report->unknown));
    else
        say(h, "There are no figures of this corridor in this quarter.");
    html(h, "</p>\n");
    other_quarters(h, report);
    html(h, "<p><a href='../observatory'>");
    say(h, "Prices in the world");
    html(h, "</a></p>\n");
}

static void body(struct html *h, const void *about)
{
    const struct report *report = about;

    html(h, "<div class='observatory report'>\n<h1>");
    html_country(h, report->from);
    html_arrow(h);
    html_country(h, report->to);
    html(h, "</h1>\n");
    if (report->quarter == NULL) {
        nothing(h, report);
        html(h, "</div>\n");
        return;
    }
    html(h, "<p class='lead'>");
    say(h, "What sending money costs");
    html(h, " – ");
    say_period(h, span_of(report->quarter->period));
    html(h, "</p>\n");
    other_quarters(h, report);
    point_provisional(h, report->provisional);
    amount(h, report);
    key_figures(h, report);
    report_charts(h, report);
    report_services(h, report);
    query(h, report);
    html(h, "</div>\n");
}

static void reply(struct report *report, int status)
{
    (void)page_reply(report->req, report->language,
                     &(struct page){.status = status,
                                    .address = report->address,
                                    .indexed = status == 200 && report->ask.period[0] == '\0',
                                    .demonstration = report->invented,
                                    .fault = status >= 400,
                                    .view = report,
                                    .title = title,
                                    .main = body});
    free(report);
}

static void answer(struct report *report, bool read)
{
    if (!read) {
        (void)page_not_ready(report->req, report->language);
        free(report);
        return;
    }
    /* The world's latest quarter may lack a corridor that has figures: show its own latest. */
    if (report->quarter == NULL && report->ask.period[0] == '\0' && report->quarter_count > 0) {
        struct out location;
        char rest[OBSERVATORY_QUERY_MAX];

        observatory_ask_print(rest,
                              &(struct observatory_ask){.as_of = report->ask.as_of,
                                                        .price_point = report->ask.price_point});
        out_init(&location, 256);
        out_printf(&location, "/%s/%s?period=%s%s", language_code(report->language),
                   report->address, report->quarters[report->quarter_count - 1].period, rest);
        out_char(&location, '\0');
        (void)http_redirect(report->req, 307, out_failed(&location) ? "/" : location.at);
        out_free(&location);
        free(report);
        return;
    }
    reply(report, report->quarter == NULL ? 404 : 200);
}

enum http_result web_report(struct http_request *req)
{
    struct ask_parameter parameters[ASK_PARAMETERS_MAX];
    const struct language *language = page_language(req);
    struct observatory_fault fault;
    struct observatory_ask ask;
    const struct country *from;
    const struct country *to;

    if (language == NULL || !corridor_parse(http_param(req, "corridor"), &from, &to))
        return web_not_found(req);
    struct report *report = calloc(1, sizeof(*report));
    if (report == NULL)
        return page_not_ready(req, language);
    report->req = req;
    report->language = language;
    report->from = from;
    report->to = to;
    report->flow_usd = INT64_MIN;
    report->ask = (struct observatory_ask){.as_of = INSTANT_NEVER, .price_point = 200};
    corridor_print(report->id, from, to);
    (void)snprintf(report->address, sizeof(report->address), "reports/%s", report->id);
    if (!observatory_ask_read(&ask, parameters, ask_parameters(parameters, req), instant_now(),
                              &fault)) {
        report->unknown = fault.received.at == NULL ? span_of("") : fault.received;
        reply(report, 400);
        return HTTP_DONE;
    }
    /* What a corridor's report has no use for is not carried on. */
    report->ask = (struct observatory_ask){.as_of = ask.as_of, .price_point = ask.price_point};
    memcpy(report->ask.period, ask.period, sizeof(report->ask.period));
    if (!report_read(report, answer)) {
        free(report);
        return page_not_ready(req, language);
    }
    return http_defer(req, NULL, NULL);
}
