/* Charts: scales with whole steps, lines that break at gaps, the mirror, and words that stay words.
 */
#include "unit.h"

#include "server/web/chart_draw.h"

#include <corridor/codes.h>
#include <corridor/money.h>

static struct out out;
static struct html h = {.out = &out};

static int setup(void **state)
{
    (void)state;
    out_init(&out, OUT_LIMIT_DEFAULT);
    return codes_open() && i18n_open() ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    out_free(&out);
    i18n_close();
    codes_close();
    return 0;
}

static void begin(const char *language)
{
    h.language = language_find(span_of(language));
    out_clear(&out);
}

static size_t times(const char *text)
{
    size_t count = 0;

    assert_false(out_failed(&out));
    assert_false(h.words_only);
    out_char(&out, '\0');
    out.len--;
    for (const char *at = out.at; (at = strstr(at, text)) != NULL; at++)
        count++;
    return count;
}

static void test_scale(void **state)
{
    static const struct {
        int64_t low;
        int64_t high;
        int64_t ticks;
        int64_t first; /* what is expected */
        int64_t last;
        int64_t step;
    } CASES[] = {
        {0, 10, 6, 0, 10, 2},
        {0, 9, 6, 0, 10, 2},
        {0, 1, 6, 0, 1, 1},
        {0, 0, 6, 0, 1, 1},
        {-3, 12, 6, -5, 15, 5},
        {-1, 0, 6, -1, 0, 1},
        {0, 1234, 6, 0, 1500, 500},
        {7, 8, 6, 7, 8, 1},
        {0, 60, 7, 0, 60, 10},
        {-250, -10, 6, -250, 0, 50},
        {0, INT64_MAX / 16, 6, 0, 600000000000000000, 100000000000000000},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct chart_scale scale =
            chart_scale(CASES[i].low, CASES[i].high, CASES[i].ticks, 100, 900);

        assert_int_equal(scale.low, CASES[i].first);
        assert_int_equal(scale.high, CASES[i].last);
        assert_int_equal(scale.step, CASES[i].step);
        assert_int_equal(chart_place(&scale, scale.low), 100);
        assert_int_equal(chart_place(&scale, scale.high), 900);
    }
}

static void hostile(struct html *to, const void *view)
{
    html_text(to, view);
}

static const char NAME[] = "</text><script>'\"&";

static void test_lines(void **state)
{
    /* A gap in the values, a quarter that is missing, one alone between gaps. */
    static const char PERIODS[][8] = {"2013-Q3", "2013-Q4", "2014-Q1", "2014-Q2",
                                      "2014-Q4", "2015-Q1", "2015-Q3"};
    const int64_t average[] = {8 * PERCENT_ONE, 7 * PERCENT_ONE, CHART_NONE,     6 * PERCENT_ONE,
                               6 * PERCENT_ONE, 5 * PERCENT_ONE, 5 * PERCENT_ONE};
    const struct chart_series series[] = {{"average", NAME, average}};
    const struct chart_mark marks[] = {{3 * PERCENT_ONE, NULL}, {5 * PERCENT_ONE, NAME}};
    const struct chart_lines lines = {
        .chart = {"history", hostile, hostile, NAME},
        .periods = PERIODS,
        .count = COUNT_OF(PERIODS),
        .series = series,
        .series_count = 1,
        .marks = marks,
        .mark_count = 2,
    };
    const struct chart_lines empty = {.chart = {"history", hostile, hostile, NAME}, .count = 1};

    (void)state;
    begin("en");
    chart_lines(&h, &lines);
    assert_int_equal(times("<path class='average'"), 2);
    assert_int_equal(times("<circle class='average'"), 2); /* 2014-Q2 and 2015-Q3 */
    assert_int_equal(times("<tr>"), 8);
    assert_int_equal(times("<script"), 0);
    assert_int_equal(times("style="), 0);
    assert_int_equal(times("direction='ltr'"), 1);
    assert_int_equal(times("d='M42 "), 1 + 5 + 2); /* the first point, the grid, the marks */
    begin("ar");
    chart_lines(&h, &lines);
    assert_int_equal(times("direction='rtl'"), 1);
    assert_int_equal(times("d='M286 "), 1 + 5 + 2);
    begin("en");
    chart_lines(&h, &empty);
    assert_int_equal(out.len, 0);
}

/* A dot stands where its value is, on its side of a goal; only those that would cover it are above.
 */
static void test_dots(void **state)
{
    const int64_t values[] = {2 * PERCENT_ONE, PERCENT_ONE * 49 / 10, PERCENT_ONE * 21 / 4,
                              PERCENT_ONE * 41 / 20};
    const struct chart_mark marks[] = {{3 * PERCENT_ONE, NULL}, {5 * PERCENT_ONE, NULL}};
    const struct chart_dots dots = {.chart = {"dots", hostile, hostile, NAME},
                                    .values = values,
                                    .count = COUNT_OF(values),
                                    .marks = marks,
                                    .mark_count = COUNT_OF(marks)};

    (void)state;
    begin("en");
    chart_dots(&h, &dots);
    assert_int_equal(times("class='tick'"), 7); /* 0 % to 6 % */
    assert_int_equal(times("<circle class='dot first' r='3.5' cx='112' cy='37.5'/>"), 1);
    assert_int_equal(times("<circle class='dot' r='4' cx='114.5' cy='28.5'/>"), 1);
    assert_int_equal(times("<path class='mark' d='M262 "), 1);
    assert_int_equal(times("<circle class='dot' r='4' cx='257' cy='37.5'/>"), 1);
    assert_int_equal(times("<circle class='dot' r='4' cx='274.5' cy='37.5'/>"), 1);
    begin("ar");
    chart_dots(&h, &dots);
    assert_int_equal(times("<circle class='dot' r='4' cx='53.5'"), 1);
    assert_int_equal(times("<path class='mark' d='M66 "), 1);
}

