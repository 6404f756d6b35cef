/*
 * A thousand quotes of a stream, decided: the rows, the part of the receipt and the entries of the
 * book that they become, and the commands that store them.
 */
#ifndef INGEST_FEED_CHUNK_H
#define INGEST_FEED_CHUNK_H

#include "ingest/feed_metrics.h"
#include "ingest/feed_store.h"
#include "ingest/feed_submission.h"

struct feed_chunk {
    struct feed_store store;
    struct db_array book_refs, book_prices;
    struct out part, head;
    int number; /* of the receipt's part, from 1; part 0 is its head */
    char id[24], number_text[12];
    struct feed_tally tally; /* of the whole stream */
    struct db_value book_values[3], end_values[3], part_values[3], head_values[3];
};

void feed_chunk_init(struct feed_chunk *chunk);
void feed_chunk_free(struct feed_chunk *chunk);

/* Decided items become what is to be stored next; the submission's counts grow. */
void feed_chunk_decide(struct feed_chunk *chunk, struct feed_submission *submission, int64_t at,
                       const struct feed_item *items, size_t count);
/* The end of the receipt and the submission's own row are to be stored next. */
void feed_chunk_last(struct feed_chunk *chunk, const struct feed_submission *submission,
                     int64_t at);

/* What is to be stored, in order: at most FEED_STORE_COMMANDS + 2. False: no memory. */
MUST_CHECK bool feed_chunk_commands(struct feed_chunk *chunk,
                                    const struct feed_submission *submission,
                                    struct db_command *commands, size_t *count);
/* The receipt's head, once the counts are final. False: no memory. */
MUST_CHECK bool feed_chunk_head(struct feed_chunk *chunk, const struct feed_submission *submission,
                                int64_t at, struct db_command *command);

/* A book is begun, and what it does not list withdrawn: one row with how many prices. */
extern const struct db_statement feed_book_begin;
extern const struct db_statement feed_book_end;
struct db_command feed_chunk_book_end(struct feed_chunk *chunk,
                                      const struct feed_submission *submission, int64_t at);

#endif
