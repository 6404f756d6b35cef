/*
 * Prints costs of generated tariffs as JSON Lines, for oracle.py to reckon again: one line a
 * tariff, with what cost_compute answered at several amounts on each basis. Everything is written
 * as the API writes it.
 */
#include <jansson.h>

#include "tests/unit/random_tariff.h"

#define TARIFFS        2000
#define ASKS_PER_BASIS 2

static json_t *text_json(const char *text)
{
    json_t *json = json_string(text);

    if (!json)
        abort();
    return json;
}

static json_t *money_json(int64_t minor, const struct currency *currency)
{
    char text[MONEY_TEXT_MAX];

    money_print(text, sizeof text, minor, currency);
    return text_json(text);
}

static json_t *rate_json(struct rate rate)
{
    char text[RATE_TEXT_MAX];

    rate_print(text, sizeof text, rate);
    return text_json(text);
}

static json_t *percent_json(int64_t percent)
{
    char text[PERCENT_TEXT_MAX];

    percent_print(text, sizeof text, percent);
    return text_json(text);
}

/* tax_pct goes in with all its decimals. */
static json_t *exact_percent_json(int64_t percent)
{
    char text[DECIMAL_TEXT_MAX];

    decimal_print(text, sizeof text, (struct decimal){percent, PERCENT_SCALE});
    return text_json(text);
}

static json_t *cost_json(const struct cost *cost, const struct tariff *tariff)
{
    json_t *json = json_object();

    json_object_set_new(json, "principal", money_json(cost->principal, tariff->send));
    json_object_set_new(json, "fee", money_json(cost->fee, tariff->send));
    json_object_set_new(json, "tax", money_json(cost->tax, tariff->send));
    json_object_set_new(json, "receive_fee", money_json(cost->receive_fee, tariff->receive));
    json_object_set_new(json, "pays", money_json(cost->pays, tariff->send));
    json_object_set_new(json, "receives", money_json(cost->receives, tariff->receive));
    json_object_set_new(json, "rate", rate_json(cost->rate));
    json_object_set_new(json, "margin_pct", percent_json(cost->margin_pct));
    json_object_set_new(json, "total_cost", money_json(cost->total_cost, tariff->send));
    json_object_set_new(json, "total_cost_pct", percent_json(cost->total_cost_pct));
    json_object_set_new(json, "cost_share_pct", percent_json(cost->cost_share_pct));
    return json;
}

/* Amounts near the ends of bands, where the rules meet, as often as amounts within the limits. */
static int64_t random_amount(struct unit_random *random, const struct tariff *tariff,
                             enum basis basis, struct rate reference)
{
    const struct tariff_band *band = &tariff->bands[unit_random_bits(random) % tariff->count];
    int64_t amount = band->from + unit_random_between(random, -2, 2);

    if (!unit_one_in(random, 3))
        amount = unit_random_between(random, tariff->min,
                                     tariff->max == TARIFF_NO_LIMIT ? 10 * tariff->min + 100000
                                                                    : tariff->max);
    if (basis == BASIS_ALL_IN && amount > 0 && amount <= MONEY_MAX)
        amount += tariff_fee(band, amount) + unit_random_between(random, -2, 2);
    if (basis == BASIS_RECEIVE && amount > 0 && amount <= MONEY_MAX &&
        !money_convert(&amount, amount, tariff->send, tariff->receive,
                       band->rate.units > 0 ? band->rate : reference, DECIMAL_DOWN))
        amount = 1;
    return amount < 1 ? 1 : amount > MONEY_MAX ? MONEY_MAX : amount;
}

static json_t *ask_json(const struct tariff *tariff, enum basis basis, int64_t amount,
                        struct rate reference)
{
    struct cost cost;
    enum cost_outcome outcome = cost_compute(&cost, tariff, basis, amount, reference);
    json_t *json = json_object();

    json_object_set_new(json, "basis", text_json(basis_code(basis)));
    json_object_set_new(
        json, "amount",
        money_json(amount, basis == BASIS_RECEIVE ? tariff->receive : tariff->send));
    json_object_set_new(json, "outcome", text_json(cost_outcome_code(outcome)));
    json_object_set_new(json, "cost", outcome == COST_OK ? cost_json(&cost, tariff) : json_null());
    return json;
}

static json_t *tariff_json(const struct tariff *tariff, struct rate reference)
{
    json_t *json = json_object();

    json_object_set_new(json, "send_currency", text_json(tariff->send->code));
    json_object_set_new(json, "receive_currency", text_json(tariff->receive->code));
    json_object_set_new(json, "send_exponent", json_integer(tariff->send->exponent));
    json_object_set_new(json, "receive_exponent", json_integer(tariff->receive->exponent));
    json_object_set_new(json, "tariff", tariff_bands_to_json(tariff));
    json_object_set_new(json, "receive_fee", money_json(tariff->receive_fee, tariff->receive));
    json_object_set_new(json, "tax_pct", exact_percent_json(tariff->tax_pct));
    json_object_set_new(json, "min", money_json(tariff->min, tariff->send));
    json_object_set_new(json, "max",
                        tariff->max == TARIFF_NO_LIMIT ? json_null()
                                                       : money_json(tariff->max, tariff->send));
    json_object_set_new(json, "reference_rate",
                        reference.units == 0 ? json_null() : rate_json(reference));
    return json;
}

int main(void)
{
    struct unit_random random = unit_random_open("a table of costs");

    for (int i = 0; i < TARIFFS; i++) {
        struct rate reference;
        int64_t span = 1000 + unit_random_size(&random, unit_one_in(&random, 4) ? MONEY_MAX - 1000
                                                                                : 100000000);
        struct tariff tariff = random_tariff(&random, span, &reference);
        json_t *line, *asks = json_array();

        if (unit_one_in(&random, 50))
            reference.units = 0;
        for (enum basis basis = BASIS_ALL_IN; basis <= BASIS_RECEIVE; basis++) {
            for (int ask = 0; ask < ASKS_PER_BASIS; ask++)
                json_array_append_new(
                    asks, ask_json(&tariff, basis,
                                   random_amount(&random, &tariff, basis, reference), reference));
        }
        line = tariff_json(&tariff, reference);
        json_object_set_new(line, "asks", asks);
        if (json_dumpf(line, stdout, JSON_COMPACT) != 0)
            return 1;
        putchar('\n');
        json_decref(line);
    }
    return 0;
}
