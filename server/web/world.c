/*
 * The observatory: where prices stand against SDG 10.c, for the whole world in one quarter. It
 * shows what /v1/observatory answers and reckons nothing itself.
 */
#include "server/web/world.h"
#include "server/web/page.h"
#include "server/web/point.h"
#include "server/web/say.h"
#include "server/web/web.h"

/* ---- What the page is about ---- */

static void title(struct html *h, const void *about)
{
    (void)about;
    say(h, "What sending money costs in the world");
}

static void description(struct html *h, const void *about)
{
    (void)about;
    say(h, "Average costs of sending money, by country, region and kind of company, against the "
           "goal of 3% by 2030.");
}

/* ---- The figures ---- */

static void figure_open(struct html *h)
{
    html(h, "<div><dt>");
}

static void figure_value(struct html *h)
{
    html(h, "</dt><dd>");
}

static void figure_note(struct html *h)
{
    html(h, " <small>");
}

static void figure_close(struct html *h)
{
    html(h, "</dd></div>\n");
}

/* Why money has no figure: there is no matrix of flows (`corridor import flows`). */
static const char NO_FLOWS[] = MESSAGE("We have no figures for how much money is sent.");

/* Why there is no value, or what the value is made of. */
static void note(struct html *h, const char *english)
{
    figure_note(h);
    say(h, english);
    html(h, "</small>");
}

/* A percentage, or why there is none. */
static void percent_or_why(struct html *h, int64_t percent, const char *why)
{
    world_percent_or_dash(h, percent, 2);
    if (percent == CHART_NONE)
        note(h, why);
}

static void averages(struct html *h, const struct world *world)
{
    figure_open(h);
    say(h, "Average of all services");
    figure_value(h);
    percent_or_why(h, world_percent_of(world_cell(world, WORLD_AVERAGE)),
                   MESSAGE("No service had a price."));
    figure_note(h);
    say_n(h, (uint64_t)world_count_of(world_cell(world, WORLD_SERVICES)), "{n} service",
          "{n} services");
    html(h, "</small>");
    figure_close(h);
    figure_open(h);
    say(h, "Weighted by how much is sent");
    figure_value(h);
    percent_or_why(h, world_percent_of(world_cell(world, WORLD_FLOW_WEIGHTED)), NO_FLOWS);
    if (world_cell(world, WORLD_FLOWS_YEAR).at != NULL) {
        figure_note(h);
        say_with(h, "Flows of {year}", SAY_SPAN("year", world_cell(world, WORLD_FLOWS_YEAR)));
        html(h, "</small>");
    }
    figure_close(h);
    figure_open(h);
    say(h, "The three cheapest good services (SmaRT)");
    figure_value(h);
    percent_or_why(h, world_percent_of(world_cell(world, WORLD_SMART)),
                   MESSAGE("No corridor has three that are good enough."));
    figure_note(h);
    say_n_with(h, (uint64_t)world_count_of(world_cell(world, WORLD_SMART_AT_MOST_5)),
               "{n} corridor at {limit} or less", "{n} corridors at {limit} or less",
               SAY_PERCENT_SHORT("limit", WORLD_LIMIT, 0));
    html(h, "</small>");
    figure_close(h);
}

static void standing(struct html *h, const struct world *world)
{
    figure_open(h);
    say(h, "Corridors that meet the goal of 3%");
    figure_value(h);
    html_count(h, world_count_of(world_cell(world, WORLD_MEETS)));
    figure_note(h);
    say_n(h, (uint64_t)world_count_of(world_cell(world, WORLD_CORRIDORS)), "of {n} corridor",
          "of {n} corridors");
    html(h, "</small>");
    figure_close(h);
    figure_open(h);
    say(h, "Corridors above 5%");
    figure_value(h);
    html_count(h, world_count_of(world_cell(world, WORLD_MUST_FALL)));
    figure_note(h);
    say_n_with(h, (uint64_t)world_count_of(world_cell(world, WORLD_NEAR)),
               "{n} between {goal} and {limit}", "{n} between {goal} and {limit}",
               SAY_PERCENT_SHORT("goal", WORLD_GOAL, 0),
               SAY_PERCENT_SHORT("limit", WORLD_LIMIT, 0));
    html(h, "</small>");
    figure_close(h);
    figure_open(h);
    say(h, "Lost each year by costs above 3%");
    figure_value(h);
    world_dollars(h, world_cell(world, WORLD_ABOVE_TARGET));
    if (world_cell(world, WORLD_ABOVE_TARGET).at == NULL)
        note(h, NO_FLOWS);
    figure_close(h);
}

