/*
 * Long submissions. The hard part is to keep three hands busy within a fixed memory: while
 * PostgreSQL stores one thousand quotes, the next is decided and the one after that is read. A run
 * of the transaction therefore asks about what comes next and then stores what was decided; the
 * answer to the question comes early, and what is stored lies in arrays by then, so there are never
 * more than two thousands of quotes. What is read when that answer has come goes behind the storing
 * at once, so that PostgreSQL never waits for us. Where two thousands have a service in common, the
 * question stands behind the storing instead.
 */
#include "ingest/feed_stream.h"

#include "ingest/feed_answer.h"
#include "ingest/feed_flight.h"
#include "ingest/feed_recall.h"
#include "ingest/feed_watch.h"

#include <corridor/log.h>

#include <event2/event.h>
#include <stdlib.h>

#define LIMIT_MS      60000 /* a run may take; the last one checks what was deferred */
#define BUSY_WAIT     (2 * INSTANT_SECOND)
#define BUSY_AGAIN_MS 20

enum state {
    OPENING, /* takes the nonce, then the locks */
    READY,
    WORKING,
    READING_PAST, /* stored before */
    CLOSING,
    BROKEN, /* it failed within a call of the reader's, which is told in the loop's next turn */
    ANSWERED,
};

struct feed_stream {
    struct feed_writer *writer;
    struct feed_submission *submission;
    feed_stream_fn *moved;
    void *arg;
    enum state state;
    bool body_over;
    struct event *again;
    struct feed_watch *watch;
    int64_t busy_until;
    struct db_transaction *transaction;
    struct db_command commands[DB_STEPS_MAX];
    size_t count;
    size_t before;            /* the steps of its run that are not among these commands */
    size_t asking, asked_all; /* the first that asks, and the one behind the last */
    bool asks;                /* which are not all answered */
    struct feed_turns turns;
    bool learnt; /* what it will store is remembered already */
    struct feed_flight flight;
};

static unsigned streams;

unsigned feed_streams(void)
{
    return streams;
}

/* ---- Ends ---- */

/* While it still has the lock, or has lost it only now: nothing that was not stored may be recalled
 * by what comes next. */
static void unlearn(struct feed_stream *stream)
{
    if (stream->learnt) {
        feed_memory_forget(stream->flight.ask.knowledge->memory, stream->submission->operator_id);
        feed_numbers_clear(&stream->flight.ask.knowledge->numbers);
        stream->learnt = false;
    }
}

void feed_stream_free(struct feed_stream *stream)
{
    unlearn(stream);
    db_transaction_close(stream->transaction);
    feed_watch_free(stream->watch);
    if (stream->again) {
        event_free(stream->again);
    }
    if (stream->submission) {
        feed_writer_let_go(stream->writer, stream->submission->count);
        feed_submission_free(stream->submission);
    }
    feed_writer_let_go(stream->writer, stream->flight.count);
    feed_flight_free(&stream->flight);
    feed_turns_free(&stream->turns);
    free(stream);
    streams--;
    feed_metrics_streams(-1);
}

/* The request is answered; whoever reads its body is told, or is gone already. */
static void answered(struct feed_stream *stream)
{
    stream->state = ANSWERED;
    if (stream->body_over) {
        feed_stream_free(stream);
    } else {
        stream->moved(stream->arg);
    }
}

static void failed(struct feed_stream *stream, const struct db_reply *reply)
{
    static struct log_site site;
    log_warn_sometimes(&site, "a stream was not stored (%s): %s %s",
                       db_outcome_code(reply->outcome), reply->sqlstate, reply->message);
    unlearn(stream);
    feed_refuse_failed(stream->submission, reply);
    answered(stream);
}

static void refuse(struct feed_stream *stream, enum feed_watch_why why)
{
    feed_refuse_watched(stream->submission, why);
    answered(stream);
}

static void on_watch(enum feed_watch_why why, void *arg)
{
    struct feed_stream *stream = arg;
    if (!stream->body_over && stream->state != BROKEN && stream->state != ANSWERED) {
        refuse(stream, why);
    } /* else what is left to do ends soon, or is looked at before its end */
}

