/* Cells of workbooks as text: numbers, days, places and escapes, as tables of cases. */
#include "unit.h"

#include <ingest/xlsx_cell.h>
#include <ingest/xlsx_styles.h>

static const struct {
    const char *text;
    const char *wanted;
} numbers[] = {
    {"0", "0"},
    {"-0", "0"},
    {"0.0", "0"},
    {"5", "5"},
    {"-5", "-5"},
    {"13034", "13034"},
    {"200", "200"},
    {"1.50", "1.5"},
    {"000.5", "0.5"},
    {".5", "0.5"},
    {"5.", "5"},
    /* The digits of a binary fraction are not those that were typed. */
    {"6.2000000000000002E-2", "0.062"},
    {"2.8570000000000002", "2.857"},
    {"0.10000000000000001", "0.1"},
    {"0.29999999999999999", "0.3"},
    {"655.95699999999999", "655.957"},
    {"1.1000000000000001E-3", "0.0011"},
    {"-1.2345678901234568", "-1.23456789012346"},
    {"123456789012345678", "123456789012346000"},
    {"1.23456789012345E+20", "123456789012345000000"},
    {"1e3", "1000"},
    {"1E0", "1"},
    /* Half up, and through nines. */
    {"1.000000000000005", "1.00000000000001"},
    {"1.0000000000000049", "1"},
    {"9.999999999999995", "10"},
    {"0.9999999999999999", "1"},
    {"999999999999999.5", "1000000000000000"},
    /* At most 18 decimals. */
    {"2.2204460492503131E-16", "0.000000000000000222"},
    {"-4.8148148148148148E-5", "-0.000048148148148148"},
    {"4.9E-19", "0"},
    {"5E-19", "0.000000000000000001"},
    {"9.9999999999999999E-1", "1"},
    {"1E-400", "0"},
    {"0E99", "0"},
    /* No numbers, or none that we would hold: as they stand. */
    {"", ""},
    {"-", "-"},
    {".", "."},
    {"E5", "E5"},
    {"1e", "1e"},
    {"1e+", "1e+"},
    {"1.2.3", "1.2.3"},
    {"1,5", "1,5"},
    {"+1", "+1"},
    {" 1", " 1"},
    {"NaN", "NaN"},
    {"0x10", "0x10"},
    {"1E+308", "1E+308"},
    {"1E99999999999999999999", "1E99999999999999999999"},
    {"a text that is much longer than the buffer that a number's text is given may hold",
     "a text that is much longer than the buffer that a number's text"},
};

static void numbers_are_those_shown(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        char got[XLSX_NUMBER_SIZE];
        size_t len = xlsx_number(span_of(numbers[i].text), got);
        assert_int_equal(len, strlen(got));
        if (strcmp(got, numbers[i].wanted) != 0) {
            fail_msg("'%s' became '%s', not '%s'", numbers[i].text, got, numbers[i].wanted);
        }
    }
}

/* Any decimal of 15 digits that is written as a binary fraction comes back. */
static void typed_numbers_come_back(void **state)
{
    struct unit_random random = unit_random_open("numbers");
    (void)state;
    for (int i = 0; i < 20000; i++) {
        char typed[32];
        char stored[64];
        char got[XLSX_NUMBER_SIZE];
        int decimals = (int)unit_random_between(&random, 0, 6);
        int64_t whole = unit_random_size(&random, 99999999);
        int64_t part = unit_random_between(&random, 1, 999999);
        int len = decimals == 0 ? snprintf(typed, sizeof typed, "%lld", (long long)whole)
                                : snprintf(typed, sizeof typed, "%lld.%06lld", (long long)whole,
                                           (long long)part);
        while (decimals > 0 && typed[len - 1] == '0') {
            typed[--len] = '\0';
        }
        (void)snprintf(stored, sizeof stored, i % 2 ? "%.17g" : "%.16E", strtod(typed, NULL));
        (void)xlsx_number(span_of(stored), got);
        if (strcmp(got, typed) != 0) {
            fail_msg("'%s' was stored as '%s' and became '%s'", typed, stored, got);
        }
    }
}

