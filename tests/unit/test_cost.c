/*
 * Costs worked by hand. Amounts in minor units; the working of each case stands beside it. The
 * properties over generated tariffs are in test_cost_property.c.
 */
#include "unit.h"

#include <corridor/cost.h>

static const struct currency euro = {"EUR", 978, 2};
static const struct currency dollar = {"USD", 840, 2};
static const struct currency franc = {"XOF", 952, 0};
static const struct currency yen = {"JPY", 392, 0};
static const struct currency kuwait = {"KWD", 414, 3};
static const struct currency tunis = {"TND", 788, 3};

#define NONE       TARIFF_NO_LIMIT
#define HIDDEN     0
#define RATE(x)    (INT64_C(x) * 1000000) /* millionths */
#define PERCENT(x) (INT64_C(x) * 10000)   /* hundredths of a percent */
#define AT_645     RATE(645000000)

/* clang-format off: a tariff and a case are each read as one line of a table */
static const struct tariff
    flat_199 = {&euro, &franc, 0, NONE, 0, 0, 1, {{0, NONE, 199, 0, 0, NONE, {AT_645}}}},
    flat_200 = {&euro, &franc, 0, NONE, 0, 0, 1, {{0, NONE, 200, 0, 0, NONE, {AT_645}}}},
    limited = {&euro, &franc, 1000, 10000, 0, 0, 1, {{0, NONE, 200, 0, 0, NONE, {AT_645}}}},
    taxed = {&euro, &franc,      0, NONE,
             500,   PERCENT(20), 1, {{0, NONE, 0, PERCENT(150), 0, NONE, {RATE(650000000)}}}},
    counter = {&euro, &franc, 0, NONE, 500, 0, 1, {{0, NONE, 0, 0, 0, NONE, {RATE(650000000)}}}},
    generous = {&euro, &franc, 0, NONE, 0, 0, 1, {{0, NONE, 0, 0, 0, NONE, {RATE(660000000)}}}},
    percent_150 = {&euro, &franc, 0, NONE,
                   0,     0,      1, {{0, NONE, 0, PERCENT(150), 0, NONE, {AT_645}}}},
    percent_100 = {&euro, &franc, 0, NONE,
                   0,     0,      1, {{0, NONE, 0, PERCENT(100), 0, NONE, {AT_645}}}},
    tiny_rate = {&euro, &franc, 0, NONE,
                 0,     0,      1, {{0, NONE, 0, PERCENT(100), 0, NONE, {RATE(1000)}}}},
    huge_rate = {&euro, &franc, 0, NONE, 0, 0, 1, {{0, NONE, 0, 0, 0, NONE, {INT64_MAX}}}},
    from_yen = {&yen, &euro, 0, NONE, 0, 0, 1, {{0, NONE, 500, 0, 0, NONE, {RATE(6200)}}}},
    from_franc = {&franc, &euro, 0, NONE, 0, 0, 1, {{0, NONE, 0, 0, 0, NONE, {RATE(1524)}}}},
    from_kuwait = {&kuwait, &tunis, 0, NONE,
                   0,       0,      1, {{0, NONE, 1500, 0, 0, NONE, {RATE(3050000)}}}},
    one_dollar = {&dollar, &dollar, 0, NONE,
                  0,       0,       1, {{0, NONE, 700, 0, 0, NONE, {RATE(1000000)}}}},
    hair_under = {&dollar, &dollar, 0, NONE, 0, 0, 1, {{0, NONE, 0, 0, 0, NONE, {RATE(1999999)}}}},
    hair_over = {&dollar, &dollar, 0, NONE, 0, 0, 1, {{0, NONE, 0, 0, 0, NONE, {RATE(2000001)}}}},
    all_taken = {&euro, &franc, 0, NONE, 129000, 0, 1, {{0, NONE, 200, 0, 0, NONE, {AT_645}}}},
    one_left = {&euro, &franc, 0, NONE, 128999, 0, 1, {{0, NONE, 200, 0, 0, NONE, {AT_645}}}},
    hidden = {&euro, &franc, 0, 10000, 0, 0, 1, {{0, NONE, 0, 0, 0, NONE, {HIDDEN}}}},
    halves = {&euro, &franc,        0, NONE,
              0,     PERCENT(5000), 1, {{0, NONE, 0, PERCENT(5000), 0, NONE, {AT_645}}}},
    half_rate = {&dollar,
                 &dollar,
                 0,
                 NONE,
                 0,
                 0,
                 2,
                 {{0, 10000, 0, 0, 0, NONE, {RATE(2000000)}},
                  {10000, NONE, 0, 0, 0, NONE, {RATE(1000000)}}}},
    jump_up = {&euro,
               &franc,
               0,
               NONE,
               0,
               0,
               2,
               {{0, 10000, 100, 0, 0, NONE, {AT_645}}, {10000, NONE, 500, 0, 0, NONE, {AT_645}}}},
    jump_down = {&euro,
                 &franc,
                 0,
                 10000,
                 0,
                 0,
                 2,
                 {{0, 10000, 1000, 0, 0, NONE, {AT_645}}, {10000, NONE, 0, 0, 0, NONE, {AT_645}}}},
    worse_rate = {&euro,
                  &franc,
                  0,
                  NONE,
                  0,
                  0,
                  2,
                  {{0, 10000, 0, 0, 0, NONE, {RATE(660000000)}},
                   {10000, NONE, 0, 0, 0, NONE, {RATE(600000000)}}}},
    hidden_last =
        {&euro, &franc,
         0,     NONE,
         0,     0,
         2,     {{0, 10000, 100, 0, 0, NONE, {AT_645}}, {10000, NONE, 100, 0, 0, NONE, {HIDDEN}}}},
    hidden_one = {
        &euro, &franc,
        0,     NONE,
        0,     0,
        2,     {{0, 10000, 100, 0, 0, NONE, {HIDDEN}}, {10000, NONE, 100, 0, 0, NONE, {AT_645}}}};

