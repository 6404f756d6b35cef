/*
 * The judge: one honest price, what is done to it, and what is said. Each case changes one quote of
 * 200 euros to Senegal, whose service and corridor are known.
 */
#include "unit.h"

#include <ingest/judge.h>
#include <ingest/quote_rules.h>

#include <math.h>

static const char quote_text[] =
    "{\"ref\":\"fr-sn-cash-1\",\"corridor\":\"FR-SN\",\"send_currency\":\"EUR\","
    "\"receive_currency\":\"XOF\",\"pay_in\":[\"debit_card\"],\"access_point\":[\"online\"],"
    "\"pay_out\":[\"cash\"],\"speed\":\"same_day\",\"tariff\":["
    "{\"from\":\"0\",\"to\":\"400\",\"fee\":\"1.99\",\"fee_pct\":\"0.5\",\"rate\":\"651.20\"},"
    "{\"from\":\"400\",\"to\":\"2000\",\"fee\":\"1.99\",\"fee_pct\":\"0.5\",\"rate\":\"652.80\"}],"
    "\"min\":\"1\",\"max\":\"2000\"}";

static const struct judge_points points = {.reference = {INT64_C(655957000000000)},
                                           .usd_200 = 17241};

static struct feed_quote honest(void)
{
    struct feed_quote quote;
    struct refusal refusal;

    assert_true(quote_read(&quote, span_of(quote_text), &refusal));
    assert_true(quote_rules(&quote, instant_now(), &refusal));
    return quote;
}

/* A corridor like RPW's: rates 1.5 % under the market, fees of 4 %. */
static const struct judge_corridor usual = {.count = 12,
                                            .relative = true,
                                            .log_median = -15000,
                                            .log_mad = 8000,
                                            .fee_median = 40000,
                                            .fee_mad = 15000};
static const struct judge_corridor none = {0};

static const struct {
    const char *what;
    double rate; /* the rates, times this */
    double fee, fee_pct;
    bool has_last, has_corridor;
    enum judge_verdict verdict;
    enum refusal_code code;
    bool far;
} cases[] = {
    {"as it was", 1, 1, 1, true, true, JUDGE_ACCEPTED, REFUSAL_NONE, false},
    {"8 % more", 1.08, 1, 1, true, true, JUDGE_ACCEPTED, REFUSAL_NONE, false},
    {"8 % less", 0.92, 1, 1, true, true, JUDGE_ACCEPTED, REFUSAL_NONE, false},
    {"a quarter more", 1.25, 1, 1, true, true, JUDGE_HELD, REFUSAL_RATE_FAR_FROM_LAST, false},
    {"a quarter less", 0.75, 1, 1, true, true, JUDGE_HELD, REFUSAL_RATE_FAR_FROM_LAST, false},
    {"ten times", 10, 1, 1, true, true, JUDGE_HELD, REFUSAL_RATE_SHIFTED, true},
    {"ten times and 5 %", 10.5, 1, 1, true, true, JUDGE_HELD, REFUSAL_RATE_SHIFTED, true},
    {"a tenth", 0.1, 1, 1, true, true, JUDGE_HELD, REFUSAL_RATE_SHIFTED, true},
    {"a hundred times", 100, 1, 1, true, true, JUDGE_HELD, REFUSAL_RATE_SHIFTED, true},
    {"inverted", 1 / (651.2 * 651.2), 1, 1, true, true, JUDGE_HELD, REFUSAL_RATE_INVERTED, true},
    {"three times", 3, 1, 1, true, true, JUDGE_HELD, REFUSAL_RATE_FAR_FROM_LAST, true},
    {"fee doubled", 1, 2, 1, true, true, JUDGE_ACCEPTED, REFUSAL_NONE, false},
    {"fee ten times", 1, 10, 1, true, true, JUDGE_HELD, REFUSAL_FEE_SHIFTED, false},
    {"percentage ten times", 1, 1, 10, true, true, JUDGE_HELD, REFUSAL_FEE_SHIFTED, false},
    {"all fees ten times", 1, 10, 10, true, true, JUDGE_HELD, REFUSAL_FEE_SHIFTED, false},
    {"fee a hundred times", 1, 70, 1, true, true, JUDGE_HELD, REFUSAL_FEE_FAR_FROM_LAST, true},
    {"no fee any more", 1, 0, 0, true, true, JUDGE_ACCEPTED, REFUSAL_NONE, false},
    {"fifteen euros", 1, 7.5, 1, true, true, JUDGE_ACCEPTED, REFUSAL_NONE, false},
    {"first", 1, 1, 1, false, true, JUDGE_ACCEPTED, REFUSAL_NONE, false},
    {"first, ten times", 10, 1, 1, false, true, JUDGE_HELD, REFUSAL_RATE_SHIFTED, true},
    {"first, a seventh better", 1.14, 1, 1, false, true, JUDGE_HELD, REFUSAL_RATE_FAR_FROM_CORRIDOR,
     false},
    {"first, a seventh worse", 0.86, 1, 1, false, true, JUDGE_ACCEPTED, REFUSAL_NONE, false},
    {"first, fee of 100", 1, 50, 1, false, true, JUDGE_HELD, REFUSAL_FEE_FAR_FROM_CORRIDOR, true},
    {"first and alone", 1, 1, 1, false, false, JUDGE_NEW, REFUSAL_NONE, false},
    {"first and alone, inverted", 1 / (651.2 * 651.2), 1, 1, false, false, JUDGE_HELD,
     REFUSAL_RATE_INVERTED, true},
    {"first and alone, a tenth", 0.1, 1, 1, false, false, JUDGE_HELD, REFUSAL_RATE_SHIFTED, true},
    {"alone, 8 % more", 1.08, 1, 1, true, false, JUDGE_ACCEPTED, REFUSAL_NONE, false},
    {"alone, ten times", 10, 1, 1, true, false, JUDGE_HELD, REFUSAL_RATE_SHIFTED, true},
};

