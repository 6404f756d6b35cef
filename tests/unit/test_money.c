/* Amounts, rates and percentages: what is read, what is refused and why, what is printed,
 * conversions by hand. */
#include "unit.h"

#include <corridor/money.h>

#define GENERATED 40000

static const struct currency euro = {"EUR", 978, 2};
static const struct currency franc = {"XOF", 952, 0};
static const struct currency dinar = {"TND", 788, 3};
static const struct currency unidad = {"CLF", 990, 4};

static const struct {
    const char *text;
    const struct currency *currency;
    enum money_error error;
    int64_t minor;
    const char *printed; /* NULL: as read */
} amounts[] = {
    {"200", &euro, MONEY_OK, 20000, "200.00"},
    {"200.00", &euro, MONEY_OK, 20000, NULL},
    {"200.000", &euro, MONEY_OK, 20000, "200.00"},
    {"200.0", &franc, MONEY_OK, 200, "200"},
    {"137.42", &euro, MONEY_OK, 13742, NULL},
    {"0.05", &euro, MONEY_OK, 5, NULL},
    {"-1.5", &euro, MONEY_OK, -150, "-1.50"},
    {"-0.01", &euro, MONEY_OK, -1, NULL},
    {"-0", &euro, MONEY_OK, 0, "0.00"},
    {"137.425", &dinar, MONEY_OK, 137425, NULL},
    {"1.2345", &unidad, MONEY_OK, 12345, NULL},
    {"1000000000000", &euro, MONEY_OK, MONEY_MAX, "1000000000000.00"},
    {"100000000000000", &franc, MONEY_OK, MONEY_MAX, NULL},
    {"1000000000000.01", &euro, MONEY_TOO_LARGE, 0, NULL},
    {"-1000000000000.01", &euro, MONEY_TOO_LARGE, 0, NULL},
    {"100000000000001", &franc, MONEY_TOO_LARGE, 0, NULL},
    {"999999999999999999999999999999", &euro, MONEY_TOO_LARGE, 0, NULL},
    {"99999999999999999999999999999999999999999999", &euro, MONEY_TOO_LARGE, 0, NULL},
    {"170141183460469231731687303715884105727", &unidad, MONEY_TOO_LARGE, 0, NULL},
    {"137.425", &euro, MONEY_TOO_MANY_DECIMALS, 0, NULL},
    {"0.5", &franc, MONEY_TOO_MANY_DECIMALS, 0, NULL},
    {"0.0000000000000000001", &euro, MONEY_TOO_MANY_DECIMALS, 0, NULL},
    {"", &euro, MONEY_NOT_A_NUMBER, 0, NULL},
    {"NaN", &euro, MONEY_NOT_A_NUMBER, 0, NULL},
    {"1e3", &euro, MONEY_NOT_A_NUMBER, 0, NULL},
    {"1,50", &euro, MONEY_NOT_A_NUMBER, 0, NULL},
    {"1 000", &euro, MONEY_NOT_A_NUMBER, 0, NULL},
    {"1'000", &euro, MONEY_NOT_A_NUMBER, 0, NULL},
    {"\xE2\x82\xAC"
     "5",
     &euro, MONEY_NOT_A_NUMBER, 0, NULL},
    {"+5", &euro, MONEY_NOT_A_NUMBER, 0, NULL},
};

static void reads_and_prints_amounts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(amounts); i++) {
        int64_t minor = 77;
        char text[MONEY_TEXT_MAX];
        size_t length;

        if (money_parse(&minor, span_of(amounts[i].text), amounts[i].currency) != amounts[i].error)
            fail_msg("\"%s\" in %s", amounts[i].text, amounts[i].currency->code);
        if (amounts[i].error != MONEY_OK) {
            assert_int_equal(minor, 77);
            continue;
        }
        assert_int_equal(minor, amounts[i].minor);
        length = money_print(text, sizeof text, minor, amounts[i].currency);
        assert_int_equal(length, strlen(text));
        assert_string_equal(text, amounts[i].printed ? amounts[i].printed : amounts[i].text);
    }
}