/* The database's session has ended while the client was waited for. */
static void on_lost(void *arg)
{
    const struct db_reply reply = {
        .outcome = DB_UNAVAILABLE, .sqlstate = "", .message = "the connection was lost"};
    struct feed_stream *stream = arg;
    if (stream->state == READY) { /* else something else tells it, or nothing is wanted any more */
        failed(stream, &reply);
    }
}

static void no_memory(struct feed_stream *stream)
{
    stream->state = BROKEN;
    event_active(stream->again, EV_TIMEOUT, 0);
}

/* ---- Working ---- */

static void close_it(struct feed_stream *stream);
static void go_on(struct feed_stream *stream);

/* What the record said of the flying quotes is known. */
static void decide(struct feed_stream *stream)
{
    struct feed_submission *submission = stream->submission;
    feed_writer_let_go(stream->writer, stream->flight.count);
    if (!stream->learnt) {
        /* Its locks can go before we hear of it, but nothing is recalled without a turn. */
        feed_memory_move_turn(stream->flight.ask.knowledge->memory, submission->operator_id,
                              (struct feed_turn){0});
        stream->learnt = true;
    }
    feed_flight_land(&stream->flight, submission);
    stream->asks = false;
}

static void on_rows(size_t step, const struct db_result *rows, void *arg)
{
    struct feed_stream *stream = arg;
    if (step < stream->before || stream->state == BROKEN) {
        return;
    }
    size_t at = step - stream->before;
    const struct db_statement *statement = stream->commands[at].statement;
    if (at >= stream->asking && at < stream->asked_all) {
        feed_ask_rows(&stream->flight.ask, statement, rows);
        if (at + 1 == stream->asked_all && stream->flight.count > 0) {
            decide(stream);
            go_on(stream);
        }
    } else if (statement == &feed_book_end) {
        if (!db_result_int64(rows, 0, 0, &stream->submission->withdrawn)) {
            stream->submission->withdrawn = 0; /* it is never null */
        }
    }
}

static void on_worked(const struct db_reply *reply, void *arg)
{
    struct feed_stream *stream = arg;
    if (stream->state == BROKEN) {
        return;
    }
    if (reply->outcome != DB_OK) {
        failed(stream, reply);
        return;
    }
    stream->state = READY;
    go_on(stream);
}

/* Asks about the flying quotes and stores what was decided, behind what is being stored. */
static void work(struct feed_stream *stream)
{
    bool behind = stream->state == WORKING;
    stream->before = behind ? stream->before + stream->count : 0;
    stream->count = 0;
    stream->asks = true;
    if (!feed_flight_commands(&stream->flight, stream->submission, stream->commands, &stream->count,
                              &stream->asking, &stream->asked_all)) {
        no_memory(stream);
        return;
    }
    stream->state = WORKING;
    if (behind) {
        db_transaction_more(stream->transaction, stream->commands, stream->count, LIMIT_MS);
    } else {
        db_transaction_run(stream->transaction, stream->commands, stream->count, DB_STAY, LIMIT_MS,
                           on_rows, on_worked, stream);
    }
    db_transaction_early(stream->transaction, stream->asked_all);
}

static void fly(struct feed_stream *stream)
{
    feed_flight_start(&stream->flight, stream->submission);
    work(stream);
}

/* All that flew is decided, if not yet stored. */
static bool takes(const struct feed_stream *stream)
{
    return stream->state == READY || (stream->state == WORKING && !stream->asks);
}

static void go_on(struct feed_stream *stream)
{
    if (!stream->body_over) {
        stream->moved(stream->arg);
    } else if (stream->submission->count > 0) {
        fly(stream);
    } else if (stream->state == READY) {
        close_it(stream);
    }
}

bool feed_stream_take(struct feed_stream *stream)
{
    if (stream->state == READING_PAST) {
        feed_writer_let_go(stream->writer, stream->submission->count);
        stream->submission->count = 0;
        return true;
    }
    if (!takes(stream)) {
        return false;
    }
    fly(stream);
    return true;
}

bool feed_stream_answered(const struct feed_stream *stream)
{
    return stream->state == ANSWERED;
}

/* ---- Closing ---- */

/* Its receipt was given, as far as it was wanted. */
static void dry_run_over(void *arg)
{
    feed_stream_free(arg);
}

