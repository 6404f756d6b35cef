/*
 * Group commit. The hard part is that one submission must never harm another that happens to share
 * its batch: locks are tried and not waited for, a key or a service occurs once in a batch, and a
 * batch that PostgreSQL refuses is taken apart and each submission tried alone.
 */
#include "ingest/feed_writer.h"

#include "ingest/feed_answer.h"
#include "ingest/feed_metrics.h"
#include "ingest/feed_mix.h"
#include "ingest/feed_store.h"
#include "ingest/feed_stream.h"

#include <corridor/log.h>

#include <event2/event.h>
#include <stdlib.h>
#include <time.h>

#define BATCH_SUBMISSIONS 256U
#define BATCH_QUOTES      2000U
#define HELD_QUOTES       10000U /* in memory, 2.5 KB each */
#define QUEUE_SUBMISSIONS 4096U
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

struct feed_writer {
    struct event_base *base;
    struct db *db;
    struct event *turn;  /* a batch is gathered when the loop has read what there was */
    struct event *again; /* for those that wait for an operator's lock */
    enum state state;
    int64_t began_us;    /* the batch on its way */
    int64_t gather_us;   /* until when the next waits for company */
    size_t gather_count; /* …unless as many are here, so many as were when the last one ended */
    struct feed_submissions queue;
    struct feed_submissions waiting; /* for an operator's lock */
    size_t queued;                   /* submissions: queue, batch, waiting */
    size_t held; /* quotes in memory: of these, of requests being read, of streams */
    bool alone;  /* the next ones go one by one */
    size_t alone_left;
    struct db_transaction *transaction;
    struct feed_ask ask;
    struct feed_store store;
    struct db_command commands[FEED_ASK_COMMANDS + FEED_STORE_COMMANDS];
    size_t command_count;
    struct feed_mix mix; /* of the batch being gathered */
};

static int64_t monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void told(struct feed_writer *writer)
{
    feed_metrics_queue(writer->queued, writer->held);
}

/* ---- Gathering ---- */

static bool gather(struct feed_writer *writer)
{
    struct feed_submission *submission;
    struct feed_submission *next;
    const char *blocked[BATCH_SUBMISSIONS];
    size_t blocked_count = 0;
    size_t quotes = 0;
    int64_t now = instant_now();
    size_t most = writer->alone ? 1 : BATCH_SUBMISSIONS;
    feed_ask_clear(&writer->ask);
    memset(&writer->mix, 0, sizeof writer->mix);
    for (submission = TAILQ_FIRST(&writer->queue); submission && writer->ask.count < most;
         submission = next) {
        next = TAILQ_NEXT(submission, entry);
        bool wait = blocked_count == COUNT_OF(blocked);
        for (size_t i = 0; i < blocked_count && !wait; i++) {
            wait = strcmp(blocked[i], submission->operator_id) == 0;
        }
        if (wait) {
            continue;
        }
        if (writer->ask.count > 0 && quotes + submission->count > BATCH_QUOTES) {
            break;
        }
        if (!feed_mix_fits(&writer->mix, submission)) {
            /* Those of the operator behind it wait too: an operator's come in their order. */
            blocked[blocked_count++] = submission->operator_id;
            continue;
        }
        if (!feed_ask_submission(&writer->ask, submission, now)) {
            break;
        }
        quotes += submission->count;
        TAILQ_REMOVE(&writer->queue, submission, entry);
    }
    return writer->ask.count > 0;
}

/* ---- Ends ---- */

static void release(struct feed_writer *writer, struct feed_submission *submission)
{
    writer->queued--;
    writer->held -= submission->count;
    feed_submission_free(submission);
}

static void unavailable(struct feed_writer *writer, struct feed_submission *submission)
{
    feed_refuse_failed(submission, DB_UNAVAILABLE);
    release(writer, submission);
}

