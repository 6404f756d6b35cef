/* Reproducible chance: every random thing about the demonstration market follows from a stable
 * name, so that it never depends on the order of the tables, the machine or the day. */
#ifndef INGEST_DEMO_RANDOM_H
#define INGEST_DEMO_RANDOM_H

#include <corridor/base.h>

/* What a draw is for: two draws of one key never share a salt. */
enum demo_salt {
    DEMO_SALT_SELECT,
    DEMO_SALT_COST,
    DEMO_SALT_LEVEL,
    DEMO_SALT_VERSION,
    DEMO_SALT_CURRENCY,
    DEMO_SALT_STYLE,
    DEMO_SALT_BANDS,
    DEMO_SALT_FALLING,
    DEMO_SALT_LEAST,
    DEMO_SALT_MOST,
    DEMO_SALT_BOUNDED,
    DEMO_SALT_CLOSED,
    DEMO_SALT_RECEIVE_FEE,
    DEMO_SALT_RECEIVE_FEE_SIZE,
    DEMO_SALT_HIDDEN,
    DEMO_SALT_ASK_US,
    DEMO_SALT_RHYTHM,
    DEMO_SALT_PHASE,
    DEMO_SALT_DAY,
    DEMO_SALT_CLOCK,
    DEMO_SALT_ANNOUNCES,
    DEMO_SALT_NOTICE,
    DEMO_SALT_CARELESS,
    DEMO_SALT_PROMOTION,
    DEMO_SALT_SEASON,
    DEMO_SALT_NETWORK,
    DEMO_SALT_POINTS,
    DEMO_SALT_WAVE,
    DEMO_SALT_JITTER,
    DEMO_SALT_WEBSITE,
};

/* The key of a name: FNV-1a, then splitmix64's finaliser. */
uint64_t demo_key(const char *name);
/* Another key from a key and a number. */
uint64_t demo_join(uint64_t key, uint64_t number);
/* A number from low to high, both included; low <= high. */
int64_t demo_draw(uint64_t key, enum demo_salt salt, int64_t low, int64_t high);
/* True once in `times`. */
bool demo_once_in(uint64_t key, enum demo_salt salt, int64_t times);
/* A broken line through a random point within ±height every `step`; at >= 0. */
int64_t demo_wave(uint64_t key, enum demo_salt salt, int64_t at, int64_t step, int64_t height);

#endif
