/*
 * Tariffs at random, all of which pass tariff_check: for the properties of costs and for the table
 * that the Python oracle recomputes. Currencies of 0 to 4 decimals, rates on both sides of one,
 * hidden rates, limits, jumps up and down.
 */
#ifndef TESTS_RANDOM_TARIFF_H
#define TESTS_RANDOM_TARIFF_H

#include "unit.h"

#include <corridor/cost.h>

static inline const struct currency *random_currency(struct unit_random *random)
{
    static const struct currency currencies[] = {
        {"XOF", 952, 0}, {"JPY", 392, 0}, {"EUR", 978, 2}, {"USD", 840, 2},
        {"GBP", 826, 2}, {"TND", 788, 3}, {"KWD", 414, 3}, {"CLF", 990, 4},
    };

    return &currencies[unit_random_bits(random) % COUNT_OF(currencies)];
}

/* Such that a minor unit sent is worth between a hundredth and a thousand minor units received. */
static inline struct rate random_rate(struct unit_random *random, const struct currency *send,
                                      const struct currency *receive)
{
    int64_t units = unit_random_between(random, 100000000, 999999999); /* 0.0001 to 0.001 */
    int64_t tens = unit_random_between(random, 2, 6) + send->exponent - receive->exponent;

    for (; tens > 0 && units < INT64_MAX / 100; tens--)
        units *= 10;
    return (struct rate){units};
}

/* A rate near another: half of the margins are below zero. */
static inline struct rate random_rate_near(struct unit_random *random, struct rate middle)
{
    return (struct rate){middle.units / 1000 * unit_random_between(random, 900, 1100) + 1};
}

static inline struct tariff_band random_band(struct unit_random *random, int64_t from,
                                             int64_t width, int64_t fees, struct rate middle)
{
    struct tariff_band band = {.from = from, .to = from + width, .fee_max = TARIFF_NO_LIMIT};

    if (!unit_one_in(random, 4))
        band.fee = unit_random_between(random, 0, fees);
    if (unit_one_in(random, 2))
        band.fee_pct =
            unit_random_size(random, unit_one_in(random, 8) ? 100 * PERCENT_ONE : 5 * PERCENT_ONE);
    if (unit_one_in(random, 3))
        band.fee_min = unit_random_between(random, 0, fees);
    if (unit_one_in(random, 3))
        band.fee_max = band.fee_min + unit_random_between(random, 0, fees);
    if (!unit_one_in(random, 12))
        band.rate = random_rate_near(random, middle);
    return band;
}

/*
 * A tariff whose bands together are at most `span` minor units wide, and a reference rate near its
 * own. The last band is open now and then.
 */
static inline struct tariff random_tariff(struct unit_random *random, int64_t span,
                                          struct rate *reference)
{
    struct tariff tariff = {
        .send = random_currency(random),
        .receive = random_currency(random),
        .count = (uint32_t)unit_random_between(random, 1, 4),
    };
    int64_t from = unit_one_in(random, 4) ? unit_random_between(random, 1, span / 8) : 0;
    int64_t first = from;

    *reference = random_rate(random, tariff.send, tariff.receive);
    for (uint32_t i = 0; i < tariff.count; i++) {
        int64_t width = unit_random_between(random, 1, span / 5);

        tariff.bands[i] = random_band(random, from, width, span / 40 + 1, *reference);
        from += width;
    }
    tariff.min = unit_random_between(random, first, unit_one_in(random, 2) ? first : from);
    tariff.max = unit_one_in(random, 2)
                     ? from
                     : unit_random_between(random, tariff.min > 0 ? tariff.min : 1, from);
    if (unit_one_in(random, 8)) {
        tariff.bands[tariff.count - 1].to = TARIFF_NO_LIMIT;
        tariff.max = unit_one_in(random, 2) ? TARIFF_NO_LIMIT : tariff.max;
    }
    if (unit_one_in(random, 4))
        tariff.receive_fee = unit_random_between(random, 0, span / 20);
    if (unit_one_in(random, 3))
        tariff.tax_pct = unit_random_size(random, 20 * PERCENT_ONE);
    return tariff;
}

#endif
