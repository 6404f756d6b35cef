/* Some survey rows on their way into the record: gathered by one thread, stored by another. */
#ifndef INGEST_RPW_BATCH_H
#define INGEST_RPW_BATCH_H

#include <ingest/rpw_row.h>

struct db_session;

enum {
    RPW_BATCH_ROWS = 1000,
    RPW_BATCH_OBSERVED = 17, /* columns of an observation that come from its row */
    RPW_BATCH_PRICE = 6      /* … of a price */
};

enum rpw_batch_state {
    RPW_BATCH_UNCHANGED,
    RPW_BATCH_ADDED,
    RPW_BATCH_CORRECTED
};

struct rpw_batch_row {
    unsigned operator_number;
    enum firm_type firm_type;
    struct span firm;
    char corridor[6];
    /* As COPY takes them; they point into the batch. */
    struct span observed[RPW_BATCH_OBSERVED];
    struct span prices[RPW_PRICE_POINTS][RPW_BATCH_PRICE]; /* of a missing one the first is null */
    /* Set when it is stored. */
    enum rpw_batch_state state;
    char corridor_before[6]; /* of a corrected row */
};

struct rpw_batch {
    struct rpw_batch_row rows[RPW_BATCH_ROWS];
    size_t count;
    char *texts;
    size_t size;
    size_t len;
};

/* NULL when memory is short. */
MUST_CHECK struct rpw_batch *rpw_batch_new(void);
void rpw_batch_free(struct rpw_batch *batch);
void rpw_batch_clear(struct rpw_batch *batch);

/* True when no other row with so much of id, firm and published row goes in. An empty one is never
 * full. */
MUST_CHECK bool rpw_batch_is_full(const struct rpw_batch *batch, size_t bytes);
/* Adds a row, all of it copied; the batch must not be full. False when memory is short. */
MUST_CHECK bool rpw_batch_add(struct rpw_batch *batch, const struct rpw_observation *observation,
                              struct span source_id, const char *operator_id,
                              unsigned operator_number, struct span published);

/* What a file's batches are stored as; zeroes at the beginning. */
struct rpw_storing {
    char submission[24]; /* the number that their rows bear; "" until the first row is stored */
    bool asked;          /* whether the record had any survey row when the first batch came */
    bool record_empty;
};

/* Within a transaction: stores the rows that the record lacks or has otherwise, and says so in each
 * row. */
MUST_CHECK bool rpw_batch_store(struct rpw_batch *batch, struct db_session *session,
                                struct rpw_storing *storing);

#endif
