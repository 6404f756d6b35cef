/* The observatory's charts: how prices moved, the map, the groups. */
#include "server/web/groups.h"
#include "server/web/map.h"
#include "server/web/say.h"
#include "server/web/world.h"

#include <stdio.h>

static const struct chart_mark MARKS[] = {{WORLD_GOAL, NULL}, {WORLD_LIMIT, NULL}};

/* ---- The course ---- */

static void course_title(struct html *h, const void *about)
{
    (void)about;
    say(h, "Average cost by quarter");
}

static void course_desc(struct html *h, const void *about)
{
    const struct world *world = about;

    say_with(h, "{average} in the last quarter shown; the goal is {goal}.",
             SAY_PERCENT("average", world_percent_of(world_cell(world, WORLD_AVERAGE)), 2),
             SAY_PERCENT_SHORT("goal", WORLD_GOAL, 0));
}

void world_course(struct html *h, const struct world *world)
{
    static const int columns[] = {COURSE_AVERAGE, COURSE_FLOW_WEIGHTED, COURSE_SMART};
    const struct observatory_table *table = &world->found->course;
    char periods[CHART_POINTS_MAX][8] = {0};
    int64_t values[COUNT_OF(columns)][CHART_POINTS_MAX];
    size_t count = table->rows < CHART_POINTS_MAX ? table->rows : CHART_POINTS_MAX;
    size_t first = table->rows - count;

    if (count < 2 || world_cell(world, WORLD_AVERAGE).at == NULL)
        return;
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(periods[i], sizeof(periods[i]), "%s",
                       observatory_cell(table, first + i, COURSE_PERIOD).at);
        for (size_t c = 0; c < COUNT_OF(columns); c++)
            values[c][i] = world_percent_of(observatory_cell(table, first + i, (size_t)columns[c]));
    }
    const struct chart_series series[] = {
        {"average", message(h->language, "Average of all services"), values[0]},
        {"other", message(h->language, "Weighted by how much is sent"), values[1]},
        {"smart", message(h->language, "The three cheapest good services (SmaRT)"), values[2]},
    };
    html(h, "<section aria-labelledby='course'>\n<h2 id='course'>");
    say(h, "How prices moved");
    html(h, "</h2>\n");
    chart_lines(h,
                &(struct chart_lines){.chart = {"course-chart", course_title, course_desc, world},
                                      .periods = (const char(*)[8])periods,
                                      .count = count,
                                      .series = series,
                                      .series_count = COUNT_OF(series),
                                      .marks = MARKS,
                                      .mark_count = COUNT_OF(MARKS)});
    html(h, "</section>\n");
}

/* ---- The map ---- */

static void map_title(struct html *h, const void *about)
{
    const struct world *world = about;

    say(h, world->senders ? MESSAGE("Average cost of sending money from a country")
                          : MESSAGE("Average cost of sending money to a country"));
}

static void map_desc(struct html *h, const void *about)
{
    (void)about;
    say(h, "A map of the world. The colour of a country says how expensive it is.");
}

void world_map(struct html *h, const struct world *world)
{
    const struct observatory_table *groups = &world->found->groups;
    const char *kind =
        observatory_kind_code(world->senders ? OBSERVATORY_BY_SENDER : OBSERVATORY_BY_RECEIVER);
    struct map_value values[300];
    size_t count = 0;

    for (size_t i = 0; i < groups->rows && count < COUNT_OF(values); i++) {
        const struct country *country = country_find(observatory_cell(groups, i, GROUP_VALUE));
        int64_t percent = world_percent_of(observatory_cell(groups, i, GROUP_AVERAGE));

        if (span_is(observatory_cell(groups, i, GROUP_KIND), kind) && country != NULL &&
            percent != CHART_NONE)
            values[count++] = (struct map_value){country, percent};
    }
    if (count == 0)
        return;
    html(h, "<section aria-labelledby='map'>\n<h2 id='map'>");
    map_title(h, world);
    html(h, "</h2>\n<p><a href='");
    world_address(h, world, observatory_sort_code(world->ask->sort), 1, !world->senders);
    html(h, "#map'>");
    say(h, world->senders ? MESSAGE("Show where money goes to")
                          : MESSAGE("Show where money comes from"));
    html(h, "</a></p>\n");
    map_write(h, &(struct map){{"world-map", map_title, map_desc, world}, values, count});
    html(h, "</section>\n");
}