static void course(struct html *h, const struct world *world)
{
    figure_open(h);
    say(h, "Change in a year");
    figure_value(h);
    world_change(h, world_percent_of(world_cell(world, WORLD_YEAR_CHANGE)));
    note(h, world_cell(world, WORLD_YEAR_CHANGE).at != NULL
                ? MESSAGE("percentage points")
                : MESSAGE("There are no figures of a year before."));
    figure_close(h);
    figure_open(h);
    say(h, "If it goes on like this, at the end of 2030");
    figure_value(h);
    if (world_cell(world, WORLD_TREND_VALUE).at == NULL) {
        html(h, "–");
        note(h, MESSAGE("not enough data"));
    } else {
        html_percent(h, world_percent_of(world_cell(world, WORLD_TREND_VALUE)), 1);
        figure_note(h);
        say_with(h, "probably between {low} and {high}",
                 SAY_PERCENT("low", world_percent_of(world_cell(world, WORLD_TREND_LOW)), 1),
                 SAY_PERCENT("high", world_percent_of(world_cell(world, WORLD_TREND_HIGH)), 1));
        html(h, "</small>");
    }
    figure_close(h);
}

static void key_figures(struct html *h, const struct world *world)
{
    html(h, "<dl class='figures-list'>\n");
    averages(h, world);
    standing(h, world);
    course(h, world);
    html(h, "</dl>\n");
}

/* ---- The question, and what is behind the answer ---- */

static void quarter_form(struct html *h, const struct world *world)
{
    const struct observatory_table *table = &world->found->course;

    html(h, "<form class='quarter' action='observatory'>\n<label for='period'>");
    say(h, "Quarter");
    html(h, "</label>\n<select id='period' name='period'>\n");
    for (size_t row = table->rows; row-- > 0;) {
        struct span period = observatory_cell(table, row, COURSE_PERIOD);

        html(h, "<option value='");
        html_span(h, period);
        if (span_is(period, world->found->period))
            html(h, "' selected>");
        else
            html(h, "'>");
        say_period_short(h, period);
        html(h, "</option>\n");
    }
    html(h, "</select>\n");
    point_hidden(h, world->ask);
    html(h, "<button class='button' type='submit'>");
    say(h, "Show");
    html(h, "</button>\n</form>\n");
}

static void downloads(struct html *h, const struct world *world)
{
    html(h, "<section aria-labelledby='take'>\n<h2 id='take'>");
    say(h, "Download these figures");
    html(h, "</h2>\n<ul class='ways-on'>\n<li><a href='/v1/observatory?period=");
    html_text(h, world->found->period);
    world_rest(h, world);
    html(h, "'>");
    say(h, "This page as data (JSON)");
    html(h, "</a></li>\n<li><a href='/v1/reports/corridors.csv?period=");
    html_text(h, world->found->period);
    world_as_of(h, world);
    html(h, "'>");
    say(h, "All corridors of this quarter (CSV)");
    html(h, "</a></li>\n<li><a href='/v1/reports/corridors.xlsx?period=");
    html_text(h, world->found->period);
    world_as_of(h, world);
    html(h, "'>");
    say(h, "All corridors of this quarter (Excel)");
    html(h, "</a></li>\n<li><a href='methodology'>");
    say(h, "How we count");
    html(h, "</a></li>\n</ul>\n</section>\n");
}

static void amount(struct html *h, const struct world *world)
{
    struct observatory_ask asked;
    struct world other = *world;

    point_begin(h, world->ask, &asked);
    other.ask = &asked;
    world_address(h, &other, observatory_sort_code(asked.sort), 1, world->senders);
    point_end(h, &asked);
}

