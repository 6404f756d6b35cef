/* Which submissions may be in one batch: no service of an operator occurs twice in it, so that each
 * is decided on what the one before it left. */
#ifndef INGEST_FEED_MIX_H
#define INGEST_FEED_MIX_H

#include "ingest/feed_submission.h"

#define FEED_MIX_SIZE 8192U /* a power of two, above twice the quotes of a batch */

/* All zero is empty. */
struct feed_mix {
    uint64_t seen[FEED_MIX_SIZE]; /* services by hash; a false alarm only makes somebody wait */
};

/* Whether an item is of a service that was noted before; notes these, and forgets those. */
MUST_CHECK bool feed_mix_next(struct feed_mix *mix, const char *operator_id,
                              const struct feed_item *items, size_t count);

/* Whether it fits in with those before; it counts as in the batch then. If not, the batch must take
 * no more of that operator's. */
MUST_CHECK bool feed_mix_fits(struct feed_mix *mix, const struct feed_submission *submission);

#endif
