/* Counts the services of each country, in one pass over the corridors. */
#include "server/web/usual.h"

#include <corridor/codes.h>

#define CODES_MAX (26 * 26)

struct tally {
    const struct country *countries[CODES_MAX]; /* by alpha-2 code */
    int64_t services[CODES_MAX];
};

static void add(struct tally *tally, const struct country *country, int64_t services)
{
    size_t at = (size_t)(country->iso2[0] - 'A') * 26 + (size_t)(country->iso2[1] - 'A');

    tally->countries[at] = country;
    tally->services[at] += services;
}

static void choose(struct usual *usual, const struct tally *tally)
{
    int64_t services[USUAL_MAX] = {0};

    *usual = (struct usual){.count = 0};
    for (size_t i = 0; i < CODES_MAX; i++) {
        size_t at = usual->count;

        if (tally->services[i] == 0)
            continue;
        while (at > 0 && services[at - 1] < tally->services[i])
            at--;
        if (at == USUAL_MAX)
            continue;
        if (usual->count < USUAL_MAX)
            usual->count++;
        for (size_t move = usual->count - 1; move > at; move--) {
            services[move] = services[move - 1];
            usual->countries[move] = usual->countries[move - 1];
        }
        services[at] = tally->services[i];
        usual->countries[at] = tally->countries[i];
    }
}

void usual_senders(struct usual *usual, const struct market_table *markets)
{
    size_t count;
    const struct market *const *all = market_table_all(markets, &count);
    struct tally tally = {.countries = {NULL}};

    for (size_t i = 0; i < count; i++)
        add(&tally, all[i]->from, all[i]->figures.services);
    choose(usual, &tally);
}

void usual_receivers(struct usual *usual, const struct market_table *markets,
                     const struct country *from)
{
    size_t count;
    const struct market *const *all = market_table_all(markets, &count);
    struct tally tally = {.countries = {NULL}};

    for (size_t i = 0; i < count; i++) {
        if (from == NULL || all[i]->from == from)
            add(&tally, all[i]->to, all[i]->figures.services);
    }
    choose(usual, &tally);
}
