/*
 * What every unit test program shares: cmocka with its includes, a seeded generator for properties,
 * and the last line "N passed, N failed" that tests/run.sh adds up.
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

/* cmocka wants these four first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include <corridor/base.h>

/* splitmix64 (Steele, Lea, Flood 2014): every seed gives a full period. */
struct unit_random {
    uint64_t state;
};

/* The seed is printed, and CORRIDOR_SEED sets it, so that a failure can be had again. */
static inline struct unit_random unit_random_open(const char *what)
{
    const char *text = getenv("CORRIDOR_SEED");
    uint64_t seed = text ? strtoull(text, NULL, 0) : 20300101U;

    printf("# %s: CORRIDOR_SEED=%llu\n", what, (unsigned long long)seed);
    return (struct unit_random){seed};
}

static inline uint64_t unit_random_bits(struct unit_random *random)
{
    uint64_t z = random->state += 0x9E3779B97F4A7C15U;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

/* low <= result <= high, close enough to even for tests. */
static inline int64_t unit_random_between(struct unit_random *random, int64_t low, int64_t high)
{
    return (int64_t)((uint64_t)low +
                     unit_random_bits(random) % ((uint64_t)high - (uint64_t)low + 1));
}

/* 0 <= result <= high with every order of magnitude as likely as another: small values matter as
 * much as large. */
static inline int64_t unit_random_size(struct unit_random *random, int64_t high)
{
    int64_t top = 1;

    for (int64_t digits = unit_random_between(random, 0, 18); digits > 0 && top <= high / 10;
         digits--)
        top *= 10;
    return unit_random_between(random, 0, top < high ? top : high);
}

static inline bool unit_one_in(struct unit_random *random, uint64_t many)
{
    return unit_random_bits(random) % many == 0;
}

/* Prints the last line; `failed` is what cmocka_run_group_tests returned (negative: the set-up
 * failed). */
static inline int unit_end(int failed, size_t count)
{
    size_t bad = failed < 0 ? count : (size_t)failed;

    fflush(stderr);
    printf("%zu passed, %zu failed\n", count - bad, bad);
    return bad != 0;
}

#define UNIT_RUN(tests, setup, teardown) \
    unit_end(cmocka_run_group_tests(tests, setup, teardown), COUNT_OF(tests))

#endif
