/*
 * Costs of generated tariffs, against a solver that knows no formula: for small tariffs it tries
 * every principal, for large ones it halves each band. It says what the header says, word for word,
 * and nothing of how cost.c does it.
 */
#include "random_tariff.h"

#define SMALL_TARIFFS 4000
#define LARGE_TARIFFS 30000
#define SMALL_SPAN    600

/* What a principal makes, reckoned again from the header's text. */
struct outcome {
    const struct tariff_band *band;
    int64_t principal;
    int128 pays;
    int128 arrives; /* meaningless where the band has no rate */
};

static int128 half_up(int128 numerator, int128 denominator)
{
    return (2 * numerator + denominator) / (2 * denominator);
}

static int128 power(unsigned exponent)
{
    int128 result = 1;

    while (exponent-- > 0)
        result *= 10;
    return result;
}

static struct outcome outcome_of(const struct tariff *tariff, const struct tariff_band *band,
                                 int64_t principal)
{
    int128 fee = band->fee + half_up((int128)principal * band->fee_pct, 100 * PERCENT_ONE);
    int128 tax = half_up((int128)principal * tariff->tax_pct, 100 * PERCENT_ONE);
    int128 major =
        power(12 + tariff->send->exponent); /* principal * rate / major is in units of money */

    fee = fee < band->fee_min ? band->fee_min : fee;
    fee = fee > band->fee_max ? band->fee_max : fee;
    return (struct outcome){band, principal, principal + fee + tax,
                            (int128)principal * band->rate.units *
                                    power(tariff->receive->exponent) / major -
                                tariff->receive_fee};
}

static bool range_of(const struct tariff *tariff, uint32_t i, int64_t *low, int64_t *high)
{
    const struct tariff_band *band = &tariff->bands[i];

    *low = band->from < tariff->min ? tariff->min : band->from;
    *low = *low == 0 ? 1 : *low;
    *high = i + 1 < tariff->count ? band->to - 1 : band->to;
    *high = *high > tariff->max ? tariff->max : *high;
    *high = *high > MONEY_MAX ? MONEY_MAX : *high;
    return *low <= *high;
}

/* Which of two the basis prefers; `b` may be empty. */
static bool better(const struct outcome *a, const struct outcome *b, enum basis basis)
{
    if (!b->band)
        return true;
    if (basis == BASIS_ALL_IN && a->arrives != b->arrives)
        return a->arrives > b->arrives;
    if (a->pays != b->pays)
        return a->pays < b->pays;
    if (a->arrives != b->arrives)
        return a->arrives > b->arrives;
    return a->principal < b->principal;
}

static bool serves(const struct outcome *one, enum basis basis, int64_t amount)
{
    return basis == BASIS_ALL_IN ? one->pays <= amount : one->arrives >= amount;
}

/* The best of a band by trying all of it. */
static void try_all(struct outcome *best, const struct tariff *tariff,
                    const struct tariff_band *band, int64_t low, int64_t high, enum basis basis,
                    int64_t amount)
{
    for (int64_t principal = low; principal <= high; principal++) {
        struct outcome one = outcome_of(tariff, band, principal);

        if (serves(&one, basis, amount) && better(&one, best, basis))
            *best = one;
    }
}

/* The smallest principal of low..high+1 from which `wanted` holds, by halving; it holds from some
 * point on. */
