/*
 * Group commit. The hard part is that one submission must never harm another that happens to share
 * its batch: locks are tried and not waited for, a key or a service occurs once in a batch, and a
 * batch that PostgreSQL refuses is taken apart and each submission tried alone.
 */
#include "ingest/feed_lane.h"

#include "ingest/feed_answer.h"
#include "ingest/feed_batch.h"
#include "ingest/feed_metrics.h"
#include "ingest/feed_mix.h"
#include "ingest/feed_stream.h"

#include <corridor/log.h>

#include <event2/event.h>
#include <stdlib.h>

#define BATCH_SUBMISSIONS 256U
#define BATCH_QUOTES      2000U
#define LIMIT_MS          10000 /* a batch's questions, and its storing */
#define BUSY_WAIT_US      2000000
#define BUSY_AGAIN_MS     20
/* How long the next batch waits for those just answered: a part of what the last one took. */
#define GATHER_PART   4
#define GATHER_MAX_US 2000

TAILQ_HEAD(feed_submissions, feed_submission);

enum state {
    IDLE,
    ASKING,
    STORING
};

struct feed_lane {
    struct db *db;
    struct feed_load *load; /* of all lanes and streams */
    struct event *turn;     /* a batch is gathered when the loop has read what there was */
    struct event *again;    /* for those that wait for an operator's lock */
    enum state state;
    int64_t began_us;    /* the batch on its way */
    int64_t gather_us;   /* until when the next waits for company */
    size_t gather_count; /* …unless as many are here, so many as were when the last one ended */
    struct feed_submissions queue;
    struct feed_submissions waiting; /* for an operator's lock */
    size_t queued;                   /* submissions: queue, batch, waiting */
    bool alone;                      /* the next ones go one by one */
    size_t alone_left;
    bool asks; /* the next one must ask: its operators' prices may have been changed */
    struct db_transaction *transaction;
    struct feed_batch batch;
    struct feed_mix mix; /* of the batch being gathered */
};

static void told(const struct feed_lane *lane)
{
    feed_metrics_queue(lane->load->submissions, lane->load->quotes);
}

struct feed_place *feed_load_place(struct feed_load *load, const char *operator_id)
{
    uint32_t hash = 2166136261U;
    for (const char *c = operator_id; *c; c++) {
        hash = (hash ^ (unsigned char)*c) * 16777619U;
    }
    return &load->places[(hash ^ hash >> 16) % FEED_PLACES];
}

/* ---- Gathering ---- */

static bool gather(struct feed_lane *lane)
{
    struct feed_submission *submission;
    struct feed_submission *next;
    const char *blocked[BATCH_SUBMISSIONS];
    size_t blocked_count = 0;
    size_t quotes = 0;
    size_t most = lane->alone ? 1 : BATCH_SUBMISSIONS;
    feed_ask_clear(&lane->batch.ask);
    memset(&lane->mix, 0, sizeof lane->mix);
    for (submission = TAILQ_FIRST(&lane->queue); submission && lane->batch.ask.count < most;
         submission = next) {
        next = TAILQ_NEXT(submission, entry);
        bool wait = blocked_count == COUNT_OF(blocked);
        for (size_t i = 0; i < blocked_count && !wait; i++) {
            wait = strcmp(blocked[i], submission->operator_id) == 0;
        }
        if (wait) {
            continue;
        }
        if (lane->batch.ask.count > 0 && quotes + submission->count > BATCH_QUOTES) {
            break;
        }
        if (!feed_mix_fits(&lane->mix, submission)) {
            /* Those of the operator behind it wait too: an operator's come in their order. */
            blocked[blocked_count++] = submission->operator_id;
            continue;
        }
        if (!feed_ask_add(&lane->batch.ask, submission)) {
            break;
        }
        quotes += submission->count;
        TAILQ_REMOVE(&lane->queue, submission, entry);
    }
    return lane->batch.ask.count > 0;
}

/* ---- Ends ---- */

static void release(struct feed_lane *lane, struct feed_submission *submission)
{
    lane->queued--;
    lane->load->submissions--;
    feed_load_place(lane->load, submission->operator_id)->submissions--;
    lane->load->quotes -= submission->count;
    feed_submission_free(submission);
}

static void unavailable(struct feed_lane *lane, struct feed_submission *submission)
{
    const struct db_reply reply = {.outcome = DB_UNAVAILABLE, .sqlstate = "", .message = ""};
    feed_refuse_failed(submission, &reply);
    release(lane, submission);
}

static void count_stored(const struct feed_submission *submission)
{
    struct feed_tally tally = {0};
    for (size_t i = 0; i < submission->count; i++) {
        feed_tally_add(&tally, &submission->items[i]);
    }
    feed_metrics_stored(&tally);
    feed_metrics_submission();
    feed_metrics_withdrawn(submission->withdrawn);
    feed_metrics_commit((uint64_t)(instant_monotonic() - submission->queued_us));
}

