/*
 * A submission of any length, stored as it comes: one transaction of its own on a connection of its
 * own, a thousand quotes at a time, so that memory stays the same whatever the length; nothing of
 * it is there before its COMMIT. Its receipt is stored in pieces beside it and read back from
 * there. An operator's book, which replaces all, is always one. A dry run of such a length is
 * stored as if it were to stay, so that it is judged like that; its receipt is read back within the
 * transaction, which then is rolled back. None goes on for ever (feed_watch.h).
 *
 *   opening ──▶ ready ◀──▶ working ──▶ closing ──▶ answered
 *     │ (nonce; locks, key, first quotes)
 *     ├── the operator's lock is another's: again, for two seconds
 *     └── stored before: the rest is read past, then the writer answers it
 */
#ifndef INGEST_FEED_STREAM_H
#define INGEST_FEED_STREAM_H

#include "ingest/feed_writer.h"

struct feed_stream;
struct feed_watch;

/* Called when the stream can take quotes again, or has answered and is over. */
typedef void feed_stream_fn(void *arg);

/*
 * Begins one with the quotes that the submission has; the submission is the stream's from here on,
 * but the reader goes on adding items to it, up to FEED_SMALL_MAX at a time. NULL: no memory.
 */
struct feed_stream *feed_stream_open(struct feed_writer *writer, struct feed_submission *submission,
                                     feed_stream_fn *moved, void *arg);
/* Takes the submission's items, if it can now. False: wait for `moved`. */
MUST_CHECK bool feed_stream_take(struct feed_stream *stream);
/* True once it has answered the request: nothing more is wanted of it but closing it. */
bool feed_stream_answered(const struct feed_stream *stream);
/* The body is over and was as announced; sha256 is set. It answers, frees itself, and does not call
 * `moved` again. */
void feed_stream_end(struct feed_stream *stream);
/* Gives it up: what it stored is undone. The submission is freed unanswered. */
void feed_stream_free(struct feed_stream *stream);

/* How many there are now: each has a connection. */
#define FEED_STREAMS_MAX 4U
unsigned feed_streams(void);

/* Answers with the receipt of a submission stored in pieces, read piece by piece. */
void feed_answer_pieces(struct http_request *req, struct db *db, int status, int64_t submission);
/* The same of a dry run, out of the transaction that stored it, cut off where that may not go on.
 * `over` is called once, when the transaction is not needed any more, however that comes. */
void feed_answer_dry_pieces(struct http_request *req, struct db_transaction *transaction,
                            const struct feed_watch *watch, int64_t submission,
                            void (*over)(void *), void *arg);

#endif