#define PEG             \
    {                   \
        RATE(655957000) \
    }
#define NO_RATE \
    {           \
        0       \
    }
#define NOTHING {0, 0, 0, 0, 0, 0}, NULL, NULL, NULL
#define UNSAID  NULL, NULL, NULL

static const struct {
    const struct tariff *tariff;
    int64_t amount;
    struct rate reference;
    enum basis basis;
    enum cost_outcome outcome;
    struct {
        int64_t principal, fee, tax, pays, receives, total_cost;
    } figures;
    const char *margin_pct, *total_cost_pct, *cost_share_pct; /* NULL: not looked at */
} cases[] = {
    /*
     * The World Bank's formula. 200.00 * 645 = 129,000; margin 10.957 / 655.957 = 1.67038 %; fee
     * 1.99 / 200 = 0.995 %. 129,000 / 655.957 = 196.6692…, so that 201.99 - 196.67 = 5.33 are
     * lost, which is 2.6391 % of 201.99.
     */
    {&flat_199,
     20000,
     PEG,
     BASIS_PRINCIPAL,
     COST_OK,
     {20000, 199, 0, 20199, 129000, 533},
     "1.6704",
     "2.6654",
     "2.6391"},
    /*
     * 1.5 % fee, 0.2 % tax, 500 francs at the counter: 200 * 650 - 500 = 129,500; margin 5.957 /
     * 655.957 = 0.90814 %; 3.40 / 200 = 1.7 %; 500 / (200 * 655.957) = 0.38112 %; together 2.98926
     * %. 203.40 - 197.4215 = 5.98.
     */
    {&taxed,
     20000,
     PEG,
     BASIS_PRINCIPAL,
     COST_OK,
     {20000, 300, 40, 20340, 129500, 598},
     "0.9081",
     "2.9893",
     "2.9393"},
    /* Better than the middle rate: 4.043 / 655.957 = 0.61635 %, below zero everywhere. */
    {&generous,
     20000,
     PEG,
     BASIS_PRINCIPAL,
     COST_OK,
     {20000, 0, 0, 20000, 132000, -123},
     "-0.6164",
     "-0.6164",
     "-0.6164"},
    /*
     * No minor unit sent: 30,000 * 0.0062 = 186.00; margin 3 / 65 = 4.61538 %; fee 5 / 300 =
     * 1.66667 %.
     */
    {&from_yen,
     30000,
     {RATE(6500)},
     BASIS_PRINCIPAL,
     COST_OK,
     {30000, 500, 0, 30500, 18600, 1885},
     "4.6154",
     "6.2821",
     "6.1791"},
    /*
     * Three decimals: 100.000 * 3.05 = 305.000; margin 0.15 / 3.2 = 4.6875 %; fee 1.5 %; 6187.5
     * lost: half up.
     */
    {&from_kuwait,
     100000,
     {RATE(3200000)},
     BASIS_PRINCIPAL,
     COST_OK,
     {100000, 1500, 0, 101500, 305000, 6188},
     "4.6875",
     "6.1875",
     "6.0961"},
    /* One currency: 7 of 140 is 5 %, of 147 it is 4.7619 %. */
    {&one_dollar,
     14000,
     {RATE(1000000)},
     BASIS_PRINCIPAL,
     COST_OK,
     {14000, 700, 0, 14700, 14000, 700},
     "0.0000",
     "5.0000",
     "4.7619"},
    /* A millionth of 2 is 0.00005 %: a half, away from zero on both sides of it. */
    {&hair_under,
     100000000,
     {RATE(2000000)},
     BASIS_PRINCIPAL,
     COST_OK,
     {100000000, 0, 0, 100000000, 199999900, 50},
     "0.0001",
     "0.0001",
     "0.0001"},
    {&hair_over,
     100000000,
     {RATE(2000000)},
     BASIS_PRINCIPAL,
     COST_OK,
     {100000000, 0, 0, 100000000, 200000100, -50},
     "-0.0001",
     "-0.0001",
     "-0.0001"},
    /*
     * A fraction that passes 128 bits: 1.01 * 10^14 at 9.2 * 10^18, times 10^6. 10^9 /
     * 9,223,372.04 = 108.42 euros arrive.
     */
    {&tiny_rate,
     MONEY_MAX,
     {INT64_MAX},
     BASIS_PRINCIPAL,
     COST_OK,
     {MONEY_MAX, MONEY_MAX / 100, 0, MONEY_MAX / 100 * 101, 1000000000,
      MONEY_MAX / 100 * 101 - 10842},
     "100.0000",
     "101.0000",
     "100.0000"},

    /* A + 2.00 = 200.00; 3.30738 lost beside the fee: 198 * 1.67038 %. */
    {&flat_200,
     20000,
     PEG,
     BASIS_ALL_IN,
     COST_OK,
     {19800, 200, 0, 20000, 127710, 531},
     "1.6704",
     "2.6805",
     "2.6537"},
    /*
     * 1.5 % of 197.04 is 2.9556, so 2.96; together 200.00. 197.04 * 645 = 127,090.8; worth
     * 193.7475.
     */
    {&percent_150,
     20000,
     PEG,
     BASIS_ALL_IN,
     COST_OK,
     {19704, 296, 0, 20000, 127090, 625},
     "1.6704",
     "3.1726",
     "3.1263"},
    /* 1 % of 0.49 is nothing, of 0.50 a cent: no principal costs 0.50. 0.49 * 645 = 316.05. */
    {&percent_100,
     50,
     PEG,
     BASIS_ALL_IN,
     COST_OK,
     {49, 0, 0, 49, 316, 1},
     "1.6704",
     "1.6704",
     NULL},
    /*
     * Half of 0.03 as fee and half as tax, 0.015 and 0.015, both go up: 0.07, where the formula
     * says 0.06.
     */
    {&halves, 6, PEG, BASIS_ALL_IN, COST_OK, {2, 1, 1, 4, 12, 2}, UNSAID},
    /* 199.98 at 1, or 99.99 at 2: the same arrives, for less. */
    {&half_rate,
     19998,
     {RATE(2000000)},
     BASIS_ALL_IN,
     COST_OK,
     {9999, 0, 0, 9999, 19998, 0},
     "0.0000",
     "0.0000",
     "0.0000"},
    /* 102.00 falls between 99.99 + 1 and 100.00 + 5; 105.00 does not. */
    {&jump_up, 10200, PEG, BASIS_ALL_IN, COST_OK, {9999, 100, 0, 10099, 64493, 267}, UNSAID},
    {&jump_up, 10500, PEG, BASIS_ALL_IN, COST_OK, {10000, 500, 0, 10500, 64500, 667}, UNSAID},
    /* 90.00 + 10 or 100.00 + 0. More can be spent, on 99.99 + 10, but not 110.00. */
    {&jump_down, 10000, PEG, BASIS_ALL_IN, COST_OK, {10000, 0, 0, 10000, 64500, 167}, UNSAID},
    {&jump_down, 10500, PEG, BASIS_ALL_IN, COST_OK, {10000, 0, 0, 10000, 64500, 167}, UNSAID},
    {&jump_down, 11000, PEG, BASIS_ALL_IN, COST_ABOVE_MAXIMUM, NOTHING},
    /* 101.00 * 600 = 60,600, but 99.99 * 660 = 65,993.4. */
    {&worse_rate, 10100, PEG, BASIS_ALL_IN, COST_OK, {9999, 0, 0, 9999, 65993, -62}, UNSAID},
    /* 1000 * 0.001524 = 1.524: 152 cents. 998 make 1.520952, 997 only 1.519428. */
    {&from_franc,
     1000,
     {RATE(1524)},
     BASIS_ALL_IN,
     COST_OK,
     {998, 0, 0, 998, 152, 1},
     "0.0000",
     "0.0000",
     NULL},
    /* 10.00 to 100.00, and 2.00 on top. */
    {&limited, 1199, PEG, BASIS_ALL_IN, COST_BELOW_MINIMUM, NOTHING},
    {&limited, 1200, PEG, BASIS_ALL_IN, COST_OK, {1000, 200, 0, 1200, 6450, 217}, UNSAID},
    {&limited, 10200, PEG, BASIS_ALL_IN, COST_OK, {10000, 200, 0, 10200, 64500, 367}, UNSAID},
    {&limited, 10201, PEG, BASIS_ALL_IN, COST_ABOVE_MAXIMUM, NOTHING},
    {&flat_200, 200, PEG, BASIS_ALL_IN, COST_BELOW_MINIMUM, NOTHING},
    {&flat_200, 0, PEG, BASIS_ALL_IN, COST_BELOW_MINIMUM, NOTHING},
    {&flat_200, -5, PEG, BASIS_ALL_IN, COST_BELOW_MINIMUM, NOTHING},
    {&flat_200, INT64_MAX, PEG, BASIS_ALL_IN, COST_ABOVE_MAXIMUM, NOTHING},

    /* 130,000 / 645 = 201.5503…: 201.56, which makes 130,006.2. 129,000 / 645 = 200.00. */
    {&flat_200, 130000, PEG, BASIS_RECEIVE, COST_OK, {20156, 200, 0, 20356, 130006, 537}, UNSAID},
    {&flat_200, 129000, PEG, BASIS_RECEIVE, COST_OK, {20000, 200, 0, 20200, 129000, 534}, UNSAID},
    /* (129,500 + 500) / 650 = 200.00; 0.90814 + 0.38112 %. */
    {&counter,
     129500,
     PEG,
     BASIS_RECEIVE,
     COST_OK,
     {20000, 0, 0, 20000, 129500, 258},
     "0.9081",
     "1.2893",
     "1.2893"},
    /* 95.00 + 10 would do, 100.00 + 0 is cheaper. */
    {&jump_down, 61275, PEG, BASIS_RECEIVE, COST_OK, {10000, 0, 0, 10000, 64500, 167}, UNSAID},
    {&limited, 6449, PEG, BASIS_RECEIVE, COST_BELOW_MINIMUM, NOTHING},
    {&limited, 6450, PEG, BASIS_RECEIVE, COST_OK, {1000, 200, 0, 1200, 6450, 217}, UNSAID},
    {&limited, 64500, PEG, BASIS_RECEIVE, COST_OK, {10000, 200, 0, 10200, 64500, 367}, UNSAID},
    {&limited, 64501, PEG, BASIS_RECEIVE, COST_ABOVE_MAXIMUM, NOTHING},
    /* No minimum: a cent makes 6.45 francs and serves who asks for one. */
    {&flat_200, 1, PEG, BASIS_RECEIVE, COST_OK, {1, 200, 0, 201, 6, 200}, UNSAID},
    {&flat_200, 0, PEG, BASIS_RECEIVE, COST_BELOW_MINIMUM, NOTHING},
    {&flat_200, INT64_MAX, PEG, BASIS_RECEIVE, COST_ABOVE_MAXIMUM, NOTHING},

    {&limited, 999, PEG, BASIS_PRINCIPAL, COST_BELOW_MINIMUM, NOTHING},
    {&limited, 10001, PEG, BASIS_PRINCIPAL, COST_ABOVE_MAXIMUM, NOTHING},
    {&flat_200, 0, PEG, BASIS_PRINCIPAL, COST_BELOW_MINIMUM, NOTHING},
    {&flat_200, MONEY_MAX + 1, PEG, BASIS_PRINCIPAL, COST_ABOVE_MAXIMUM, NOTHING},
    /* The order of outcomes: limits, hidden rate, reference rate, nothing arrives. */
    {&hidden, 10001, NO_RATE, BASIS_PRINCIPAL, COST_ABOVE_MAXIMUM, NOTHING},
    {&hidden, 10001, NO_RATE, BASIS_ALL_IN, COST_ABOVE_MAXIMUM, NOTHING},
    {&hidden, 10000, NO_RATE, BASIS_PRINCIPAL, COST_NOT_TRANSPARENT, NOTHING},
    {&hidden, 10000, PEG, BASIS_ALL_IN, COST_NOT_TRANSPARENT, NOTHING},
    {&hidden, 20000, PEG, BASIS_RECEIVE, COST_NOT_TRANSPARENT, NOTHING},
    {&all_taken, 20000, NO_RATE, BASIS_PRINCIPAL, COST_NO_REFERENCE_RATE, NOTHING},
    {&all_taken, 20000, PEG, BASIS_PRINCIPAL, COST_NOTHING_ARRIVES, NOTHING},
    {&one_left, 20000, PEG, BASIS_PRINCIPAL, COST_OK, {20000, 200, 0, 20200, 1, 20200}, UNSAID},
    /* What arrives passes MONEY_MAX; a margin of -9.2 * 10^20 %. */
    {&huge_rate, MONEY_MAX, PEG, BASIS_PRINCIPAL, COST_OUT_OF_RANGE, NOTHING},
    {&huge_rate, 100, {1}, BASIS_PRINCIPAL, COST_OUT_OF_RANGE, NOTHING},

    /* A hidden band counts where the amount belongs to it. */
    {&hidden_last, 10099, PEG, BASIS_ALL_IN, COST_OK, {9999, 100, 0, 10099, 64493, 267}, UNSAID},
    {&hidden_last, 10100, PEG, BASIS_ALL_IN, COST_NOT_TRANSPARENT, NOTHING},
    {&hidden_last, 64493, PEG, BASIS_RECEIVE, COST_OK, {9999, 100, 0, 10099, 64493, 267}, UNSAID},
    {&hidden_last, 64494, PEG, BASIS_RECEIVE, COST_NOT_TRANSPARENT, NOTHING},
    {&hidden_one, 10099, PEG, BASIS_ALL_IN, COST_NOT_TRANSPARENT, NOTHING},
    {&hidden_one, 10100, PEG, BASIS_ALL_IN, COST_OK, {10000, 100, 0, 10100, 64500, 267}, UNSAID},
    {&hidden_one, 64499, PEG, BASIS_RECEIVE, COST_NOT_TRANSPARENT, NOTHING},
    {&hidden_one, 64500, PEG, BASIS_RECEIVE, COST_OK, {10000, 100, 0, 10100, 64500, 267}, UNSAID},
};
/* clang-format on */

