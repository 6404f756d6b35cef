/* Comparisons of markets written by hand: order, exclusions, promotions, surveys, bounds. */
#include "hand_market.h"
#include "server/compare.h"

static struct comparison comparison;
static struct ask ask;
static const struct market *market;

static void market_of(const struct hand_offer *offers, size_t count)
{
    struct market_builder *builder = hand_begin();
    hand_reference(builder, "EUR", "XOF", "655.957", "peg: BCEAO", "2026-03-15", "f");
    for (size_t i = 0; i < count; i++)
        hand_add(builder, &offers[i]);
    market_release(market);
    market = market_builder_finish(builder);
}

/* A question from FR to SN on the tests' day. */
static void compare_for(const char *amount, const char *more)
{
    struct ask_parameter parameters[8] = {{span_of("from"), span_of("FR")},
                                          {span_of("to"), span_of("SN")},
                                          {span_of("amount"), span_of(amount)}};
    size_t count = 3;
    struct ask_error error;
    while (*more != '\0') {
        size_t name = strcspn(more, "=");
        size_t value = strcspn(more + name + 1, "&");
        parameters[count].name = (struct span){more, name};
        parameters[count++].value = (struct span){more + name + 1, value};
        more += name + 1 + value;
        more += *more == '&';
    }
    if (!ask_read(&ask, parameters, count, 0, HAND_NOW, &error) ||
        !ask_settle(&ask, market, &error))
        fail_msg("%s: %s", error.parameter, ask_fault_title(error.fault));
    compare(&comparison, &ask, market);
}

#define FLAT(fee, rate) "[{\"from\":\"0\",\"to\":null,\"fee\":\"" fee "\",\"rate\":\"" rate "\"}]"
#define NO_RATE         "[{\"from\":\"0\",\"to\":null,\"fee\":\"1\"}]"

static const struct hand_offer three[] = {
    {.operator_id = "dear",
     .operator_name = "Dear",
     .service_number = "1",
     .service = "d",
     .tariff = FLAT("9", "655.957"),
     .speed = "less_than_one_hour"},
    {.operator_id = "slow",
     .operator_name = "Slow",
     .service_number = "2",
     .service = "s",
     .tariff = FLAT("0", "650"),
     .speed = "3_5_days",
     .pay_in = "bank_account",
     .pay_out = "bank_account"},
    {.operator_id = "best",
     .operator_name = "Best",
     .service_number = "3",
     .service = "b",
     .tariff = FLAT("1", "655.957")},
};

static void ranks_by_what_arrives(void **state)
{
    (void)state;
    market_of(three, COUNT_OF(three));
    compare_for("200", "");
    assert_int_equal(comparison.offer_count, 3);
    assert_string_equal(comparison.offers[0]->offer->firm->id, "best");
    assert_string_equal(comparison.offers[1]->offer->firm->id, "slow");
    assert_string_equal(comparison.offers[2]->offer->firm->id, "dear");
    /* 199 * 655.957 = 130,535.443; 200 * 650 = 130,000; 191 * 655.957 = 125,287.787 */
    assert_int_equal(comparison.offers[0]->cost.receives, 130535);
    assert_int_equal(comparison.offers[0]->behind, 0);
    assert_int_equal(comparison.offers[1]->behind, 535);
    assert_int_equal(comparison.offers[2]->behind, 130535 - 125287);
    assert_int_equal(comparison.offers[2]->rank, 3);
    assert_int_equal(comparison.exclusion_count, 0);
    assert_int_equal(comparison.emptiness, EMPTY_NOT);
    assert_string_equal(comparison.reference->source, "peg: BCEAO");
    assert_false(comparison.demonstration);
}

static void ranks_by_what_is_paid(void **state)
{
    (void)state;
    market_of(three, COUNT_OF(three));
    compare_for("130000", "basis=receive");
    /* ceil(130,000 / 655.957) = 198.19 + 1; 130,000 / 650 = 200.00; 198.19 + 9 */
    assert_string_equal(comparison.offers[0]->offer->firm->id, "best");
    assert_int_equal(comparison.offers[0]->cost.pays, 19919);
    assert_string_equal(comparison.offers[1]->offer->firm->id, "slow");
    assert_int_equal(comparison.offers[1]->cost.pays, 20000);
    assert_int_equal(comparison.offers[1]->behind, 81);
    assert_int_equal(comparison.offers[2]->cost.pays, 20719);
}