static void change(struct feed_quote *quote, double rate, double fee, double fee_pct)
{
    for (uint32_t i = 0; i < quote->tariff.count; i++) {
        struct tariff_band *band = &quote->tariff.bands[i];

        band->rate.units = llround((double)band->rate.units * rate);
        band->fee = llround((double)band->fee * fee);
        band->fee_pct = llround((double)band->fee_pct * fee_pct);
    }
}

static void judges_what_became_of_a_price(void **state)
{
    struct feed_quote before = honest();
    struct judge_price last = judge_price_of(&before, &points);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        /* With the reference rate and without. */
        for (int known = 1; known >= (cases[i].has_last ? 0 : 1); known--) {
            struct feed_quote quote = before;
            struct judge_points at = points;
            struct judge_price then = last;
            struct judge_corridor corridor = cases[i].has_corridor ? usual : none;
            struct judge_price price;
            struct judgement out;

            if (!known) {
                at.reference.units = 0;
                then.log = JUDGE_UNKNOWN;
                corridor.relative = false;
                corridor.log_median = llround(1e6 * log(655.957)) - 15000;
            }
            change(&quote, cases[i].rate, cases[i].fee, cases[i].fee_pct);
            price = judge_price_of(&quote, &at);
            judge(&out, &quote, &price, &at, cases[i].has_last ? &then : NULL, &corridor);
            if (out.verdict != cases[i].verdict || out.why.code != cases[i].code ||
                out.far != cases[i].far)
                fail_msg("%s, reference %s: verdict %d %s%s (%s: %s)", cases[i].what,
                         known ? "known" : "unknown", (int)out.verdict, refusal_word(out.why.code),
                         out.far ? ", far" : "", out.why.field, out.why.reason);
            assert_int_equal(out.why.reason[0] != '\0', out.verdict == JUDGE_HELD);
        }
    }
}

