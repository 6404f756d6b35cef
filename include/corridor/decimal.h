/*
 * Exact decimal numbers: value = units / 10^scale. Every operation is exact or says how it rounds;
 * one that does not fit says so instead of wrapping. Nothing here allocates.
 */
#ifndef CORRIDOR_DECIMAL_H
#define CORRIDOR_DECIMAL_H

#include <corridor/base.h>

#define DECIMAL_SCALE_MAX 18U
/* Longest text of decimal_print with its NUL: sign, 39 digits, point, one leading zero, one spare.
 */
#define DECIMAL_TEXT_MAX 44

__extension__ typedef __int128 int128;

struct decimal {
    int128 units;
    unsigned scale;
};

/* 10^i. */
#define DECIMAL_POWERS 20U
extern const uint64_t decimal_powers[DECIMAL_POWERS];

enum decimal_rounding {
    DECIMAL_DOWN,    /* towards zero */
    DECIMAL_FLOOR,   /* towards minus infinity */
    DECIMAL_CEILING, /* towards plus infinity */
    DECIMAL_HALF_UP, /* to the nearest, a half away from zero */
};

enum decimal_error {
    DECIMAL_OK,
    DECIMAL_NOT_A_NUMBER, /* anything but [-]digits[.digits]: "1,5", "1e3", "NaN", "", "+1", "." */
    DECIMAL_TOO_PRECISE,  /* more than 18 decimals */
    DECIMAL_TOO_LARGE,    /* more digits than fit 128 bits */
};

/* Reads the whole span. "1.50" keeps scale 2. */
MUST_CHECK enum decimal_error decimal_parse(struct decimal *out, struct span text);

/* Writes all decimals of the scale and a NUL; returns the length without it. Zero has no sign.
 * size >= DECIMAL_TEXT_MAX. */
size_t decimal_print(char *buffer, size_t size, struct decimal value);

/* -1, 0 or 1 by value, whatever the scales. */
int decimal_compare(struct decimal a, struct decimal b);

/* False when the result does not fit; *out is then unchanged. The sum's scale is the larger one. */
MUST_CHECK bool decimal_add(struct decimal *out, struct decimal a, struct decimal b);
MUST_CHECK bool decimal_subtract(struct decimal *out, struct decimal a, struct decimal b);
/*
 * Exact product, its scale the sum of both, reduced by trailing zeros where it would pass
 * DECIMAL_SCALE_MAX; false when it cannot be reduced so far.
 */
MUST_CHECK bool decimal_multiply(struct decimal *out, struct decimal a, struct decimal b);
/* a / b to `scale` decimals, rounded once. False on b = 0 and when the result does not fit. */
MUST_CHECK bool decimal_divide(struct decimal *out, struct decimal a, struct decimal b,
                               unsigned scale, enum decimal_rounding rounding);
MUST_CHECK bool decimal_rescale(struct decimal *out, struct decimal value, unsigned scale,
                                enum decimal_rounding rounding);

#endif
