/*
 * Amounts, rates and percentages: integers with a fixed number of decimals, read and written
 * through exact decimals. The hard problem is that each has its own number of decimals, the amounts
 * one per currency; none is ever rounded when read, since a person who typed more decimals than
 * exist must hear of it.
 */
#include <corridor/money.h>

#include <assert.h>

#define PERCENT_PRINT_SCALE 4U

/* The 64-bit units of a value at a scale; false when it has more decimals (zeros apart) or does not
 * fit. */
static bool exact_units(int64_t *out, struct decimal value, unsigned scale)
{
    struct decimal whole;

    if (!decimal_rescale(&whole, value, scale, DECIMAL_DOWN) ||
        decimal_compare(whole, value) != 0 || whole.units > INT64_MAX || whole.units < -INT64_MAX)
        return false;
    *out = (int64_t)whole.units;
    return true;
}

enum money_error money_parse(int64_t *minor, struct span text, const struct currency *currency)
{
    struct decimal value, whole;

    switch (decimal_parse(&value, text)) {
    case DECIMAL_OK:
        break;
    case DECIMAL_NOT_A_NUMBER:
        return MONEY_NOT_A_NUMBER;
    case DECIMAL_TOO_PRECISE:
        return MONEY_TOO_MANY_DECIMALS;
    case DECIMAL_TOO_LARGE:
        return MONEY_TOO_LARGE;
    }
    if (!decimal_rescale(&whole, value, currency->exponent, DECIMAL_DOWN))
        return MONEY_TOO_LARGE;
    if (decimal_compare(whole, value) != 0)
        return MONEY_TOO_MANY_DECIMALS;
    if (whole.units > MONEY_MAX || whole.units < -MONEY_MAX)
        return MONEY_TOO_LARGE;
    *minor = (int64_t)whole.units;
    return MONEY_OK;
}

/* decimal_print into a buffer as small as 64 bits allow. */
static size_t print_units(char *buffer, size_t size, int64_t units, unsigned scale)
{
    char text[DECIMAL_TEXT_MAX];
    size_t length = decimal_print(text, sizeof text, (struct decimal){units, scale});

    assert(length < size);
    memcpy(buffer, text, length + 1);
    return length;
}

size_t money_print(char *buffer, size_t size, int64_t minor, const struct currency *currency)
{
    return print_units(buffer, size, minor, currency->exponent);
}

bool rate_parse(struct rate *out, struct span text)
{
    struct decimal value;
    int64_t units;

    if (decimal_parse(&value, text) != DECIMAL_OK || !exact_units(&units, value, RATE_SCALE) ||
        units <= 0)
        return false;
    out->units = units;
    return true;
}

size_t rate_print(char *buffer, size_t size, struct rate rate)
{
    int64_t units = rate.units;
    unsigned scale = RATE_SCALE;

    while (scale > 0 && units % 10 == 0) {
        units /= 10;
        scale--;
    }
    return print_units(buffer, size, units, scale);
}

bool rate_cross(struct rate *out, struct rate base_to_receive, struct rate base_to_send)
{
    struct decimal cross;

    if (base_to_receive.units <= 0 || base_to_send.units <= 0 ||
        !decimal_divide(&cross, (struct decimal){base_to_receive.units, RATE_SCALE},
                        (struct decimal){base_to_send.units, RATE_SCALE}, RATE_SCALE,
                        DECIMAL_HALF_UP) ||
        cross.units > INT64_MAX || cross.units == 0)
        return false;
    out->units = (int64_t)cross.units;
    return true;
}

bool percent_parse(int64_t *out, struct span text)
{
    struct decimal value;

    return decimal_parse(&value, text) == DECIMAL_OK && exact_units(out, value, PERCENT_SCALE);
}

size_t percent_print(char *buffer, size_t size, int64_t percent)
{
    struct decimal shown;
    bool fits = decimal_rescale(&shown, (struct decimal){percent, PERCENT_SCALE},
                                PERCENT_PRINT_SCALE, DECIMAL_HALF_UP);

    assert(fits);
    return print_units(buffer, size, fits ? (int64_t)shown.units : 0, PERCENT_PRINT_SCALE);
}

bool money_convert(int64_t *out, int64_t minor, const struct currency *from,
                   const struct currency *to, struct rate rate, enum decimal_rounding rounding)
{
    struct decimal converted;

    assert(minor >= -MONEY_MAX && minor <= MONEY_MAX);
    if (rate.units <= 0 ||
        !decimal_rescale(&converted,
                         (struct decimal){(int128)minor * rate.units, RATE_SCALE + from->exponent},
                         to->exponent, rounding) ||
        converted.units > INT64_MAX || converted.units < -INT64_MAX)
        return false;
    *out = (int64_t)converted.units;
    return true;
}
