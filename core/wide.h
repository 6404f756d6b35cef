/*
 * Products and quotients wider than 128 bits, for the few places where an exact result needs them.
 * Not fast (a bit at a time) where 128 bits do not do: the hot paths never come there.
 */
#ifndef CORE_WIDE_H
#define CORE_WIDE_H

#include <corridor/decimal.h>

__extension__ typedef unsigned __int128 uint128;

struct wide {
    uint128 high;
    uint128 low;
};

/* a * b, which always fits. Schoolbook, in halves of 64 bits. */
static inline struct wide wide_multiply(uint128 a, uint128 b)
{
    uint128 a0 = (uint64_t)a, a1 = a >> 64;
    uint128 b0 = (uint64_t)b, b1 = b >> 64;
    uint128 low = a0 * b0;
    uint128 middle = a1 * b0 + (low >> 64); /* at most 2^128 - 2^65 + 2^64: fits */
    uint128 carry = a0 * b1 + (uint64_t)middle;

    return (struct wide){a1 * b1 + (middle >> 64) + (carry >> 64), (carry << 64) | (uint64_t)low};
}

static inline int wide_compare(struct wide a, struct wide b)
{
    if (a.high != b.high)
        return a.high < b.high ? -1 : 1;
    if (a.low != b.low)
        return a.low < b.low ? -1 : 1;
    return 0;
}

/* value / divisor, rounded down, and what is left. False when divisor is 0 or the quotient passes
 * 128 bits. */
MUST_CHECK static inline bool wide_divide(uint128 *quotient, uint128 *rest, struct wide value,
                                          uint128 divisor)
{
    uint128 left = value.high;
    uint128 result = 0;

    if (value.high >= divisor)
        return false;
    if (value.high == 0) {
        *quotient = value.low / divisor;
        *rest = value.low % divisor;
        return true;
    }
    for (int bit = 127; bit >= 0; bit--) {
        bool carry = (left >> 127) != 0;

        left = left << 1 | (value.low >> bit & 1U);
        result <<= 1;
        if (carry || left >= divisor) {
            left -=
                divisor; /* with the carry left is 2^128 more than it shows; the difference fits */
            result |= 1;
        }
    }
    *quotient = result;
    *rest = left;
    return true;
}

#endif
