/* Charts of one moment: offers as dots on an axis, groups as bars, a whole cut into its parts. */
#include "server/web/chart_draw.h"
#include "server/web/say.h"

#include <assert.h>

#define LEFT  120
#define RIGHT 3480

/* ---- Dots ---- */

#define DOT     90 /* across, with the space round it */
#define COLUMNS ((RIGHT - LEFT) / DOT + 1)

static size_t column_of(const struct chart_scale *x, int64_t value)
{
    return (size_t)((chart_place(x, value) - LEFT) / DOT);
}

void chart_dots(struct html *h, const struct chart_dots *dots)
{
    unsigned stacked[COLUMNS] = {0};
    unsigned most = 0;
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
    x = chart_scale(low, high, 7, LEFT, RIGHT);
    for (size_t i = 0; i < dots->count; i++) {
        unsigned *column = &stacked[column_of(&x, dots->values[i])];

        if (++*column > most)
            most = *column;
    }
    bottom = 240 + (int64_t)most * DOT;
    chart_begin(h, &dots->chart, bottom + 200);
    chart_axis_x(h, &x, 180, bottom, dots->marks, dots->mark_count);
    memset(stacked, 0, sizeof(stacked));
    for (size_t i = 0; i < dots->count; i++) {
        size_t column = column_of(&x, dots->values[i]);

        if (i == 0)
            html(h, "<circle class='dot first' r='4'");
        else
            html(h, "<circle class='dot' r='4'");
        chart_x(h, "cx", LEFT + (int64_t)column * DOT + DOT / 2);
        chart_attribute(h, "cy", bottom - (int64_t)stacked[column]++ * DOT - DOT / 2);
        html(h, "/>\n");
    }
    chart_end(h);
    html(h, "</figure>\n");
}

/* ---- Bars ---- */

#define ROW 420 /* a label above its bar */

static void bar(struct html *h, const struct chart_bar *drawn, const struct chart_scale *x,
                int64_t top)
{
    int64_t zero = chart_place(x, 0);

    chart_text(h, "label", LEFT, top + 120, "start");
    html_text(h, drawn->label);
    chart_text_end(h);
    chart_text(h, "value", RIGHT, top + 120, "end");
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
    int64_t high = PERCENT_ONE;
    int64_t bottom = 200 + (int64_t)bars->count * ROW;

    assert(bars->count <= CHART_POINTS_MAX);
    for (size_t i = 0; i < bars->count; i++)
        chart_range(&low, &high, &bars->bars[i].value, 1);
    for (size_t i = 0; i < bars->mark_count; i++)
        chart_range(&low, &high, &bars->marks[i].value, 1);
    x = chart_scale(low, high, 7, LEFT, RIGHT);
    chart_begin(h, &bars->chart, bottom + 200);
    chart_axis_x(h, &x, 180, bottom, bars->marks, bars->mark_count);
    for (size_t i = 0; i < bars->count; i++)
        bar(h, &bars->bars[i], &x, 200 + (int64_t)i * ROW);
    chart_end(h);
    html(h, "</figure>\n");
}

/* ---- Parts of a whole ---- */

static void parts_drawn(struct html *h, const struct chart_stack *stack, int64_t whole)
{
    int64_t before = 0;

    for (size_t i = 0; i < stack->count; i++) {
        const struct chart_part *part = &stack->parts[i];
        int64_t from = (int64_t)((int128)before * CHART_WIDTH / whole);
        int64_t to;

        if (part->value <= 0)
            continue;
        before += part->value;
        to = (int64_t)((int128)before * CHART_WIDTH / whole);
        html(h, "<path class='");
        html_text(h, part->class);
        html(h, "' d='M");
        chart_number_x(h, from);
        html(h, " 8H");
        chart_number_x(h, to);
        html(h, "'/>");
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
    html(h, "<figure class='chart stack'><svg role='img' viewBox='0 0 360 16'><title>");
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
