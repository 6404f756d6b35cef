/* The rows that a stretch of days adds to the record, and their digest. Pure. */
#ifndef INGEST_DEMO_PLAN_H
#define INGEST_DEMO_PLAN_H

#include <ingest/demo_rows.h>

/* One version of one service, to be stored. */
struct demo_change {
    int64_t recorded;
    uint32_t service; /* index */
    uint32_t version;
};

struct demo_plan {
    struct demo_service *services;
    size_t service_count;
    struct demo_change *changes; /* in the order in which they were learned */
    size_t change_count;
};

/*
 * Plans what is learned before the day `today` begins: from `first` on when it extends a market
 * that ends there, else beginning with the versions in force when `first` begins. False when memory
 * is short; close it in both cases.
 */
MUST_CHECK bool demo_plan_open(struct demo_plan *plan, int64_t first, int64_t today, bool extends);
void demo_plan_close(struct demo_plan *plan);

/* index is the service's among all. False stops. */
typedef bool demo_take_row(void *arg, const struct demo_service *service, size_t index,
                           const struct demo_row *row);
/* Makes every row in order. False when take gave it, or when memory is short. */
MUST_CHECK bool demo_plan_rows(const struct demo_plan *plan, demo_take_row *take, void *arg);

#define DEMO_DIGEST_SIZE 32
/* SHA-256 over all rows, and their number. False when memory is short. */
MUST_CHECK bool demo_plan_digest(const struct demo_plan *plan,
                                 unsigned char digest[DEMO_DIGEST_SIZE], uint64_t *rows);

#endif