/* On a long axis every second tick is named, and nought is one of them. */
static void test_ticks(void **state)
{
    const int64_t values[] = {-2 * PERCENT_ONE, 12 * PERCENT_ONE};
    const struct chart_dots dots = {
        .chart = {"dots", hostile, hostile, NAME}, .values = values, .count = COUNT_OF(values)};

    (void)state;
    begin("en");
    chart_dots(&h, &dots);
    assert_int_equal(times("<path class='grid'") + times("<path class='zero'"),
                     8); /* -2 % to 12 % */
    assert_int_equal(times("class='tick'"), 4);
    assert_int_equal(times(">0%</text>"), 1);
    assert_int_equal(times(">12%</text>"), 1);
}

/* Charts side by side have one scale where they are told what to reach. */
static void test_reach(void **state)
{
    const struct chart_bar bar = {"a", 6 * PERCENT_ONE};
    struct chart_bars bars = {.chart = {"bars", hostile, NULL, NAME}, .bars = &bar, .count = 1};

    (void)state;
    begin("en");
    chart_bars(&h, &bars);
    assert_int_equal(times("width='256' height='12'"), 1); /* all of it */
    begin("en");
    bars.reach = 12 * PERCENT_ONE;
    chart_bars(&h, &bars);
    assert_int_equal(times("width='128' height='12'"), 1); /* half */
    assert_int_equal(times("<rect class='ground'"), 1);
}

static void test_parts(void **state)
{
    const int64_t values[] = {2 * PERCENT_ONE, 2 * PERCENT_ONE, -PERCENT_ONE / 2, 40 * PERCENT_ONE};
    const struct chart_mark marks[] = {{3 * PERCENT_ONE, NULL}};
    const struct chart_bar bars[] = {
        {NAME, 3 * PERCENT_ONE}, {"b", CHART_NONE}, {"c", -PERCENT_ONE}};
    const struct chart_part parts[] = {
        {"fee", NAME, 250}, {"rate", "rate", -20}, {"kept", "kept", 19750}};

    (void)state;
    begin("fr");
    chart_dots(&h, &(struct chart_dots){.chart = {"dots", hostile, hostile, NAME},
                                        .values = values,
                                        .count = 4,
                                        .marks = marks,
                                        .mark_count = 1});
    assert_int_equal(times("<circle class='dot"), 4);
    assert_int_equal(times("<circle class='dot first' r='3.5'"), 1);
    assert_int_equal(times("<script"), 0);
    begin("ar");
    chart_bars(&h, &(struct chart_bars){.chart = {"bars", hostile, hostile, NAME},
                                        .bars = bars,
                                        .count = 3,
                                        .marks = marks,
                                        .mark_count = 1});
    assert_int_equal(times("<rect class='bar'"), 2);
    assert_int_equal(times("<script"), 0);
    begin("en");
    chart_stack(&h, &(struct chart_stack){.title = hostile,
                                          .view = NAME,
                                          .parts = parts,
                                          .count = 3,
                                          .currency = currency_find(span_of("EUR"))});
    assert_int_equal(times("<path class='"), 2);
    assert_int_equal(times("<path class='fee' d='M0 8H4'/><path class='kept' d='M6 8H328'/>"), 1);
    assert_int_equal(times("<li class="), 3);
    assert_int_equal(times("<script"), 0);
}

/* Between parts is the same ground everywhere, and they fill the rest; what would be too thin to
 * see leaves no gap. */
static void test_stack(void **state)
{
    static const struct {
        const char *language;
        int64_t values[4];
        const char *drawn;
    } CASES[] = {
        {"en", {1, 1, 1, 1}, "M0 8H80.5|M82.5 8H163|M165 8H245.5|M247.5 8H328"},
        {"ar", {1, 1, 1, 1}, "M328 8H247.5|M245.5 8H165|M163 8H82.5|M80.5 8H0"},
        {"en", {19552, 250, 198, 0}, "M0 8H316.7|M318.7 8H322.7|M324.7 8H328"},
        {"en", {100000, 1, 0, 200}, "M0 8H325.3|M327.3 8H328"},
        {"en", {0, 0, 7, 0}, "M0 8H328"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct chart_part parts[4];
        char drawn[256] = "";

        for (size_t p = 0; p < COUNT_OF(parts); p++)
            parts[p] = (struct chart_part){"fee", "fee", CASES[i].values[p]};
        begin(CASES[i].language);
        chart_stack(&h, &(struct chart_stack){.title = hostile,
                                              .view = NAME,
                                              .parts = parts,
                                              .count = COUNT_OF(parts),
                                              .currency = currency_find(span_of("EUR"))});
        assert_int_equal(times("<svg"), 1);
        for (const char *at = out.at; (at = strstr(at, " d='")) != NULL; at++)
            (void)snprintf(drawn + strlen(drawn), sizeof(drawn) - strlen(drawn), "%s%.*s",
                           drawn[0] == '\0' ? "" : "|", (int)strcspn(at + 4, "'"), at + 4);
        assert_string_equal(drawn, CASES[i].drawn);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scale), cmocka_unit_test(test_lines), cmocka_unit_test(test_dots),
        cmocka_unit_test(test_ticks), cmocka_unit_test(test_reach), cmocka_unit_test(test_parts),
        cmocka_unit_test(test_stack),
    };

    return UNIT_RUN(tests, setup, teardown);
}
