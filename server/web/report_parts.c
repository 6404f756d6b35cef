/* The report's charts and tables: every service by its cost, the extremes, the ways of paying. */
#include "server/web/report.h"

#include "server/web/say.h"
#include "server/web/words.h"

#define SHOWN 3 /* cheapest and dearest each, so that it stays one sheet */
#define GOAL  (3 * PERCENT_ONE)
#define LIMIT (5 * PERCENT_ONE)

static const struct chart_mark MARKS[] = {{GOAL, NULL}, {LIMIT, NULL}};

void report_percent(struct html *h, int64_t percent)
{
    if (percent == CHART_NONE)
        say(h, "not known");
    else
        html_percent(h, percent, 2);
}

static void history_title(struct html *h, const void *about)
{
    (void)about;
    say(h, "Cost by quarter");
}

static void history_desc(struct html *h, const void *about)
{
    const struct report *report = about;

    say_with(h, "The average is {average} in the quarter of this report.",
             SAY_PERCENT("average", report->quarter->average, 2));
}

static void history_chart(struct html *h, const struct report *report)
{
    char periods[CHART_POINTS_MAX][8];
    int64_t average[CHART_POINTS_MAX];
    int64_t best[CHART_POINTS_MAX];
    int64_t smart[CHART_POINTS_MAX];
    size_t count = (size_t)(report->quarter - report->quarters) + 1;

    for (size_t i = 0; i < count; i++) {
        memcpy(periods[i], report->quarters[i].period, sizeof(periods[i]));
        average[i] = report->quarters[i].average;
        best[i] = report->quarters[i].best;
        smart[i] = report->quarters[i].smart;
    }
    const struct chart_series series[] = {
        {"average", message(h->language, "Average"), average},
        {"smart", message(h->language, "The three cheapest good services (SmaRT)"), smart},
        {"best", message(h->language, "The cheapest"), best},
    };
    if (count < 2)
        return;
    html(h, "<section>\n<h2>");
    history_title(h, report);
    html(h, "</h2>\n");
    chart_lines(
        h, &(struct chart_lines){.chart = {"report-history", history_title, history_desc, report},
                                 .periods = (const char(*)[8])periods,
                                 .count = count,
                                 .series = series,
                                 .series_count = COUNT_OF(series),
                                 .marks = MARKS,
                                 .mark_count = COUNT_OF(MARKS)});
    html(h, "</section>\n");
}

static void spread_title(struct html *h, const void *about)
{
    (void)about;
    say(h, "Every service, by its cost");
}

static void spread_desc(struct html *h, const void *about)
{
    const struct report *report = about;

    say_with(h, "From {best} to {worst}; half of them cost at most {median}.",
             SAY_PERCENT("best", report->quarter->best, 2),
             SAY_PERCENT("worst", report->quarter->worst, 2),
             SAY_PERCENT("median", report->quarter->median, 2));
}

static void spread(struct html *h, const struct report *report)
{
    int64_t values[REPORT_SERVICES_MAX];

    if (report->service_count < 2)
        return;
    for (size_t i = 0; i < report->service_count; i++)
        values[i] = report->services[i].percent;
    html(h, "<section>\n<h2>");
    spread_title(h, report);
    html(h, "</h2>\n<p>");
    spread_desc(h, report);
    html(h, " ");
    chart_dots_explain(h);
    html(h, "</p>\n");
    chart_dots(h,
               &(struct chart_dots){.chart = {"report-spread", spread_title, spread_desc, report},
                                    .values = values,
                                    .count = report->service_count,
                                    .marks = MARKS,
                                    .mark_count = COUNT_OF(MARKS)});
    html(h, "</section>\n");
}

static void service_rows(struct html *h, const struct report *report, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        const struct report_service *service = &report->services[i];

        html(h, "<tr>\n<th scope='row'><bdi>");
        html_text(h, service->name);
        html(h, "</bdi> <small>");
        words_pay_in(h, service->pay_in);
        html_arrow(h);
        words_pay_out(h, service->pay_out);
        html_comma(h);
        say(h, words_speed(service->speed));
        html(h, "</small></th>\n<td>");
        report_percent(h, service->percent);
        html(h, "</td>\n</tr>\n");
    }
}

