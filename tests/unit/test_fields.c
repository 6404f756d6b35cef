/* Values in JSON: what each field writes, nulls included, and that names stay strings whatever is
 * in them. */
#include "hand_market.h"
#include "server/fields.h"

static struct out out;

static const char *written(void)
{
    out_char(&out, '\0');
    assert_false(out_failed(&out));
    return out.at;
}

static void begin(void)
{
    out_clear(&out);
    json_open(&out, '{');
}

static void writes_money_in_its_decimals(void **state)
{
    (void)state;
    begin();
    field_money(&out, "a", 19950, currency_find(span_of("EUR")));
    field_money(&out, "b", 131191, currency_find(span_of("XOF")));
    field_money(&out, "c", -5, currency_find(span_of("TND")));
    assert_string_equal(written(), "{\"a\":\"199.50\",\"b\":\"131191\",\"c\":\"-0.005\"");
}

static void writes_rates_and_percentages(void **state)
{
    (void)state;
    begin();
    field_rate(&out, "a", (struct rate){INT64_C(655957000000000)});
    field_percent(&out, "b", 1590000);
    field_percent(&out, "c", -250050);
    field_percent(&out, "d", MARKET_PCT_NONE);
    assert_string_equal(written(),
                        "{\"a\":\"655.957\",\"b\":\"1.5900\",\"c\":\"-0.2501\",\"d\":null");
}

static void writes_times(void **state)
{
    (void)state;
    begin();
    field_instant(&out, "a", HAND_NOW);
    field_instant(&out, "b", INSTANT_NEVER);
    field_day(&out, "c", HAND_DAY);
    field_day(&out, "d", -1);
    field_period(&out, "e", "2014-Q2");
    field_period(&out, "f", "");
    assert_string_equal(written(), "{\"a\":\"2026-03-15T12:00:00Z\",\"b\":null,"
                                   "\"c\":\"2026-03-15\",\"d\":null,\"e\":\"2014-Q2\",\"f\":null");
}

static void writes_names_as_strings(void **state)
{
    const struct market_operator firm = {
        .id = "a-b", .name = "</script>\"\\\n\x01\xFF\xE2\x82\xAC", .type = FIRM_BANK};
    (void)state;
    begin();
    field_operator(&out, &firm);
    const char *text = written();
    assert_null(strchr(text, '\n'));
    assert_null(strchr(text, '\x01'));
    assert_null(strchr(text, '\xFF'));
    assert_non_null(strstr(text, "\\\"\\\\\\n"));
    assert_non_null(strstr(text, "\xE2\x82\xAC\",\"type\":\"bank\"}"));
    assert_true(utf8_valid(span_of(text)));
}

static void writes_sets_in_order(void **state)
{
    const struct market_service service = {.id = "s1",
                                           .pay_in = 1U << PAY_IN_MOBILE_MONEY | 1U << PAY_IN_CASH,
                                           .access_point = 0,
                                           .pay_out = 1U << PAY_OUT_OTHER,
                                           .speed = SPEED_TWO_DAYS,
                                           .coverage = COVERAGE_LOW};
    (void)state;
    begin();
    field_service(&out, &service);
    assert_string_equal(written(), "{\"service\":{\"id\":\"s1\",\"pay_in\":[\"cash\","
                                   "\"mobile_money\"],\"access_point\":[],\"pay_out\":[\"other\"],"
                                   "\"speed\":\"2_days\",\"coverage\":\"low\"}");
}

static void writes_countries_with_their_codes(void **state)
{
    (void)state;
    begin();
    field_country(&out, "from", country_find(span_of("DZ")), "Algeria");
    assert_string_equal(written(), "{\"from\":{\"iso2\":\"DZ\",\"iso3\":\"DZA\",\"m49\":\"012\","
                                   "\"name\":\"Algeria\"}");
}

static void says_that_it_is_a_demonstration(void **state)
{
    (void)state;
    begin();
    field_demonstration(&out, false);
    assert_string_equal(written(), "{\"demonstration\":false");
    begin();
    field_demonstration(&out, true);
    assert_non_null(strstr(written(), "\"demonstration\":true,\"notice\":\"Demonstration data"));
}

static int open_codes(void **state)
{
    (void)state;
    out_init(&out, OUT_LIMIT_DEFAULT);
    return codes_open() ? 0 : -1;
}

static int close_out(void **state)
{
    (void)state;
    out_free(&out);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_money_in_its_decimals),
        cmocka_unit_test(writes_rates_and_percentages),
        cmocka_unit_test(writes_times),
        cmocka_unit_test(writes_names_as_strings),
        cmocka_unit_test(writes_sets_in_order),
        cmocka_unit_test(writes_countries_with_their_codes),
        cmocka_unit_test(says_that_it_is_a_demonstration),
    };
    return UNIT_RUN(tests, open_codes, close_out);
}