static int64_t first_where(const struct tariff *tariff, const struct tariff_band *band, int64_t low,
                           int64_t high, bool paid, int128 wanted)
{
    high++;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        struct outcome one = outcome_of(tariff, band, middle);

        if ((paid ? one.pays : one.arrives) >= wanted)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* The same by halving: the largest that serves for all_in, then the smallest that makes as much;
 * the smallest for receive. */
static void try_halves(struct outcome *best, const struct tariff *tariff,
                       const struct tariff_band *band, int64_t low, int64_t high, enum basis basis,
                       int64_t amount)
{
    struct outcome one;
    int128 wanted = amount;

    if (basis == BASIS_ALL_IN) {
        int64_t largest = first_where(tariff, band, low, high, true, (int128)amount + 1) - 1;

        if (largest < low)
            return;
        wanted = outcome_of(tariff, band, largest).arrives;
    }
    low = first_where(tariff, band, low, high, false, wanted);
    if (low > high)
        return;
    one = outcome_of(tariff, band, low);
    if (better(&one, best, basis))
        *best = one;
}

/* What cost.h says, for all_in and receive. */
static enum cost_outcome solve(struct outcome *best, const struct tariff *tariff, enum basis basis,
                               int64_t amount, bool small)
{
    const struct tariff_band *reached = NULL;
    bool all_over = true, all_under = true, hidden = false, follows_hidden = false,
         first_hidden = false;
    int64_t least = 0;

    *best = (struct outcome){.band = NULL};
    for (uint32_t i = 0; i < tariff->count; i++) {
        const struct tariff_band *band = &tariff->bands[i];
        struct outcome bottom, top;
        int64_t low, high;
        bool known = band->rate.units != 0;

        if (!range_of(tariff, i, &low, &high))
            continue;
        bottom = outcome_of(tariff, band, low);
        top = outcome_of(tariff, band, high);
        if (least == 0) {
            least = low;
            first_hidden = !known;
        }
        if (basis == BASIS_ALL_IN) {
            all_over = all_over && bottom.pays > amount;
            all_under = all_under && top.pays < amount;
            if (bottom.pays <= amount)
                reached = band;
        } else if (known) {
            all_over = all_over && bottom.arrives > amount;
            all_under = all_under && top.arrives < amount;
        }
        hidden = hidden || !known;
        if (known && !(basis == BASIS_RECEIVE && follows_hidden && bottom.arrives > amount))
            (small ? try_all : try_halves)(best, tariff, band, low, high, basis, amount);
        follows_hidden = !known;
    }
    if (basis == BASIS_ALL_IN && (all_over || !reached))
        return COST_BELOW_MINIMUM;
    if (basis == BASIS_ALL_IN && all_under)
        return COST_ABOVE_MAXIMUM;
    if (basis == BASIS_ALL_IN)
        return reached->rate.units == 0 ? COST_NOT_TRANSPARENT : COST_OK;
    if (all_over && !first_hidden && least > 1)
        return COST_BELOW_MINIMUM;
    if (best->band)
        return COST_OK;
    return hidden ? COST_NOT_TRANSPARENT : COST_ABOVE_MAXIMUM;
}

/* An amount that is interesting to a tariff: near an end of a band, near one that can be met, or
 * anywhere. */
static int64_t random_amount(struct unit_random *random, const struct tariff *tariff,
                             enum basis basis, int64_t span)
{
    const struct tariff_band *band = &tariff->bands[unit_random_bits(random) % tariff->count];
    int64_t principal = unit_one_in(random, 2) ? band->from + unit_random_between(random, 0, 3)
                                               : unit_random_between(random, 1, span);
    struct outcome one = outcome_of(tariff, band, principal > 0 ? principal : 1);
    int128 amount = basis == BASIS_ALL_IN ? one.pays : one.arrives;

    amount += unit_random_between(random, -3, 3);
    if (amount < 1 || amount > MONEY_MAX)
        return 1;
    return (int64_t)amount;
}

static void check(const struct tariff *tariff, enum basis basis, int64_t amount,
                  struct rate reference, bool small)
{
    struct cost cost = {.principal = -1};
    struct outcome best;
    enum cost_outcome expected = solve(&best, tariff, basis, amount, small);
    enum cost_outcome got = cost_compute(&cost, tariff, basis, amount, reference);

    if (expected == COST_OK && best.arrives <= 0)
        expected = COST_NOTHING_ARRIVES;
    /* 64 bits hold a cost of 9.22 * 10^12 %, which a fee of 9.22 * 10^10 times the principal makes.
     */
    if (expected == COST_OK &&
        (best.arrives > MONEY_MAX || best.pays / best.principal > 92233720400))
        expected = COST_OUT_OF_RANGE;
    else if (expected == COST_OK && best.pays / best.principal > 92233720300)
        return;
    if (got != expected ||
        (got == COST_OK && (cost.principal != best.principal || cost.pays != best.pays ||
                            cost.receives != best.arrives)))
        fail_msg("%s %lld: %s with principal %lld, expected %s with %lld", basis_code(basis),
                 (long long)amount, cost_outcome_code(got), (long long)cost.principal,
                 cost_outcome_code(expected), (long long)best.principal);
    if (got == COST_OK)
        assert_true(cost.pays == cost.principal + cost.fee + cost.tax);
}

static void solves_like_trying_everything(void **state)
{
    struct unit_random random = unit_random_open("small tariffs, every principal tried");

    (void)state;
    for (int i = 0; i < SMALL_TARIFFS; i++) {
        struct rate reference;
        struct tariff tariff = random_tariff(&random, SMALL_SPAN, &reference);
        uint32_t band;

        assert_int_equal(tariff_check(&tariff, &band), TARIFF_OK);
        if (tariff.max > 2 * SMALL_SPAN) {
            tariff.bands[tariff.count - 1].to = TARIFF_NO_LIMIT; /* open, but not endless to try */
            tariff.max = 2 * SMALL_SPAN;
        }
        for (int question = 0; question < 6; question++) {
            check(&tariff, BASIS_ALL_IN, random_amount(&random, &tariff, BASIS_ALL_IN, SMALL_SPAN),
                  reference, true);
            check(&tariff, BASIS_RECEIVE,
                  random_amount(&random, &tariff, BASIS_RECEIVE, SMALL_SPAN), reference, true);
        }
    }
}

static void solves_like_halving_at_every_size(void **state)
{
    struct unit_random random = unit_random_open("tariffs of every size, bands halved");

    (void)state;
    for (int i = 0; i < LARGE_TARIFFS; i++) {
        struct rate reference;
        int64_t span = 1000 + unit_random_size(&random, MONEY_MAX - 1000);
        struct tariff tariff = random_tariff(&random, span, &reference);

        check(&tariff, BASIS_ALL_IN, random_amount(&random, &tariff, BASIS_ALL_IN, span), reference,
              false);
        check(&tariff, BASIS_RECEIVE, random_amount(&random, &tariff, BASIS_RECEIVE, span),
              reference, false);
    }
}

/* A tariff for ordinary sums, and a cost of it on the principal. False when the question has no
 * answer. */
static bool random_cost(struct unit_random *random, struct tariff *tariff, struct rate *reference,
                        struct cost *cost)
{
    *tariff = random_tariff(random, 1000000, reference);
    return cost_compute(cost, tariff, BASIS_PRINCIPAL, unit_random_between(random, 1, 800000),
                        *reference) == COST_OK;
}

static void bases_invert_each_other(void **state)
{
    struct unit_random random = unit_random_open("what is paid, and what arrives, asked for again");

    (void)state;
    for (int i = 0; i < LARGE_TARIFFS; i++) {
        struct tariff tariff;
        struct rate reference;
        struct cost cost, again;
        enum cost_outcome outcome;

        if (!random_cost(&random, &tariff, &reference, &cost))
            continue;
        outcome = cost_compute(&again, &tariff, BASIS_ALL_IN, cost.pays, reference);
        if (outcome != COST_NOT_TRANSPARENT) { /* a hidden band may be within reach */
            assert_int_equal(outcome, COST_OK);
            assert_true(again.pays <= cost.pays && again.receives >= cost.receives);
        }
        outcome = cost_compute(&again, &tariff, BASIS_RECEIVE, cost.receives, reference);
        if (outcome != COST_NOT_TRANSPARENT) {
            assert_int_equal(outcome, COST_OK);
            assert_true(again.pays <= cost.pays && again.receives >= cost.receives);
        }
    }
}

static void more_money_never_brings_less(void **state)
{
    struct unit_random random =
        unit_random_open("two amounts, the larger brings and costs no less");

    (void)state;
    for (int i = 0; i < LARGE_TARIFFS; i++) {
        struct rate reference;
        struct tariff tariff = random_tariff(&random, 1000000, &reference);
        int64_t amount = unit_random_size(&random, 1000000);
        int64_t larger = amount + unit_random_size(&random, 1000);
        struct cost less, more;

        if (cost_compute(&less, &tariff, BASIS_ALL_IN, amount, reference) == COST_OK &&
            cost_compute(&more, &tariff, BASIS_ALL_IN, larger, reference) == COST_OK)
            assert_true(less.receives <= more.receives && more.pays <= larger);
        if (cost_compute(&less, &tariff, BASIS_RECEIVE, amount, reference) == COST_OK &&
            cost_compute(&more, &tariff, BASIS_RECEIVE, larger, reference) == COST_OK) {
            bool hidden = false;

            for (uint32_t band = 0; band < tariff.count; band++)
                hidden = hidden || tariff.bands[band].rate.units == 0;
            /* With a hidden band the cheapest way to the smaller amount may be passed over. */
            assert_true(hidden || less.pays <= more.pays);
            assert_true(more.receives >= larger);
        }
    }
}

/* numerator / denominator * 100, to 12 decimals, rounded down. */
static struct decimal percent_down(int64_t numerator, int64_t denominator)
{
    struct decimal result = {0, 0};

    assert_true(decimal_divide(&result, (struct decimal){(int128)numerator * 100, 0},
                               (struct decimal){denominator, 0}, 12, DECIMAL_FLOOR));
    return result;
}

/* The World Bank's formula by another road: two quotients of decimals, added. Each is short by
 * under 10^-12. */
static void total_cost_is_fee_plus_margin(void **state)
{
    struct unit_random random = unit_random_open("total cost = fee / amount + margin");
    const struct decimal half = {50, 6}, error = {2, 12}; /* half of the last of four decimals */
    int negative = 0, compared = 0;

    (void)state;
    for (int i = 0; i < LARGE_TARIFFS; i++) {
        struct tariff tariff;
        struct rate reference;
        struct cost cost;
        struct decimal sum, gap;

        if (!random_cost(&random, &tariff, &reference, &cost) || cost.receive_fee != 0)
            continue;
        assert_true(decimal_add(&sum, percent_down(cost.fee + cost.tax, cost.principal),
                                percent_down(reference.units - cost.rate.units, reference.units)));
        assert_true(
            decimal_subtract(&gap, (struct decimal){cost.total_cost_pct, PERCENT_SCALE}, sum));
        assert_true(cost.total_cost_pct % 100 == 0); /* four decimals */
        /* -half <= total - exact <= half, and sum <= exact < sum + error */
        assert_true(decimal_compare(gap, (struct decimal){-half.units, half.scale}) >= 0);
        assert_true(decimal_add(&sum, half, error));
        assert_true(decimal_compare(gap, sum) <= 0);
        negative += cost.margin_pct < 0;
        compared++;
    }
    assert_true(compared > LARGE_TARIFFS / 8 && negative > compared / 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(solves_like_trying_everything),
        cmocka_unit_test(solves_like_halving_at_every_size),
        cmocka_unit_test(bases_invert_each_other),
        cmocka_unit_test(more_money_never_brings_less),
        cmocka_unit_test(total_cost_is_fee_plus_margin),
    };

    return UNIT_RUN(tests, NULL, NULL);
}
