/* The body of a submission, read as it comes: unpacked, taken apart, each quote judged by itself.
 */
#ifndef INGEST_FEED_READER_H
#define INGEST_FEED_READER_H

#include "ingest/feed_split.h"
#include "ingest/feed_writer.h"

/*
 * Receives the request's body into the submission, which is the reader's from here on; so is the
 * digest, which says what the body must be. `return feed_reader_begin(…)` from the handler.
 */
enum http_result feed_reader_begin(struct feed_writer *writer, struct feed_submission *submission,
                                   struct feed_digest *digest, enum feed_format format, bool gzip);

#endif