static void give(struct feed_lane *lane, struct feed_entry *entry)
{
    struct feed_submission *submission = entry->submission;
    if (entry->state == FEED_ENTRY_REPEATED && entry->in_pieces) {
        feed_answer_pieces(submission->req, lane->db, entry->status, entry->earlier);
    } else if (entry->state == FEED_ENTRY_REPEATED) {
        feed_answer(submission, entry->status, out_span(&submission->answer));
    } else if (entry->state != FEED_ENTRY_FREE) {
        feed_refuse_entry(submission, entry);
    } else if (submission->status == 404) {
        feed_refuse(submission, 404, "no-such-quote", "There is no such quote",
                    "No price of yours with this ref is in force, announced or held back.", "ref",
                    NULL);
    } else {
        if (!submission->dry_run) {
            count_stored(submission);
        }
        feed_answer(submission, submission->status, out_span(&submission->answer));
    }
    release(lane, submission);
}

/*
 * Begins the next batch when it is time. Clients that send one submission after the other come back
 * together soon after their answers: without a wait each half of them would find the other half
 * gone, and batches be half as large as they could. Whoever is alone waits for nobody.
 */
static void next_batch(struct feed_lane *lane)
{
    int64_t left = lane->gather_us - instant_monotonic();
    if (lane->alone || left <= 0 || lane->queued >= lane->gather_count) {
        event_active(lane->turn, EV_TIMEOUT, 0);
    } else if (!event_pending(lane->turn, EV_TIMEOUT, NULL)) {
        const struct timeval delay = {0, left};
        event_add(lane->turn, &delay);
    }
}

/* Back to the front of the queue, in their order. */
static void requeue(struct feed_lane *lane, struct feed_submission *submission)
{
    TAILQ_INSERT_HEAD(&lane->queue, submission, entry);
}

static void requeue_batch(struct feed_lane *lane)
{
    for (size_t i = lane->batch.ask.count; i-- > 0;) {
        requeue(lane, lane->batch.ask.entries[i].submission);
    }
}

static void over(struct feed_lane *lane)
{
    db_transaction_close(lane->transaction);
    lane->transaction = NULL;
    lane->state = IDLE;
    if (lane->alone && --lane->alone_left == 0) {
        lane->alone = false;
    }
    told(lane);
    if (!TAILQ_EMPTY(&lane->queue)) {
        next_batch(lane);
    }
}

static void failed(struct feed_lane *lane, const struct db_reply *reply)
{
    static struct log_site site;
    log_warn_sometimes(&site, "a batch of %zu submissions was not stored (%s): %s %s",
                       lane->batch.ask.count, db_outcome_code(reply->outcome), reply->sqlstate,
                       reply->message);
    size_t count = lane->batch.ask.count;
    if (reply->outcome != DB_FAILED && lane->state == STORING) {
        feed_turns_lost(lane->batch.knowledge, &lane->batch.ask);
    } else if (reply->outcome != DB_FAILED) {
        feed_numbers_clear(&lane->batch.knowledge->numbers); /* asking has changed no price */
    }
    if (reply->outcome == DB_FAILED && count > 1) {
        requeue_batch(lane);
        lane->alone_left = count + 1; /* this one included, which is over below */
        lane->alone = true;
    } else {
        for (size_t i = 0; i < count; i++) {
            struct feed_submission *submission = lane->batch.ask.entries[i].submission;
            feed_refuse_failed(submission, reply);
            release(lane, submission);
        }
    }
    over(lane);
}

static void on_stored(const struct db_reply *reply, void *arg)
{
    struct feed_lane *lane = arg;
    bool waits = false;
    if (reply->outcome == DB_FAILED && lane->batch.recalled) {
        requeue_batch(lane);
        lane->asks = true;
        over(lane);
        return;
    }
    if (reply->outcome != DB_OK) {
        failed(lane, reply);
        return;
    }
    feed_turns_over(lane->batch.knowledge, &lane->batch.ask);
    feed_metrics_batch(lane->batch.ask.count, lane->batch.recalled);
    int64_t now = instant_monotonic();
    int64_t wait = (now - lane->began_us) / GATHER_PART;
    lane->gather_us = now + (wait < GATHER_MAX_US ? wait : GATHER_MAX_US);
    lane->gather_count = lane->queued;
    for (size_t i = lane->batch.ask.count; i-- > 0;) {
        struct feed_entry *entry = &lane->batch.ask.entries[i];
        entry->submission->nonce_taken = true;
        if (entry->state == FEED_ENTRY_BUSY && now < entry->submission->until_us) {
            TAILQ_INSERT_HEAD(&lane->waiting, entry->submission, entry);
            entry->submission = NULL;
            waits = true;
        }
    }
    for (size_t i = 0; i < lane->batch.ask.count; i++) {
        if (lane->batch.ask.entries[i].submission) {
            give(lane, &lane->batch.ask.entries[i]);
        }
    }
    over(lane);
    if (waits) {
        const struct timeval delay = {0, BUSY_AGAIN_MS * 1000};
        event_add(lane->again, &delay);
    }
}

/* ---- Its way ---- */

static void on_rows(size_t step, const struct db_result *rows, void *arg)
{
    struct feed_lane *lane = arg;
    feed_batch_rows(&lane->batch, step, rows);
}

