/*
 * Exact decimals. The hard problem: two scales meet, and bringing both to one can pass 128 bits
 * although the answer does not. Comparing and dividing go through 256 bits then (wide.h); adding
 * and multiplying give the exact result or say that it does not fit.
 */
#include <corridor/decimal.h>

#include <assert.h>

#include "wide.h"

#define INT128_MAX ((int128)(~(uint128)0 >> 1))

const uint64_t decimal_powers[DECIMAL_POWERS] = {
    1U,
    10U,
    100U,
    1000U,
    10000U,
    100000U,
    1000000U,
    10000000U,
    100000000U,
    1000000000U,
    10000000000U,
    100000000000U,
    1000000000000U,
    10000000000000U,
    100000000000000U,
    1000000000000000U,
    10000000000000000U,
    100000000000000000U,
    1000000000000000000U,
    10000000000000000000U,
};

/* 10^exponent, exponent <= 38. */
static uint128 power_of_ten(unsigned exponent)
{
    assert(exponent < 2 * DECIMAL_POWERS - 1);
    if (exponent < DECIMAL_POWERS)
        return decimal_powers[exponent];
    return (uint128)decimal_powers[DECIMAL_POWERS - 1] *
           decimal_powers[exponent - (DECIMAL_POWERS - 1)];
}

static uint128 magnitude(int128 value)
{
    return value < 0 ? -(uint128)value : (uint128)value;
}

/* False when it does not fit; the most negative value is left out, so that every decimal can be
 * negated. */
static bool signed_units(int128 *out, uint128 size, bool negative)
{
    if (size > (uint128)INT128_MAX)
        return false;
    *out = negative ? -(int128)size : (int128)size;
    return true;
}

enum decimal_error decimal_parse(struct decimal *out, struct span text)
{
    bool negative = text.len > 0 && text.at[0] == '-';
    enum decimal_error error = DECIMAL_OK;
    uint128 size = 0;
    unsigned scale = 0;
    bool point = false, digit = false;

    /* The whole text is read even when it no longer fits: one that is no number is called that. */
    for (size_t i = negative; i < text.len; i++) {
        char byte = text.at[i];

        if (byte == '.' && digit && !point) {
            point = true;
            digit = false;
        } else if (byte >= '0' && byte <= '9') {
            digit = true;
            if (error != DECIMAL_OK)
                continue;
            if (point && scale == DECIMAL_SCALE_MAX) {
                error = DECIMAL_TOO_PRECISE;
            } else if (__builtin_mul_overflow(size, (uint128)10, &size) ||
                       __builtin_add_overflow(size, (uint128)(byte - '0'), &size) ||
                       size > (uint128)INT128_MAX) {
                error = DECIMAL_TOO_LARGE;
            } else if (point) {
                scale++;
            }
        } else {
            return DECIMAL_NOT_A_NUMBER;
        }
    }
    if (!digit)
        return DECIMAL_NOT_A_NUMBER;
    if (error == DECIMAL_OK)
        *out = (struct decimal){negative ? -(int128)size : (int128)size, scale};
    return error;
}

size_t decimal_print(char *buffer, size_t size, struct decimal value)
{
    char reversed[DECIMAL_TEXT_MAX];
    uint128 left = magnitude(value.units);
    size_t count = 0, length = 0;

    assert(size >= DECIMAL_TEXT_MAX && value.scale <= DECIMAL_SCALE_MAX);
    do {
        /* Nearly every value is below 2^64, where a division is some ten times cheaper. */
        if (left >> 64 == 0) {
            reversed[count++] = (char)('0' + (uint64_t)left % 10);
            left = (uint64_t)left / 10;
        } else {
            reversed[count++] = (char)('0' + (int)(left % 10));
            left /= 10;
        }
    } while (left != 0 || count <= value.scale);
    if (value.units < 0)
        buffer[length++] = '-';
    while (count > 0) {
        if (count == value.scale)
            buffer[length++] = '.';
        buffer[length++] = reversed[--count];
    }
    buffer[length] = '\0';
    return length;
}

int decimal_compare(struct decimal a, struct decimal b)
{
    unsigned scale = a.scale > b.scale ? a.scale : b.scale;
    int order;

    assert(a.scale <= DECIMAL_SCALE_MAX && b.scale <= DECIMAL_SCALE_MAX);
    if ((a.units < 0) != (b.units < 0))
        return a.units < 0 ? -1 : 1;
    order = wide_compare(wide_multiply(magnitude(a.units), power_of_ten(scale - a.scale)),
                         wide_multiply(magnitude(b.units), power_of_ten(scale - b.scale)));
    return a.units < 0 ? -order : order;
}

