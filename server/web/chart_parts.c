/* Charts of one moment: offers as dots on an axis, groups as bars, a whole cut into its parts. */
#include "server/web/chart_draw.h"
#include "server/web/say.h"

#include <assert.h>
#include <stdlib.h>

#define LEFT  120
#define RIGHT (CHART_WIDTH - 160) /* half of the last tick's words */

/* ---- Dots ---- */

#define DOT   90 /* across, with the space round it */
#define TICKS 9

struct dot {
    int64_t value;
    size_t level;
    bool first;
};

static int by_value(const void *a, const void *b)
{
    const struct dot *left = a;
    const struct dot *right = b;

    if (left->value != right->value)
        return left->value < right->value ? -1 : 1;
    return (int)right->first - (int)left->first;
}

/* The lowest level where a dot has room beside those before it. `ends` is the place of the last dot
 * on each level. */
static size_t level_of(int64_t ends[CHART_POINTS_MAX], size_t *levels, int64_t place)
{
    size_t level = 0;

    while (level < *levels && place - ends[level] < DOT)
        level++;
    if (level == *levels)
        (*levels)++;
    ends[level] = place;
    return level;
}

void chart_dots(struct html *h, const struct chart_dots *dots)
{
    struct dot sorted[CHART_POINTS_MAX];
    int64_t ends[CHART_POINTS_MAX];
    size_t levels = 0;
    struct chart_scale x;
    int64_t low = 0;
    int64_t high = PERCENT_ONE;
    int64_t bottom;

    if (dots->count < 2)
        return;
    assert(dots->count <= CHART_POINTS_MAX);
    chart_range(&low, &high, dots->values, dots->count);
    for (size_t i = 0; i < dots->mark_count; i++)
        chart_range(&low, &high, &dots->marks[i].value, 1);
    x = chart_scale(low, high, TICKS, LEFT, RIGHT);
    for (size_t i = 0; i < dots->count; i++)
        sorted[i] = (struct dot){.value = dots->values[i], .first = i == 0};
    qsort(sorted, dots->count, sizeof(*sorted), by_value);
    for (size_t i = 0; i < dots->count; i++)
        sorted[i].level = level_of(ends, &levels, chart_place(&x, sorted[i].value));
    bottom = 240 + (int64_t)levels * DOT;
    chart_begin(h, &dots->chart, bottom + 200);
    chart_axis_x(h, &x, 180, bottom, dots->marks, dots->mark_count);
    for (size_t i = 0; i < dots->count; i++) {
        if (sorted[i].first)
            html(h, "<circle class='dot first' r='3.5'");
        else
            html(h, "<circle class='dot' r='4'");
        chart_x(h, "cx", chart_place(&x, sorted[i].value));
        chart_attribute(h, "cy", bottom - (int64_t)sorted[i].level * DOT - DOT / 2);
        html(h, "/>\n");
    }
    chart_end(h);
    html(h, "</figure>\n");
}

void chart_dots_explain(struct html *h)
{
    say(h, "Each dot is a price, the ring the lowest. The dotted lines are the goal of all "
           "countries, 3%, and the most it should be anywhere, 5%.");
}

/* ---- Bars ---- */

#define ROW    420 /* a label above its bar */
#define INDENT 60  /* of a label from the line where the bars begin */
#define REACH \
    (CHART_WIDTH - 600) /* of the bars: their figures stand behind, and no label meets one */

static void bar(struct html *h, const struct chart_bar *drawn, const struct chart_scale *x,
                int64_t top)
{
    int64_t zero = chart_place(x, 0);

    /* The axis' lines end where words stand. */
    html(h, "<rect class='ground'");
    chart_box_x(h, LEFT + INDENT / 2, CHART_WIDTH - LEFT - INDENT / 2);
    chart_attribute(h, "y", top);
    chart_attribute(h, "width", CHART_WIDTH - LEFT - INDENT / 2);
    html(h, " height='17'/>\n");
    chart_text(h, "label", LEFT + INDENT, top + 120, "start");
    html_text(h, drawn->label);
    chart_text_end(h);
    chart_text(h, "value", CHART_WIDTH, top + 280, "end");
    if (drawn->value == CHART_NONE)
        say(h, "not known");
    else
        html_percent(h, drawn->value, 2);
    chart_text_end(h);
    if (drawn->value != CHART_NONE) {
        int64_t end = chart_place(x, drawn->value);
        int64_t from = end < zero ? end : zero;
        int64_t width = end < zero ? zero - end : end - zero;

        html(h, "<rect class='bar' rx='1'");
        chart_box_x(h, from, width);
        chart_attribute(h, "y", top + 180);
        chart_attribute(h, "width", width);
        html(h, " height='12'/>\n");
    }
}