/* False: no memory. */
static bool store(struct feed_lane *lane)
{
    bool ok = feed_batch_store(&lane->batch);
    lane->state = STORING;
    if (ok) {
        db_transaction_run(lane->transaction, lane->batch.commands, lane->batch.command_count,
                           DB_COMMIT, LIMIT_MS, on_rows, on_stored, lane);
    }
    return ok;
}

static void no_memory(struct feed_lane *lane)
{
    const struct db_reply reply = {
        .outcome = DB_UNAVAILABLE, .sqlstate = "", .message = "no memory, or ending"};
    failed(lane, &reply);
}

static void on_asked(const struct db_reply *reply, void *arg)
{
    struct feed_lane *lane = arg;
    if (reply->outcome != DB_OK) {
        failed(lane, reply);
    } else if (!store(lane)) {
        no_memory(lane);
    }
}

/* False: no memory. */
static bool ask(struct feed_lane *lane)
{
    bool ok = feed_batch_ask(&lane->batch);
    lane->state = ASKING;
    if (ok) {
        db_transaction_run(lane->transaction, lane->batch.commands, lane->batch.command_count,
                           DB_STAY, LIMIT_MS, on_rows, on_asked, lane);
    }
    return ok;
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct feed_lane *lane = arg;
    if (lane->state != IDLE || !gather(lane)) {
        return;
    }
    bool recalled = !lane->alone && !lane->asks && feed_batch_recall(&lane->batch);
    lane->asks = false;
    lane->began_us = instant_monotonic();
    lane->transaction = db_transaction_open(lane->db);
    if (!lane->transaction || !(recalled ? store(lane) : ask(lane))) {
        no_memory(lane);
    }
}

static void on_again(evutil_socket_t fd, short what, void *arg)
{
    struct feed_lane *lane = arg;
    struct feed_submission *submission;
    while ((submission = TAILQ_LAST(&lane->waiting, feed_submissions))) {
        TAILQ_REMOVE(&lane->waiting, submission, entry);
        requeue(lane, submission);
    }
    on_turn(fd, what, arg);
}

/* ---- Life ---- */

struct feed_lane *feed_lane_new(struct event_base *base, struct db *db,
                                struct feed_knowledge *knowledge, struct feed_load *load)
{
    struct feed_lane *lane = calloc(1, sizeof *lane);
    if (!lane) {
        return NULL;
    }
    lane->db = db;
    lane->load = load;
    TAILQ_INIT(&lane->queue);
    TAILQ_INIT(&lane->waiting);
    feed_batch_init(&lane->batch, knowledge);
    lane->turn = event_new(base, -1, 0, on_turn, lane);
    lane->again = event_new(base, -1, 0, on_again, lane);
    if (!lane->turn || !lane->again) {
        feed_lane_free(lane);
        return NULL;
    }
    return lane;
}

void feed_lane_free(struct feed_lane *lane)
{
    struct feed_submission *submission;
    if (!lane) {
        return;
    }
    if (lane->state != IDLE) {
        const struct db_reply reply = {
            .outcome = DB_UNAVAILABLE, .sqlstate = "", .message = "the program is ending"};
        failed(lane, &reply);
    }
    TAILQ_CONCAT(&lane->queue, &lane->waiting, entry);
    while ((submission = TAILQ_FIRST(&lane->queue))) {
        TAILQ_REMOVE(&lane->queue, submission, entry);
        unavailable(lane, submission);
    }
    feed_batch_free(&lane->batch);
    if (lane->turn) {
        event_free(lane->turn);
    }
    if (lane->again) {
        event_free(lane->again);
    }
    free(lane);
}

void feed_lane_submit(struct feed_lane *lane, struct feed_submission *submission)
{
    submission->queued_us = instant_monotonic();
    submission->until_us = submission->queued_us + BUSY_WAIT_US;
    TAILQ_INSERT_TAIL(&lane->queue, submission, entry);
    lane->queued++;
    lane->load->submissions++;
    feed_load_place(lane->load, submission->operator_id)->submissions++;
    told(lane);
    if (lane->state == IDLE) {
        next_batch(lane);
    }
}

size_t feed_lane_queued(const struct feed_lane *lane)
{
    return lane->queued;
}

static bool is(const struct feed_submission *submission, const char *operator_id, const char *key)
{
    return strcmp(submission->key, key) == 0 && strcmp(submission->operator_id, operator_id) == 0;
}

bool feed_lane_has(const struct feed_lane *lane, const char *operator_id, const char *key)
{
    const struct feed_submission *submission;
    TAILQ_FOREACH(submission, &lane->queue, entry)
    {
        if (is(submission, operator_id, key)) {
            return true;
        }
    }
    TAILQ_FOREACH(submission, &lane->waiting, entry)
    {
        if (is(submission, operator_id, key)) {
            return true;
        }
    }
    for (size_t i = 0; lane->state != IDLE && i < lane->batch.ask.count; i++) {
        if (is(lane->batch.ask.entries[i].submission, operator_id, key)) {
            return true;
        }
    }
    return false;
}
