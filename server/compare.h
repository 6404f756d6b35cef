/*
 * The comparison: a question and a corridor's market in, ranked offers out. Pure, and without heap:
 * the caller's struct comparison holds everything, pointing into the market.
 */
#ifndef SERVER_COMPARE_H
#define SERVER_COMPARE_H

#include "server/ask.h"

/* The most of each list that is shown. A corridor with more offers keeps its best ones. */
#define COMPARISON_MAX 512

struct comparison_offer {
    const struct market_offer *offer;
    struct cost cost;
    /* The same service's promotion for a first transfer, where it can be used for this amount. */
    const struct market_offer *first_transfer; /* NULL: none */
    struct cost first_cost;
    /* How far behind the best one, never negative: on all_in what arrives less (receiving
     * currency); on receive what is paid more, on principal what is lost more (sending currency).
     */
    int64_t behind;
    unsigned rank; /* from 1 */
};

struct comparison_observation {
    const struct market_observation *observation;
    const struct market_price *price; /* at the comparison's price point */
    unsigned rank;                    /* from 1; 0: not transparent, never ranked */
};

/* Why an offer is shown but not compared. X(NAME, "code") */
#define EXCLUSIONS(X)                                   \
    X(EXPIRED, "expired")                               \
    X(NOT_YET_VALID, "not_yet_valid")                   \
    X(NOT_TRANSPARENT, "not_transparent")               \
    X(NO_REFERENCE_RATE, "no_reference_rate")           \
    X(BELOW_MINIMUM, "below_minimum")                   \
    X(ABOVE_MAXIMUM, "above_maximum")                   \
    X(OTHER_SEND_CURRENCY, "other_send_currency")       \
    X(OTHER_RECEIVE_CURRENCY, "other_receive_currency") \
    X(NOTHING_ARRIVES, "nothing_arrives")               \
    X(OUT_OF_RANGE, "out_of_range")                     \
    X(FIRST_TRANSFER_ONLY, "first_transfer_only")
#define EXCLUSION_ENUM(name, code) EXCLUDED_##name,
enum exclusion {
    EXCLUSIONS(EXCLUSION_ENUM) EXCLUSION_COUNT
};
const char *exclusion_code(enum exclusion reason);

struct comparison_exclusion {
    const struct market_offer *offer;
    enum exclusion reason;
};

/* Why there is no ranked offer. X(NAME, "code") */
#define EMPTINESSES(X)                                                                    \
    X(NOT, NULL)                        /* there are some */                              \
    X(NO_DATA, "no_data")               /* no price of this corridor was ever received */ \
    X(NO_LIVE_OFFERS, "no_live_offers") /* surveyed only */                               \
    X(FILTERED, "filtered")             /* the filters leave none */                      \
    X(NOT_COMPARED, "not_compared")     /* all that is left stands under not_compared */
#define EMPTINESS_ENUM(name, code) EMPTY_##name,
enum emptiness {
    EMPTINESSES(EMPTINESS_ENUM) EMPTINESS_COUNT
};
const char *emptiness_code(enum emptiness emptiness);

struct comparison {
    const struct market *market; /* NULL: nothing is known of the corridor */
    struct ask ask;              /* settled */
    /* Of the currencies asked for; the best offer's where there is one. NULL: none is known. */
    const struct market_reference *reference;
    enum emptiness emptiness;
    bool demonstration; /* something shown is invented: say so */
    int64_t since;      /* the last instant before `at` that changed what holds */
    int64_t until;      /* the first instant after `at` that changes it, at the latest midnight */
    enum market_price_point price_point; /* of the observations: the one nearest to the question */

    size_t offer_count;
    size_t offers_left_out; /* beyond COMPARISON_MAX, worse than all shown */
    size_t observation_count;
    size_t observations_left_out;
    size_t exclusion_count;
    size_t exclusions_left_out;

    /* The lists, filled up to their counts. */
    struct comparison_offer *offers[COMPARISON_MAX];            /* best first */
    struct comparison_observation observations[COMPARISON_MAX]; /* by total cost, unranked last */
    struct comparison_exclusion exclusions[COMPARISON_MAX];     /* by operator's name */
    struct comparison_offer slots[COMPARISON_MAX];              /* where offers[] points */
};

/*
 * Compares. The ask is settled (ask_settle) and of this market's corridor, or market is NULL. The
 * market must stay held as long as the comparison is used. Filtered-out offers appear nowhere. A
 * reference rate more than ten days older than the day asked about counts as none
 * (sql/0006-rates.sql).
 */
void compare(struct comparison *comparison, const struct ask *ask, const struct market *market);

/* How old an offer's price is at the question's instant, in seconds. */
int64_t comparison_age(const struct comparison *comparison, const struct market_offer *offer);

#endif
