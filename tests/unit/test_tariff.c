/* Tariffs: every rule broken once, fees by hand, growth within a band, and the JSON of the feed
 * both ways. */
#include "random_tariff.h"

#include <jansson.h>

#define GENERATED 20000

static const struct currency euro = {"EUR", 978, 2};
static const struct currency franc = {"XOF", 952, 0};

#define NONE TARIFF_NO_LIMIT

static struct tariff good(void)
{
    return (struct tariff){
        .send = &euro,
        .receive = &franc,
        .min = 100,
        .max = 100000,
        .count = 2,
        .bands = {{0, 10000, 199, 0, 0, NONE, {655}},
                  {10000, 100000, 0, PERCENT_ONE, 150, 900, {655}}},
    };
}

static void takes_a_good_tariff(void **state)
{
    struct tariff tariff = good();
    uint32_t band = 77;

    (void)state;
    assert_int_equal(tariff_check(&tariff, &band), TARIFF_OK);
    tariff.bands[1].to = NONE;
    tariff.max = NONE;
    tariff.bands[0].rate.units = 0; /* not disclosed is no error */
    tariff.bands[1].fee_pct = 100 * PERCENT_ONE;
    tariff.bands[1].fee_max = tariff.bands[1].fee_min;
    assert_int_equal(tariff_check(&tariff, &band), TARIFF_OK);
}

/* One rule broken in the good tariff. */
static const struct {
    size_t at; /* which number */
    int64_t value;
    enum tariff_error error;
    uint32_t band;
} broken[] = {
#define BAND(i, member)                                                 \
    offsetof(struct tariff, bands) + (i) * sizeof(struct tariff_band) + \
        offsetof(struct tariff_band, member)
#define OF(member) offsetof(struct tariff, member)
    {BAND(1, from), 10001, TARIFF_GAP, 1},
    {BAND(1, from), 9999, TARIFF_OVERLAP, 1},
    {BAND(0, to), 0, TARIFF_BAND_REVERSED, 0},
    {BAND(1, to), 10000, TARIFF_BAND_REVERSED, 1},
    {BAND(0, to), NONE, TARIFF_OVERLAP, 1}, /* only the last may be open */
    {BAND(0, from), -1, TARIFF_NEGATIVE, 0},
    {BAND(0, fee), -1, TARIFF_NEGATIVE, 0},
    {BAND(1, fee_pct), -1, TARIFF_NEGATIVE, 1},
    {BAND(1, fee_min), -1, TARIFF_NEGATIVE, 1},
    {BAND(1, fee_max), -1, TARIFF_NEGATIVE, 1},
    {BAND(1, rate), -1, TARIFF_NEGATIVE, 1},
    {OF(min), -1, TARIFF_NEGATIVE, 0},
    {OF(receive_fee), -1, TARIFF_NEGATIVE, 0},
    {OF(tax_pct), -1, TARIFF_NEGATIVE, 0},
    {BAND(1, fee_max), 149, TARIFF_FEE_LIMITS_REVERSED, 1},
    {OF(max), 99, TARIFF_LIMITS_REVERSED, 0},
    {OF(max), 100001, TARIFF_LIMITS_OUTSIDE, 0},
    {OF(max), NONE, TARIFF_LIMITS_OUTSIDE, 0},
    {BAND(0, from), 101, TARIFF_LIMITS_OUTSIDE, 0},
    {BAND(1, to), MONEY_MAX + 1, TARIFF_TOO_LARGE, 1},
    {BAND(0, fee), MONEY_MAX + 1, TARIFF_TOO_LARGE, 0},
    {BAND(0, fee_min), MONEY_MAX + 1, TARIFF_TOO_LARGE, 0},
    {BAND(0, fee_max), MONEY_MAX + 1, TARIFF_TOO_LARGE, 0},
    {BAND(0, fee_pct), 100 * PERCENT_ONE + 1, TARIFF_TOO_LARGE, 0},
    {OF(tax_pct), 100 * PERCENT_ONE + 1, TARIFF_TOO_LARGE, 0},
    {OF(receive_fee), MONEY_MAX + 1, TARIFF_TOO_LARGE, 0},
#undef BAND
#undef OF
};

static void refuses_each_broken_rule(void **state)
{
    struct tariff tariff = good();
    uint32_t band = 77;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        enum tariff_error error;

        tariff = good();
        memcpy((char *)&tariff + broken[i].at, &broken[i].value, sizeof broken[i].value);
        error = tariff_check(&tariff, &band);
        if (error != broken[i].error || band != broken[i].band)
            fail_msg("case %zu: \"%s\" in band %u", i, tariff_error_text(error), band);
        assert_true(strlen(tariff_error_text(error)) > 0);
    }
    tariff.count = 0;
    assert_int_equal(tariff_check(&tariff, &band), TARIFF_NO_BANDS);
    tariff.count = TARIFF_BANDS_MAX + 1;
    assert_int_equal(tariff_check(&tariff, &band), TARIFF_TOO_MANY_BANDS);
    tariff = good();
    tariff.min = tariff.max = 0;
    assert_int_equal(tariff_check(&tariff, &band), TARIFF_LIMITS_REVERSED);
}

