/* What the charts share: the frame, a scale, and shapes at places in tenths of a unit. */
#ifndef CORRIDOR_WEB_CHART_DRAW_H
#define CORRIDOR_WEB_CHART_DRAW_H

#include "server/web/chart.h"

/* A drawing is 328 units wide, what a narrow phone's 360 pixels leave for it, so that its words are
 * read there as large as they are; places are tenths of a unit. */
#define CHART_WIDTH 3280

/* Values from low to high on places from `from` to `to`. */
struct chart_scale {
    int64_t low;
    int64_t high;
    int64_t step; /* between two ticks */
    int64_t from;
    int64_t to;
};

/* Widens low and high to whole steps of 1, 2 or 5 times a power of ten, at most `ticks` of them. */
struct chart_scale chart_scale(int64_t low, int64_t high, int64_t ticks, int64_t from, int64_t to);
int64_t chart_place(const struct chart_scale *scale, int64_t value);

/* <figure>, <svg>, <title>, <desc>; then its shapes; then the end of the <svg>. */
void chart_begin(struct html *h, const struct chart *chart, int64_t height);
void chart_end(struct html *h);

/* " name='12.3'". chart_x mirrors where the language runs from right to left. */
void chart_attribute(struct html *h, const char *name, int64_t place);
void chart_x(struct html *h, const char *name, int64_t place);
/* The x of a box that begins at the place and is so wide. */
void chart_box_x(struct html *h, int64_t place, int64_t width);
void chart_number(struct html *h, int64_t place); /* "12.3", within a path */
void chart_number_x(struct html *h, int64_t place);

/* <text class='…' x= y= text-anchor='…'>, to be ended by chart_text_end. The anchor is seen from
 * where the language begins. */
void chart_text(struct html *h, const char *class, int64_t x, int64_t y, const char *anchor);
void chart_text_end(struct html *h);

void chart_line(struct html *h, const char *class, int64_t x1, int64_t y1, int64_t x2, int64_t y2);

/* A percentage on an axis: as many decimals as the step needs. */
void chart_tick(struct html *h, const struct chart_scale *scale, int64_t value);
/* The value of a mark, or its label. */
void chart_mark_label(struct html *h, const struct chart_mark *mark);

/* The ticks and marks of an axis of values that lies along the bottom, over a height. */
void chart_axis_x(struct html *h, const struct chart_scale *scale, int64_t top, int64_t bottom,
                  const struct chart_mark *marks, size_t mark_count);
/* The range of the values, the marks and zero. */
void chart_range(int64_t *low, int64_t *high, const int64_t *values, size_t count);

#endif
