/*
 * A batch of submissions: decided from memory, or by what the record says of it, and what is to be
 * stored then. Its commands are good until the next call.
 */
#ifndef INGEST_FEED_BATCH_H
#define INGEST_FEED_BATCH_H

#include "ingest/feed_recall.h"
#include "ingest/feed_store.h"

struct feed_batch {
    struct feed_knowledge *knowledge;
    struct feed_ask ask; /* its submissions are the entries */
    bool recalled;       /* it was decided from memory */
    struct feed_store store;
    struct feed_turns turns;
    struct feed_numbers_question numbers;
    struct db_command commands[FEED_ASK_COMMANDS + FEED_STORE_COMMANDS + 2];
    size_t command_count;
};

void feed_batch_init(struct feed_batch *batch, struct feed_knowledge *knowledge);
void feed_batch_free(struct feed_batch *batch);

/* Decides it from memory. False: it has to be asked about. */
MUST_CHECK bool feed_batch_recall(struct feed_batch *batch);
/* The commands that ask about it. False: no memory. */
MUST_CHECK bool feed_batch_ask(struct feed_batch *batch);
/* The commands that store what was recalled or asked about, whose receipts are written. False: no
 * memory. */
MUST_CHECK bool feed_batch_store(struct feed_batch *batch);
/* The rows of one of the commands. */
void feed_batch_rows(struct feed_batch *batch, size_t step, const struct db_result *rows);

#endif
