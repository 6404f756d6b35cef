/* Rows of the record to markets: what each cell may hold, sharing, order, the digest. */
#include "hand_market.h"
#include "server/market_table.h"

static void refuses_rows_that_cannot_be_ours(void **state)
{
    static const struct {
        enum market_offer_column column;
        const char *text; /* NULL: null */
    } cases[] = {
        {OFFER_OPERATOR, NULL},
        {OFFER_OPERATOR_NAME, NULL},
        {OFFER_OPERATOR_TYPE, "shop"},
        {OFFER_DEMONSTRATION, "yes"},
        {OFFER_SERVICE_NUMBER, "0"},
        {OFFER_SERVICE_NUMBER, "1x"},
        {OFFER_SERVICE_NUMBER, "99999999999999999999"},
        {OFFER_SERVICE, NULL},
        {OFFER_PRICE, "promotion"},
        {OFFER_SEND, "EURO"},
        {OFFER_RECEIVE, NULL},
        {OFFER_PAY_IN, "cash,cheque"},
        {OFFER_PAY_OUT, "CASH"},
        {OFFER_SPEED, ""},
        {OFFER_COVERAGE, "wide"},
        {OFFER_PICKUP_POINTS, "-1"},
        {OFFER_TARIFF, ""},
        {OFFER_TARIFF, "{}"},
        {OFFER_TARIFF, "[]"},
        {OFFER_TARIFF, "[{\"from\":\"0\",\"to\":null,\"fe\":\"1\",\"rate\":\"650\"}]"},
        {OFFER_TARIFF, "[{\"from\":\"9\",\"to\":\"5\",\"fee\":\"1\",\"rate\":\"650\"}]"},
        {OFFER_RECEIVE_FEE, "0.5"}, /* XOF has no decimals */
        {OFFER_TAX_PCT, "x"},
        {OFFER_MIN, "1.005"},
        {OFFER_MAX, "lots"},
        {OFFER_COLLECTED_AT, "2026-03-15"},
        {OFFER_VALID_FROM, "1e3"},
        {OFFER_QUOTE, NULL},
        {OFFER_SOURCE, NULL},
    };
    struct span good[OFFER_COLUMNS];
    struct market_builder *builder = hand_begin();
    unsigned column;
    (void)state;
    hand_cells(good, &(struct hand_offer){0});
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct span cells[OFFER_COLUMNS];
        memcpy(cells, good, sizeof(cells));
        cells[cases[i].column] = hand_span(cases[i].text, NULL);
        if (market_builder_offer(builder, cells, &column))
            fail_msg("case %zu: column %d took \"%s\"", i, (int)cases[i].column, cases[i].text);
        assert_int_equal(column, cases[i].column);
    }
    const struct market *market = market_builder_finish(builder);
    assert_int_equal(market->offer_count, 0);
    market_release(market);
}

static void reads_every_cell_of_an_offer(void **state)
{
    struct market_builder *builder = hand_begin();
    struct span cells[OFFER_COLUMNS];
    unsigned column;
    (void)state;
    hand_cells(cells, &(struct hand_offer){.operator_name = "\xC3\x89toile <b>\"",
                                           .max = "1000",
                                           .receive_fee = "500",
                                           .pay_out = "cash,home_delivery"});
    cells[OFFER_PICKUP_POINTS] = span_of("12");
    cells[OFFER_VALID_UNTIL] = (struct span){NULL, 0};
    cells[OFFER_TAX_PCT] = span_of("0.125");
    assert_true(market_builder_offer(builder, cells, &column));
    const struct market *market = market_builder_finish(builder);
    const struct market_offer *offer = &market->offers[0];
    assert_string_equal(market->id, "FR-SN");
    assert_string_equal(market->from_name, "France");
    assert_string_equal(offer->firm->name, "\xC3\x89toile <b>\"");
    assert_int_equal(offer->firm->type, FIRM_MTO);
    assert_int_equal(offer->service.pay_in, 1U << PAY_IN_CASH | 1U << PAY_IN_BANK_ACCOUNT);
    assert_int_equal(offer->service.pay_out, 1U << PAY_OUT_CASH | 1U << PAY_OUT_HOME_DELIVERY);
    assert_int_equal(offer->service.access_point, 1U << ACCESS_AGENT);
    assert_int_equal(offer->service.pickup_points, 12);
    assert_int_equal(offer->service.coverage, COVERAGE_HIGH);
    assert_int_equal(offer->valid_until, INSTANT_NEVER);
    assert_int_equal(offer->collected_at, INT64_C(1773570000000000));
    assert_int_equal(offer->tariff->max, 100000);
    assert_int_equal(offer->tariff->receive_fee, 500);
    assert_int_equal(offer->tariff->tax_pct, 125000);
    assert_int_equal(offer->tariff->bands[0].fee, 200);
    assert_int_equal(offer->quote, 7);
    assert_null(offer->reference);
    assert_false(market->demonstration);
    market_release(market);
}

