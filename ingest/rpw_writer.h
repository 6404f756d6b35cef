/* The thread that stores batches of survey rows while the next one is gathered. */
#ifndef INGEST_RPW_WRITER_H
#define INGEST_RPW_WRITER_H

#include <ingest/rpw_batch.h>

struct rpw_writer;

/* The session is the writer's, from the first batch given to rpw_writer_stop. NULL when memory is
 * short. */
MUST_CHECK struct rpw_writer *rpw_writer_new(struct db_session *session);
/* What was stored and not committed is rolled back. NULL is nothing to free. */
void rpw_writer_free(struct rpw_writer *writer);

/*
 * Waits until the batch that was given before is stored, and gives the next one, the first within a
 * new transaction. After false (its reason is the session's error) none is stored any more.
 */
MUST_CHECK bool rpw_writer_give(struct rpw_writer *writer, struct rpw_batch *batch);
/* Waits for the last one and ends the thread: the session is the caller's again. */
void rpw_writer_stop(struct rpw_writer *writer);
/* The same, where all must have been stored; the transaction is left open. False as above. */
MUST_CHECK bool rpw_writer_finish(struct rpw_writer *writer);
/* After rpw_writer_finish: the number that all stored rows bear; "" when nothing was stored. */
const char *rpw_writer_submission(const struct rpw_writer *writer);

#endif
