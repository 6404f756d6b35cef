/*
 * What a process holds of the record, for all of the feed: the market, what it remembers of
 * services, numbers for what comes.
 */
#ifndef INGEST_FEED_KNOWLEDGE_H
#define INGEST_FEED_KNOWLEDGE_H

#include "ingest/feed_market.h"
#include "ingest/feed_memory.h"
#include "ingest/feed_numbers.h"

struct feed_knowledge {
    struct feed_market *market;
    struct feed_memory *memory;
    struct feed_numbers numbers;
};

/* An item whose service is remembered, and the number it gets. */
struct feed_recalled {
    struct feed_item *item;
    struct feed_service service;
    int64_t number;
};
/* Looks an item up, at the instant `now` of our clock. False: something has to be asked before it
 * can be judged, if only for numbers. */
MUST_CHECK bool feed_knowledge_find(struct feed_knowledge *knowledge, const char *operator_id,
                                    struct feed_item *item, int64_t now,
                                    struct feed_recalled *recalled);
/* Judges it, at the instant `at` of the record. */
void feed_knowledge_judge(const struct feed_knowledge *knowledge,
                          const struct feed_recalled *recalled, int64_t at);
/* Items of an operator were stored at the instant `at`, or will be when its transaction ends. */
void feed_knowledge_learn(struct feed_knowledge *knowledge, const char *operator_id,
                          const struct feed_item *items, size_t count, int64_t at);

/* The rows of feed_numbers_statement, and the database's clock with them. */
void feed_knowledge_numbers(struct feed_knowledge *knowledge, const struct db_result *rows);

#endif