static void finds_the_band(void **state)
{
    static const struct {
        int64_t principal;
        int band; /* -1: outside */
    } places[] = {{-1, -1},   {0, 0},      {9999, 0},    {10000, 1},
                  {99999, 1}, {100000, 1}, {100001, -1}, {INT64_MAX, -1}};
    struct tariff tariff = good();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(places); i++)
        assert_ptr_equal(tariff_band_at(&tariff, places[i].principal),
                         places[i].band < 0 ? NULL : &tariff.bands[places[i].band]);
}

/* Amounts in cents, percentages in millionths. */
static const struct {
    int64_t fee, fee_pct, fee_min, fee_max, principal, result;
} fees[] = {
    {199, 0, 0, NONE, 20000, 199},
    {0, 1500000, 0, NONE, 20000, 300},    /* 1.5 % of 200.00 */
    {99, 1500000, 0, NONE, 20000, 399},   /* and 0.99 */
    {0, 1500000, 400, NONE, 20000, 400},  /* 3.00 is under the minimum */
    {0, 1500000, 0, 250, 20000, 250},     /* 3.00 is over the maximum */
    {99, 1500000, 400, NONE, 20000, 400}, /* the minimum is of both parts together: 3.99 */
    {0, 1000000, 0, NONE, 50, 1},         /* half a cent: up */
    {0, 1000000, 0, NONE, 49, 0},         /* 0.49 of a cent */
    {0, 333333, 0, NONE, 10000, 33},      /* 33.3333 cents */
    {0, 1, 0, NONE, 50000000, 1},         /* a millionth of a percent of 500,000.00: half a cent */
    {0, 100000000, 0, NONE, MONEY_MAX, MONEY_MAX}, /* past 64 bits on the way */
    {MONEY_MAX, 100000000, 0, NONE, MONEY_MAX, 2 * MONEY_MAX},
    {199, 1000000, 0, NONE, 0, 199},
};

static void charges_fees(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(fees); i++) {
        struct tariff_band band = {
            0, NONE, fees[i].fee, fees[i].fee_pct, fees[i].fee_min, fees[i].fee_max, {0}};

        if (tariff_fee(&band, fees[i].principal) != fees[i].result)
            fail_msg("fee %zu is %lld", i, (long long)tariff_fee(&band, fees[i].principal));
    }
    assert_int_equal(tariff_tax(&(struct tariff){.tax_pct = 500000}, 20100),
                     101); /* 0.5 % of 201.00: 1.005 */
    assert_int_equal(tariff_tax(&(struct tariff){.tax_pct = 0}, MONEY_MAX), 0);
}

/* The solver of cost.c stands on this. */
static void fees_grow_within_a_band(void **state)
{
    struct unit_random random = unit_random_open("fee and tax of two principals in one band");

    (void)state;
    for (int i = 0; i < GENERATED; i++) {
        struct rate reference;
        struct tariff tariff =
            random_tariff(&random, 100 + unit_random_size(&random, MONEY_MAX - 100), &reference);
        const struct tariff_band *band = &tariff.bands[unit_random_bits(&random) % tariff.count];
        int64_t less = unit_random_size(&random, MONEY_MAX),
                more = less + unit_random_size(&random, MONEY_MAX - less);

        assert_true(tariff_fee(band, less) <= tariff_fee(band, more));
        assert_true(tariff_tax(&tariff, less) <= tariff_tax(&tariff, more));
        assert_true(tariff_fee(band, less) >= band->fee_min &&
                    tariff_fee(band, more) <= band->fee_max);
    }
}

