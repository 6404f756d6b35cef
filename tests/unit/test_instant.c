/* Days and instants: the calendar's corners, what is read and what is refused. */
#include "unit.h"

#include <corridor/instant.h>

static const struct {
    const char *text;
    bool valid;
    int32_t day;
} days[] = {
    {"1970-01-01", true, 0},
    {"2000-02-29", true, 11016},
    {"2026-03-15", true, 20527},
    {"2024-02-29", true, 19782},
    {"9999-12-31", true, 2932896},
    {"2100-02-28", true, 47540},
    {"2023-02-29", false, 0},
    {"2100-02-29", false, 0},
    {"2026-04-31", false, 0},
    {"2026-13-01", false, 0},
    {"2026-00-10", false, 0},
    {"2026-01-00", false, 0},
    {"1969-12-31", false, 0},
    {"2026-3-15", false, 0},
    {"2026-03-15 ", false, 0},
    {"15/03/2026", false, 0},
    {"20260315", false, 0},
    {"", false, 0},
    {"2026-03-1a", false, 0},
    {"-026-03-15", false, 0},
    {"2026\xE2\x88\x92"
     "3-1",
     false, 0},
};

static void reads_and_prints_days(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(days); i++) {
        int32_t day = -7;
        char text[DAY_TEXT_MAX];
        if (day_parse(&day, span_of(days[i].text)) != days[i].valid)
            fail_msg("\"%s\"", days[i].text);
        if (!days[i].valid)
            continue;
        assert_int_equal(day, days[i].day);
        assert_int_equal(day_print(text, sizeof(text), day), 10);
        assert_string_equal(text, days[i].text);
    }
}

static void every_day_round_trips(void **state)
{
    (void)state;
    char before[DAY_TEXT_MAX] = "1969-12-31";
    for (int32_t day = 0; day < 100000; day++) {
        char text[DAY_TEXT_MAX];
        int32_t back;
        size_t length = day_print(text, sizeof(text), day);
        assert_true(day_parse(&back, (struct span){text, length}));
        assert_int_equal(back, day);
        assert_true(strcmp(before, text) < 0);
        memcpy(before, text, sizeof(before));
    }
}

static const struct {
    const char *text;
    bool valid;
    int64_t instant;
    const char *printed; /* NULL: as read */
} instants[] = {
    {"1970-01-01T00:00:00Z", true, 0, NULL},
    {"2026-03-15T12:00:00Z", true, INT64_C(1773576000000000), NULL},
    {"2026-03-15T12:00:00.000001Z", true, INT64_C(1773576000000001), NULL},
    {"2026-03-15T12:00:00.5Z", true, INT64_C(1773576000500000), "2026-03-15T12:00:00.500000Z"},
    {"2026-03-15T23:59:59.999999Z", true, INT64_C(1773619199999999), NULL},
    {"2026-03-15T24:00:00Z", false, 0, NULL},
    {"2026-03-15T12:60:00Z", false, 0, NULL},
    {"2026-03-15T12:00:60Z", false, 0, NULL},
    {"2026-03-15T12:00:00", false, 0, NULL},
    {"2026-03-15T12:00:00+01:00", false, 0, NULL},
    {"2026-03-15 12:00:00Z", false, 0, NULL},
    {"2026-03-15T12:00:00.Z", false, 0, NULL},
    {"2026-03-15T12:00:00.1234567Z", false, 0, NULL},
    {"2026-02-30T12:00:00Z", false, 0, NULL},
    {"2026-03-15T12:00Z", false, 0, NULL},
    {"", false, 0, NULL},
};

static void reads_and_prints_instants(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(instants); i++) {
        int64_t instant = -7;
        char text[INSTANT_TEXT_MAX];
        if (instant_parse(&instant, span_of(instants[i].text)) != instants[i].valid)
            fail_msg("\"%s\"", instants[i].text);
        if (!instants[i].valid)
            continue;
        assert_int_equal(instant, instants[i].instant);
        size_t length = instant_print(text, sizeof(text), instant);
        assert_int_equal(length, strlen(text));
        assert_string_equal(text,
                            instants[i].printed == NULL ? instants[i].text : instants[i].printed);
    }
}

