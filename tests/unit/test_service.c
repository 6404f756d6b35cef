/* Every code is found again, the public words stay what they are, and nothing else is a code. */
#include "unit.h"

#include <corridor/cost.h>
#include <corridor/service.h>

/* NOLINTBEGIN(bugprone-macro-parentheses): a type and the names made of it */
#define FINDS_ITS_CODES(type, COUNT)                                                  \
    do {                                                                              \
        for (unsigned value = 0; value < (COUNT); value++) {                          \
            enum type found = (enum type)((COUNT)-1 - value);                         \
            const char *code = type##_code((enum type)value);                         \
                                                                                      \
            assert_true(type##_find(&found, span_of(code)));                          \
            assert_int_equal(found, value);                                           \
            assert_false(type##_find(&found, (struct span){code, strlen(code) - 1})); \
        }                                                                             \
        for (size_t i = 0; i < COUNT_OF(no_codes); i++)                               \
            assert_false(type##_find(&(enum type){0}, no_codes[i]));                  \
    } while (0)
/* NOLINTEND(bugprone-macro-parentheses) */

static const struct span no_codes[] = {
    {"", 0}, {NULL, 0}, {"CASH", 4}, {"cash ", 5}, {"bank\0", 5}, {"sponsored", 9}, {"0", 1},
};

static void finds_every_code(void **state)
{
    (void)state;
    FINDS_ITS_CODES(firm_type, FIRM_COUNT);
    FINDS_ITS_CODES(pay_in, PAY_IN_COUNT);
    FINDS_ITS_CODES(access_point, ACCESS_COUNT);
    FINDS_ITS_CODES(pay_out, PAY_OUT_COUNT);
    FINDS_ITS_CODES(speed, SPEED_COUNT);
    FINDS_ITS_CODES(coverage, COVERAGE_COUNT);
    FINDS_ITS_CODES(basis, BASIS_RECEIVE + 1);
}

/* The words are public: the API, the feed and the record hold them. */
static void keeps_its_words(void **state)
{
    (void)state;
    assert_string_equal(firm_type_code(FIRM_NON_BANK_FI), "non_bank_fi");
    assert_string_equal(pay_in_code(PAY_IN_MOBILE_MONEY), "mobile_money");
    assert_string_equal(access_point_code(ACCESS_CALL_CENTRE), "call_centre");
    assert_string_equal(pay_out_code(PAY_OUT_HOME_DELIVERY), "home_delivery");
    assert_string_equal(speed_code(SPEED_THREE_TO_FIVE_DAYS), "3_5_days");
    assert_string_equal(coverage_code(COVERAGE_HIGH), "high");
    assert_string_equal(basis_code(BASIS_ALL_IN), "all_in");
    assert_string_equal(cost_outcome_code(COST_BELOW_MINIMUM), "below_minimum");
    assert_string_equal(cost_outcome_code(COST_OUT_OF_RANGE), "out_of_range");
}

/* Ranking compares the values: the order of the list is the order of the speeds. */
static void speeds_stand_in_order(void **state)
{
    const char *const fastest_first[] = {
        "less_than_one_hour", "same_day",       "next_day", "2_days",
        "3_5_days",           "6_days_or_more", "unknown",
    };

    (void)state;
    assert_int_equal(SPEED_COUNT, COUNT_OF(fastest_first));
    for (unsigned i = 0; i < SPEED_COUNT; i++)
        assert_string_equal(speed_code((enum speed)i), fastest_first[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_every_code),
        cmocka_unit_test(keeps_its_words),
        cmocka_unit_test(speeds_stand_in_order),
    };

    return UNIT_RUN(tests, NULL, NULL);
}
