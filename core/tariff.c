/*
 * Tariffs: their rules, and the fee of a principal. The hard problem is small and matters: every
 * fee in the system is rounded here and nowhere else, half up, in integers, and it is on the path
 * of every answer, so the common case stays within 64 bits.
 */
#include <corridor/tariff.h>

#include <assert.h>

#define PERCENT_WHOLE (100 * PERCENT_ONE)

static bool too_large(int64_t amount)
{
    return amount > MONEY_MAX && amount != TARIFF_NO_LIMIT;
}

/* The rules that a band keeps by itself. */
static enum tariff_error check_band(const struct tariff_band *band)
{
    if (band->from < 0 || band->to < 0 || band->fee < 0 || band->fee_pct < 0 || band->fee_min < 0 ||
        band->fee_max < 0 || band->rate.units < 0)
        return TARIFF_NEGATIVE;
    if (band->from > MONEY_MAX || too_large(band->to) || band->fee > MONEY_MAX ||
        band->fee_pct > PERCENT_WHOLE || band->fee_min > MONEY_MAX || too_large(band->fee_max))
        return TARIFF_TOO_LARGE;
    if (band->to <= band->from)
        return TARIFF_BAND_REVERSED;
    if (band->fee_max < band->fee_min)
        return TARIFF_FEE_LIMITS_REVERSED;
    return TARIFF_OK;
}

enum tariff_error tariff_check(const struct tariff *tariff, uint32_t *band)
{
    const struct tariff_band *bands = tariff->bands;

    *band = 0;
    if (tariff->count == 0)
        return TARIFF_NO_BANDS;
    if (tariff->count > TARIFF_BANDS_MAX)
        return TARIFF_TOO_MANY_BANDS;
    for (uint32_t i = 0; i < tariff->count; i++) {
        enum tariff_error error = check_band(&bands[i]);

        *band = i;
        if (error != TARIFF_OK)
            return error;
        if (i > 0 && bands[i].from > bands[i - 1].to)
            return TARIFF_GAP;
        if (i > 0 && bands[i].from < bands[i - 1].to)
            return TARIFF_OVERLAP;
    }
    *band = 0;
    if (tariff->min < 0 || tariff->max < 0 || tariff->receive_fee < 0 || tariff->tax_pct < 0)
        return TARIFF_NEGATIVE;
    if (tariff->min > MONEY_MAX || too_large(tariff->max) || tariff->receive_fee > MONEY_MAX ||
        tariff->tax_pct > PERCENT_WHOLE)
        return TARIFF_TOO_LARGE;
    if (tariff->max < tariff->min || tariff->max == 0)
        return TARIFF_LIMITS_REVERSED;
    if (tariff->min < bands[0].from || tariff->max > bands[tariff->count - 1].to)
        return TARIFF_LIMITS_OUTSIDE;
    return TARIFF_OK;
}

const char *tariff_error_text(enum tariff_error error)
{
    static const char *const texts[] = {
        [TARIFF_OK] = "no error",
        [TARIFF_NO_BANDS] = "a tariff needs at least one band",
        [TARIFF_TOO_MANY_BANDS] = "a tariff has at most 32 bands",
        [TARIFF_GAP] = "a band must begin where the one before ends",
        [TARIFF_OVERLAP] = "a band begins before the one before ends",
        [TARIFF_BAND_REVERSED] = "a band must end above its beginning",
        [TARIFF_NEGATIVE] = "a fee, percentage, rate or limit is below zero",
        [TARIFF_FEE_LIMITS_REVERSED] = "fee_max is below fee_min",
        [TARIFF_LIMITS_REVERSED] = "max is below min, or zero",
        [TARIFF_LIMITS_OUTSIDE] = "min and max must lie within the bands",
        [TARIFF_TOO_LARGE] = "an amount is too large, or a percentage above 100",
    };

    assert((size_t)error < COUNT_OF(texts));
    return texts[error];
}

const struct tariff_band *tariff_band_at(const struct tariff *tariff, int64_t principal)
{
    const struct tariff_band *last = &tariff->bands[tariff->count - 1];

    if (principal == last->to)
        return last;
    for (const struct tariff_band *band = tariff->bands; band <= last; band++) {
        if (principal >= band->from && principal < band->to)
            return band;
    }
    return NULL;
}

/* A percentage of a principal, half up. */
static int64_t part_of(int64_t principal, int64_t percent)
{
    uint64_t small;
    int128 large;

    assert(principal >= 0 && principal <= MONEY_MAX);
    if (!__builtin_mul_overflow((uint64_t)principal, (uint64_t)percent, &small) &&
        !__builtin_add_overflow(small, (uint64_t)PERCENT_WHOLE / 2, &small))
        return (int64_t)(small / (uint64_t)PERCENT_WHOLE);
    large = (int128)principal * percent + PERCENT_WHOLE / 2;
    return (int64_t)(large / PERCENT_WHOLE);
}

int64_t tariff_fee(const struct tariff_band *band, int64_t principal)
{
    int64_t fee = band->fee;

    if (band->fee_pct != 0)
        fee += part_of(principal, band->fee_pct);
    if (fee < band->fee_min)
        fee = band->fee_min;
    if (fee > band->fee_max)
        fee = band->fee_max;
    return fee;
}

int64_t tariff_tax(const struct tariff *tariff, int64_t principal)
{
    return tariff->tax_pct == 0 ? 0 : part_of(principal, tariff->tax_pct);
}