static void extremes(struct html *h, const struct report *report)
{
    size_t count = report->service_count;
    size_t cheap = count < SHOWN ? count : SHOWN;
    size_t dear = count - cheap < SHOWN ? cheap : count - SHOWN;

    html(h, "<section>\n<h2 id='extremes'>");
    say(h, "The cheapest and the most expensive");
    html(h, "</h2>\n<table class='prices'>\n<thead>\n<tr>\n<th scope='col'>");
    say(h, "Company");
    html(h, "</th>\n<th scope='col'>");
    say(h, "Cost");
    html(h, "</th>\n</tr>\n</thead>\n<tbody>\n");
    service_rows(h, report, 0, cheap);
    html(h, "</tbody>\n<tbody>\n");
    service_rows(h, report, dear, count);
    html(h, "</tbody>\n</table>\n</section>\n");
}

/* ---- By ways of paying and collecting ---- */

#define WAYS_MAX ((size_t)PAY_IN_COUNT + PAY_OUT_COUNT)

struct way {
    const char *name;
    size_t count;
    const struct report_service *best;
    const struct report_service *worst;
    int64_t sum;
};

static void way_add(struct way *way, const struct report_service *service)
{
    if (way->count++ == 0)
        way->best = service;
    way->worst = service; /* they come by cost */
    way->sum += service->percent;
}

/* The cheapest of a way, or the dearest. */
static void way_end(struct html *h, const struct report_service *service)
{
    report_percent(h, service->percent);
    html(h, " <small><bdi>");
    html_text(h, service->name);
    html(h, "</bdi></small>");
}

static void way_row(struct html *h, const struct way *way)
{
    if (way->count == 0)
        return;
    html(h, "<tr>\n<th scope='row'>");
    say(h, way->name);
    html(h, " <small>");
    say_n(h, way->count, "{n} service", "{n} services");
    html(h, "</small></th>\n<td>");
    report_percent(h, way->sum / (int64_t)way->count);
    html(h, "</td>\n<td>");
    way_end(h, way->best);
    html(h, "</td>\n<td>");
    way_end(h, way->worst);
    html(h, "</td>\n</tr>\n");
}

static void ways(struct html *h, const struct report *report, const char *id, const char *english,
                 bool pay_in)
{
    struct way list[WAYS_MAX] = {0};
    size_t count = pay_in ? PAY_IN_COUNT : PAY_OUT_COUNT;

    for (size_t w = 0; w < count; w++) {
        list[w].name =
            pay_in ? words_pay_in_name((enum pay_in)w) : words_pay_out_name((enum pay_out)w);
        for (size_t i = 0; i < report->service_count; i++) {
            unsigned set = pay_in ? report->services[i].pay_in : report->services[i].pay_out;

            if ((set & 1U << w) != 0)
                way_add(&list[w], &report->services[i]);
        }
    }
    html(h, "<section>\n<h2 id='");
    html_text(h, id);
    html(h, "'>");
    say(h, english);
    html(h, "</h2>\n<table class='prices evenly'>\n<thead>\n<tr>\n<th scope='col'>");
    say(h, pay_in ? MESSAGE("You pay") : MESSAGE("They get it"));
    html(h, "</th>\n<th scope='col'>");
    say(h, "Average");
    html(h, "</th>\n<th scope='col'>");
    say(h, "Cheapest");
    html(h, "</th>\n<th scope='col'>");
    say(h, "Most expensive");
    html(h, "</th>\n</tr>\n</thead>\n<tbody>\n");
    for (size_t w = 0; w < count; w++)
        way_row(h, &list[w]);
    html(h, "</tbody>\n</table>\n</section>\n");
}

void report_charts(struct html *h, const struct report *report)
{
    html(h, "<div class='columns charts'>\n");
    history_chart(h, report);
    spread(h, report);
    html(h, "</div>\n");
}

void report_services(struct html *h, const struct report *report)
{
    extremes(h, report);
    ways(h, report, "by-pay-in", MESSAGE("By how you pay"), true);
    ways(h, report, "by-pay-out", MESSAGE("By how it is collected"), false);
}
