/*
 * The rules of a quote that need no database: what may stand together. A quote that keeps them may
 * still be held for its price (judge.h), and the feed alone knows whether its ref stands twice in a
 * submission (duplicate_ref, by ref and price) or belongs to another corridor
 * (ref_of_other_corridor).
 */
#ifndef INGEST_QUOTE_RULES_H
#define INGEST_QUOTE_RULES_H

#include "ingest/quote_read.h"

/* A price without valid_until holds so long, from valid_from or from now, whichever is later. */
#define QUOTE_HOLDS (2 * INSTANT_DAY)
/* The longest it may hold, from the same instant. */
#define QUOTE_LONGEST (30 * INSTANT_DAY)
/* The longest it may be announced before valid_from. */
#define QUOTE_AHEAD (30 * INSTANT_DAY)

/*
 * Fills valid_from (now) and valid_until where they were not said, and checks everything. True, or
 * false with the first refusal. now is an instant, the same for a whole submission.
 */
MUST_CHECK bool quote_rules(struct feed_quote *quote, int64_t now, struct refusal *refusal);

#endif