static void on_committed(const struct db_reply *reply, void *arg)
{
    struct feed_stream *stream = arg;
    struct feed_submission *submission = stream->submission;
    if (reply->outcome != DB_OK) {
        failed(stream, reply);
        return;
    }
    if (submission->dry_run) {
        struct http_request *req = submission->req;
        unlearn(stream);
        submission->req = NULL;
        feed_answer_dry_pieces(req, stream->transaction, stream->watch, submission->id,
                               dry_run_over, stream);
        return;
    }
    feed_memory_move_turn(stream->flight.ask.knowledge->memory, submission->operator_id,
                          (struct feed_turn){stream->flight.ask.at, submission->id});
    stream->learnt = submission->withdrawn > 0; /* what a book withdrew is not known here */
    unlearn(stream);
    feed_metrics_submission();
    feed_metrics_stored(&stream->flight.chunk.tally);
    feed_metrics_withdrawn(submission->withdrawn);
    feed_answer_pieces(submission->req, feed_writer_db(stream->writer), 201, submission->id);
    submission->req = NULL;
    answered(stream);
}

/* The submission's row, the first part of its receipt, and the end; of a dry run, not the end. */
static void commit(struct feed_stream *stream)
{
    struct feed_submission *submission = stream->submission;
    feed_chunk_last(&stream->flight.chunk, submission, stream->flight.ask.at);
    stream->flight.decided = true;
    stream->count = 0;
    if (!feed_flight_store(&stream->flight, submission, stream->commands, &stream->count) ||
        !feed_chunk_head(&stream->flight.chunk, submission, stream->flight.ask.at,
                         &stream->commands[stream->count++])) {
        no_memory(stream);
        return;
    }
    if (!submission->dry_run) {
        stream->commands[stream->count++] =
            feed_turns_note_stream(&stream->turns, submission, stream->flight.ask.at);
        stream->commands[stream->count++] = (struct db_command){&feed_notify, NULL};
    }
    db_transaction_run(stream->transaction, stream->commands, stream->count,
                       submission->dry_run ? DB_STAY : DB_COMMIT, LIMIT_MS, NULL, on_committed,
                       stream);
}

static void on_last(const struct db_reply *reply, void *arg)
{
    struct feed_stream *stream = arg;
    if (reply->outcome != DB_OK) {
        failed(stream, reply);
    } else if (feed_watch_look(stream->watch) == FEED_WATCH_KEY) {
        refuse(stream, FEED_WATCH_KEY);
    } else {
        commit(stream);
    }
}

static void close_it(struct feed_stream *stream)
{
    struct feed_submission *submission = stream->submission;
    stream->state = CLOSING;
    stream->count = stream->before = 0;
    stream->asking = stream->asked_all = 0;
    if (!feed_flight_store(&stream->flight, submission, stream->commands, &stream->count)) {
        no_memory(stream);
        return;
    }
    if (submission->kind == FEED_BOOK) {
        stream->commands[stream->count++] =
            feed_chunk_book_end(&stream->flight.chunk, submission, stream->flight.ask.at);
    }
    db_transaction_run(stream->transaction, stream->commands, stream->count, DB_STAY, LIMIT_MS,
                       on_rows, on_last, stream);
}

void feed_stream_end(struct feed_stream *stream)
{
    stream->body_over = true;
    if (stream->state == READING_PAST) {
        /* The writer finds the key and compares the payload, which is known only now. */
        struct feed_submission *submission = stream->submission;
        stream->submission = NULL;
        feed_writer_let_go(stream->writer, submission->count);
        submission->count = 0;
        feed_writer_submit(stream->writer, submission);
        feed_stream_free(stream);
    } else if (takes(stream)) {
        go_on(stream);
    }
}

/* ---- Opening ---- */

static void open_it(struct feed_stream *stream);