static const struct {
    const char *json;
    const char *field; /* NULL: read */
    uint32_t band;
} documents[] = {
    {"[]", NULL, 0}, /* tariff_check's business */
    {"[{\"from\":\"0\",\"to\":null}]", NULL, 0},
    {"[{\"from\":\"0\",\"to\":\"100\",\"fee\":\"1.99\",\"fee_pct\":\"1.5\",\"fee_min\":\"2\",\"fee_"
     "max\":\"9.00\",\"rate\":"
     "\"655.957\"}]",
     NULL, 0},
    {"[{\"from\":\"0\",\"to\":\"1\",\"fee_max\":null,\"rate\":null}]", NULL, 0},
    {"{}", "tariff", 0},
    {"[1]", "tariff", 0},
    {"[{\"to\":null}]", "from", 0},
    {"[{\"from\":\"0\"}]", "to", 0},
    {"[{\"from\":null,\"to\":null}]", "from", 0},
    {"[{\"from\":0,\"to\":null}]", "from", 0},
    {"[{\"from\":\"0\",\"to\":null,\"fee\":1.99}]", "fee", 0},
    {"[{\"from\":\"0\",\"to\":null,\"fee\":null}]", "fee", 0},
    {"[{\"from\":\"0\",\"to\":null,\"fee\":\"1.999\"}]", "fee", 0},
    {"[{\"from\":\"0\",\"to\":null,\"fee\":\"1.99 EUR\"}]", "fee", 0},
    {"[{\"from\":\"0\",\"to\":null,\"fee_pct\":\"1.5%\"}]", "fee_pct", 0},
    {"[{\"from\":\"0\",\"to\":null,\"fee_min\":true}]", "fee_min", 0},
    {"[{\"from\":\"0\",\"to\":null,\"fee_max\":\"\"}]", "fee_max", 0},
    {"[{\"from\":\"0\",\"to\":null,\"rate\":\"0\"}]", "rate", 0},
    {"[{\"from\":\"0\",\"to\":null,\"rate\":\"-1\"}]", "rate", 0},
    {"[{\"from\":\"0\",\"to\":null,\"rate\":\"9223373\"}]", "rate", 0},
    {"[{\"from\":\"0\",\"to\":null,\"fee_prc\":\"1.5\"}]", "tariff", 0}, /* misspelt */
    {"[{\"from\":\"0\",\"to\":\"1\"},{\"from\":\"1\",\"to\":[]}]", "to", 1},
};

static void reads_json(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(documents); i++) {
        struct tariff tariff = {.send = &euro, .receive = &franc};
        json_t *json = json_loads(documents[i].json, 0, NULL);
        const char *field = NULL;
        uint32_t band = 77;
        bool read;

        assert_non_null(json);
        read = tariff_bands_from_json(&tariff, json, &band, &field);
        json_decref(json);
        if (read != (documents[i].field == NULL))
            fail_msg("%s", documents[i].json);
        if (read)
            continue;
        assert_string_equal(field, documents[i].field);
        assert_int_equal(band, documents[i].band);
    }
}

static void reads_every_member_and_default(void **state)
{
    const struct tariff_band full = {0, 10000, 199, 1500000, 200, 900, {INT64_C(655957000000000)}};
    const struct tariff_band bare = {0, NONE, 0, 0, 0, NONE, {0}};
    struct tariff tariff = {.send = &euro, .receive = &franc};
    const size_t documents_read[] = {2, 1};
    const struct tariff_band *const expected[] = {&full, &bare};
    const char *field;
    uint32_t band;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(documents_read); i++) {
        json_t *json = json_loads(documents[documents_read[i]].json, 0, NULL);

        assert_true(tariff_bands_from_json(&tariff, json, &band, &field));
        json_decref(json);
        assert_int_equal(tariff.count, 1);
        assert_memory_equal(&tariff.bands[0], expected[i], sizeof full);
    }
}

static void refuses_more_bands_than_fit(void **state)
{
    struct tariff tariff = {.send = &euro, .receive = &franc};
    json_t *json = json_array();
    const char *field;
    uint32_t band;

    (void)state;
    for (uint32_t i = 0; i <= TARIFF_BANDS_MAX; i++) {
        assert_int_equal(tariff_bands_from_json(&tariff, json, &band, &field), true);
        assert_int_equal(tariff.count, i);
        json_array_append_new(json, json_pack("{s:s,s:n}", "from", "0", "to"));
    }
    assert_false(tariff_bands_from_json(&tariff, json, &band, &field));
    json_decref(json);
}

static void json_round_trips(void **state)
{
    struct unit_random random = unit_random_open("tariffs written as JSON and read");

    (void)state;
    for (int i = 0; i < GENERATED / 10; i++) {
        struct rate reference;
        struct tariff tariff =
            random_tariff(&random, 1000 + unit_random_size(&random, MONEY_MAX - 1000), &reference);
        struct tariff back = {.send = tariff.send, .receive = tariff.receive};
        json_t *json = tariff_bands_to_json(&tariff);
        const char *field;
        uint32_t band;

        assert_true(tariff_bands_from_json(&back, json, &band, &field));
        json_decref(json);
        assert_int_equal(back.count, tariff.count);
        assert_memory_equal(back.bands, tariff.bands, tariff.count * sizeof *tariff.bands);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_good_tariff),
        cmocka_unit_test(refuses_each_broken_rule),
        cmocka_unit_test(finds_the_band),
        cmocka_unit_test(charges_fees),
        cmocka_unit_test(fees_grow_within_a_band),
        cmocka_unit_test(reads_json),
        cmocka_unit_test(reads_every_member_and_default),
        cmocka_unit_test(refuses_more_bands_than_fit),
        cmocka_unit_test(json_round_trips),
    };

    return UNIT_RUN(tests, NULL, NULL);
}