static void give(struct feed_writer *writer, struct feed_entry *entry)
{
    struct feed_submission *submission = entry->submission;
    if (entry->state == FEED_ENTRY_REPEATED && entry->in_pieces) {
        feed_answer_pieces(submission->req, writer->db, entry->status, entry->earlier);
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
            struct feed_tally tally = {0};
            for (size_t i = 0; i < submission->count; i++) {
                feed_tally_add(&tally, &submission->items[i]);
            }
            feed_metrics_stored(&tally);
            feed_metrics_submission();
            feed_metrics_withdrawn(submission->withdrawn);
            feed_metrics_commit((uint64_t)(monotonic_us() - submission->queued_us));
        }
        feed_answer(submission, submission->status, out_span(&submission->answer));
    }
    release(writer, submission);
}

/*
 * Begins the next batch when it is time. Clients that send one submission after the other come back
 * together soon after their answers: without a wait each half of them would find the other half
 * gone, and batches be half as large as they could. Whoever is alone waits for nobody.
 */
static void next_batch(struct feed_writer *writer)
{
    int64_t left = writer->gather_us - monotonic_us();
    if (writer->alone || left <= 0 || writer->queued >= writer->gather_count) {
        event_active(writer->turn, EV_TIMEOUT, 0);
    } else if (!event_pending(writer->turn, EV_TIMEOUT, NULL)) {
        const struct timeval delay = {0, left};
        event_add(writer->turn, &delay);
    }
}

/* Back to the front of the queue, in their order. */
static void requeue(struct feed_writer *writer, struct feed_submission *submission)
{
    TAILQ_INSERT_HEAD(&writer->queue, submission, entry);
}

static void over(struct feed_writer *writer)
{
    db_transaction_close(writer->transaction);
    writer->transaction = NULL;
    writer->state = IDLE;
    if (writer->alone && --writer->alone_left == 0) {
        writer->alone = false;
    }
    told(writer);
    if (!TAILQ_EMPTY(&writer->queue)) {
        next_batch(writer);
    }
}

static void failed(struct feed_writer *writer, const struct db_reply *reply)
{
    static struct log_site site;
    log_warn_sometimes(&site, "a batch of %zu submissions was not stored (%s): %s %s",
                       writer->ask.count, db_outcome_code(reply->outcome), reply->sqlstate,
                       reply->message);
    size_t count = writer->ask.count;
    if (reply->outcome == DB_FAILED && count > 1) {
        for (size_t i = count; i-- > 0;) {
            requeue(writer, writer->ask.entries[i].submission);
        }
        writer->alone_left = count + 1; /* this one included, which is over below */
        writer->alone = true;
    } else {
        for (size_t i = 0; i < count; i++) {
            struct feed_submission *submission = writer->ask.entries[i].submission;
            feed_refuse_failed(submission, reply->outcome);
            release(writer, submission);
        }
    }
    over(writer);
}

static void on_stored(const struct db_reply *reply, void *arg)
{
    struct feed_writer *writer = arg;
    bool waits = false;
    if (reply->outcome != DB_OK) {
        failed(writer, reply);
        return;
    }
    feed_metrics_batch(writer->ask.count);
    int64_t now = monotonic_us();
    int64_t wait = (now - writer->began_us) / GATHER_PART;
    writer->gather_us = now + (wait < GATHER_MAX_US ? wait : GATHER_MAX_US);
    writer->gather_count = writer->queued;
    for (size_t i = writer->ask.count; i-- > 0;) {
        struct feed_entry *entry = &writer->ask.entries[i];
        entry->submission->nonce_taken = true;
        if (entry->state == FEED_ENTRY_BUSY && now < entry->submission->until_us) {
            TAILQ_INSERT_HEAD(&writer->waiting, entry->submission, entry);
            entry->submission = NULL;
            waits = true;
        }
    }
    for (size_t i = 0; i < writer->ask.count; i++) {
        if (writer->ask.entries[i].submission) {
            give(writer, &writer->ask.entries[i]);
        }
    }
    over(writer);
    if (waits) {
        const struct timeval delay = {0, BUSY_AGAIN_MS * 1000};
        event_add(writer->again, &delay);
    }
}

