/*
 * Reproducible chance for the demonstration market. The hard part is that nothing may be drawn from
 * a running sequence: a market extended tomorrow must agree with one made whole tomorrow, so every
 * draw is a hash of what it is for (splitmix64: Steele, Lea and Flood, "Fast splittable
 * pseudorandom number generators", 2014).
 */
#include <ingest/demo_random.h>

#include <assert.h>

#define GOLDEN UINT64_C(0x9e3779b97f4a7c15)

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t demo_key(const char *name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (const char *at = name; *at; at++) {
        hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
    }
    return mix(hash);
}

uint64_t demo_join(uint64_t key, uint64_t number)
{
    return mix(key + GOLDEN * (number + 1));
}

int64_t demo_draw(uint64_t key, enum demo_salt salt, int64_t low, int64_t high)
{
    assert(low <= high);
    /* The bias of a remainder is below 2^-32 for the small ranges drawn here. */
    return low + (int64_t)(demo_join(key, (uint64_t)salt) % (uint64_t)(high - low + 1));
}

bool demo_once_in(uint64_t key, enum demo_salt salt, int64_t times)
{
    return demo_draw(key, salt, 1, times) == 1;
}

int64_t demo_wave(uint64_t key, enum demo_salt salt, int64_t at, int64_t step, int64_t height)
{
    assert(at >= 0);
    int64_t knot = at / step;
    int64_t before = demo_draw(demo_join(key, (uint64_t)knot), salt, -height, height);
    int64_t after = demo_draw(demo_join(key, (uint64_t)knot + 1), salt, -height, height);
    return before + (after - before) * (at % step) / step;
}
