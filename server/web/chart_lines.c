/* Series over quarters: lines that break where a figure is missing, goals across, a legend in words
 * and a table below. */
#include "server/web/chart_draw.h"
#include "server/web/say.h"

#include <assert.h>

#define HEIGHT 2200
#define LEFT   420
#define RIGHT  (CHART_WIDTH - 300) /* beside it the goals are named, where no line runs */
#define TOP    100
#define BOTTOM 1950

/* Quarters since year 0. */
static int64_t quarter_of(const char period[8])
{
    int64_t year = 0;

    for (size_t i = 0; i < 4; i++)
        year = year * 10 + (period[i] - '0');
    return year * 4 + (period[6] - '1');
}

static void legend(struct html *h, const struct chart_lines *lines)
{
    html(h, "<ul class='legend'>\n");
    for (size_t i = 0; i < lines->series_count; i++) {
        html(h, "<li class='");
        html_text(h, lines->series[i].class);
        html(h, "'>");
        html_text(h, lines->series[i].label);
        html(h, "</li>\n");
    }
    html(h, "</ul>\n");
}

static void axis_y(struct html *h, const struct chart_scale *y, const struct chart_lines *lines)
{
    for (int64_t value = y->low; value <= y->high; value += y->step) {
        int64_t place = chart_place(y, value);

        chart_line(h, value == 0 ? "zero" : "grid", LEFT, place, RIGHT, place);
        chart_text(h, "tick", LEFT - 60, place + 40, "end");
        chart_tick(h, y, value);
        chart_text_end(h);
    }
    for (size_t i = 0; i < lines->mark_count; i++) {
        int64_t place = chart_place(y, lines->marks[i].value);

        chart_line(h, "mark", LEFT, place, RIGHT, place);
        chart_text(h, "mark", RIGHT + 40, place + 40, "start");
        chart_mark_label(h, &lines->marks[i]);
        chart_text_end(h);
    }
}

/* A tick where each year begins; so many of them named that they stand apart. */
static void axis_x(struct html *h, const struct chart_scale *x)
{
    int64_t years = (x->high - x->low) / 4 + 1;
    int64_t each = (years + 5) / 6;
    int64_t first = (x->low + 3) / 4;

    for (int64_t year = first; year * 4 <= x->high; year++) {
        int64_t place = chart_place(x, year * 4);

        chart_line(h, "grid", place, BOTTOM, place, BOTTOM + 50);
        if ((year - first) % each != 0)
            continue;
        chart_text(h, "tick", place, BOTTOM + 180, "middle");
        html_year(h, (unsigned)year);
        chart_text_end(h);
    }
}

static void dot(struct html *h, const char *class, int64_t x, int64_t y)
{
    html(h, "<circle class='");
    html_text(h, class);
    html(h, "' r='2.5'");
    chart_x(h, "cx", x);
    chart_attribute(h, "cy", y);
    html(h, "/>\n");
}

/* One path of as many pieces as the gaps leave; a figure alone between two gaps is a dot. */
static void series(struct html *h, const struct chart_lines *lines,
                   const struct chart_series *drawn, const struct chart_scale *x,
                   const struct chart_scale *y)
{
    bool open = false;

    for (size_t i = 0; i < lines->count; i++) {
        int64_t at = chart_place(x, quarter_of(lines->periods[i]));
        bool known = drawn->values[i] != CHART_NONE;
        bool after = i > 0 && drawn->values[i - 1] != CHART_NONE &&
                     quarter_of(lines->periods[i]) == quarter_of(lines->periods[i - 1]) + 1;
        bool before = i + 1 < lines->count && drawn->values[i + 1] != CHART_NONE &&
                      quarter_of(lines->periods[i + 1]) == quarter_of(lines->periods[i]) + 1;

        if (!known)
            continue;
        if (!after && !before) {
            if (open)
                html(h, "'/>\n");
            open = false;
            dot(h, drawn->class, at, chart_place(y, drawn->values[i]));
            continue;
        }
        if (!open) {
            html(h, "<path class='");
            html_text(h, drawn->class);
            html(h, "' d='");
            open = true;
        }
        if (after)
            html(h, "L");
        else
            html(h, "M");
        chart_number_x(h, at);
        html(h, " ");
        chart_number(h, chart_place(y, drawn->values[i]));
    }
    if (open)
        html(h, "'/>\n");
}

static void table(struct html *h, const struct chart_lines *lines)
{
    bool missing = false;

    html(h, "<details>\n<summary>");
    say(h, "These figures as a table");
    html(h, "</summary>\n<table class='quarters'>\n<caption class='hidden'>");
    lines->chart.title(h, lines->chart.view);
    html(h, "</caption>\n<thead>\n<tr>\n<th scope='col'>");
    say(h, "Time");
    html(h, "</th>\n");
    for (size_t i = 0; i < lines->series_count; i++) {
        html(h, "<th scope='col'>");
        html_text(h, lines->series[i].label);
        html(h, "</th>\n");
    }
    html(h, "</tr>\n</thead>\n<tbody>\n");
    for (size_t row = lines->count; row-- > 0;) { /* the newest first */
        html(h, "<tr>\n<th scope='row'>");
        say_period_short(h, span_of(lines->periods[row]));
        html(h, "</th>\n");
        for (size_t i = 0; i < lines->series_count; i++) {
            html(h, "<td>");
            if (lines->series[i].values[row] == CHART_NONE) {
                missing = true;
                html(h, "–");
            } else {
                html_percent(h, lines->series[i].values[row], 2);
            }
            html(h, "</td>\n");
        }
        html(h, "</tr>\n");
    }
    html(h, "</tbody>\n</table>\n");
    if (missing) {
        html(h, "<p class='note'>");
        say(h, "A dash (–) stands where too few services had a price for this figure.");
        html(h, "</p>\n");
    }
    html(h, "</details>\n");
}

static bool any(const struct chart_series *series, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (series->values[i] != CHART_NONE)
            return true;
    }
    return false;
}

void chart_lines(struct html *h, const struct chart_lines *asked)
{
    struct chart_series drawn[CHART_SERIES_MAX];
    struct chart_lines only = *asked;
    const struct chart_lines *lines = &only;
    struct chart_scale x = {.from = LEFT, .to = RIGHT};
    struct chart_scale y;
    int64_t low = 0;
    int64_t high = PERCENT_ONE;

    if (asked->count < 2)
        return;
    assert(asked->count <= CHART_POINTS_MAX && asked->series_count <= CHART_SERIES_MAX &&
           asked->mark_count <= CHART_MARKS_MAX);
    only.series = drawn;
    only.series_count = 0;
    for (size_t i = 0; i < asked->series_count; i++) {
        if (any(&asked->series[i], asked->count))
            drawn[only.series_count++] = asked->series[i];
    }
    for (size_t i = 0; i < lines->series_count; i++)
        chart_range(&low, &high, lines->series[i].values, lines->count);
    for (size_t i = 0; i < lines->mark_count; i++)
        chart_range(&low, &high, &lines->marks[i].value, 1);
    x.low = quarter_of(lines->periods[0]);
    x.high = quarter_of(lines->periods[lines->count - 1]);
    y = chart_scale(low, high, 6, BOTTOM, TOP);
    chart_begin(h, &lines->chart, HEIGHT);
    axis_y(h, &y, lines);
    axis_x(h, &x);
    for (size_t i = 0; i < lines->series_count; i++)
        series(h, lines, &lines->series[i], &x, &y);
    chart_end(h);
    legend(h, lines);
    table(h, lines);
    html(h, "</figure>\n");
}