static void filters_and_keeps_the_order(void **state)
{
    static const struct {
        const char *filter;
        size_t count;
        const char *first;
    } cases[] = {
        {"pay_in=bank_account", 3, "best"},
        {"pay_in=cash", 2, "best"},
        {"pay_in=cash,bank_account", 3, "best"},
        {"pay_out=bank_account", 1, "slow"},
        {"pay_out=bank_account&pay_in=cash", 0, NULL},
        {"max_speed=same_day", 2, "best"},
        {"max_speed=less_than_one_hour", 1, "dear"},
        {"max_speed=3_5_days", 3, "best"},
        {"pay_out=home_delivery", 0, NULL},
    };
    (void)state;
    market_of(three, COUNT_OF(three));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compare_for("200", cases[i].filter);
        if (comparison.offer_count != cases[i].count)
            fail_msg("%s: %zu", cases[i].filter, comparison.offer_count);
        assert_int_equal(comparison.exclusion_count, 0);
        if (cases[i].first != NULL)
            assert_string_equal(comparison.offers[0]->offer->firm->id, cases[i].first);
        assert_int_equal(comparison.emptiness, cases[i].count > 0 ? EMPTY_NOT : EMPTY_FILTERED);
    }
}

/* now is 1773576000000000 */
static const struct {
    struct hand_offer offer;
    const char *amount;
    const char *more;
    enum exclusion reason;
} excluded[] = {
    {{.valid_until = "1773576000000000"}, "200", "", EXCLUDED_EXPIRED},
    {{.valid_from = "1773576000000001"}, "200", "", EXCLUDED_NOT_YET_VALID},
    {{.tariff = NO_RATE}, "200", "", EXCLUDED_NOT_TRANSPARENT},
    {{.receive = "EUR"}, "200", "receive_currency=EUR", EXCLUDED_NO_REFERENCE_RATE},
    {{.receive = "USD"}, "200", "receive_currency=USD", EXCLUDED_NO_REFERENCE_RATE},
    {{.demonstration = "t"}, "200", "", EXCLUDED_NO_REFERENCE_RATE},
    {{.min = "300"}, "200", "", EXCLUDED_BELOW_MINIMUM},
    {{.max = "100"}, "200", "", EXCLUDED_ABOVE_MAXIMUM},
    {{.send = "USD"}, "200", "currency=EUR", EXCLUDED_OTHER_SEND_CURRENCY},
    {{.receive = "USD"}, "200", "receive_currency=XOF", EXCLUDED_OTHER_RECEIVE_CURRENCY},
    {{.receive_fee = "200000"}, "200", "basis=principal", EXCLUDED_NOTHING_ARRIVES},
    {{.price = "first_transfer"}, "200", "", EXCLUDED_FIRST_TRANSFER_ONLY},
    /* Lapsed before it could matter that the currency is another one. */
    {{.send = "USD", .valid_until = "1773576000000000"}, "200", "currency=EUR", EXCLUDED_EXPIRED},
};

static void says_why_an_offer_is_not_compared(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(excluded); i++) {
        market_of(&excluded[i].offer, 1);
        compare_for(excluded[i].amount, excluded[i].more);
        if (comparison.offer_count != 0 || comparison.exclusion_count != 1 ||
            comparison.exclusions[0].reason != excluded[i].reason)
            fail_msg("case %zu: %zu offers, %zu excluded: %s", i, comparison.offer_count,
                     comparison.exclusion_count,
                     comparison.exclusion_count > 0
                         ? exclusion_code(comparison.exclusions[0].reason)
                         : "");
        assert_int_equal(comparison.emptiness, EMPTY_NOT_COMPARED);
    }
}

static void takes_no_reference_older_than_ten_days(void **state)
{
    static const struct {
        const char *day;
        bool counts;
    } cases[] = {{"2026-03-15", true}, {"2026-03-05", true}, {"2026-03-04", false}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct market_builder *builder = hand_begin();
        struct hand_offer offer = {.receive = "USD", .tariff = FLAT("1", "1.1")};
        hand_reference(builder, "EUR", "USD", "1.12", "ECB", cases[i].day, "f");
        hand_add(builder, &offer);
        market_release(market);
        market = market_builder_finish(builder);
        compare_for("200", "receive_currency=USD");
        assert_int_equal(comparison.offer_count, cases[i].counts);
        assert_int_equal(comparison.reference != NULL, cases[i].counts);
    }
}

