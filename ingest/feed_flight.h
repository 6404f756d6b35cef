/*
 * The quotes of a stream that are neither with the reader nor stored: a thousand that is looked up,
 * and flies, and the thousand before it, which is decided and lies in arrays. There are never more
 * than these two.
 */
#ifndef INGEST_FEED_FLIGHT_H
#define INGEST_FEED_FLIGHT_H

#include "ingest/feed_ask.h"
#include "ingest/feed_chunk.h"
#include "ingest/feed_mix.h"

struct feed_flight {
    struct feed_ask ask;
    struct feed_numbers_question numbers;
    struct feed_chunk chunk;
    bool decided; /* the chunk has what is to be stored next */
    struct feed_item *items;
    size_t count, cap;
    struct feed_mix mix; /* the services of those that flew last */
    bool meets;          /* one of which is among those that fly */
};

void feed_flight_init(struct feed_flight *flight, struct feed_knowledge *knowledge);
void feed_flight_free(struct feed_flight *flight);

/* The submission's items fly, and it gets the array of those that flew last. */
void feed_flight_start(struct feed_flight *flight, struct feed_submission *submission);
/* What the record said of them is known: they are decided, and remembered. */
void feed_flight_land(struct feed_flight *flight, struct feed_submission *submission);

/* Commands that look up what flies and store what was decided. Those that ask are [asking,
 * asked_all); all is known when they are answered. False: no memory. */
MUST_CHECK bool feed_flight_commands(struct feed_flight *flight, struct feed_submission *submission,
                                     struct db_command *commands, size_t *count, size_t *asking,
                                     size_t *asked_all);
/* Adds those alone that store what was decided. False: no memory. */
MUST_CHECK bool feed_flight_store(struct feed_flight *flight,
                                  const struct feed_submission *submission,
                                  struct db_command *commands, size_t *count);

#endif
