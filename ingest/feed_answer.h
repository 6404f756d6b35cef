/* What a submission is answered with: its receipt, or problem details that say what to do. */
#ifndef INGEST_FEED_ANSWER_H
#define INGEST_FEED_ANSWER_H

#include "ingest/feed_ask.h"
#include "ingest/feed_watch.h"

#include <corridor/db.h>

/* All take the submission's request: it is answered then. */

/* Answers with what was stored. */
void feed_answer(struct feed_submission *submission, int status, struct span body);
/* Answers with problem details: code, title, reason, field, limit (NULL: left out). */
void feed_refuse(struct feed_submission *submission, int status, const char *code,
                 const char *title, const char *reason, const char *field, const char *limit);
/* The same for a document of which nothing can be taken; place is the quote's, 0 for none. */
void feed_refuse_document(struct feed_submission *submission, const struct refusal *why,
                          uint64_t place);
/* … for one that cannot be stored as its entry says: busy, running, reused, not believed. */
void feed_refuse_entry(struct feed_submission *submission, const struct feed_entry *entry);
/* … for a stream that may not go on. */
void feed_refuse_watched(struct feed_submission *submission, enum feed_watch_why why);
/* … and for one that the database did not store: 503 where it may as it is in a moment. */
void feed_refuse_failed(struct feed_submission *submission, const struct db_reply *reply);

#endif
