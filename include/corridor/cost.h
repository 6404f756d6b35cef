/*
 * What a transfer really costs, and the order of offers. Formulas: World Bank, Remittance Prices Worldwide methodology
 * (total cost = fee / amount + exchange rate margin), SDG indicator 10.c.1 metadata; extended by the receiving side's fee.
 * Pure functions; nothing allocates.
 */
#ifndef CORRIDOR_COST_H
#define CORRIDOR_COST_H

#include <corridor/service.h>
#include <corridor/tariff.h>

enum basis {
    BASIS_ALL_IN,    /* the customer hands over the amount in all: principal + fee + tax <= amount */
    BASIS_PRINCIPAL, /* the amount is sent, fee and tax come on top */
    BASIS_RECEIVE,   /* the family gets at least the amount, in the receiving currency */
};
const char *basis_code(enum basis basis); /* "all_in", "principal", "receive" */
MUST_CHECK bool basis_find(enum basis *out, struct span code);

enum cost_outcome {
    COST_OK,
    COST_BELOW_MINIMUM,     /* the principal would be under what the service takes */
    COST_ABOVE_MAXIMUM,
    COST_NOT_TRANSPARENT,   /* no applied rate: what arrives is unknown */
    COST_NO_REFERENCE_RATE, /* the margin, hence the cost, cannot be computed */
    COST_NOTHING_ARRIVES,   /* the receiving fee takes all */
};

/* Money in minor units: sending currency unless said; percentages in percent units (money.h). */
struct cost {
    int64_t principal;
    int64_t fee;
    int64_t tax;
    int64_t receive_fee;    /* receiving currency */
    int64_t pays;           /* principal + fee + tax */
    int64_t receives;       /* receiving currency: principal * rate - receive_fee, rounded down */
    struct rate rate;
    struct rate reference;
    int64_t margin_pct;     /* 100 * (R - r) / R, may be negative */
    int64_t total_cost;     /* pays - receives / R, half up */
    int64_t total_cost_pct; /* 100 * ((fee + tax) / principal + margin + receive_fee / (principal * R)) */
    int64_t cost_share_pct; /* 100 * (pays - receives / R) / pays */
};

/*
 * The exact cost of one tariff for an amount on a basis. amount is in minor units of the sending currency, on
 * BASIS_RECEIVE of the receiving one. On BASIS_ALL_IN the principal is the one within the limits that makes the family get
 * most without paying more than the amount (the smaller payment where two are equal); on BASIS_RECEIVE the one that costs
 * least and still delivers the amount. Both solve every band exactly. reference.units = 0 when there is none.
 * Percentages round half up at six decimals. *out is complete only on COST_OK.
 */
MUST_CHECK enum cost_outcome cost_compute(struct cost *out, const struct tariff *tariff, enum basis basis,
                                          int64_t amount, struct rate reference);

/* What the ranking looks at; name is NUL-terminated UTF-8. */
struct rank_key {
    const struct cost *cost;
    enum speed speed;
    const char *name;
};
/*
 * Order on a basis (qsort sense): all_in by what arrives, most first; receive by what is paid, least first; principal by total
 * cost %; then speed, then name (bytes). Nothing else may enter: no sponsorship, no popularity.
 */
int rank_compare(const struct rank_key *a, const struct rank_key *b, enum basis basis);

#endif