static void assert_percent(size_t i, int64_t percent, const char *text)
{
    char printed[PERCENT_TEXT_MAX];

    percent_print(printed, sizeof printed, percent);
    if (text && strcmp(printed, text) != 0)
        fail_msg("case %zu: %s %%, not %s", i, printed, text);
}

static void computes_costs(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct tariff *tariff = cases[i].tariff;
        struct cost cost;
        enum cost_outcome outcome;
        uint32_t band;

        assert_int_equal(tariff_check(tariff, &band), TARIFF_OK);
        outcome = cost_compute(&cost, tariff, cases[i].basis, cases[i].amount, cases[i].reference);
        if (outcome != cases[i].outcome)
            fail_msg("case %zu: %s, not %s", i, cost_outcome_code(outcome),
                     cost_outcome_code(cases[i].outcome));
        if (outcome != COST_OK)
            continue;
        if (cost.principal != cases[i].figures.principal || cost.fee != cases[i].figures.fee ||
            cost.tax != cases[i].figures.tax || cost.pays != cases[i].figures.pays ||
            cost.receives != cases[i].figures.receives ||
            cost.total_cost != cases[i].figures.total_cost)
            fail_msg("case %zu: principal %lld, fee %lld, tax %lld, pays %lld, receives %lld, "
                     "cost %lld",
                     i, (long long)cost.principal, (long long)cost.fee, (long long)cost.tax,
                     (long long)cost.pays, (long long)cost.receives, (long long)cost.total_cost);
        assert_true(cost.receive_fee == tariff->receive_fee);
        assert_true(cost.reference.units == cases[i].reference.units);
        assert_percent(i, cost.margin_pct, cases[i].margin_pct);
        assert_percent(i, cost.total_cost_pct, cases[i].total_cost_pct);
        assert_percent(i, cost.cost_share_pct, cases[i].cost_share_pct);
    }
}

