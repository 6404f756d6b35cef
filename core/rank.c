/* The order of offers: by what the question was about, then speed, then name. Nobody can buy a
 * place in it. */
#include <corridor/cost.h>

static int order(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int cost_order(const struct cost *a, const struct cost *b, enum basis basis)
{
    switch (basis) {
    case BASIS_ALL_IN:
        return order(b->receives, a->receives);
    case BASIS_RECEIVE:
        return order(a->pays, b->pays);
    case BASIS_PRINCIPAL:
        break;
    }
    if (a->total_cost_pct != b->total_cost_pct)
        return order(a->total_cost_pct, b->total_cost_pct);
    return order(a->total_cost, b->total_cost);
}

int rank_compare(const struct rank_key *a, const struct rank_key *b, enum basis basis)
{
    int result = cost_order(a->cost, b->cost, basis);

    if (result == 0)
        result = order(a->speed, b->speed);
    if (result == 0)
        result = strcmp(a->name, b->name);
    return result;
}