static void on_opened(const struct db_reply *reply, void *arg)
{
    struct feed_stream *stream = arg;
    const struct feed_entry *entry = &stream->flight.ask.entries[0];
    if (reply->outcome != DB_OK) {
        failed(stream, reply);
        return;
    }
    if (entry->state == FEED_ENTRY_FREE) {
        stream->state = READY;
        db_transaction_watch(stream->transaction, on_lost, stream);
        go_on(stream);
        return;
    }
    db_transaction_close(stream->transaction);
    stream->transaction = NULL;
    if (entry->state == FEED_ENTRY_REPEATED || entry->state == FEED_ENTRY_REUSED) {
        stream->state = READING_PAST;
        if (stream->body_over) {
            feed_stream_end(stream);
        } else {
            stream->moved(stream->arg);
        }
    } else if (entry->state == FEED_ENTRY_BUSY && instant_now() < stream->busy_until) {
        const struct timeval delay = {0, BUSY_AGAIN_MS * 1000};
        event_add(stream->again, &delay);
    } else {
        feed_refuse_entry(stream->submission, entry);
        answered(stream);
    }
}

static void on_nonce(const struct db_reply *reply, void *arg)
{
    struct feed_stream *stream = arg;
    const struct feed_entry *entry = &stream->flight.ask.entries[0];
    if (reply->outcome != DB_OK) {
        failed(stream, reply);
    } else if (entry->state != FEED_ENTRY_FREE) {
        feed_refuse_entry(stream->submission, entry);
        answered(stream);
    } else {
        stream->submission->nonce_taken = true;
        db_transaction_close(stream->transaction);
        stream->transaction = NULL;
        open_it(stream);
    }
}

/* The nonce goes first and by itself: were it taken in the long transaction, a replay would wait
 * for that. */
static void open_it(struct feed_stream *stream)
{
    struct feed_submission *submission = stream->submission;
    bool nonce = !submission->nonce_taken;
    feed_ask_clear(&stream->flight.ask);
    stream->transaction = db_transaction_open(feed_writer_db(stream->writer));
    stream->asking = 0;
    if (!nonce && submission->kind == FEED_BOOK) {
        stream->commands[stream->asking++] = (struct db_command){&feed_book_begin, NULL};
    }
    size_t count = submission->count;
    submission->count = 0; /* its quotes are asked about when all is open */
    bool ok = stream->transaction && feed_ask_add(&stream->flight.ask, submission);
    if (ok && nonce) {
        feed_ask_nonces(&stream->flight.ask);
    }
    ok = ok && (nonce || feed_ask_entries(&stream->flight.ask, instant_now())) &&
         feed_ask_commands(&stream->flight.ask, stream->commands + stream->asking, &stream->count);
    stream->count += stream->asking;
    stream->asked_all = stream->count;
    submission->count = count;
    if (!ok) {
        no_memory(stream);
        return;
    }
    db_transaction_run(stream->transaction, stream->commands, stream->count,
                       nonce ? DB_COMMIT : DB_STAY, LIMIT_MS, on_rows, nonce ? on_nonce : on_opened,
                       stream);
}

static void on_again(evutil_socket_t fd, short what, void *arg)
{
    struct feed_stream *stream = arg;
    (void)fd;
    (void)what;
    if (stream->state == BROKEN) {
        const struct db_reply reply = {
            .outcome = DB_UNAVAILABLE, .sqlstate = "", .message = "out of memory"};
        failed(stream, &reply);
    } else {
        open_it(stream);
    }
}

struct feed_stream *feed_stream_open(struct feed_writer *writer, struct feed_submission *submission,
                                     feed_stream_fn *moved, void *arg)
{
    struct feed_stream *stream = calloc(1, sizeof *stream);
    if (!stream) {
        return NULL;
    }
    stream->watch = feed_watch_new(feed_writer_base(writer), feed_writer_watch(writer),
                                   submission->key_id, on_watch, stream);
    stream->again =
        stream->watch ? event_new(feed_writer_base(writer), -1, 0, on_again, stream) : NULL;
    if (!stream->again) {
        feed_watch_free(stream->watch);
        free(stream);
        return NULL;
    }
    stream->writer = writer;
    stream->submission = submission;
    stream->moved = moved;
    stream->arg = arg;
    stream->busy_until = instant_now() + BUSY_WAIT;
    feed_flight_init(&stream->flight, feed_writer_knowledge(writer));
    feed_turns_init(&stream->turns);
    streams++;
    feed_metrics_streams(1);
    event_active(stream->again, EV_TIMEOUT, 0); /* nothing is answered within this call */
    return stream;
}
