/*
 * The parts that charts are drawn from. All is whole numbers: a place is a tenth of a unit of the
 * drawing. Mirroring is done here alone: text-anchor follows the direction that the <svg> has, so
 * a chart is laid out once, from where its language begins.
 */
#include "server/web/chart_draw.h"

#include "server/web/say.h"

static int64_t divide_down(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

struct chart_scale chart_scale(int64_t low, int64_t high, int64_t ticks, int64_t from, int64_t to)
{
    static const int64_t STEPS[] = {1, 2, 5};
    struct chart_scale scale = {.from = from, .to = to, .step = 1};
    int64_t power = 1;

    if (high <= low)
        high = low + 1;
    for (size_t i = 0; (high - low) / scale.step >= ticks; i++) {
        if (i > 0 && i % COUNT_OF(STEPS) == 0)
            power *= 10;
        scale.step = STEPS[i % COUNT_OF(STEPS)] * power;
    }
    scale.low = divide_down(low, scale.step) * scale.step;
    scale.high = -divide_down(-high, scale.step) * scale.step;
    return scale;
}

int64_t chart_place(const struct chart_scale *scale, int64_t value)
{
    int128 part = (int128)(value - scale->low) * (scale->to - scale->from);

    return scale->from + (int64_t)(part / (scale->high - scale->low));
}

void chart_range(int64_t *low, int64_t *high, const int64_t *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (values[i] == CHART_NONE)
            continue;
        if (values[i] < *low)
            *low = values[i];
        if (values[i] > *high)
            *high = values[i];
    }
}

/* ---- The frame ---- */

void chart_begin(struct html *h, const struct chart *chart, int64_t height)
{
    html(h, "<figure class='chart' id='");
    html_text(h, chart->id);
    html(h, "'>\n<svg role='img' aria-labelledby='");
    html_text(h, chart->id);
    if (chart->desc != NULL) {
        html(h, "-title' aria-describedby='");
        html_text(h, chart->id);
        html(h, "-desc' viewBox='0 0 328 ");
    } else {
        html(h, "-title' viewBox='0 0 328 ");
    }
    html_int(h, height / 10);
    html(h, "' direction='");
    html_text(h, language_direction(h->language));
    html(h, "'>\n<title id='");
    html_text(h, chart->id);
    html(h, "-title'>");
    h->words_only = true;
    chart->title(h, chart->view);
    html(h, "</title>\n");
    if (chart->desc != NULL) {
        html(h, "<desc id='");
        html_text(h, chart->id);
        html(h, "-desc'>");
        chart->desc(h, chart->view);
        html(h, "</desc>\n");
    }
    h->words_only = false;
}

void chart_end(struct html *h)
{
    html(h, "</svg>\n");
}

/* ---- Shapes ---- */

void chart_number(struct html *h, int64_t place)
{
    uint64_t left = place < 0 ? (uint64_t)0 - (uint64_t)place : (uint64_t)place;
    char text[24]; /* filled from its end */
    size_t at = sizeof(text);

    if (left % 10 != 0) {
        text[--at] = (char)('0' + left % 10);
        text[--at] = '.';
    }
    do {
        left /= 10;
        text[--at] = (char)('0' + left % 10);
    } while (left >= 10);
    if (place < 0)
        text[--at] = '-';
    out_bytes(h->out, text + at, sizeof(text) - at);
}

static int64_t mirrored(const struct html *h, int64_t place)
{
    return language_right_to_left(h->language) ? CHART_WIDTH - place : place;
}

void chart_number_x(struct html *h, int64_t place)
{
    chart_number(h, mirrored(h, place));
}

void chart_attribute(struct html *h, const char *name, int64_t place)
{
    html(h, " ");
    html_text(h, name);
    html(h, "='");
    chart_number(h, place);
    html(h, "'");
}

void chart_x(struct html *h, const char *name, int64_t place)
{
    chart_attribute(h, name, mirrored(h, place));
}

void chart_box_x(struct html *h, int64_t place, int64_t width)
{
    chart_attribute(h, "x",
                    language_right_to_left(h->language) ? CHART_WIDTH - place - width : place);
}

/* Within an <svg> a <bdi> would end it: figures there are kept together by being a text each. */
void chart_text(struct html *h, const char *class, int64_t x, int64_t y, const char *anchor)
{
    html(h, "<text class='");
    html_text(h, class);
    html(h, "'");
    chart_x(h, "x", x);
    chart_attribute(h, "y", y);
    html(h, " text-anchor='");
    html_text(h, anchor);
    html(h, "'>");
    h->words_only = true;
}

void chart_text_end(struct html *h)
{
    h->words_only = false;
    html(h, "</text>\n");
}

void chart_line(struct html *h, const char *class, int64_t x1, int64_t y1, int64_t x2, int64_t y2)
{
    html(h, "<path class='");
    html_text(h, class);
    html(h, "' d='M");
    chart_number_x(h, x1);
    html(h, " ");
    chart_number(h, y1);
    html(h, "L");
    chart_number_x(h, x2);
    html(h, " ");
    chart_number(h, y2);
    html(h, "'/>\n");
}

/* ---- Axes ---- */

void chart_tick(struct html *h, const struct chart_scale *scale, int64_t value)
{
    unsigned decimals = 0;

    for (int64_t unit = PERCENT_ONE; unit > 1 && scale->step % unit != 0; unit /= 10)
        decimals++;
    html_percent(h, value, decimals);
}

void chart_mark_label(struct html *h, const struct chart_mark *mark)
{
    if (mark->label != NULL)
        html_text(h, mark->label);
    else
        html_percent_short(h, mark->value, 1);
}

#define NEAR  300
#define NAMED 6 /* steps at most between ticks that are named, so that they stand apart */

void chart_axis_x(struct html *h, const struct chart_scale *scale, int64_t top, int64_t bottom,
                  const struct chart_mark *marks, size_t mark_count)
{
    int64_t steps = (scale->high - scale->low) / scale->step;
    int64_t each = (steps + NAMED - 1) / NAMED;

    for (int64_t value = scale->low; value <= scale->high; value += scale->step) {
        int64_t x = chart_place(scale, value);

        chart_line(h, value == 0 ? "zero" : "grid", x, top, x, bottom);
        if (value / scale->step % each != 0)
            continue;
        chart_text(h, "tick", x, bottom + 150, "middle");
        chart_tick(h, scale, value);
        chart_text_end(h);
    }
    for (size_t i = 0; i < mark_count; i++) {
        int64_t x = chart_place(scale, marks[i].value);
        const char *anchor = "middle";

        /* Two that are near each other are named to either side. */
        if (mark_count == 2 &&
            chart_place(scale, marks[1].value) - chart_place(scale, marks[0].value) < NEAR)
            anchor = i == 0 ? "end" : "start";
        if (marks[i].value < scale->low || marks[i].value > scale->high)
            continue;
        chart_line(h, "mark", x, top, x, bottom);
        chart_text(h, "mark", x, top - 50, anchor);
        chart_mark_label(h, &marks[i]);
        chart_text_end(h);
    }
}
