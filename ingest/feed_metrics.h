/* What corridor-ingestd counts, told at /metrics as corridor_ingest_*. */
#ifndef INGEST_FEED_METRICS_H
#define INGEST_FEED_METRICS_H

#include "ingest/feed_item.h"

/* Once, before threads start. */
void feed_metrics_register(void);

/* Items by status and code, gathered until they are committed. */
struct feed_tally {
    int64_t status[FEED_STATUSES];
    int64_t code[REFUSAL_COUNT];
};
void feed_tally_add(struct feed_tally *tally, const struct feed_item *item);
void feed_metrics_stored(const struct feed_tally *tally);
void feed_metrics_submission(void);
void feed_metrics_withdrawn(int64_t prices);
/* A request answered with an error status. */
void feed_metrics_refused_request(int status);
/* From the moment a submission was whole to its COMMIT; the writer's thread only. */
void feed_metrics_commit(uint64_t us);
void feed_metrics_batch(size_t submissions, bool recalled);
void feed_metrics_queue(size_t submissions, size_t quotes);
void feed_metrics_streams(int64_t change);

#endif
