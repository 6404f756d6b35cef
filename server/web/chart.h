/*
 * Charts as SVG within the page: drawn by the server, styled by classes in style.css (nothing
 * inline), mirrored where the reader's language runs from right to left, each with a title and a
 * description for those who cannot see it and its figures as a table that opens beside it.
 *
 * Values are percent units (money.h) unless a chart says otherwise. Callbacks write words for a
 * place between tags. A series' class picks its line: "average", "best", "smart", "other".
 */
#ifndef CORRIDOR_WEB_CHART_H
#define CORRIDOR_WEB_CHART_H

#include "server/web/html.h"

#define CHART_NONE       INT64_MIN /* a value that is not known; MARKET_PCT_NONE is the same */
#define CHART_POINTS_MAX 400U
#define CHART_SERIES_MAX 6U
#define CHART_MARKS_MAX  4U

typedef void chart_words(struct html *h, const void *view);

/* What every chart has. */
struct chart {
    const char *id;     /* of the figure, unique on the page: letters and hyphens */
    chart_words *title; /* one line: what is shown */
    chart_words *desc;  /* a sentence or two: what a sighted reader sees at a glance; NULL: the
                           title says it all */
    const void *view;   /* given to the two above */
};

/* A line across the chart, such as a goal. */
struct chart_mark {
    int64_t value;
    const char *label; /* in the reader's language, or NULL: the value stands for itself */
};

struct chart_series {
    const char *class;
    const char *label;     /* in the reader's language */
    const int64_t *values; /* one for each period; CHART_NONE leaves a gap */
};

/* Quarters from left to right (from right to left in Arabic), values from below up. A series
 * without any value is left out, of the legend and the table too. */
struct chart_lines {
    struct chart chart;
    const char (*periods)[8]; /* "2014-Q2", rising; a quarter that is missing leaves a gap */
    size_t count;             /* of periods, at most CHART_POINTS_MAX; fewer than 2: not drawn */
    const struct chart_series *series;
    size_t series_count; /* at most CHART_SERIES_MAX */
    const struct chart_mark *marks;
    size_t mark_count; /* at most CHART_MARKS_MAX */
};
void chart_lines(struct html *h, const struct chart_lines *lines);

/* A dot for each value, at its place on one axis; those that would cover each other stand on top of
 * each other. The first value's is a ring. No table: its values stand elsewhere on the page. */
struct chart_dots {
    struct chart chart;
    const int64_t *values;
    size_t count; /* at most CHART_POINTS_MAX; fewer than 2: not drawn */
    const struct chart_mark *marks;
    size_t mark_count;
};
void chart_dots(struct html *h, const struct chart_dots *dots);
/* What its dots, its ring and its lines are, where the lines are the goals. */
void chart_dots_explain(struct html *h);

/* Bars from one line on, one below the other, each with its label and its value. */
struct chart_bar {
    const char *label; /* in the reader's language; escaped here */
    int64_t value;     /* CHART_NONE: the bar is left out and said to be unknown */
};
struct chart_bars {
    struct chart chart;
    const struct chart_bar *bars;
    size_t count; /* at most CHART_POINTS_MAX */
    const struct chart_mark *marks;
    size_t mark_count;
    int64_t reach; /* what the axis reaches at least, so that charts side by side have the same */
};
void chart_bars(struct html *h, const struct chart_bars *bars);

/* One whole cut into parts, as one bar, its figures in words below. A part that is negative is
 * written there but not drawn. Every offer of a page has one, so it takes few bytes. */
struct chart_part {
    const char *class; /* "fee", "rate", "receiving", "kept" */
    const char *label; /* in the reader's language */
    int64_t value;     /* in minor units of currency */
};
struct chart_stack {
    chart_words *title;
    const void *view;
    const struct chart_part *parts;
    size_t count; /* at most CHART_SERIES_MAX */
    const struct currency *currency;
};
void chart_stack(struct html *h, const struct chart_stack *stack);

#endif
