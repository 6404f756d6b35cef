/*
 * What a service charges at any principal: bands of amount, each with its fees and its rate.
 *
 * A band holds for from <= principal < to; the last band also for principal = to. Bands follow each
 * other without gap. fee(A) = clamp(fixed + fee_pct of A, fee_min, fee_max), half up to the minor
 * unit of the sending currency. tax(A) = tax_pct of A, half up. Both are paid on the sending side,
 * on top of the principal.
 */
#ifndef CORRIDOR_TARIFF_H
#define CORRIDOR_TARIFF_H

#include <corridor/money.h>

#define TARIFF_BANDS_MAX 32
#define TARIFF_NO_LIMIT  INT64_MAX

struct tariff_band {
    int64_t from;     /* minor units of the sending currency */
    int64_t to;       /* exclusive, but for the last band; TARIFF_NO_LIMIT where open */
    int64_t fee;      /* fixed part, minor units */
    int64_t fee_pct;  /* percent units of the principal */
    int64_t fee_min;  /* minor units */
    int64_t fee_max;  /* minor units; TARIFF_NO_LIMIT where none */
    struct rate rate; /* receiving currency per sending currency; 0 units when not disclosed */
};

struct tariff {
    const struct currency *send;
    const struct currency *receive;
    int64_t min;         /* smallest and largest principal taken, minor units, both included */
    int64_t max;         /* TARIFF_NO_LIMIT where none */
    int64_t receive_fee; /* minor units of the receiving currency */
    int64_t tax_pct;     /* percent units of the principal */
    uint32_t count;
    struct tariff_band bands[TARIFF_BANDS_MAX];
};

enum tariff_error {
    TARIFF_OK,
    TARIFF_NO_BANDS,
    TARIFF_TOO_MANY_BANDS,
    TARIFF_GAP, /* a band does not begin where the one before ends */
    TARIFF_OVERLAP,
    TARIFF_BAND_REVERSED, /* to <= from */
    TARIFF_NEGATIVE,      /* a fee, percentage, limit or tax below zero */
    TARIFF_FEE_LIMITS_REVERSED,
    TARIFF_LIMITS_REVERSED, /* max < min, or max = 0 */
    TARIFF_LIMITS_OUTSIDE,  /* min or max outside the bands */
    TARIFF_TOO_LARGE,       /* an amount above MONEY_MAX, a percentage above 100 */
};

/*
 * Checks every rule above. *band is set to the index at fault (0 where it is none in particular).
 * min and max must lie within the bands: a tariff without a stated limit and with a closed last
 * band has that band's end for its max.
 */
MUST_CHECK enum tariff_error tariff_check(const struct tariff *tariff, uint32_t *band);
const char *tariff_error_text(enum tariff_error error);

/* The band of a principal; NULL outside all bands. Limits min and max are not looked at. */
const struct tariff_band *tariff_band_at(const struct tariff *tariff, int64_t principal);
/*
 * Fee and tax of a principal in minor units; 0 <= principal <= MONEY_MAX, and the tariff has passed
 * tariff_check (nothing overflows then). tariff_fee reckons with `band` whether the principal lies
 * in it or not.
 */
int64_t tariff_fee(const struct tariff_band *band, int64_t principal);
int64_t tariff_tax(const struct tariff *tariff, int64_t principal);

/*
 * JSON of the bands as the feed and the record write it: an array of objects with decimal strings
 * {"from","to","fee","fee_pct","fee_min","fee_max","rate"}; "to" null is open, "fee_max" null is
 * none, "rate" null is not disclosed; "fee", "fee_pct", "fee_min" default to "0", "fee_max" and
 * "rate" to null.
 */
struct json_t;
/*
 * Fills count and bands; send must be set. An unknown member is an error: a misspelt fee must not
 * become a free one. On error *band and *field name the place, static text. Says nothing of the
 * rules that tariff_check checks.
 */
MUST_CHECK bool tariff_bands_from_json(struct tariff *tariff, const struct json_t *bands,
                                       uint32_t *band, const char **field);
/* The same array from the bands; a new reference, NULL when memory is short. */
MUST_CHECK struct json_t *tariff_bands_to_json(const struct tariff *tariff);

#endif