void chart_bars(struct html *h, const struct chart_bars *bars)
{
    struct chart_scale x;
    int64_t low = 0;
    int64_t high = bars->reach > PERCENT_ONE ? bars->reach : PERCENT_ONE;
    int64_t bottom = 200 + (int64_t)bars->count * ROW;

    assert(bars->count <= CHART_POINTS_MAX);
    for (size_t i = 0; i < bars->count; i++)
        chart_range(&low, &high, &bars->bars[i].value, 1);
    for (size_t i = 0; i < bars->mark_count; i++)
        chart_range(&low, &high, &bars->marks[i].value, 1);
    x = chart_scale(low, high, 7, LEFT, REACH);
    chart_begin(h, &bars->chart, bottom + 200);
    chart_axis_x(h, &x, 200, bottom, bars->marks, bars->mark_count);
    for (size_t i = 0; i < bars->count; i++)
        bar(h, &bars->bars[i], &x, 200 + (int64_t)i * ROW);
    chart_end(h);
    html(h, "</figure>\n");
}

/* ---- Parts of a whole ---- */

#define BETWEEN  20 /* ground, so that neighbours are told apart without their colours */
#define THINNEST 5  /* that can be seen; of a thinner part the words tell */

static bool is_seen(const struct chart_part *part, int64_t whole)
{
    return part->value > 0 && (int128)part->value * CHART_WIDTH >= (int128)whole * THINNEST;
}

/* Parts that touch show a light seam wherever their border is no whole pixel. */
static void parts_drawn(struct html *h, const struct chart_stack *stack, int64_t whole)
{
    int64_t room = CHART_WIDTH + BETWEEN;
    int64_t seen = 0;
    int64_t start = 0;
    int64_t before = 0;

    for (size_t i = 0; i < stack->count; i++) {
        if (!is_seen(&stack->parts[i], whole))
            continue;
        room -= BETWEEN;
        seen += stack->parts[i].value;
    }
    for (size_t i = 0; i < stack->count; i++) {
        const struct chart_part *part = &stack->parts[i];
        int64_t width;

        if (!is_seen(part, whole))
            continue;
        width =
            (int64_t)((int128)(before + part->value) * room / seen - (int128)before * room / seen);
        before += part->value;
        html(h, "<path class='");
        html_text(h, part->class);
        html(h, "' d='M");
        chart_number_x(h, start);
        html(h, " 8H");
        chart_number_x(h, start + width);
        html(h, "'/>");
        start += width + BETWEEN;
    }
}

void chart_stack(struct html *h, const struct chart_stack *stack)
{
    int64_t whole = 0;

    assert(stack->count <= CHART_SERIES_MAX);
    for (size_t i = 0; i < stack->count; i++)
        whole += stack->parts[i].value > 0 ? stack->parts[i].value : 0;
    if (whole == 0)
        return;
    html(h, "<figure class='chart stack'><svg role='img' viewBox='0 0 328 16'><title>");
    h->words_only = true;
    stack->title(h, stack->view);
    h->words_only = false;
    html(h, "</title>");
    parts_drawn(h, stack, whole);
    html(h, "</svg><ul class='legend'>");
    for (size_t i = 0; i < stack->count; i++) {
        html(h, "<li class='");
        html_text(h, stack->parts[i].class);
        html(h, "'>");
        html_text(h, stack->parts[i].label);
        html(h, " <b>");
        html_money(h, stack->parts[i].value, stack->currency);
        html(h, "</b></li>");
    }
    html(h, "</ul></figure>");
}
