/*
 * How far a price may be from what is expected before somebody looks at it: every number of the
 * judge, in one place. Differences of rates are natural logarithms (0.10 is about 10.5 %), fees are
 * parts of the amount (0.15 is 15 points).
 *
 * "RPW" below: the 25,737 transparent prices at 200 dollars of the World Bank's Remittance Prices
 * Worldwide, 2011-Q1 to 2014-Q2, and 5,844 pairs of one service's prices in two quarters on end.
 * The tails are where honest prices end: of a thousand, one lies beyond each.
 */
#ifndef INGEST_JUDGE_LIMITS_H
#define INGEST_JUDGE_LIMITS_H

/* Fewer prices than these make no distribution: the "fewer than five". */
#define JUDGE_COMPARABLE 5

/*
 * A service's own rate against its last, both relative to the reference rate. RPW, a quarter apart:
 * tails -0.101 and +0.143; a feed's prices are days apart, and 8 % is +0.077 or -0.083. Up is
 * tighter: a rate too good is shown first and misleads, one too bad costs its operator customers.
 */
#define JUDGE_LAST_UP   0.12
#define JUDGE_LAST_DOWN 0.16
/* Added where the reference rate is unknown, for what the market itself may have moved: of one day
 * in a thousand a currency of the ECB's list moves by more (lira -0.057 and +0.076, real -0.067).
 */
#define JUDGE_UNREFERENCED 0.08

/*
 * A service's first rate against the median of its corridor. RPW: tails -0.164 and +0.086. Where
 * the corridor itself is spread, 8 standard deviations (1.4826 MAD is one of a normal distribution;
 * RPW: upper tail 8.2), at most a factor of 3, so that a misplaced point is out always. A service
 * with a last price gets the room of its own change besides.
 */
#define JUDGE_CORRIDOR_UP   0.10
#define JUDGE_CORRIDOR_DOWN 0.20
#define JUDGE_MAD_TO_SIGMA  1.4826
#define JUDGE_SIGMAS        8.0
#define JUDGE_CORRIDOR_MOST 1.10

/* A first rate against the reference rate alone, where there is no distribution. RPW: never below
 * -0.447 nor above +0.104; where a currency has two markets a moderator says so once. */
#define JUDGE_REFERENCE_UP   0.25
#define JUDGE_REFERENCE_DOWN 0.60

/* The bands of one tariff against each other: better rates for more are a few percent better. */
#define JUDGE_BANDS_APART 0.15

/* A rate is called inverted or shifted when it is so near to that; a small rate that turns over
 * stays within the fences above, and is known by being just the inverse, and somewhere else. */
#define JUDGE_ALIKE        0.17
#define JUDGE_JUST_INVERSE 0.005
#define JUDGE_TURNED       0.05

/* What fee, tax and receiving fee take more than in the service's last price. RPW: tail +0.125.
 * Less is held only when it is a misplaced point: prices do fall. */
#define JUDGE_FEE_LAST 0.15
/* The same of a first price against the corridor's median, or 8 standard deviations. RPW: tail
 * +0.270. */
#define JUDGE_FEE_CORRIDOR 0.30
/* A fee, or its fixed part or percentage, is the last one with the point misplaced: just 10 or 100
 * times or a part of that, which none of RPW's 5,844 changes was, and not for a trifle. */
#define JUDGE_FEE_JUST    0.003
#define JUDGE_FEE_MATTERS 0.001
/* In any band, of its largest amount, where that is worth 100 dollars or more. RPW has up to half
 * of 200 dollars, one in a thousand above 0.45 there, and of 500 dollars above 0.18. */
#define JUDGE_FEE_MOST (1.0 / 3)

/* Beyond a factor of two, or half of the amount, two moderators must agree. */
#define JUDGE_FAR     0.6931471805599453
#define JUDGE_FEE_FAR 0.50

#endif
