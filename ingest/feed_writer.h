/*
 * The writer: submissions from many connections, committed together. While one batch is on its way
 * to PostgreSQL the next gathers, so nobody waits longer than for two, and the busier it is the
 * more share a COMMIT. It does so in two lanes (feed_lane.h), which an operator keeps while
 * something of it waits. An answer is given after COMMIT only. One writer belongs to one loop and
 * its thread; lanes, like several processes, agree by the locks they take in PostgreSQL.
 */
#ifndef INGEST_FEED_WRITER_H
#define INGEST_FEED_WRITER_H

#include "ingest/feed_submission.h"

#include <corridor/db.h>

struct event_base;
struct feed_knowledge;
struct feed_market;
struct feed_watch_config;
struct feed_writer;

/* A submission with more quotes than this is a stream of its own (feed_stream.h). */
#define FEED_SMALL_MAX 1000U
/* Batches at a time, each with a connection of its own. */
#define FEED_LANES 2

struct feed_writer *feed_writer_new(struct event_base *base, struct db *db,
                                    struct feed_market *market,
                                    const struct feed_watch_config *watch); /* NULL: no memory */
/* Whatever waits is answered 503 first. NULL is fine. */
void feed_writer_free(struct feed_writer *writer);

/* Takes a whole submission, whose quotes are held already; it will be answered and freed. */
void feed_writer_submit(struct feed_writer *writer, struct feed_submission *submission);
/* Whether nothing more can be taken now. */
bool feed_writer_full(const struct feed_writer *writer);
/* Accounts for quotes that are held in memory, from their reading to their storing. False: there is
 * no room for another, or too many submissions wait. */
MUST_CHECK bool feed_writer_hold(struct feed_writer *writer);
void feed_writer_let_go(struct feed_writer *writer, size_t quotes);
/* The database, what is known of it, and how long it is theirs, for streams. */
struct db *feed_writer_db(const struct feed_writer *writer);
struct feed_knowledge *feed_writer_knowledge(struct feed_writer *writer);
const struct feed_watch_config *feed_writer_watch(const struct feed_writer *writer);
struct event_base *feed_writer_base(const struct feed_writer *writer);
/* Whether a submission with this key is on its way here: a stream has its own. */
bool feed_writer_has(const struct feed_writer *writer, const char *operator_id, const char *key);

#endif