/* ---- Deciding ---- */

static void decide(struct feed_writer *writer, struct feed_entry *entry)
{
    struct feed_submission *submission = entry->submission;
    int64_t at = writer->ask.at;
    submission->status = submission->kind == FEED_WITHDRAW || submission->dry_run ? 200 : 201;
    if (submission->kind == FEED_WITHDRAW && entry->withdrawn_count == 0) {
        submission->status = 404;
        return;
    }
    memset(submission->counts, 0, sizeof submission->counts);
    feed_submission_count(submission, 0);
    submission->withdrawn = (int64_t)entry->withdrawn_count;
    out_clear(&submission->answer);
    feed_receipt(submission, at, &submission->answer);
    if (submission->dry_run) {
        return;
    }
    for (size_t i = 0; i < submission->count; i++) {
        feed_store_item(&writer->store, submission->operator_id, submission->id,
                        &submission->items[i]);
    }
    for (size_t i = 0; i < entry->withdrawn_count; i++) {
        const struct feed_withdrawn *gone = &writer->ask.withdrawals[entry->withdrawn_first + i];
        feed_store_withdrawal(&writer->store, submission->id, gone->service,
                              feed_price_word(gone->first_transfer));
    }
    const struct feed_submission_row row = {
        .id = submission->id,
        .operator_id = submission->operator_id,
        .source = submission->source,
        .sha256 = submission->sha256,
        .key = submission->key,
        .key_id = submission->key_id,
        .counts = {submission->counts[0], submission->counts[1], submission->counts[2],
                   submission->counts[3]},
        .status = submission->status,
        .answer = out_span(&submission->answer),
    };
    feed_store_submission(&writer->store, &row);
}

static void on_asked(const struct db_reply *reply, void *arg)
{
    struct feed_writer *writer = arg;
    if (reply->outcome != DB_OK) {
        failed(writer, reply);
        return;
    }
    feed_store_begin(&writer->store, writer->ask.at);
    bool ok = true;
    for (size_t i = 0; i < writer->ask.count; i++) {
        struct feed_entry *entry = &writer->ask.entries[i];
        if (entry->state == FEED_ENTRY_FREE) {
            decide(writer, entry);
            ok = ok && !out_failed(&entry->submission->answer);
        }
    }
    ok = feed_store_commands(&writer->store, writer->commands, &writer->command_count) && ok;
    if (!ok) {
        const struct db_reply none = {
            .outcome = DB_UNAVAILABLE, .sqlstate = "", .message = "out of memory"};
        failed(writer, &none);
        return;
    }
    writer->state = STORING;
    db_transaction_run(writer->transaction, writer->commands, writer->command_count, DB_COMMIT,
                       LIMIT_MS, NULL, on_stored, writer);
}

static void on_rows(size_t step, const struct db_result *rows, void *arg)
{
    struct feed_writer *writer = arg;
    feed_ask_rows(&writer->ask, writer->commands[step].statement, rows);
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct feed_writer *writer = arg;
    if (writer->state != IDLE || !gather(writer)) {
        return;
    }
    writer->transaction = db_transaction_open(writer->db);
    if (!writer->transaction ||
        !feed_ask_commands(&writer->ask, writer->commands, &writer->command_count)) {
        const struct db_reply reply = {
            .outcome = DB_UNAVAILABLE, .sqlstate = "", .message = "no memory, or ending"};
        failed(writer, &reply);
        return;
    }
    writer->state = ASKING;
    writer->began_us = monotonic_us();
    db_transaction_run(writer->transaction, writer->commands, writer->command_count, DB_STAY,
                       LIMIT_MS, on_rows, on_asked, writer);
}