static void sums_up_a_price(void **state)
{
    struct feed_quote quote = honest();
    struct judge_price price = judge_price_of(&quote, &points);

    (void)state;
    /* 172.41 euros are looked at as 150: the nearest of 150 and 200. */
    assert_int_equal(price.pair, 978952);
    assert_int_equal(price.rate, INT64_C(651200000000000));
    assert_int_equal(price.log, llround(1e6 * log(651.2 / 655.957)));
    assert_int_equal(price.fee_200, 18267); /* (1.99 + 0.75) / 150 */
    assert_int_equal(price.terms, 199 * JUDGE_TERMS + 500000);
    quote.tariff.receive_fee = 1000;
    price = judge_price_of(&quote, &points);
    assert_int_equal(price.fee_200, 18267 + 10237); /* 1000 of 97680 francs */
    quote.tariff.min = 50000;                       /* what is looked at is what is taken */
    price = judge_price_of(&quote, &points);
    assert_int_equal(price.rate, INT64_C(652800000000000));
}

static void keeps_bands_together(void **state)
{
    struct feed_quote quote = honest();
    struct judge_price last = judge_price_of(&quote, &points);
    struct judge_price price;
    struct judgement out;

    (void)state;
    quote.tariff.bands[1].rate.units *= 10; /* not the band that is looked at */
    price = judge_price_of(&quote, &points);
    judge(&out, &quote, &price, &points, &last, &usual);
    assert_int_equal(out.why.code, REFUSAL_RATES_APART);
    assert_true(out.far);
    quote = honest();
    quote.tariff.bands[1].fee = 80000;
    price = judge_price_of(&quote, &points);
    judge(&out, &quote, &price, &points, NULL, &none);
    assert_int_equal(out.why.code, REFUSAL_FEE_OUT_OF_PROPORTION);
    assert_string_equal(out.why.field, "/tariff/1/fee");
}

static void lets_what_was_let(void **state)
{
    struct feed_quote quote = honest();
    struct judge_price last;
    struct judge_price price;
    struct judgement out;

    (void)state;
    /* Released at 30 % above everybody: its next price may stand there too, but not twice as far.
     */
    change(&quote, 1.3, 1, 1);
    last = judge_price_of(&quote, &points);
    change(&quote, 1.02, 1, 1);
    price = judge_price_of(&quote, &points);
    judge(&out, &quote, &price, &points, &last, &usual);
    assert_int_equal(out.verdict, JUDGE_ACCEPTED);
    change(&quote, 1.3, 1, 1);
    price = judge_price_of(&quote, &points);
    judge(&out, &quote, &price, &points, &last, &usual);
    assert_int_equal(out.verdict, JUDGE_HELD);
}

static void follows_the_market(void **state)
{
    struct feed_quote quote = honest();
    struct judge_price last = judge_price_of(&quote, &points);
    struct judge_points fallen = points;
    struct judge_price price;
    struct judgement out;

    (void)state;
    /* The currency lost two fifths overnight, and the price with it. */
    fallen.reference.units = fallen.reference.units / 6 * 10;
    change(&quote, 10.0 / 6, 1, 1);
    price = judge_price_of(&quote, &fallen);
    judge(&out, &quote, &price, &fallen, &last, &usual);
    assert_int_equal(out.verdict, JUDGE_ACCEPTED);
}

static void notices_currencies_that_changed_sides(void **state)
{
    struct feed_quote quote = honest();
    struct judge_price last = judge_price_of(&quote, &points);
    struct judge_price price;
    struct judgement out;

    (void)state;
    last.pair = 952978;
    price = judge_price_of(&quote, &points);
    judge(&out, &quote, &price, &points, &last, &usual);
    assert_int_equal(out.why.code, REFUSAL_CURRENCIES_SWAPPED);
    assert_string_equal(out.why.reason, "the last price was sent in XOF and received in EUR");
}

static int open_codes(void **state)
{
    (void)state;
    return codes_open() ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_what_became_of_a_price),
        cmocka_unit_test(sums_up_a_price),
        cmocka_unit_test(keeps_bands_together),
        cmocka_unit_test(lets_what_was_let),
        cmocka_unit_test(follows_the_market),
        cmocka_unit_test(notices_currencies_that_changed_sides),
    };
    return UNIT_RUN(tests, open_codes, NULL);
}
