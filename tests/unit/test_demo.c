/*
 * The demonstration market without a database: its tables agree with each other, every price is a
 * valid tariff on any day, and what a day adds is the same whoever asks and in however many steps.
 */
#include "unit.h"

#include <ingest/demo_plan.h>
#include <ingest/demo_random.h>

/* 2026-01-01, and the beginning of the three years before it. */
#define TODAY 20454
#define FIRST 19358

static int open_codes(void **state)
{
    (void)state;
    return codes_open() ? 0 : -1;
}

static int close_codes(void **state)
{
    (void)state;
    codes_close();
    return 0;
}

static void names_its_firms_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < demo_operator_count; i++) {
        const struct demo_operator *firm = &demo_operators[i];
        assert_int_equal(strncmp(firm->id, "demo-", 5), 0);
        assert_non_null(country_find(span_of(firm->country)));
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(firm->id, demo_operators[j].id);
            assert_string_not_equal(firm->name, demo_operators[j].name);
        }
    }
}

static void knows_its_countries(void **state)
{
    (void)state;
    for (size_t i = 0; i < demo_corridor_count; i++) {
        const struct demo_corridor *corridor = &demo_corridors[i];
        const struct demo_sender *sender = demo_sender_find(corridor->from);
        const struct demo_receiver *receiver = demo_receiver_find(corridor->to);
        assert_non_null(sender);
        assert_non_null(receiver);
        assert_string_not_equal(corridor->from, corridor->to);
        assert_in_range(corridor->services, 8, 25);

        const struct country *from = country_find(span_of(corridor->from));
        const struct country *to = country_find(span_of(corridor->to));
        assert_non_null(from);
        assert_non_null(to);
        assert_true(country_uses(from, currency_find(span_of(sender->currency))));
        /* Every currency paid out has a rate; some are another country's. */
        assert_true(demo_euro_rate(receiver->currency, TODAY).units > 0);
        assert_true(!receiver->second[0] || demo_euro_rate(receiver->second, TODAY).units > 0);
        for (size_t j = 0; j < i; j++) {
            assert_false(strcmp(corridor->from, demo_corridors[j].from) == 0 &&
                         strcmp(corridor->to, demo_corridors[j].to) == 0);
        }
    }
}

static void keeps_rates_near_their_level(void **state)
{
    (void)state;
    for (size_t i = 0; i < demo_currency_count; i++) {
        int64_t usual = demo_usual_rate(demo_currency(i)).units;
        for (int64_t day = FIRST; day < TODAY; day += 7) {
            int64_t rate = demo_euro_rate(demo_currency(i), day).units;
            assert_in_range(rate, usual / 100 * 95, usual / 100 * 105);
            /* A service holds its rate for weeks: a week may not move the reference by much. */
            int64_t later = demo_euro_rate(demo_currency(i), day + 7).units;
            assert_in_range(later, rate / 1000 * 996, rate / 1000 * 1005);
        }
    }
}

static void follows_its_own_versions(void **state)
{
    (void)state;
    size_t count;
    struct demo_service *services = demo_services(&count);
    assert_non_null(services);
    for (size_t i = 0; i < count; i++) {
        const struct demo_service *service = &services[i];
        struct demo_quote quote;
        struct demo_quote next;
        struct demo_quote promotion;
        uint32_t band;
        uint64_t version = demo_version_since(service, (FIRST + (int64_t)i) * DEMO_DAY);
        demo_quote(&quote, service, version);
        demo_quote(&next, service, version + 1);
        assert_true(next.valid_from > (FIRST + (int64_t)i) * DEMO_DAY);
        assert_true(quote.valid_from <= (FIRST + (int64_t)i) * DEMO_DAY || version == 0);
        assert_true(quote.recorded_at <= quote.valid_from);
        assert_true(quote.recorded_at < next.recorded_at);
        assert_true(quote.valid_from < quote.valid_until);
        assert_int_equal(quote.recorded_at, demo_version_recorded(service, version));
        assert_int_equal(tariff_check(&quote.tariff, &band), TARIFF_OK);
        if (demo_promotion(&promotion, service, version)) {
            assert_true(promotion.first_transfer);
            assert_int_equal(promotion.recorded_at, quote.recorded_at);
            assert_int_equal(promotion.valid_until, next.valid_from);
            assert_int_equal(tariff_check(&promotion.tariff, &band), TARIFF_OK);
        }
    }
    free(services);
}