static void limits_not_told_are_those_of_the_bands(void **state)
{
    struct market_builder *builder = hand_begin();
    struct hand_offer offer = {
        .tariff = "[{\"from\":\"10\",\"to\":\"900\",\"fee\":\"1\",\"rate\":\"650\"}]"};
    (void)state;
    hand_add(builder, &offer);
    const struct market *market = market_builder_finish(builder);
    assert_int_equal(market->offers[0].tariff->min, 1000);
    assert_int_equal(market->offers[0].tariff->max, 90000);
    market_release(market);
}

static void shares_operators_and_links_rates(void **state)
{
    struct market_builder *builder = hand_begin();
    (void)state;
    for (unsigned i = 1; i <= 100; i++) {
        char number[16];
        (void)snprintf(number, sizeof(number), "%u", 101 - i);
        hand_add(builder, &(struct hand_offer){.service_number = number,
                                               .operator_id = i % 2 ? "odd" : "even"});
    }
    hand_reference(builder, "EUR", "XOF", "655.957", "peg: BCEAO", "2026-03-15", "f");
    const struct market *market = market_builder_finish(builder);
    assert_int_equal(market->operator_count, 2);
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(market->offers[i].service_number, i + 1);
        assert_ptr_equal(market->offers[i].reference, &market->references[0]);
        assert_ptr_equal(market->offers[i].firm, market->operators[(i + 1) % 2]);
    }
    market_release(market);
}

static void stops_at_its_bound(void **state)
{
    struct market_builder *builder = hand_begin();
    (void)state;
    for (unsigned i = 0; i < MARKET_ROWS_MAX + 10; i++) {
        char number[16];
        (void)snprintf(number, sizeof(number), "%u", i + 1);
        hand_add(builder, &(struct hand_offer){.service_number = number});
    }
    const struct market *market = market_builder_finish(builder);
    assert_int_equal(market->offer_count, MARKET_ROWS_MAX);
    assert_int_equal(market->offers_left_out, 10);
    market_release(market);
}

static uint64_t digest_of(const struct hand_offer *offer)
{
    struct market_builder *builder = hand_begin();
    hand_add(builder, offer);
    const struct market *market = market_builder_finish(builder);
    uint64_t digest = market->digest;
    market_release(market);
    return digest;
}

static void equal_rows_have_equal_digests(void **state)
{
    (void)state;
    uint64_t digest = digest_of(&(struct hand_offer){0});
    assert_true(digest == digest_of(&(struct hand_offer){0}));
    assert_true(digest != digest_of(&(struct hand_offer){.quote = "8"}));
    assert_true(digest != digest_of(&(struct hand_offer){.max = "1000"}));
}