/* Quote numbers say which version of a service is shown at now. */
static void picks_the_version_that_holds(void **state)
{
    static const struct {
        struct hand_offer versions[3];
        int64_t quote;
    } cases[] = {
        /* The latest learned of those begun. */
        {{{.quote = "1", .recorded_at = "100"}, {.quote = "2", .recorded_at = "200"}}, 2},
        /* An announced one waits. */
        {{{.quote = "1", .recorded_at = "100"},
          {.quote = "2", .recorded_at = "200", .valid_from = "1773576000000001"}},
         1},
        /* A correction learned later of a price begun earlier replaces. */
        {{{.quote = "1", .recorded_at = "100", .valid_from = "1773575000000000"},
          {.quote = "2", .recorded_at = "200", .valid_from = "1773570000000000"}},
         2},
        /* Learned in one transaction: the higher number. */
        {{{.quote = "5", .recorded_at = "100"}, {.quote = "6", .recorded_at = "100"}}, 6},
        /* The one that holds has begun this instant. */
        {{{.quote = "1", .recorded_at = "100"},
          {.quote = "2", .recorded_at = "200", .valid_from = "1773576000000000"}},
         2},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t count = 0;
        while (count < 3 && cases[i].versions[count].quote != NULL)
            count++;
        market_of(cases[i].versions, count);
        compare_for("200", "");
        assert_int_equal(comparison.offer_count, 1);
        assert_int_equal(comparison.offers[0]->offer->quote, cases[i].quote);
    }
}

static void a_lapsed_price_is_not_replaced_by_an_older_one(void **state)
{
    static const struct hand_offer versions[] = {
        {.quote = "1", .recorded_at = "100"},
        {.quote = "2", .recorded_at = "200", .valid_until = "1773576000000000"}};
    (void)state;
    market_of(versions, 2);
    compare_for("200", "");
    assert_int_equal(comparison.offer_count, 0);
    assert_int_equal(comparison.exclusions[0].reason, EXCLUDED_EXPIRED);
}

static void shows_a_promotion_beside_the_regular_price(void **state)
{
    static const struct hand_offer versions[] = {
        {.service_number = "1", .tariff = FLAT("5", "650")},
        {.service_number = "1",
         .tariff = FLAT("0", "655.957"),
         .price = "first_transfer",
         .max = "150"},
        {.service_number = "2", .operator_name = "Second", .tariff = FLAT("4", "650")}};
    (void)state;
    market_of(versions, 3);
    compare_for("100", "");
    assert_int_equal(comparison.offer_count, 2);
    /* Ranked by the regular price alone. */
    assert_string_equal(comparison.offers[0]->offer->firm->name, "Second");
    assert_null(comparison.offers[0]->first_transfer);
    assert_non_null(comparison.offers[1]->first_transfer);
    assert_int_equal(comparison.offers[1]->first_cost.fee, 0);
    assert_int_equal(comparison.offers[1]->cost.fee, 500);
    /* Past its own limit it is not there. */
    compare_for("200", "");
    assert_null(comparison.offers[1]->first_transfer);
}

static void says_when_something_shown_is_invented(void **state)
{
    struct market_builder *builder = hand_begin();
    struct hand_offer invented = {
        .service_number = "2", .operator_id = "demo", .demonstration = "t", .pay_out = "card"};
    struct hand_offer real = {.service_number = "1"};
    (void)state;
    hand_reference(builder, "EUR", "XOF", "655.957", "peg: BCEAO", "2026-03-15", "f");
    hand_reference(builder, "EUR", "XOF", "600", "demonstration", "2026-03-15", "t");
    hand_add(builder, &invented);
    hand_add(builder, &real);
    market_release(market);
    market = market_builder_finish(builder);
    compare_for("200", "");
    assert_true(comparison.demonstration);
    assert_int_equal(comparison.offer_count, 2);
    /* Each is measured by the rates of its own kind. */
    for (size_t i = 0; i < 2; i++) {
        bool is_invented = comparison.offers[i]->offer->firm->demonstration;
        assert_int_equal(comparison.offers[i]->cost.reference.units,
                         is_invented ? INT64_C(600000000000000) : INT64_C(655957000000000));
    }
    compare_for("200", "pay_out=cash");
    assert_int_equal(comparison.offer_count, 1);
    assert_false(comparison.demonstration);
}

