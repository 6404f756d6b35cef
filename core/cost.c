/*
 * What a transfer really costs. The hard problem: the principal is asked for by what it makes the
 * customer pay or the family get, through fees that are rounded, clamped and change from band to
 * band, so that A + F(A) = X may have no solution or, across bands, several. Within one band both
 * P(A), what is paid, and W(A), what arrives, only grow with A; so each band has one best
 * principal, found by solving the unrounded formula and stepping to the exact one, and the best of
 * the bands is the answer.
 *
 * Sizes: a principal is at most 10^14, a rate 10^18.97, and with exponents of 0 to 4 a minor unit
 * of the one is worth rate / 10^(8 to 16) of the other; every product below stays under 10^35, and
 * 128 bits hold 10^38. Only a percentage may pass that on the way, and is divided in 256 bits.
 */
#include <corridor/cost.h>

#include <assert.h>

#include "wide.h"

#define PERCENT_WHOLE (100 * PERCENT_ONE)
/* Percentages are rounded at four decimals and kept with six. */
#define PERCENT_ROUNDED 1000000
#define PERCENT_FILLED  100

/* A principal with what it makes; `band` NULL is none yet. */
struct choice {
    const struct tariff_band *band;
    int64_t principal;
    int64_t pays;
    int128 converted; /* principal at the rate, rounded down, before the receiving fee */
};

const char *basis_code(enum basis basis)
{
    static const char *const codes[] = {
        [BASIS_ALL_IN] = "all_in",
        [BASIS_PRINCIPAL] = "principal",
        [BASIS_RECEIVE] = "receive",
    };

    assert((size_t)basis < COUNT_OF(codes));
    return codes[basis];
}

bool basis_find(enum basis *out, struct span code)
{
    for (enum basis basis = BASIS_ALL_IN; basis <= BASIS_RECEIVE; basis++) {
        if (span_is(code, basis_code(basis))) {
            *out = basis;
            return true;
        }
    }
    return false;
}

const char *cost_outcome_code(enum cost_outcome outcome)
{
    static const char *const codes[] = {
        [COST_OK] = "ok",
        [COST_BELOW_MINIMUM] = "below_minimum",
        [COST_ABOVE_MAXIMUM] = "above_maximum",
        [COST_NOT_TRANSPARENT] = "not_transparent",
        [COST_NO_REFERENCE_RATE] = "no_reference_rate",
        [COST_NOTHING_ARRIVES] = "nothing_arrives",
        [COST_OUT_OF_RANGE] = "out_of_range",
    };

    assert((size_t)outcome < COUNT_OF(codes));
    return codes[outcome];
}

/* Minor units of principal times rate units, for one minor unit received. */
static int64_t unit_received(const struct tariff *tariff)
{
    int place = 4 + tariff->send->exponent - tariff->receive->exponent;

    assert(place >= 0 && place <= 8);
    return (int64_t)decimal_powers[8 + place];
}

/* The possible principals of a band: at least one minor unit, within the limits. False when there
 * are none. */
static bool band_range(const struct tariff *tariff, uint32_t index, int64_t *low, int64_t *high)
{
    const struct tariff_band *band = &tariff->bands[index];
    bool last = index + 1 == tariff->count;

    *low = band->from > tariff->min ? band->from : tariff->min;
    if (*low < 1)
        *low = 1;
    *high = last ? band->to : band->to - 1;
    if (*high > tariff->max)
        *high = tariff->max;
    if (*high > MONEY_MAX)
        *high = MONEY_MAX;
    return *low <= *high;
}

static int64_t pays_for(const struct tariff *tariff, const struct tariff_band *band,
                        int64_t principal)
{
    return principal + tariff_fee(band, principal) + tariff_tax(tariff, principal);
}

/* The principal that leaves `rest` when a percentage of it comes on top, unrounded: rest / (1 +
 * percent). */
static int64_t without_percent(int64_t rest, int64_t percent)
{
    int64_t small;

    if (percent == 0)
        return rest;
    if (!__builtin_mul_overflow(rest, PERCENT_WHOLE, &small))
        return small / (PERCENT_WHOLE + percent);
    return (int64_t)((int128)rest * PERCENT_WHOLE / (PERCENT_WHOLE + percent));
}

/*
 * The largest principal of a band that costs at most `amount`; its smallest one does, its largest
 * does not. Unrounded, the fee is the smaller of fee_max and the larger of fee_min and the
 * percentage, so that the principal is the larger of the one under fee_max and the smaller of the
 * other two. Rounding moves P by at most one, and P grows by at least one with each step: the loops
 * take two steps at most.
 */