static enum basis asked;

static int compare_keys(const void *a, const void *b)
{
    return rank_compare(a, b, asked);
}

static void ranks_by_cost_alone(void **state)
{
    /* Each has something that no other basis looks at: a pays least, b brings most, c costs least
     * of its principal. */
    const struct cost a = {.pays = 100, .receives = 600, .total_cost_pct = 30000, .total_cost = 3};
    const struct cost b = {.pays = 300, .receives = 900, .total_cost_pct = 20000, .total_cost = 2};
    const struct cost c = {.pays = 200, .receives = 700, .total_cost_pct = 10000, .total_cost = 2};
    const struct cost dearer = {
        .pays = 200, .receives = 700, .total_cost_pct = 10000, .total_cost = 3};
    const struct rank_key keys[] = {
        {&a, SPEED_UNKNOWN, "a"},  {&b, SPEED_UNKNOWN, "b"},  {&c, SPEED_SAME_DAY, "c"},
        {&c, SPEED_SAME_DAY, "C"}, {&c, SPEED_UNKNOWN, "cc"}, {&dearer, SPEED_NEXT_DAY, "d"},
    };
    static const struct {
        enum basis basis;
        const char *order;
    } orders[] = {
        {BASIS_ALL_IN, "b C c d cc a "},
        {BASIS_RECEIVE, "a C c d cc b "},
        {BASIS_PRINCIPAL, "C c cc d b a "},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        struct rank_key sorted[COUNT_OF(keys)];
        char order[40] = "";
        size_t length = 0;

        memcpy(sorted, keys, sizeof keys);
        asked = orders[i].basis;
        qsort(sorted, COUNT_OF(sorted), sizeof sorted[0], compare_keys);
        for (size_t k = 0; k < COUNT_OF(sorted); k++)
            length +=
                (size_t)snprintf(order + length, sizeof order - length, "%s ", sorted[k].name);
        assert_string_equal(order, orders[i].order);
    }
    assert_int_equal(rank_compare(&keys[2], &keys[2], BASIS_ALL_IN), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(computes_costs),
        cmocka_unit_test(ranks_by_cost_alone),
    };

    return UNIT_RUN(tests, NULL, NULL);
}