static const struct {
    const char *text;
    bool from_1904;
    const char *wanted; /* "" for no day */
} dates[] = {
    {"61", false, "1900-03-01"},
    {"36526", false, "2000-01-01"},
    {"36585", false, "2000-02-29"},
    {"40565", false, "2011-01-22"},
    {"45351", false, "2024-02-29"},
    {"45352", false, "2024-03-01"},
    {"45657", false, "2024-12-31"},
    {"45658", false, "2025-01-01"},
    {"45538.75", false, "2024-09-03"},
    {"4.5538E4", false, "2024-09-03"},
    {"2958465", false, "9999-12-31"},
    {"44076", true, "2024-09-03"},
    {"60", false, ""},
    {"0", false, ""},
    {"-5", false, ""},
    {"2958466", false, ""},
    {"1E9", false, ""},
    {"sometime", false, ""},
    {"", false, ""},
};

static void days_are_counted(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(dates); i++) {
        char got[11] = "";
        bool is = xlsx_date(span_of(dates[i].text), dates[i].from_1904, got);
        if (is != (dates[i].wanted[0] != '\0') || (is && strcmp(got, dates[i].wanted) != 0)) {
            fail_msg("'%s' became '%s', not '%s'", dates[i].text, is ? got : "", dates[i].wanted);
        }
    }
}

static const struct {
    const char *place;
    size_t column; /* SIZE_MAX for none */
} places[] = {
    {"A1", 0},
    {"Z9", 25},
    {"AA1", 26},
    {"AU204470", 46},
    {"XFD1048576", 16383},
    {"XFE1", SIZE_MAX},
    {"1A", SIZE_MAX},
    {"A", SIZE_MAX},
    {"", SIZE_MAX},
    {"a1", SIZE_MAX},
    {"$A$1", SIZE_MAX},
    {"AAAAAAAAAAAAAAAAAAAAAAAAAAAA1", SIZE_MAX},
};

static void places_are_columns(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        size_t column = 0;
        bool is = xlsx_column(places[i].place, &column);
        if (is != (places[i].column != SIZE_MAX) || (is && column != places[i].column)) {
            fail_msg("'%s' is column %zu", places[i].place, column);
        }
    }
}

static const struct {
    const char *text;
    const char *wanted;
} escapes[] = {
    {"plain", "plain"},
    {"a_x000D_b", "a\rb"},
    {"_x005F_x0041_", "_x0041_"},
    {"_x00e9_", "\xC3\xA9"},
    {"_x20AC_", "\xE2\x82\xAC"},
    {"_xD83D__x0000_x", "x"},
    {"_x12_ _xZZZZ_ _x0041", "_x12_ _xZZZZ_ _x0041"},
    {"2011_1Q", "2011_1Q"},
};

static void escapes_are_undone(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(escapes); i++) {
        char text[64];
        (void)snprintf(text, sizeof text, "%s", escapes[i].text);
        text[xlsx_unescape(text, strlen(text))] = '\0';
        assert_string_equal(text, escapes[i].wanted);
    }
}

static const struct {
    const char *code;
    bool date;
} formats[] = {
    {"dd/mmm/yyyy", true},
    {"dd\\/mmm\\/yyyy;@", true},
    {"[$-409]d\\-mmm\\-yy;@", true},
    {"YYYY-MM-DD", true},
    {"yyyy\"year\"", true},
    {"mm:ss", false},
    {"0.00", false},
    {"[Red]0.00", false},
    {"0 \"days\"", false},
    {"0\\d", false},
    {"#,##0_d", false},
    {"General;\"none\";dd", false},
    {"\"unclosed d", false},
    {"", false},
};

static void formats_of_dates_are_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        if (xlsx_format_is_date(formats[i].code) != formats[i].date) {
            fail_msg("'%s'", formats[i].code);
        }
    }
}

static void counts_are_bounded(void **state)
{
    uint64_t count = 0;
    (void)state;
    assert_true(xlsx_count("1048576", 1048576, &count));
    assert_int_equal(count, 1048576);
    assert_false(xlsx_count("1048577", 1048576, &count));
    assert_false(xlsx_count("99999999999999999999999", UINT64_MAX, &count));
    assert_false(xlsx_count("", 9, &count));
    assert_false(xlsx_count("-1", 9, &count));
    assert_false(xlsx_count("1 ", 9, &count));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_those_shown), cmocka_unit_test(typed_numbers_come_back),
        cmocka_unit_test(days_are_counted),        cmocka_unit_test(places_are_columns),
        cmocka_unit_test(escapes_are_undone),      cmocka_unit_test(formats_of_dates_are_known),
        cmocka_unit_test(counts_are_bounded),
    };
    return UNIT_RUN(tests, NULL, NULL);
}
