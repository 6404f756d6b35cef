/*
 * Lanes, and what all of them hold. One batch at a time would leave PostgreSQL idle while the next
 * is decided, and us idle while it stores: with two, one operator's batch is stored while another's
 * is read and decided. The hard part is the order of an operator's submissions: it keeps its lane
 * while one of them is on its way.
 */
#include "ingest/feed_writer.h"

#include "ingest/feed_knowledge.h"
#include "ingest/feed_lane.h"
#include "ingest/feed_watch.h"

#include <stdlib.h>

#define HELD_QUOTES       10000U /* in memory, 2.5 KB each */
#define QUEUE_SUBMISSIONS 4096U

struct feed_writer {
    struct event_base *base;
    struct db *db;
    struct feed_knowledge knowledge;
    struct feed_watch_config watch;
    struct feed_load load;
    struct feed_lane *lanes[FEED_LANES];
};

struct feed_writer *feed_writer_new(struct event_base *base, struct db *db,
                                    struct feed_market *market,
                                    const struct feed_watch_config *watch)
{
    struct feed_writer *writer = calloc(1, sizeof *writer);
    if (!writer) {
        return NULL;
    }
    writer->base = base;
    writer->db = db;
    writer->watch = *watch;
    writer->knowledge.market = market;
    writer->knowledge.memory = feed_memory_new();
    feed_numbers_init(&writer->knowledge.numbers);
    bool ok = writer->knowledge.memory;
    for (size_t i = 0; ok && i < FEED_LANES; i++) {
        writer->lanes[i] = feed_lane_new(base, db, &writer->knowledge, &writer->load);
        ok = writer->lanes[i];
    }
    if (!ok) {
        feed_writer_free(writer);
        return NULL;
    }
    return writer;
}

void feed_writer_free(struct feed_writer *writer)
{
    if (!writer) {
        return;
    }
    for (size_t i = 0; i < FEED_LANES; i++) {
        feed_lane_free(writer->lanes[i]);
    }
    feed_memory_free(writer->knowledge.memory);
    free(writer);
}

/* The lane where the operator has something on its way, else the emptier one. */
static struct feed_lane *lane_for(struct feed_writer *writer, const char *operator_id)
{
    struct feed_place *place = feed_load_place(&writer->load, operator_id);
    for (uint32_t i = 0; place->submissions == 0 && i < FEED_LANES; i++) {
        if (feed_lane_queued(writer->lanes[i]) < feed_lane_queued(writer->lanes[place->lane])) {
            place->lane = i;
        }
    }
    return writer->lanes[place->lane];
}

void feed_writer_submit(struct feed_writer *writer, struct feed_submission *submission)
{
    feed_lane_submit(lane_for(writer, submission->operator_id), submission);
}

bool feed_writer_has(const struct feed_writer *writer, const char *operator_id, const char *key)
{
    for (size_t i = 0; i < FEED_LANES; i++) {
        if (feed_lane_has(writer->lanes[i], operator_id, key)) {
            return true;
        }
    }
    return false;
}

bool feed_writer_full(const struct feed_writer *writer)
{
    return writer->load.submissions >= QUEUE_SUBMISSIONS || writer->load.quotes >= HELD_QUOTES;
}

bool feed_writer_hold(struct feed_writer *writer)
{
    if (feed_writer_full(writer)) {
        return false;
    }
    writer->load.quotes++;
    return true;
}

void feed_writer_let_go(struct feed_writer *writer, size_t quotes)
{
    writer->load.quotes -= quotes;
}

struct db *feed_writer_db(const struct feed_writer *writer)
{
    return writer->db;
}

struct feed_knowledge *feed_writer_knowledge(struct feed_writer *writer)
{
    return &writer->knowledge;
}

const struct feed_watch_config *feed_writer_watch(const struct feed_writer *writer)
{
    return &writer->watch;
}

struct event_base *feed_writer_base(const struct feed_writer *writer)
{
    return writer->base;
}