static int64_t largest_within(const struct tariff *tariff, const struct tariff_band *band,
                              int64_t low, int64_t high, int64_t amount)
{
    int64_t principal = without_percent(amount - band->fee, band->fee_pct + tariff->tax_pct);

    if (band->fee_min > 0) {
        int64_t least = without_percent(amount - band->fee_min, tariff->tax_pct);

        principal = principal < least ? principal : least;
    }
    if (band->fee_max != TARIFF_NO_LIMIT) {
        int64_t most = without_percent(amount - band->fee_max, tariff->tax_pct);

        principal = principal > most ? principal : most;
    }
    if (principal < low)
        principal = low;
    if (principal > high)
        principal = high;
    while (principal > low && pays_for(tariff, band, principal) > amount)
        principal--;
    while (principal < high && pays_for(tariff, band, principal + 1) <= amount)
        principal++;
    return principal;
}

/*
 * Takes a band's best principal on BASIS_ALL_IN when it beats the best so far. Bands come from the
 * last to the first, so that of two that are equal in all the smaller principal is taken by `<=`.
 */
static void take_most_received(struct choice *best, const struct tariff *tariff,
                               const struct tariff_band *band, int64_t low, int64_t principal,
                               int64_t unit)
{
    int128 product = (int128)principal * band->rate.units;
    int128 converted;
    int64_t pays;

    if (best->band && product < best->converted * unit)
        return;
    converted = product / unit;
    if (band->rate.units < unit) {
        /* One minor unit received costs several sent: the smallest principal that makes as much is
         * enough. */
        int128 least = (converted * unit + band->rate.units - 1) / band->rate.units;

        principal = least > low ? (int64_t)least : low;
    }
    pays = pays_for(tariff, band, principal);
    if (!best->band || converted > best->converted || pays <= best->pays)
        *best = (struct choice){band, principal, pays, converted};
}

static enum cost_outcome choose_all_in(struct choice *best, const struct tariff *tariff,
                                       int64_t amount)
{
    int64_t unit = unit_received(tariff);
    const struct tariff_band *reached = NULL; /* the highest band that the amount reaches */
    bool spendable = false;                   /* some principal costs the amount, or more */

    for (uint32_t i = tariff->count; i-- > 0;) {
        const struct tariff_band *band = &tariff->bands[i];
        int64_t low, high, principal;

        if (!band_range(tariff, i, &low, &high))
            continue;
        spendable = spendable || pays_for(tariff, band, high) >= amount;
        if (pays_for(tariff, band, low) > amount)
            continue;
        if (!reached)
            reached = band;
        if (band->rate.units == 0)
            continue;
        principal = pays_for(tariff, band, high) <= amount
                        ? high
                        : largest_within(tariff, band, low, high, amount);
        take_most_received(best, tariff, band, low, principal, unit);
    }
    if (!reached)
        return COST_BELOW_MINIMUM;
    if (!spendable)
        return COST_ABOVE_MAXIMUM;
    return reached->rate.units == 0 ? COST_NOT_TRANSPARENT : COST_OK;
}

static enum cost_outcome choose_principal(struct choice *best, const struct tariff *tariff,
                                          int64_t amount)
{
    const struct tariff_band *last = &tariff->bands[tariff->count - 1];
    const struct tariff_band *band;

    if (amount < 1 || amount < tariff->min || amount < tariff->bands[0].from)
        return COST_BELOW_MINIMUM;
    if (amount > MONEY_MAX || amount > tariff->max || amount > last->to)
        return COST_ABOVE_MAXIMUM;
    band = tariff_band_at(tariff, amount);
    assert(band);
    if (band->rate.units == 0)
        return COST_NOT_TRANSPARENT;
    *best = (struct choice){band, amount, pays_for(tariff, band, amount),
                            (int128)amount * band->rate.units / unit_received(tariff)};
    return COST_OK;
}

/* Takes a band's best principal on BASIS_RECEIVE when it beats the best so far; bands come from the
 * first to the last. */
static void take_least_paid(struct choice *best, const struct tariff *tariff,
                            const struct tariff_band *band, int64_t principal, int64_t unit)
{
    int64_t pays = pays_for(tariff, band, principal);
    int128 converted;

    if (best->band && pays > best->pays)
        return;
    converted = (int128)principal * band->rate.units / unit;
    if (!best->band || pays < best->pays || converted > best->converted)
        *best = (struct choice){band, principal, pays, converted};
}