static void state(struct html *h, const struct world *world)
{
    if (!world->found->complete) {
        html(h, "<p class='note'>");
        say(h, "These figures are being worked out. Load the page again in a minute.");
        html(h, "</p>\n");
    }
    point_provisional(h, world->found->provisional);
}

static void body(struct html *h, const void *about)
{
    const struct world *world = about;

    html(h, "<div class='observatory' itemscope itemtype='https://schema.org/Dataset'>\n"
            "<h1 itemprop='name'>");
    title(h, world);
    html(h, "</h1>\n");
    if (world->unknown.at != NULL) {
        html(h, "<p class='error'>");
        say_with(h, "We do not know this choice: {typed}", SAY_SPAN("typed", world->unknown));
        html(h, "</p>\n<p><a href='observatory'>");
        say(h, "The latest figures");
        html(h, "</a></p>\n</div>\n");
        return;
    }
    html(h, "<meta itemprop='license' content='https://creativecommons.org/licenses/by/4.0/'>\n"
            "<meta itemprop='isAccessibleForFree' content='true'>\n"
            "<p class='lead' itemprop='description'>");
    say(h, "The world has agreed that by 2030 sending money home shall cost at most 3% on "
           "average, and on no corridor more than 5% (SDG\u00a010.c).");
    html(h, "</p>\n");
    if (world->found->period[0] == '\0') {
        state(h, world);
        html(h, "<p>");
        say(h, "There are no figures yet.");
        html(h, "</p>\n</div>\n");
        return;
    }
    quarter_form(h, world);
    state(h, world);
    amount(h, world);
    key_figures(h, world);
    html(h, "<div class='columns'>\n");
    world_course(h, world);
    world_map(h, world);
    html(h, "</div>\n");
    world_groups(h, world);
    world_corridors(h, world);
    downloads(h, world);
    html(h, "</div>\n");
}

static enum http_result reply(struct http_request *req, const struct world *world)
{
    bool known = world->unknown.at == NULL;

    return page_reply(req, world->language,
                      &(struct page){.status = known ? 200 : 400,
                                     .address = "observatory",
                                     .indexed = known,
                                     .demonstration = known && world->found->demonstration,
                                     .fault = !known,
                                     .view = world,
                                     .title = title,
                                     .description = description,
                                     .main = body});
}

static enum http_result answer(struct http_request *req, const struct observatory_ask *ask,
                               const struct observatory *found)
{
    struct span map;

    (void)http_query(req, "map", &map);
    return reply(req, &(struct world){.language = page_language(req),
                                      .ask = ask,
                                      .found = found,
                                      .senders = span_is(map, "sender")});
}

static enum http_result unknown(struct http_request *req, struct span received)
{
    return reply(req, &(struct world){.language = page_language(req),
                                      .unknown = received.at == NULL ? span_of("") : received});
}

static bool page_number(unsigned *page, struct span text)
{
    *page = 0;
    for (size_t i = 0; i < text.len && *page <= WORLD_PAGES_MAX; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        *page = *page * 10 + (unsigned)(text.at[i] - '0');
    }
    return *page > 0 && *page <= WORLD_PAGES_MAX;
}

enum http_result web_observatory(struct http_request *req)
{
    struct ask_parameter parameters[ASK_PARAMETERS_MAX];
    struct observatory_fault fault;
    struct observatory_ask ask;
    struct span page;
    unsigned number = 1;

    if (page_language(req) == NULL)
        return web_not_found(req);
    if (!observatory_ask_read(&ask, parameters, ask_parameters(parameters, req), instant_now(),
                              &fault))
        return unknown(req, fault.received);
    if (http_query(req, "page", &page) > 0 && !page_number(&number, page))
        return unknown(req, page);
    ask.page = number;
    ask.per_page = WORLD_ROWS_A_PAGE;
    return observatory_read(req, OBSERVATORY_OVERVIEW | OBSERVATORY_LIST | OBSERVATORY_COURSE, &ask,
                            answer);
}