static void digest_of(char hex[2 * DEMO_DIGEST_SIZE + 1], int64_t today)
{
    struct demo_plan plan;
    unsigned char digest[DEMO_DIGEST_SIZE];
    uint64_t rows;
    assert_true(demo_plan_open(&plan, FIRST, today, false));
    assert_true(demo_plan_digest(&plan, digest, &rows));
    assert_true(rows >= plan.change_count);
    assert_in_range(rows, 20000, 60000);
    for (size_t i = 0; i < sizeof digest; i++) {
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    }
    demo_plan_close(&plan);
}

static void makes_one_market_a_day(void **state)
{
    /* Every compiler and machine makes this one. A change to the tables or to how prices are made
     * changes it: then put the new digest here, and say in the commit that the market changed. */
    static const char pinned[] = "0f2f90b3226a6155b579920305541bdbc67bc79ecadd5af534a07429951e4266";
    (void)state;
    char digest[2 * DEMO_DIGEST_SIZE + 1];
    char later[2 * DEMO_DIGEST_SIZE + 1];
    digest_of(digest, TODAY);
    digest_of(later, TODAY + 1);
    assert_string_equal(digest, pinned);
    assert_string_not_equal(digest, later);
}

static void grows_to_the_same_market(void **state)
{
    static const int64_t steps[] = {FIRST + 1, FIRST + 400, TODAY - 31, TODAY - 1, TODAY};
    (void)state;
    struct demo_plan whole;
    struct demo_plan step;
    size_t at = 0;
    int64_t from = FIRST;
    assert_true(demo_plan_open(&whole, FIRST, TODAY, false));
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        assert_true(demo_plan_open(&step, from, steps[i], i > 0));
        for (size_t j = 0; j < step.change_count; j++, at++) {
            assert_true(at < whole.change_count);
            assert_int_equal(step.changes[j].recorded, whole.changes[at].recorded);
            assert_int_equal(step.changes[j].service, whole.changes[at].service);
            assert_int_equal(step.changes[j].version, whole.changes[at].version);
        }
        from = steps[i];
        demo_plan_close(&step);
    }
    assert_int_equal(at, whole.change_count);
    demo_plan_close(&whole);
}

static void draws_evenly_and_always_the_same(void **state)
{
    (void)state;
    unsigned seen[10] = {0};
    for (uint64_t i = 0; i < 10000; i++) {
        int64_t drawn = demo_draw(demo_join(demo_key("even"), i), DEMO_SALT_COST, -4, 5);
        assert_in_range(drawn + 4, 0, 9);
        seen[drawn + 4]++;
    }
    for (size_t i = 0; i < COUNT_OF(seen); i++) {
        assert_in_range(seen[i], 850, 1150);
    }
    assert_int_equal(demo_draw(demo_key("one"), DEMO_SALT_COST, 7, 7), 7);
    /* A wave passes through its knots and stays between them. */
    for (int64_t at = 0; at < 400; at++) {
        int64_t height = demo_wave(demo_key("wave"), DEMO_SALT_WAVE, at, 100, 1000);
        assert_in_range(height + 1000, 0, 2000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_its_firms_once),
        cmocka_unit_test(knows_its_countries),
        cmocka_unit_test(keeps_rates_near_their_level),
        cmocka_unit_test(follows_its_own_versions),
        cmocka_unit_test(makes_one_market_a_day),
        cmocka_unit_test(grows_to_the_same_market),
        cmocka_unit_test(draws_evenly_and_always_the_same),
    };
    return UNIT_RUN(tests, open_codes, close_codes);
}