static enum cost_outcome choose_receive(struct choice *best, const struct tariff *tariff,
                                        int64_t amount)
{
    int64_t unit = unit_received(tariff);
    int128 need =
        ((int128)amount + tariff->receive_fee) * unit; /* W(A) >= amount where A * rate >= need */
    int64_t least = 0;                                 /* the smallest possible principal */
    bool hidden = false;                               /* some band has no rate */
    bool follows_hidden = false;                       /* the band before this one has none */
    bool above = false;                                /* some known W(A) is at most the amount */
    bool first_hidden = false;                         /* the band of `least` has none */

    if (amount < 1)
        return COST_BELOW_MINIMUM;
    for (uint32_t i = 0; i < tariff->count; i++) {
        const struct tariff_band *band = &tariff->bands[i];
        int64_t low, high;
        bool more; /* the first principal delivers more than the amount */

        if (!band_range(tariff, i, &low, &high))
            continue;
        if (least == 0) {
            least = low;
            first_hidden = band->rate.units == 0;
        }
        if (band->rate.units == 0) {
            hidden = follows_hidden = true;
            continue;
        }
        more = (int128)low * band->rate.units >= need + unit;
        above = above || !more;
        if ((int128)high * band->rate.units >= need && !(more && follows_hidden)) {
            int128 enough = (need + band->rate.units - 1) / band->rate.units;

            take_least_paid(best, tariff, band, enough > low ? (int64_t)enough : low, unit);
        }
        follows_hidden = false;
    }
    if (!above && !first_hidden && least > 1)
        return COST_BELOW_MINIMUM;
    if (best->band)
        return COST_OK;
    return hidden ? COST_NOT_TRANSPARENT : COST_ABOVE_MAXIMUM;
}

/* numerator / denominator, half up (a half away from zero), times `filled`. False when it does not
 * fit. */
static bool rounded(int64_t *out, int128 numerator, uint128 denominator, uint128 factor,
                    int64_t filled)
{
    uint128 size = numerator < 0 ? -(uint128)numerator : (uint128)numerator;
    uint128 whole, rest;

    if (!wide_divide(&whole, &rest, wide_multiply(size, factor), denominator))
        return false;
    if (whole >= (uint128)(INT64_MAX / filled))
        return false;
    if (rest >= denominator - rest)
        whole++;
    *out = (numerator < 0 ? -(int64_t)whole : (int64_t)whole) * filled;
    return true;
}

static bool percentage(int64_t *out, int128 numerator, int128 denominator)
{
    return rounded(out, numerator, (uint128)denominator, PERCENT_ROUNDED, PERCENT_FILLED);
}

/* The figures of a chosen principal; all fractions are brought to one denominator, so that each is
 * rounded once. */
static enum cost_outcome figures(struct cost *out, const struct tariff *tariff,
                                 const struct choice *choice, struct rate reference)
{
    int64_t unit = unit_received(tariff);
    int128 rate = choice->band->rate.units;
    int128 middle = reference.units;
    int128 arrives = choice->converted - tariff->receive_fee;
    struct cost cost = {
        .principal = choice->principal,
        .fee = tariff_fee(choice->band, choice->principal),
        .tax = tariff_tax(tariff, choice->principal),
        .receive_fee = tariff->receive_fee,
        .pays = choice->pays,
        .rate = choice->band->rate,
        .reference = reference,
    };
    int128 lost; /* pays - receives / R, in minor units times R */

    if (arrives <= 0)
        return COST_NOTHING_ARRIVES;
    if (arrives > MONEY_MAX)
        return COST_OUT_OF_RANGE;
    cost.receives = (int64_t)arrives;
    lost = cost.pays * middle - arrives * unit;
    if (!percentage(&cost.margin_pct, middle - rate, middle) ||
        !rounded(&cost.total_cost, lost, (uint128)middle, 1, 1) ||
        !percentage(&cost.total_cost_pct,
                    (cost.fee + cost.tax) * middle + (middle - rate) * cost.principal +
                        (int128)cost.receive_fee * unit,
                    cost.principal * middle) ||
        !percentage(&cost.cost_share_pct, lost, cost.pays * middle))
        return COST_OUT_OF_RANGE;
    *out = cost;
    return COST_OK;
}

enum cost_outcome cost_compute(struct cost *out, const struct tariff *tariff, enum basis basis,
                               int64_t amount, struct rate reference)
{
    struct choice best = {.band = NULL};
    enum cost_outcome outcome = COST_OK;

    switch (basis) {
    case BASIS_ALL_IN:
        outcome = choose_all_in(&best, tariff, amount);
        break;
    case BASIS_PRINCIPAL:
        outcome = choose_principal(&best, tariff, amount);
        break;
    case BASIS_RECEIVE:
        outcome = choose_receive(&best, tariff, amount);
        break;
    }
    if (outcome != COST_OK)
        return outcome;
    if (reference.units <= 0)
        return COST_NO_REFERENCE_RATE;
    return figures(out, tariff, &best, reference);
}