static void breaks_ties_by_speed_then_name(void **state)
{
    static const struct hand_offer same[] = {
        {.service_number = "1", .operator_name = "Zeta", .operator_id = "z", .speed = "next_day"},
        {.service_number = "2", .operator_name = "Beta", .operator_id = "b", .speed = "next_day"},
        {.service_number = "3", .operator_name = "Yota", .operator_id = "y"},
        {.service_number = "4",
         .operator_name = "Beta",
         .operator_id = "b",
         .service = "a0",
         .speed = "next_day"}};
    (void)state;
    market_of(same, COUNT_OF(same));
    compare_for("200", "");
    assert_string_equal(comparison.offers[0]->offer->firm->name, "Yota");
    assert_string_equal(comparison.offers[1]->offer->service.id, "a0");
    assert_string_equal(comparison.offers[2]->offer->firm->name, "Beta");
    assert_string_equal(comparison.offers[3]->offer->firm->name, "Zeta");
}

static void keeps_the_best_of_too_many(void **state)
{
    struct market_builder *builder = hand_begin();
    (void)state;
    hand_reference(builder, "EUR", "XOF", "655.957", "peg: BCEAO", "2026-03-15", "f");
    /* 700 offers in an order that is neither up nor down, and 600 that can't be compared. */
    for (unsigned i = 0; i < 700; i++) {
        char number[16];
        char tariff[128];
        unsigned fee = i * 389 % 700;
        (void)snprintf(number, sizeof(number), "%u", i + 1);
        (void)snprintf(tariff, sizeof(tariff),
                       "[{\"from\":\"0\",\"to\":null,\"fee\":\"%u.%02u\",\"rate\":\"650\"}]",
                       fee / 100, fee % 100);
        hand_add(builder, &(struct hand_offer){
                              .service_number = number, .service = number, .tariff = tariff});
    }
    for (unsigned i = 0; i < 600; i++) {
        char number[16];
        char name[16];
        (void)snprintf(number, sizeof(number), "%u", i + 1000);
        (void)snprintf(name, sizeof(name), "N%04u", i * 7 % 600);
        hand_add(builder, &(struct hand_offer){.service_number = number,
                                               .service = number,
                                               .operator_name = name,
                                               .max = "1"});
    }
    market_release(market);
    market = market_builder_finish(builder);
    compare_for("200", "");
    assert_int_equal(comparison.offer_count, COMPARISON_MAX);
    assert_int_equal(comparison.offers_left_out, 700 - COMPARISON_MAX);
    for (size_t i = 0; i < COMPARISON_MAX; i++) {
        assert_int_equal(comparison.offers[i]->cost.fee, i);
        assert_int_equal(comparison.offers[i]->rank, i + 1);
    }
    assert_int_equal(comparison.exclusion_count, COMPARISON_MAX);
    assert_int_equal(comparison.exclusions_left_out, 600 - COMPARISON_MAX);
    for (size_t i = 0; i < COMPARISON_MAX; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "N%04zu", i);
        assert_string_equal(comparison.exclusions[i].offer->firm->name, name);
    }
}

static void market_of_survey(void)
{
    static const struct hand_observation seen[] = {
        {.operator_name = "Hidden",
         .service = "rpw:1",
         .transparent = "f",
         .total_200 = "1",
         .total_500 = "1"},
        {.operator_name = "Dear", .service = "rpw:2", .total_200 = "9.5", .total_500 = "2.5"},
        {.operator_name = "Cheap",
         .service = "rpw:3",
         .total_200 = "3",
         .total_500 = "4",
         .pay_out = "bank_account"},
        {.operator_name = "Below", .service = "rpw:4", .total_200 = "-0.25", .total_500 = "9"},
        {.operator_name = "Only", .service = "rpw:5", .total_200 = "5"},
    };
    const struct span standing[STANDING_COLUMNS] = {
        [STANDING_SURVEY] = span_of("2025-Q4"), [STANDING_LATEST_SURVEY] = span_of("2025-Q4")};
    struct market_builder *builder = hand_begin();
    unsigned column;
    hand_reference(builder, "EUR", "XOF", "655.957", "peg: BCEAO", "2026-03-15", "f");
    assert_true(market_builder_standing(builder, standing, &column));
    for (size_t i = 0; i < COUNT_OF(seen); i++)
        hand_observe(builder, &seen[i]);
    market_release(market);
    market = market_builder_finish(builder);
}

