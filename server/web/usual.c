/* Counts the services of each country, in one pass over the corridors. */
#include "server/web/usual.h"

#include <corridor/codes.h>

struct tally {
    int64_t services[COUNTRY_INDEX_END];
    const struct country *countries[COUNTRY_INDEX_END]; /* with any, as they came */
    size_t count;
};

static void tally_begin(struct tally *tally)
{
    memset(tally->services, 0, sizeof(tally->services));
    tally->count = 0;
}

static int64_t *services_of(struct tally *tally, const struct country *country)
{
    return &tally->services[country_index(country)];
}

static void add(struct tally *tally, const struct country *country, int64_t services)
{
    int64_t *sum = services_of(tally, country);

    if (*sum == 0 && services > 0)
        tally->countries[tally->count++] = country;
    *sum += services;
}

/* More services first; codes decide between equals. */
static bool comes_before(struct tally *tally, const struct country *a, const struct country *b)
{
    int64_t more = *services_of(tally, a) - *services_of(tally, b);

    return more > 0 || (more == 0 && strcmp(a->iso2, b->iso2) < 0);
}

static void choose(struct usual *usual, struct tally *tally)
{
    *usual = (struct usual){.count = 0};
    for (size_t i = 0; i < tally->count; i++) {
        const struct country *country = tally->countries[i];
        size_t at = usual->count;

        while (at > 0 && comes_before(tally, country, usual->countries[at - 1]))
            at--;
        if (at == USUAL_MAX)
            continue;
        if (usual->count < USUAL_MAX)
            usual->count++;
        memmove(&usual->countries[at + 1], &usual->countries[at],
                (usual->count - 1 - at) * sizeof(usual->countries[0]));
        usual->countries[at] = country;
    }
}

void usual_senders(struct usual *usual, const struct market_table *markets)
{
    size_t count;
    const struct market *const *all = market_table_all(markets, &count);
    struct tally tally;

    tally_begin(&tally);
    for (size_t i = 0; i < count; i++)
        add(&tally, all[i]->from, all[i]->figures.services);
    choose(usual, &tally);
}

void usual_receivers(struct usual *usual, const struct market_table *markets,
                     const struct country *from)
{
    size_t count;
    const struct market *const *all = market_table_all(markets, &count);
    struct tally tally;

    tally_begin(&tally);
    for (size_t i = 0; i < count; i++) {
        if (from == NULL || all[i]->from == from)
            add(&tally, all[i]->to, all[i]->figures.services);
    }
    choose(usual, &tally);
}
