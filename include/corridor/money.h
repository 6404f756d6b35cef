/* Amounts in minor units, exchange rates to 12 decimals, percentages to 6: the numbers of a cost.
 */
#ifndef CORRIDOR_MONEY_H
#define CORRIDOR_MONEY_H

#include <corridor/codes.h>
#include <corridor/decimal.h>

/* The largest amount accepted anywhere, in minor units: products with a rate then fit 128 bits. */
#define MONEY_MAX      INT64_C(100000000000000)
#define MONEY_TEXT_MAX 24

/*
 * Units of receiving currency for one unit of sending currency, in 10^-12. 0 means "not disclosed".
 * At most 9,223,372: no pair in use is above it.
 */
struct rate {
    int64_t units;
};
#define RATE_SCALE    12U
#define RATE_TEXT_MAX 24

/* One percent is 1,000,000 units. */
#define PERCENT_SCALE    6U
#define PERCENT_ONE      INT64_C(1000000)
#define PERCENT_TEXT_MAX 24

enum money_error {
    MONEY_OK,
    MONEY_NOT_A_NUMBER,
    MONEY_TOO_MANY_DECIMALS, /* than the currency's minor unit has; zeros past it are accepted */
    MONEY_TOO_LARGE,         /* above MONEY_MAX minor units in size */
};

/* Parses a plain decimal ("200", "200.00", "-1.5") into minor units of the currency. */
MUST_CHECK enum money_error money_parse(int64_t *minor, struct span text,
                                        const struct currency *currency);
/* "199.50" with exactly the currency's decimals. Returns the length; size >= MONEY_TEXT_MAX. */
size_t money_print(char *buffer, size_t size, int64_t minor, const struct currency *currency);

/* A positive decimal of at most 12 decimals (zeros past them are accepted). */
MUST_CHECK bool rate_parse(struct rate *out, struct span text);
/* Shortest exact text: "655.957". */
size_t rate_print(char *buffer, size_t size, struct rate rate);
/*
 * base_to_receive / base_to_send: the cross rate through a common base, half up at 12 decimals.
 * False when one is not disclosed or the result does not fit (also when it rounds to nothing).
 */
MUST_CHECK bool rate_cross(struct rate *out, struct rate base_to_receive, struct rate base_to_send);

/* A decimal of at most six decimals (zeros past them are accepted); negative ones too. */
MUST_CHECK bool percent_parse(int64_t *out, struct span text);
/* Four decimals, half up: 1590000 → "1.5900". */
size_t percent_print(char *buffer, size_t size, int64_t percent);

/*
 * Minor units of the sending currency → receiving minor units at the rate, rounded as said. |minor|
 * <= MONEY_MAX. False when the rate is not disclosed or the result does not fit.
 */
MUST_CHECK bool money_convert(int64_t *out, int64_t minor, const struct currency *from,
                              const struct currency *to, struct rate rate,
                              enum decimal_rounding rounding);

#endif
