/*
 * Is this price a slip? A valid quote is judged against the last price of its own service and
 * against what its corridor charges now. Pure: a quote, what is known, a verdict. The logarithms
 * here are floating point and only ever compared; no money is reckoned with them.
 *
 * What is looked at, all of it in struct judge_price, which the writer keeps beside the quote:
 * - the rate's distance from the reference rate, ln(rate / reference): a slip of x10 is 2.30 away,
 * a dear service 0.05. A currency that falls takes the reference with it and is no slip.
 * - what fee, tax and receiving fee take of 200 dollars, and the two numbers that the fee is made
 *   of: a point misplaced in one of them is seen, where a smallest fee hides what it does, too.
 *
 * How the writer uses it, for a batch of quotes that quote_rules took:
 *   1. judge_points for each send currency and pair, from judge_points_sql, kept for an hour;
 *   2. judge_corridor for each corridor and pair, from judge_corridors_sql, kept for a minute;
 *   3. the last struct judge_price of the same service and price (current_offer's row, by the same
 *      query that finds the service; an expired one counts, a waiting one in quarantine does not);
 *   4. judge_price_of, then judge, then the price's five columns into current_offer's new row.
 */
#ifndef INGEST_JUDGE_H
#define INGEST_JUDGE_H

#include "ingest/quote_read.h"

#define JUDGE_UNKNOWN INT64_MIN /* SQL's null */

/* What depends on the day and the currencies only. */
struct judge_points {
    struct rate reference; /* of the pair; 0 units: unknown */
    int64_t usd_200;       /* 200 US dollars in minor units of the sending currency; 0: unknown */
};

/*
 * A price in the figures that tell slips. Columns beside the quote, all bigint but pair:
 *   judged_pair integer NOT NULL, judged_rate bigint, judged_log bigint, judged_fee_200 bigint,
 *   judged_terms bigint
 */
struct judge_price {
    int32_t pair;    /* ISO 4217 numbers: sending * 1000 + receiving */
    int64_t rate;    /* applied at 200 dollars, 10^-12; JUDGE_UNKNOWN: not disclosed */
    int64_t log;     /* ln(rate / reference) * 10^6; JUDGE_UNKNOWN: one of the two is unknown */
    int64_t fee_200; /* fee, tax and receiving fee, millionths of the principal at 200 dollars */
    int64_t
        terms; /* the band's fixed fee, minor units * JUDGE_TERMS, + its fee_pct, percent units */
};

#define JUDGE_TERMS INT64_C(1000000000)

/*
 * The price of a quote, which has passed quote_rules. It is looked at by the round amount nearest
 * to 200 dollars, or by the limit where that lies outside; without a dollar rate by the limits'
 * geometric middle.
 */
struct judge_price judge_price_of(const struct feed_quote *quote,
                                  const struct judge_points *points);

/* The corridor's regular prices in force now in one pair of currencies; count 0: none. */
struct judge_corridor {
    int64_t count;
    bool relative;      /* log_* are of ln(rate / reference), else of ln(rate) */
    int64_t log_median; /* millionths, as below */
    int64_t log_mad;    /* median absolute deviation from the median */
    int64_t fee_median; /* of fee_200 */
    int64_t fee_mad;
};

enum judge_verdict {
    JUDGE_ACCEPTED,
    JUDGE_NEW, /* accepted, and marked: the first price of its service where fewer than
                  JUDGE_COMPARABLE prices are there to judge it by */
    JUDGE_HELD,
};

struct judgement {
    enum judge_verdict verdict;
    bool far;           /* held so far outside that two moderators must agree to release it */
    struct refusal why; /* of a held one: a code of the group HELD, the field, and words */
};

/* last is NULL for a service without an earlier price of this kind (regular, first transfer). */
void judge(struct judgement *out, const struct feed_quote *quote, const struct judge_price *price,
           const struct judge_points *points, const struct judge_price *last,
           const struct judge_corridor *corridor);

/*
 * $1 text[] sending, $2 text[] receiving currencies, $3 boolean demonstration: for each distinct
 * pair its reference rate now and 200 dollars in the sending currency:
 *   send text, receive text, reference numeric or null, usd_200 numeric or null (major units)
 */
extern const char judge_points_sql[];
/*
 * $1 text[] corridors: for each corridor and pair of currencies, of regular prices in force:
 *   corridor text, pair integer, relative boolean, count bigint, log_median bigint, log_mad bigint,
 *   fee_median bigint, fee_mad bigint
 * Where some prices of a pair have a reference rate and some do not there are two rows; take that
 * which fits the price (relative = price.log is known). Reads current_offer with its judged_
 * columns.
 */
extern const char judge_corridors_sql[];

#endif
