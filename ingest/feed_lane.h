/*
 * A lane of the writer: one batch on its way to PostgreSQL and the next that gathers meanwhile. An
 * operator's submissions all go through one lane, in their order.
 *
 *   queue ──▶ asking ──────▶ deciding ──▶ storing ──▶ answered
 *     ▲ │     (locks, keys,     ▲             │  '── refused by PostgreSQL ─▶ each alone ──┐
 *     │ │      nonces, turns)   │             '── connection lost, out of time ─▶ 503      │
 *     │ '── all remembered ─────'                                                          │
 *     '── the operator's lock is another's, or memory was wrong: tried again, asking ◀─────┘
 */
#ifndef INGEST_FEED_LANE_H
#define INGEST_FEED_LANE_H

#include "ingest/feed_submission.h"

#include <corridor/db.h>

struct event_base;
struct feed_lane;
struct feed_knowledge;

/* Operators by a hash of their names; those that share a place share a lane. */
struct feed_place {
    uint32_t submissions; /* not answered yet */
    uint32_t lane;        /* in this one */
};
#define FEED_PLACES 1024U

/* What is held in memory, by all that belongs to a writer. */
struct feed_load {
    size_t submissions; /* whole, not answered yet */
    size_t quotes;      /* of these, of requests being read, of streams */
    struct feed_place places[FEED_PLACES];
};
struct feed_place *feed_load_place(struct feed_load *load, const char *operator_id);

/* NULL: no memory. */
struct feed_lane *feed_lane_new(struct event_base *base, struct db *db,
                                struct feed_knowledge *knowledge, struct feed_load *load);
/* Whatever waits is answered 503 first. NULL is fine. */
void feed_lane_free(struct feed_lane *lane);
/* Takes a whole submission; it will be answered and freed. */
void feed_lane_submit(struct feed_lane *lane, struct feed_submission *submission);
/* How many submissions it has that are not answered yet. */
size_t feed_lane_queued(const struct feed_lane *lane);
bool feed_lane_has(const struct feed_lane *lane, const char *operator_id, const char *key);

#endif