static void on_again(evutil_socket_t fd, short what, void *arg)
{
    struct feed_writer *writer = arg;
    struct feed_submission *submission;
    while ((submission = TAILQ_LAST(&writer->waiting, feed_submissions))) {
        TAILQ_REMOVE(&writer->waiting, submission, entry);
        requeue(writer, submission);
    }
    on_turn(fd, what, arg);
}

/* ---- Life ---- */

struct feed_writer *feed_writer_new(struct event_base *base, struct db *db,
                                    struct feed_market *market)
{
    struct feed_writer *writer = calloc(1, sizeof *writer);
    if (!writer) {
        return NULL;
    }
    writer->base = base;
    writer->db = db;
    TAILQ_INIT(&writer->queue);
    TAILQ_INIT(&writer->waiting);
    feed_ask_init(&writer->ask, market);
    feed_store_init(&writer->store);
    writer->turn = event_new(base, -1, 0, on_turn, writer);
    writer->again = event_new(base, -1, 0, on_again, writer);
    if (!writer->turn || !writer->again) {
        feed_writer_free(writer);
        return NULL;
    }
    return writer;
}

void feed_writer_free(struct feed_writer *writer)
{
    struct feed_submission *submission;
    if (!writer) {
        return;
    }
    if (writer->state != IDLE) {
        const struct db_reply reply = {
            .outcome = DB_UNAVAILABLE, .sqlstate = "", .message = "the program is ending"};
        failed(writer, &reply);
    }
    TAILQ_CONCAT(&writer->queue, &writer->waiting, entry);
    while ((submission = TAILQ_FIRST(&writer->queue))) {
        TAILQ_REMOVE(&writer->queue, submission, entry);
        unavailable(writer, submission);
    }
    feed_ask_free(&writer->ask);
    feed_store_free(&writer->store);
    if (writer->turn) {
        event_free(writer->turn);
    }
    if (writer->again) {
        event_free(writer->again);
    }
    free(writer);
}

void feed_writer_submit(struct feed_writer *writer, struct feed_submission *submission)
{
    submission->queued_us = monotonic_us();
    submission->until_us = submission->queued_us + BUSY_WAIT_US;
    TAILQ_INSERT_TAIL(&writer->queue, submission, entry);
    writer->queued++;
    told(writer);
    if (writer->state == IDLE) {
        next_batch(writer);
    }
}

bool feed_writer_full(const struct feed_writer *writer)
{
    return writer->queued >= QUEUE_SUBMISSIONS || writer->held >= HELD_QUOTES;
}

bool feed_writer_hold(struct feed_writer *writer)
{
    if (feed_writer_full(writer)) {
        return false;
    }
    writer->held++;
    return true;
}

void feed_writer_let_go(struct feed_writer *writer, size_t quotes)
{
    writer->held -= quotes;
}

struct db *feed_writer_db(const struct feed_writer *writer)
{
    return writer->db;
}

struct feed_market *feed_writer_market(const struct feed_writer *writer)
{
    return writer->ask.market;
}

struct event_base *feed_writer_base(const struct feed_writer *writer)
{
    return writer->base;
}

static bool is(const struct feed_submission *submission, const char *operator_id, const char *key)
{
    return strcmp(submission->key, key) == 0 && strcmp(submission->operator_id, operator_id) == 0;
}

bool feed_writer_has(const struct feed_writer *writer, const char *operator_id, const char *key)
{
    const struct feed_submission *submission;
    TAILQ_FOREACH(submission, &writer->queue, entry)
    {
        if (is(submission, operator_id, key)) {
            return true;
        }
    }
    TAILQ_FOREACH(submission, &writer->waiting, entry)
    {
        if (is(submission, operator_id, key)) {
            return true;
        }
    }
    for (size_t i = 0; writer->state != IDLE && i < writer->ask.count; i++) {
        if (is(writer->ask.entries[i].submission, operator_id, key)) {
            return true;
        }
    }
    return false;
}