/* The units of a value at a larger scale. */
static bool scaled_units(int128 *out, struct decimal value, unsigned scale)
{
    return !__builtin_mul_overflow(value.units, (int128)power_of_ten(scale - value.scale), out);
}

bool decimal_add(struct decimal *out, struct decimal a, struct decimal b)
{
    unsigned scale = a.scale > b.scale ? a.scale : b.scale;
    int128 left, right, sum;

    assert(a.scale <= DECIMAL_SCALE_MAX && b.scale <= DECIMAL_SCALE_MAX);
    if (!scaled_units(&left, a, scale) || !scaled_units(&right, b, scale) ||
        __builtin_add_overflow(left, right, &sum) || sum < -INT128_MAX)
        return false;
    *out = (struct decimal){sum, scale};
    return true;
}

bool decimal_subtract(struct decimal *out, struct decimal a, struct decimal b)
{
    if (b.units < -INT128_MAX)
        return false;
    return decimal_add(out, a, (struct decimal){-b.units, b.scale});
}

bool decimal_multiply(struct decimal *out, struct decimal a, struct decimal b)
{
    bool negative = (a.units < 0) != (b.units < 0);
    struct wide product = wide_multiply(magnitude(a.units), magnitude(b.units));
    unsigned scale = a.scale + b.scale;
    unsigned excess = scale > DECIMAL_SCALE_MAX ? scale - DECIMAL_SCALE_MAX : 0;
    uint128 size, rest;
    int128 units;

    assert(a.scale <= DECIMAL_SCALE_MAX && b.scale <= DECIMAL_SCALE_MAX);
    if (!wide_divide(&size, &rest, product, power_of_ten(excess)) || rest != 0 ||
        !signed_units(&units, size, negative))
        return false;
    *out = (struct decimal){units, scale - excess};
    return true;
}

/* Whether a quotient rounded down in size grows by one: by what is left of the divisor. */
static bool rounds_away(enum decimal_rounding rounding, bool negative, uint128 rest,
                        uint128 divisor)
{
    switch (rounding) {
    case DECIMAL_DOWN:
        return false;
    case DECIMAL_FLOOR:
        return negative && rest != 0;
    case DECIMAL_CEILING:
        return !negative && rest != 0;
    case DECIMAL_HALF_UP:
        break;
    }
    return rest >= divisor - rest; /* 2 * rest >= divisor, without passing 128 bits */
}

bool decimal_divide(struct decimal *out, struct decimal a, struct decimal b, unsigned scale,
                    enum decimal_rounding rounding)
{
    bool negative = (a.units < 0) != (b.units < 0);
    unsigned up = scale + b.scale; /* quotient = a * 10^up / (b * 10^down) */
    unsigned down = a.scale;
    uint128 divisor, size, rest;
    struct wide whole;
    int128 units;

    assert(a.scale <= DECIMAL_SCALE_MAX && b.scale <= DECIMAL_SCALE_MAX &&
           scale <= DECIMAL_SCALE_MAX);
    if (b.units == 0)
        return false;
    if (up >= down) {
        up -= down;
        down = 0;
    } else {
        down -= up;
        up = 0;
    }
    whole = wide_multiply(magnitude(b.units), power_of_ten(down));
    if (whole.high != 0) {
        /* More than 2^128 > 2 * |a|: the quotient is below a half, and only its being something
         * counts. */
        size = 0;
        rest = a.units != 0;
        divisor = ~(uint128)0;
    } else {
        divisor = whole.low;
        if (!wide_divide(&size, &rest, wide_multiply(magnitude(a.units), power_of_ten(up)),
                         divisor))
            return false;
    }
    if (rounds_away(rounding, negative, rest, divisor) &&
        __builtin_add_overflow(size, (uint128)1, &size))
        return false;
    if (!signed_units(&units, size, negative))
        return false;
    *out = (struct decimal){units, scale};
    return true;
}

bool decimal_rescale(struct decimal *out, struct decimal value, unsigned scale,
                     enum decimal_rounding rounding)
{
    return decimal_divide(out, value, (struct decimal){1, 0}, scale, rounding);
}