static void reads_figures_and_their_standing(void **state)
{
    static const struct {
        const char *cells[FIGURES_COLUMNS];
        bool ok;
        enum market_status status;
        bool thin;
    } cases[] = {
        {{"2014-Q2", "200", "18", "14", "11.3706", "7.14", "5.12", "4.36", "must_fall", "f"},
         true,
         MARKET_MUST_FALL,
         false},
        {{"2014-Q2", "500", "2", "1", "2.9", "2.9", NULL, "2.8", "meets", "t"},
         true,
         MARKET_MEETS,
         true},
        {{NULL, "200", "0", "0", NULL, NULL, NULL, NULL, "no_data", "f"},
         true,
         MARKET_NO_DATA,
         true},
        {{"2014Q2", "200", "0", "0", NULL, NULL, NULL, NULL, "no_data", "f"}, false, 0, false},
        {{"2014-Q2", "200", "0", "0", NULL, NULL, NULL, NULL, "good", "f"}, false, 0, false},
        {{"2014-Q2", "200", "-1", "0", NULL, NULL, NULL, NULL, "no_data", "f"}, false, 0, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct span cells[FIGURES_COLUMNS];
        struct market_figures figures = {0};
        unsigned column;
        for (size_t j = 0; j < FIGURES_COLUMNS; j++)
            cells[j] = hand_span(cases[i].cells[j], NULL);
        if (market_figures_read(&figures, cells, &column) != cases[i].ok)
            fail_msg("case %zu", i);
        if (!cases[i].ok)
            continue;
        assert_int_equal(figures.status, cases[i].status);
        assert_int_equal(figures.thin, cases[i].thin);
        assert_string_equal(market_status_code(figures.status), cases[i].cells[FIGURES_STATUS]);
        assert_int_equal(figures.smart_pct == MARKET_PCT_NONE,
                         cases[i].cells[FIGURES_SMART] == NULL);
    }
}

static const struct market *empty_market(const char *from, const char *to)
{
    return market_builder_finish(
        market_builder_new(country_find(span_of(from)), country_find(span_of(to)), HAND_DAY));
}

static void a_table_holds_replaces_and_lets_go(void **state)
{
    static const char *const pairs[][2] = {{"FR", "SN"}, {"US", "MX"}, {"AE", "IN"},
                                           {"FR", "MA"}, {"GB", "NG"}, {"FR", "DZ"}};
    const struct market *markets[COUNT_OF(pairs)];
    struct market_table *table = market_table_new();
    size_t count;
    (void)state;
    assert_false(market_table_loaded(table));
    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        markets[i] = empty_market(pairs[i][0], pairs[i][1]);
    market_table_put(table, markets, COUNT_OF(pairs), true);
    assert_true(market_table_loaded(table));
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        assert_ptr_equal(market_table_find(table, markets[i]->from, markets[i]->to), markets[i]);
        assert_int_equal(markets[i]->holders, 2);
    }
    assert_null(market_table_find(table, markets[0]->to, markets[0]->from));
    const struct market *const *all = market_table_all(table, &count);
    assert_int_equal(count, COUNT_OF(pairs));
    for (size_t i = 1; i < count; i++)
        assert_true(strcmp(all[i - 1]->id, all[i]->id) < 0);

    /* One is replaced: only its holder changes. */
    const struct market *newer = empty_market("FR", "SN");
    market_table_put(table, &newer, 1, false);
    assert_ptr_equal(market_table_find(table, newer->from, newer->to), newer);
    assert_int_equal(markets[0]->holders, 1);
    assert_int_equal(markets[1]->holders, 2);
    (void)market_table_all(table, &count);
    assert_int_equal(count, COUNT_OF(pairs));

    /* A whole one lets all others go. */
    market_table_put(table, &newer, 1, true);
    (void)market_table_all(table, &count);
    assert_int_equal(count, 1);
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        assert_int_equal(markets[i]->holders, 1);
        market_release(markets[i]);
    }
    market_release(newer);
    market_table_free(table);
}

static int open_codes(void **state)
{
    (void)state;
    return codes_open() ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_rows_that_cannot_be_ours),
        cmocka_unit_test(reads_every_cell_of_an_offer),
        cmocka_unit_test(limits_not_told_are_those_of_the_bands),
        cmocka_unit_test(shares_operators_and_links_rates),
        cmocka_unit_test(stops_at_its_bound),
        cmocka_unit_test(equal_rows_have_equal_digests),
        cmocka_unit_test(reads_figures_and_their_standing),
        cmocka_unit_test(a_table_holds_replaces_and_lets_go),
    };
    return UNIT_RUN(tests, open_codes, NULL);
}