static void amounts_round_trip(void **state)
{
    struct unit_random random = unit_random_open("amounts printed and read");
    const struct currency *currencies[] = {&euro, &franc, &dinar, &unidad};

    (void)state;
    for (int i = 0; i < GENERATED; i++) {
        const struct currency *currency =
            currencies[unit_random_bits(&random) % COUNT_OF(currencies)];
        int64_t minor = unit_random_size(&random, MONEY_MAX) * (unit_one_in(&random, 2) ? 1 : -1);
        int64_t back;
        char text[MONEY_TEXT_MAX];
        size_t length = money_print(text, sizeof text, minor, currency);

        assert_int_equal(money_parse(&back, (struct span){text, length}, currency), MONEY_OK);
        assert_true(back == minor);
    }
}

static const struct {
    const char *text;
    int64_t units; /* 0: refused */
    const char *printed;
} rates[] = {
    {"655.957", INT64_C(655957000000000), NULL},
    {"655.957000000000000", INT64_C(655957000000000), "655.957"}, /* zeros past the twelfth */
    {"1", INT64_C(1000000000000), NULL},
    {"10", INT64_C(10000000000000), NULL},
    {"0.000039215686", INT64_C(39215686), NULL}, /* dong to dollar */
    {"0.000000000001", 1, NULL},
    {"9223372.036854775807", INT64_MAX, NULL},
    {"9223372.036854775808", 0, NULL},
    {"0.0000000000001", 0, NULL},
    {"0", 0, NULL},
    {"0.000", 0, NULL},
    {"-1", 0, NULL},
    {"", 0, NULL},
    {"1/2", 0, NULL},
    {"inf", 0, NULL},
};

static void reads_and_prints_rates(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rates); i++) {
        struct rate rate = {77};
        char text[RATE_TEXT_MAX];
        size_t length;
        bool read = rate_parse(&rate, span_of(rates[i].text));

        if (read != (rates[i].units != 0))
            fail_msg("rate \"%s\"", rates[i].text);
        assert_true(rate.units == (read ? rates[i].units : 77));
        if (!read)
            continue;
        length = rate_print(text, sizeof text, rate);
        assert_int_equal(length, strlen(text));
        assert_string_equal(text, rates[i].printed ? rates[i].printed : rates[i].text);
    }
    {
        char text[RATE_TEXT_MAX];

        rate_print(text, sizeof text, (struct rate){0});
        assert_string_equal(text, "0");
    }
}

static const struct {
    const char *receive, *send, *cross; /* NULL: refused */
} crosses[] = {
    {"655.957", "1", "655.957"},
    {"655.957", "1.1684", "561.414755220815"}, /* 561.4147552208147894…: up */
    {"1", "3", "0.333333333333"},
    {"2", "3", "0.666666666667"},
    {"0.000000000001", "1.9", "0.000000000001"}, /* 0.526…: up */
    {"0.000000000001", "2.1", NULL},             /* 0.476…: nothing is left */
    {"9223372", "0.5", NULL},
};

static void crosses_rates(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(crosses); i++) {
        struct rate receive, send, cross = {77}, expected;

        assert_true(rate_parse(&receive, span_of(crosses[i].receive)));
        assert_true(rate_parse(&send, span_of(crosses[i].send)));
        assert_int_equal(rate_cross(&cross, receive, send), crosses[i].cross != NULL);
        if (!crosses[i].cross)
            continue;
        assert_true(rate_parse(&expected, span_of(crosses[i].cross)));
        assert_true(cross.units == expected.units);
    }
    assert_false(rate_cross(&(struct rate){0}, (struct rate){0}, (struct rate){1}));
    assert_false(rate_cross(&(struct rate){0}, (struct rate){1}, (struct rate){0}));
}

