/*
 * What a transfer really costs, and the order of offers. Formulas: World Bank, Remittance Prices
 * Worldwide methodology (total cost = fee / amount + exchange rate margin), SDG indicator 10.c.1
 * metadata; extended by the receiving side's fee. Pure functions; nothing allocates.
 */
#ifndef CORRIDOR_COST_H
#define CORRIDOR_COST_H

#include <corridor/service.h>
#include <corridor/tariff.h>

enum basis {
    BASIS_ALL_IN,    /* the customer hands over at most the amount: principal + fee + tax */
    BASIS_PRINCIPAL, /* the amount is sent, fee and tax come on top */
    BASIS_RECEIVE,   /* the family gets at least the amount, in the receiving currency */
};
const char *basis_code(enum basis basis); /* "all_in", "principal", "receive" */
MUST_CHECK bool basis_find(enum basis *out, struct span code);

enum cost_outcome {
    COST_OK,
    COST_BELOW_MINIMUM, /* the principal would be under what the service takes */
    COST_ABOVE_MAXIMUM,
    COST_NOT_TRANSPARENT,   /* no applied rate: what arrives is unknown */
    COST_NO_REFERENCE_RATE, /* the margin, hence the cost, cannot be computed */
    COST_NOTHING_ARRIVES,   /* the receiving fee takes all */
    COST_OUT_OF_RANGE,      /* a figure passes MONEY_MAX or 64 bits: no fee or rate of this world */
};
const char *cost_outcome_code(enum cost_outcome outcome); /* "ok", "below_minimum", … */

/* Money in minor units: sending currency unless said; percentages in percent units (money.h). */
struct cost {
    int64_t principal;
    int64_t fee;
    int64_t tax;
    int64_t receive_fee; /* receiving currency */
    int64_t pays;        /* principal + fee + tax */
    int64_t receives;    /* receiving currency: principal * rate - receive_fee, rounded down */
    struct rate rate;
    struct rate reference;
    int64_t margin_pct; /* 100 * (R - r) / R, may be negative */
    int64_t total_cost; /* pays - receives / R, half up */
    /* 100 * ((fee + tax) / principal + (R - r) / R + receive_fee / (principal * R)) */
    int64_t total_cost_pct;
    int64_t cost_share_pct; /* 100 * (pays - receives / R) / pays */
};

/*
 * The exact cost of one tariff, which has passed tariff_check, for an amount on a basis. amount is
 * in minor units of the sending currency, on BASIS_RECEIVE of the receiving one. reference.units =
 * 0 when there is none. *out is complete only on COST_OK.
 *
 * A principal A is possible when it is at least one minor unit and lies within the limits and the
 * bands. P(A) is what is paid, A + fee(A) + tax(A); W(A) is what arrives, A * rate - receive_fee,
 * rounded down.
 *
 * - BASIS_PRINCIPAL: A is the amount. COST_BELOW_MINIMUM and COST_ABOVE_MAXIMUM are the limits
 * themselves.
 * - BASIS_ALL_IN: of the possible A with P(A) <= amount the one with the largest W(A); where two
 * are equal the one that pays less, then the smaller A. COST_BELOW_MINIMUM when every P(A) is above
 * the amount, COST_ABOVE_MAXIMUM when every P(A) is under it: the customer cannot hand over so
 * much. An amount that falls into a jump of P between two bands is answered with the best principal
 * under the jump, so that less than the amount is paid, by less than the jump; the same holds, by
 * less than the price of one minor unit received, where several A make the same W.
 * - BASIS_RECEIVE: of the possible A with W(A) >= amount the one with the smallest P(A); where two
 * are equal the one that delivers more, then the smaller A. COST_ABOVE_MAXIMUM when every W(A) is
 * under the amount. COST_BELOW_MINIMUM when every W(A) is above it, but not where one minor unit is
 * taken, which then answers any small amount.
 *
 * Bands without a rate: on BASIS_ALL_IN, COST_NOT_TRANSPARENT when the highest band that the amount
 * reaches has none; other such bands are passed over. On BASIS_RECEIVE the limits are judged by the
 * bands with a rate, COST_BELOW_MINIMUM only where the smallest principal lies in one; otherwise
 * COST_NOT_TRANSPARENT when no band with a rate delivers the amount, where a band whose first
 * principal delivers more than the amount and that follows one without a rate does not count: the
 * amount belongs to the hidden band.
 *
 * Of several outcomes the first in this order is given: the limits, COST_NOT_TRANSPARENT,
 * COST_NO_REFERENCE_RATE, COST_NOTHING_ARRIVES, COST_OUT_OF_RANGE.
 *
 * Every percentage is the exact fraction rounded once, half up (a half away from zero), at the four
 * decimals that percent_print shows: what is published is what a reader recomputes, without a
 * second rounding.
 */
MUST_CHECK enum cost_outcome cost_compute(struct cost *out, const struct tariff *tariff,
                                          enum basis basis, int64_t amount, struct rate reference);

/* What the ranking looks at; name is NUL-terminated UTF-8. */
struct rank_key {
    const struct cost *cost;
    enum speed speed;
    const char *name;
};
/*
 * Order on a basis (qsort sense), of offers in one receiving currency: all_in by what arrives, most
 * first; receive by what is paid, least first; principal by total cost %, then total cost; then
 * speed, then name (bytes). Nothing else may enter: no sponsorship, no popularity.
 */
int rank_compare(const struct rank_key *a, const struct rank_key *b, enum basis basis);

#endif