/* The price points are 140 and 350 euros; the middle is 245. */
static const struct {
    const char *amount;
    const char *more;
    enum market_price_point point;
    const char *order; /* first letters, unranked last */
} surveys[] = {
    {"140", "", MARKET_USD_200, "BCODH"},
    {"1", "", MARKET_USD_200, "BCODH"},
    {"245", "", MARKET_USD_200, "BCODH"},
    {"245.01", "", MARKET_USD_500, "DCBH"},
    {"100000", "", MARKET_USD_500, "DCBH"},
    {"350", "currency=USD", MARKET_USD_200, "BCODH"},
    {"100000", "basis=receive", MARKET_USD_200, "BCODH"},
    {"250000", "basis=receive", MARKET_USD_500, "DCBH"},
    {"140", "pay_out=bank_account", MARKET_USD_200, "C"},
};

static void ranks_the_survey_at_the_nearest_price_point(void **state)
{
    (void)state;
    market_of_survey();
    for (size_t i = 0; i < COUNT_OF(surveys); i++) {
        compare_for(surveys[i].amount, surveys[i].more);
        assert_int_equal(comparison.price_point, surveys[i].point);
        assert_int_equal(comparison.emptiness, EMPTY_NO_LIVE_OFFERS);
        if (comparison.observation_count != strlen(surveys[i].order))
            fail_msg("case %zu: %zu rows", i, comparison.observation_count);
        for (size_t j = 0; j < comparison.observation_count; j++) {
            const struct comparison_observation *row = &comparison.observations[j];
            if (row->observation->firm->name[0] != surveys[i].order[j])
                fail_msg("case %zu: %s stands %zu", i, row->observation->firm->name, j + 1);
            assert_int_equal(row->rank, row->observation->transparent ? j + 1 : 0);
        }
    }
}

static void knows_nothing_of_an_unknown_corridor(void **state)
{
    (void)state;
    market_release(market);
    market = NULL;
    compare_for("200", "");
    assert_int_equal(comparison.offer_count, 0);
    assert_int_equal(comparison.emptiness, EMPTY_NO_DATA);
    assert_null(comparison.reference);
}

static void knows_when_it_last_changed(void **state)
{
    static const struct {
        struct hand_offer offer;
        int64_t since;
    } cases[] = {
        {{.valid_from = "1773575999999999"}, INT64_C(1773575999999999)},
        {{.valid_until = "1773575999999990"}, INT64_C(1773575999999990)},
        {{.valid_from = "5"}, HAND_DAY * INSTANT_DAY},
        {{.valid_from = "1773576000000001"}, HAND_DAY * INSTANT_DAY},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        market_of(&cases[i].offer, 1);
        compare_for("200", "");
        assert_int_equal(comparison.since, cases[i].since);
    }
}

static int open_codes(void **state)
{
    (void)state;
    return codes_open() ? 0 : -1;
}

static int close_market(void **state)
{
    (void)state;
    market_release(market);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_by_what_arrives),
        cmocka_unit_test(ranks_by_what_is_paid),
        cmocka_unit_test(filters_and_keeps_the_order),
        cmocka_unit_test(says_why_an_offer_is_not_compared),
        cmocka_unit_test(takes_no_reference_older_than_ten_days),
        cmocka_unit_test(picks_the_version_that_holds),
        cmocka_unit_test(a_lapsed_price_is_not_replaced_by_an_older_one),
        cmocka_unit_test(shows_a_promotion_beside_the_regular_price),
        cmocka_unit_test(says_when_something_shown_is_invented),
        cmocka_unit_test(breaks_ties_by_speed_then_name),
        cmocka_unit_test(keeps_the_best_of_too_many),
        cmocka_unit_test(ranks_the_survey_at_the_nearest_price_point),
        cmocka_unit_test(knows_nothing_of_an_unknown_corridor),
        cmocka_unit_test(knows_when_it_last_changed),
    };
    return UNIT_RUN(tests, open_codes, close_market);
}