static const struct {
    const char *text;
    int64_t units;
    const char *printed; /* NULL: refused */
} percents[] = {
    {"1.59", 1590000, "1.5900"},
    {"0", 0, "0.0000"},
    {"-0.63", -630000, "-0.6300"},
    {"2.6700000000", 2670000, "2.6700"},
    {"0.00005", 50, "0.0001"}, /* a half: away from zero */
    {"-0.00005", -50, "-0.0001"},
    {"0.000049", 49, "0.0000"},
    {"-0.000049", -49, "0.0000"}, /* zero has no sign */
    {"99.99995", 99999950, "100.0000"},
    {"9223372036854.775807", INT64_MAX, "9223372036854.7758"},
    {"9223372036854.775808", 0, NULL},
    {"0.0000001", 0, NULL},
    {"5%", 0, NULL},
    {"", 0, NULL},
};

static void reads_and_prints_percentages(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(percents); i++) {
        int64_t units = 77;
        char text[PERCENT_TEXT_MAX];
        size_t length;
        bool read = percent_parse(&units, span_of(percents[i].text));

        if (read != (percents[i].printed != NULL))
            fail_msg("percentage \"%s\"", percents[i].text);
        assert_true(units == (read ? percents[i].units : 77));
        if (!read)
            continue;
        length = percent_print(text, sizeof text, units);
        assert_int_equal(length, strlen(text));
        assert_string_equal(text, percents[i].printed);
    }
}

static const struct {
    int64_t minor;
    const struct currency *from, *to;
    const char *rate;
    enum decimal_rounding rounding;
    int64_t result; /* -1: refused */
} conversions[] = {
    {20000, &euro, &franc, "655.957", DECIMAL_DOWN, 131191}, /* 200 * 655.957 = 131191.4 */
    {20000, &euro, &franc, "655.957", DECIMAL_CEILING, 131192},
    {13742, &euro, &franc, "655.957", DECIMAL_HALF_UP, 90142}, /* 137.42 * 655.957 = 90141.61… */
    {100000, &franc, &euro, "0.0015244901", DECIMAL_DOWN, 15244}, /* 152.44901 */
    {1, &euro, &dinar, "3.2", DECIMAL_DOWN, 32},                  /* 0.01 * 3.2 = 0.032 */
    {5, &dinar, &euro, "0.3", DECIMAL_DOWN, 0},                   /* 0.0015 */
    {5, &dinar, &euro, "1", DECIMAL_HALF_UP, 1},                  /* 0.005: a half */
    {-5, &dinar, &euro, "1", DECIMAL_HALF_UP, -1 * 1},
    {1, &franc, &unidad, "1", DECIMAL_DOWN, 10000},
    {MONEY_MAX, &franc, &unidad, "9223372", DECIMAL_DOWN, -1}, /* 9.2 * 10^24 */
    {MONEY_MAX, &euro, &euro, "1", DECIMAL_DOWN, MONEY_MAX},
};

static void converts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(conversions); i++) {
        struct rate rate;
        int64_t result = -1;
        bool fits;

        assert_true(rate_parse(&rate, span_of(conversions[i].rate)));
        fits = money_convert(&result, conversions[i].minor, conversions[i].from, conversions[i].to,
                             rate, conversions[i].rounding);
        if (result != conversions[i].result ||
            fits == (conversions[i].result == -1 && conversions[i].minor > 0))
            fail_msg("conversion %zu gives %lld", i, (long long)result);
    }
    assert_false(money_convert(&(int64_t){0}, 100, &euro, &franc, (struct rate){0}, DECIMAL_DOWN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_prints_amounts),     cmocka_unit_test(amounts_round_trip),
        cmocka_unit_test(reads_and_prints_rates),       cmocka_unit_test(crosses_rates),
        cmocka_unit_test(reads_and_prints_percentages), cmocka_unit_test(converts),
    };

    return UNIT_RUN(tests, NULL, NULL);
}
