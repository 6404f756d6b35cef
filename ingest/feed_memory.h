/*
 * What this process remembers of operators' services, so that the record need not be asked before
 * each price: what became of the last one, as it stood when the operator's turn (feed_turn in
 * sql/0029-feed-turns.sql) was what is remembered with it. Whether that is still so, PostgreSQL
 * says when the next price is stored (feed_recall.h). Of a fixed size: what is not used any more
 * gives its place to what is.
 */
#ifndef INGEST_FEED_MEMORY_H
#define INGEST_FEED_MEMORY_H

#include "ingest/feed_item.h"

struct feed_memory;

struct feed_turn {
    int64_t at;         /* when the operator's prices were last changed; 0: not known */
    int64_t submission; /* the highest number of its submissions */
};

struct feed_memory *feed_memory_new(void); /* NULL: no memory */
void feed_memory_free(struct feed_memory *memory);

/* Its turn, all zero where none is known. */
struct feed_turn feed_memory_turn(const struct feed_memory *memory, const char *operator_id);
/* The record has this turn, behind the operator's lock: if another was remembered, all else that
 * was remembered of the operator is not so any more. */
void feed_memory_learn_turn(struct feed_memory *memory, const char *operator_id,
                            struct feed_turn turn);
/* The operator's prices were changed from here, and what changed is remembered already. */
void feed_memory_move_turn(struct feed_memory *memory, const char *operator_id,
                           struct feed_turn turn);
void feed_memory_forget(struct feed_memory *memory, const char *operator_id);

/* NULL: nothing is known. Good until something else is remembered. */
const struct feed_service *feed_memory_find(const struct feed_memory *memory,
                                            const char *operator_id, const char *ref,
                                            bool first_transfer);
void feed_memory_put(struct feed_memory *memory, const char *operator_id, const char *ref,
                     bool first_transfer, const struct feed_service *service);
void feed_memory_drop(struct feed_memory *memory, const char *operator_id, const char *ref,
                      bool first_transfer);

/* The database's clock said this just now. */
void feed_memory_set_clock(struct feed_memory *memory, int64_t at);
/* What it says now, or a little less, microseconds since 1970; 0: it was never asked. */
int64_t feed_memory_clock(const struct feed_memory *memory);

#endif