static void places_instants_in_days(void **state)
{
    (void)state;
    assert_int_equal(instant_day(0), 0);
    assert_int_equal(instant_day(INSTANT_DAY - 1), 0);
    assert_int_equal(instant_day(INSTANT_DAY), 1);
    assert_int_equal(instant_day(-1), -1);
    assert_int_equal(instant_day(-INSTANT_DAY), -1);
    assert_int_equal(instant_day_end(0), INSTANT_DAY - 1);
}

static void knows_quarters(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool valid;
    } periods[] = {{"2014-Q2", true}, {"1970-Q1", true},  {"2014-Q0", false}, {"2014-Q5", false},
                   {"2014Q2", false}, {"2014-q2", false}, {"1969-Q4", false}, {"2014-Q22", false},
                   {"", false},       {"abcd-Q1", false}};
    for (size_t i = 0; i < COUNT_OF(periods); i++) {
        if (period_valid(span_of(periods[i].text)) != periods[i].valid)
            fail_msg("\"%s\"", periods[i].text);
    }
    char period[PERIOD_TEXT_MAX];
    period_print(period, 20527);
    assert_string_equal(period, "2026-Q1");
    period_print(period, 20543); /* 2026-03-31 */
    assert_string_equal(period, "2026-Q1");
    period_print(period, 20544);
    assert_string_equal(period, "2026-Q2");
    period_print(period, 0);
    assert_string_equal(period, "1970-Q1");
}

static void reads_instants_as_others_write_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *same; /* in our own form; NULL: refused */
    } written[] = {
        {"2026-03-15T12:00:00Z", "2026-03-15T12:00:00Z"},
        {"2026-03-15T12:00:00+01:00", "2026-03-15T11:00:00Z"},
        {"2026-03-15T12:00:00-09:30", "2026-03-15T21:30:00Z"},
        {"2026-03-01T00:15:00.25+00:45", "2026-02-28T23:30:00.250000Z"},
        {"2026-03-15T12:00:00.123456789Z", "2026-03-15T12:00:00.123456Z"},
        {"2026-03-15T12:00:00.123456789+00:00", "2026-03-15T12:00:00.123456Z"},
        {"2026-03-15T12:00:00.1234567890Z", NULL},
        {"2026-03-15T12:00:00.12345678xZ", NULL},
        {"2026-03-15T12:00:00.Z", NULL},
        {"2026-03-15T12:00:00", NULL},
        {"2026-03-15T12:00Z", NULL},
        {"2026-03-15t12:00:00z", NULL},
        {"2026-03-15 12:00:00Z", NULL},
        {"2026-03-15T12:00:00+0100", NULL},
        {"2026-03-15T12:00:00+24:00", NULL},
        {"2026-03-15T12:00:00+01:60", NULL},
        {"2026-03-15T12:00:00Z+01:00", NULL},
        {"2026-03-15", NULL},
        {"+01:00", NULL},
        {"Z", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(written); i++) {
        char text[INSTANT_TEXT_MAX];
        int64_t instant = 0;
        bool read = instant_parse_any(&instant, span_of(written[i].text));
        if (read != (written[i].same != NULL))
            fail_msg("\"%s\"", written[i].text);
        if (!read)
            continue;
        instant_print(text, sizeof(text), instant);
        assert_string_equal(text, written[i].same);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_prints_days),
        cmocka_unit_test(every_day_round_trips),
        cmocka_unit_test(reads_and_prints_instants),
        cmocka_unit_test(reads_instants_as_others_write_them),
        cmocka_unit_test(places_instants_in_days),
        cmocka_unit_test(knows_quarters),
    };
    return UNIT_RUN(tests, NULL, NULL);
}