/* ---- Groups ---- */

#define GROUP_BARS_MAX 16

static const struct group_drawn {
    const char *id;
    enum observatory_kind kind;
    const char *english;
} DRAWN[] = {
    {"by-receiving-region", OBSERVATORY_BY_RECEIVING_REGION, MESSAGE("Where money goes to")},
    {"by-sending-region", OBSERVATORY_BY_SENDING_REGION, MESSAGE("Where money comes from")},
    {"by-digital", OBSERVATORY_BY_DIGITAL, MESSAGE("By phone, or in cash")},
    {"by-firm", OBSERVATORY_BY_FIRM_TYPE, MESSAGE("Kind of company")},
    {"by-g20", OBSERVATORY_BY_SENDING_G20, MESSAGE("Sent from the G20")},
    {"by-income", OBSERVATORY_BY_RECEIVING_INCOME, MESSAGE("Income of the country it goes to")},
};

static void group_title(struct html *h, const void *about)
{
    const struct group_drawn *drawn = about;

    say(h, drawn->english);
}

static void group_desc(struct html *h, const void *about)
{
    (void)about;
    say(h, "A bar for each group; each says its average cost.");
}

/* What is dearest among the groups that are drawn: all their charts reach to it. */
static int64_t groups_reach(const struct world *world)
{
    const struct observatory_table *groups = &world->found->groups;
    int64_t reach = 0;

    for (size_t i = 0; i < groups->rows; i++) {
        int64_t percent = world_percent_of(observatory_cell(groups, i, GROUP_AVERAGE));

        for (size_t k = 0; k < COUNT_OF(DRAWN); k++) {
            if (span_is(observatory_cell(groups, i, GROUP_KIND),
                        observatory_kind_code(DRAWN[k].kind)) &&
                groups_name(DRAWN[k].kind, observatory_cell(groups, i, GROUP_VALUE)) != NULL &&
                percent > reach)
                reach = percent;
        }
    }
    return reach;
}

static void group_bars(struct html *h, const struct world *world, const struct group_drawn *drawn,
                       int64_t reach)
{
    const struct observatory_table *groups = &world->found->groups;
    struct chart_bar bars[GROUP_BARS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < groups->rows && count < GROUP_BARS_MAX; i++) {
        const char *name = groups_name(drawn->kind, observatory_cell(groups, i, GROUP_VALUE));

        if (span_is(observatory_cell(groups, i, GROUP_KIND), observatory_kind_code(drawn->kind)) &&
            name != NULL)
            bars[count++] =
                (struct chart_bar){message(h->language, name),
                                   world_percent_of(observatory_cell(groups, i, GROUP_AVERAGE))};
    }
    if (count == 0)
        return;
    html(h, "<section>\n<h3>");
    group_title(h, drawn);
    html(h, "</h3>\n");
    chart_bars(h, &(struct chart_bars){.chart = {drawn->id, group_title, group_desc, drawn},
                                       .bars = bars,
                                       .count = count,
                                       .marks = MARKS,
                                       .mark_count = COUNT_OF(MARKS),
                                       .reach = reach});
    html(h, "</section>\n");
}

void world_groups(struct html *h, const struct world *world)
{
    int64_t reach = groups_reach(world);

    html(h, "<section aria-labelledby='groups'>\n<h2 id='groups'>");
    say(h, "Who is expensive, and where");
    html(h, "</h2>\n<div class='columns'>\n");
    for (size_t i = 0; i < COUNT_OF(DRAWN); i++)
        group_bars(h, world, &DRAWN[i], reach);
    html(h, "</div>\n</section>\n");
}
