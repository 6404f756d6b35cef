/*
 * Nanoseconds of one cost_compute on each basis: a tariff of three bands (percentage with a minimum
 * and a maximum, tax, falling margin), amounts spread over all of them. Best of five rounds, since
 * everything else on the machine only adds.
 */
#include <stdio.h>
#include <time.h>

#include <corridor/cost.h>

#define AMOUNTS 1024
#define TURNS   200
#define ROUNDS  5

static const struct currency euro = {"EUR", 978, 2};
static const struct currency franc = {"XOF", 952, 0};

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double nanoseconds(const struct tariff *tariff, enum basis basis, const int64_t *amounts)
{
    struct rate reference = {INT64_C(655957000000000)};
    volatile int64_t kept = 0; /* so that nothing is optimised away */
    double best = 1e9;

    for (int round = 0; round < ROUNDS; round++) {
        double from = seconds();

        for (int turn = 0; turn < TURNS; turn++) {
            for (int i = 0; i < AMOUNTS; i++) {
                struct cost cost;

                if (cost_compute(&cost, tariff, basis, amounts[i], reference) == COST_OK)
                    kept = kept + cost.receives;
            }
        }
        from = (seconds() - from) / (TURNS * AMOUNTS) * 1e9;
        best = from < best ? from : best;
    }
    return best;
}

int main(void)
{
    const struct tariff tariff = {
        .send = &euro,
        .receive = &franc,
        .min = 100,
        .max = TARIFF_NO_LIMIT,
        .tax_pct = PERCENT_ONE / 2,
        .count = 3,
        .bands =
            {
                {0, 5000, 199, 0, 0, TARIFF_NO_LIMIT, {INT64_C(640000000000000)}},
                {5000, 50000, 99, 15 * PERCENT_ONE / 10, 250, 900, {INT64_C(645000000000000)}},
                {50000, TARIFF_NO_LIMIT, 0, PERCENT_ONE, 0, 2500, {INT64_C(650000000000000)}},
            },
    };
    int64_t euros[AMOUNTS], francs[AMOUNTS];

    for (int i = 0; i < AMOUNTS; i++) {
        euros[i] = 1000 + (int64_t)i * 7919 % 150000;
        francs[i] = euros[i] * 65 / 10;
    }
    printf("cost_compute, 3 bands: all_in %.0f ns, principal %.0f ns, receive %.0f ns\n",
           nanoseconds(&tariff, BASIS_ALL_IN, euros), nanoseconds(&tariff, BASIS_PRINCIPAL, euros),
           nanoseconds(&tariff, BASIS_RECEIVE, francs));
    return 0;
}
