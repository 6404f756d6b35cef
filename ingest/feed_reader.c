/*
 * Bytes to quotes. The hard part is to stop anywhere: when a thousand quotes are read and the
 * stream is still busy with those before, or when the loop has others to serve, what came and was
 * not looked at yet is kept, the client is not read from, and the reader goes on later from just
 * there.
 */
#include "ingest/feed_reader.h"

#include "ingest/feed_answer.h"
#include "ingest/feed_gunzip.h"
#include "ingest/feed_stream.h"

#include <corridor/log.h>

#include <event2/event.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#define PIECE_MAX    ((size_t)64 << 10) /* what the engine hands on at a time */
#define PLAIN_SIZE   ((size_t)16 << 10) /* what is unpacked at a time */
#define QUOTES_A_RUN 100U               /* then the loop's others are served: about 1 ms */
#define PLACES       4096U              /* of refs; a power of two, above twice FEED_SMALL_MAX */

struct feed_reader {
    struct feed_writer *writer;
    struct feed_submission *submission; /* the stream's once there is one, but its items */
    struct feed_stream *stream;
    struct http_request *req;
    struct feed_digest *digest;
    EVP_MD_CTX *sha256;
    struct feed_gunzip *gunzip; /* NULL: the body is not packed */
    struct feed_split split;
    struct event *go;
    struct span coded; /* packed bytes not yet unpacked */
    struct span plain; /* bytes not yet taken apart */
    bool more_inside;  /* of what was unpacked */
    char *unpacked;
    char *kept; /* of a piece that was left half-way */
    bool paused;
    bool over; /* the body is whole; its end is still to be looked at */
    int64_t now;
    uint16_t places[PLACES]; /* items by hash of ref and price, their index + 1 */
};

/* ---- Ends ---- */

static void reader_free(struct feed_reader *reader)
{
    if (reader->go) {
        event_free(reader->go);
    }
    feed_digest_free(reader->digest);
    EVP_MD_CTX_free(reader->sha256);
    feed_gunzip_free(reader->gunzip);
    feed_split_free(&reader->split);
    free(reader->unpacked);
    free(reader->kept);
    free(reader);
}

/* All of it, unanswered or answered. */
static void give_up(struct feed_reader *reader)
{
    if (reader->stream) {
        feed_stream_free(reader->stream);
    } else if (reader->submission) {
        feed_writer_let_go(reader->writer, reader->submission->count);
        feed_submission_free(reader->submission);
    }
    reader_free(reader);
}

static void refuse(struct feed_reader *reader, int status, const char *code, const char *title,
                   const char *reason, const char *field, const char *limit)
{
    feed_refuse(reader->submission, status, code, title, reason, field, limit);
    give_up(reader);
}

/* ---- Quotes ---- */

static bool same(const struct feed_item *a, const struct feed_item *b)
{
    return a->quote.first_transfer == b->quote.first_transfer &&
           strcmp(a->quote.ref, b->quote.ref) == 0;
}

/* Whether an earlier one of those at hand has its ref and price; remembers it. */
static bool stood_before(struct feed_reader *reader, size_t index)
{
    const struct feed_submission *submission = reader->submission;
    const struct feed_item *item = &submission->items[index];
    uint32_t hash = 2166136261U + item->quote.first_transfer;
    for (const char *c = item->quote.ref; *c; c++) {
        hash = (hash ^ (unsigned char)*c) * 16777619U;
    }
    for (size_t i = hash % PLACES;; i = (i + 1) % PLACES) {
        if (reader->places[i] == 0) {
            reader->places[i] = (uint16_t)(index + 1);
            return false;
        }
        if (same(&submission->items[reader->places[i] - 1], item)) {
            return true;
        }
    }
}

enum step {
    GO_ON,
    WAIT,  /* for the stream, or for the loop */
    ENDED, /* answered, and the reader is gone */
};

static enum step take_text(struct feed_reader *reader, struct span text)
{
    struct feed_submission *submission = reader->submission;
    struct feed_item *item = feed_submission_room(submission);
    if (!item || !feed_writer_hold(reader->writer)) {
        refuse(reader, 503, "queue-full", "Too many quotes are waiting",
               "Too many quotes wait to be stored; nothing of this submission was taken.", NULL,
               NULL);
        return ENDED;
    }
    if (!feed_item_read(item, text, reader->now)) {
        feed_writer_let_go(reader->writer, 1);
        feed_refuse_document(submission, &item->why, reader->split.elements);
        give_up(reader);
        return ENDED;
    }
    submission->count++;
    if (item->status != FEED_REFUSED && stood_before(reader, submission->count - 1)) {
        feed_item_repeated(item);
    }
    return GO_ON;
}

static void on_moved(void *arg);

/* Sees to it that there is room for another quote. */
static enum step make_room(struct feed_reader *reader)
{
    /* A thousand are no long one, and only one more quote tells that they are not all. */
    if (reader->submission->count < FEED_SMALL_MAX + (reader->stream ? 0 : 1)) {
        return GO_ON;
    }
    if (!reader->stream) {
        if (feed_streams() >= FEED_STREAMS_MAX) {
            refuse(reader, 503, "too-many-streams", "Too many long submissions at once",
                   "As many long submissions are being stored as may be at once; nothing of this "
                   "one was taken.",
                   NULL, "1000 quotes are no long submission");
            return ENDED;
        }
        reader->stream = feed_stream_open(reader->writer, reader->submission, on_moved, reader);
        if (!reader->stream) {
            refuse(reader, 503, "no-memory", "Memory is short", "Nothing was taken.", NULL, NULL);
            return ENDED;
        }
        return WAIT;
    }
    if (!feed_stream_take(reader->stream)) {
        return WAIT;
    }
    memset(reader->places, 0, sizeof reader->places);
    return GO_ON;
}

/* ---- Bytes ---- */

static enum step refuse_bytes(struct feed_reader *reader, enum feed_gunzip_result result)
{
    if (result == FEED_GUNZIP_BURST) {
        refuse(reader, 413, "grows-too-much", "The packed body grows too much",
               "Unpacked, the body is more than 1 MiB and more than 100 times what was sent. "
               "Send it in several submissions, or unpacked.",
               "Content-Encoding", "1 MiB, or 100 times the packed size");
    } else {
        refuse(reader, 400, "not-gzip", "The body is not gzip",
               "Content-Encoding says gzip, and the body is not, or is damaged. Nothing was taken.",
               "Content-Encoding", NULL);
    }
    return ENDED;
}

/* Sees to it that `plain` has something; empty when all that came is used up. */
static enum step unpack(struct feed_reader *reader)
{
    if (!reader->gunzip) {
        reader->plain = reader->coded;
        reader->coded = (struct span){0};
    }
    while (reader->gunzip && reader->plain.len == 0 &&
           (reader->coded.len > 0 || reader->more_inside)) {
        size_t len;
        enum feed_gunzip_result result =
            feed_gunzip_next(reader->gunzip, &reader->coded, reader->unpacked, PLAIN_SIZE, &len);
        if (result == FEED_GUNZIP_BROKEN || result == FEED_GUNZIP_BURST) {
            return refuse_bytes(reader, result);
        }
        reader->more_inside = result == FEED_GUNZIP_FULL;
        reader->plain = (struct span){reader->unpacked, len};
    }
    if (reader->plain.len > 0) {
        (void)EVP_DigestUpdate(reader->sha256, reader->plain.at, reader->plain.len);
    }
    return GO_ON;
}

/* Takes apart what there is. */
static enum step run(struct feed_reader *reader)
{
    unsigned left = QUOTES_A_RUN;
    struct span text;
    struct refusal why;
    for (;;) {
        if (reader->plain.len == 0) {
            enum step step = unpack(reader);
            if (step != GO_ON || reader->plain.len == 0) {
                return step;
            }
        }
        enum step step = make_room(reader);
        if (step != GO_ON) {
            return step;
        }
        switch (feed_split_next(&reader->split, &reader->plain, &text, &why)) {
        case FEED_SPLIT_MORE:
            break;
        case FEED_SPLIT_BROKEN:
            feed_refuse_document(reader->submission, &why, 0);
            give_up(reader);
            return ENDED;
        case FEED_SPLIT_TEXT:
            step = take_text(reader, text);
            if (step != GO_ON) {
                return step;
            }
            if (--left == 0) {
                /* Behind a look at the sockets: made active it would go on before them. */
                const struct timeval none = {0, 0};
                event_add(reader->go, &none);
                return WAIT;
            }
        }
    }
}

/* The last text, if any. */
static enum step run_end(struct feed_reader *reader)
{
    struct span text;
    struct refusal why;
    if (reader->gunzip && !feed_gunzip_ended(reader->gunzip)) {
        refuse(reader, 400, "cut-off", "The document cannot be taken",
               "The packed body ends before its end. Nothing of the submission was taken.",
               "Content-Encoding", NULL);
        return ENDED;
    }
    enum step step = make_room(reader);
    if (step != GO_ON) {
        return step;
    }
    switch (feed_split_end(&reader->split, &text, &why)) {
    case FEED_SPLIT_MORE:
        return GO_ON;
    case FEED_SPLIT_TEXT:
        return take_text(reader, text);
    default:
        feed_refuse_document(reader->submission, &why, 0);
        give_up(reader);
        return ENDED;
    }
}

/* The body is whole and read: it goes to the writer, or its stream ends. */
static void hand_on(struct feed_reader *reader)
{
    struct feed_submission *submission = reader->submission;
    struct feed_fault fault;
    if (!feed_digest_end(reader->digest, &fault)) {
        (void)feed_auth_refuse(submission->req, &fault, (struct span){0});
        submission->req = NULL;
        give_up(reader);
        return;
    }
    (void)EVP_DigestFinal_ex(reader->sha256, submission->sha256, NULL);
    if (submission->kind == FEED_BOOK && !reader->stream) {
        if (feed_streams() >= FEED_STREAMS_MAX ||
            !(reader->stream = feed_stream_open(reader->writer, submission, on_moved, reader))) {
            refuse(reader, 503, "too-many-streams", "Too many long submissions at once",
                   "As many books and long submissions are being stored as may be at once; "
                   "nothing of this one was taken.",
                   NULL, NULL);
            return;
        }
    }
    if (reader->stream) {
        feed_stream_end(reader->stream);
    } else {
        feed_writer_submit(reader->writer, submission);
    }
    reader_free(reader);
}

/* ---- Callbacks ---- */

/* What points into the engine's piece is kept for later. */
static bool keep(struct feed_reader *reader)
{
    struct span *rest = reader->gunzip ? &reader->coded : &reader->plain;
    if (!reader->kept && !(reader->kept = malloc(PIECE_MAX))) {
        return false;
    }
    memmove(reader->kept, rest->len > 0 ? rest->at : "", rest->len);
    rest->at = reader->kept;
    return true;
}

static void go_on(struct feed_reader *reader)
{
    enum step step = run(reader);
    if (step == GO_ON && reader->over) {
        step = run_end(reader);
        if (step == GO_ON) {
            hand_on(reader);
        }
    } else if (step == GO_ON && reader->paused) {
        reader->paused = false;
        http_body_resume(reader->req);
    }
}

static void on_moved(void *arg)
{
    struct feed_reader *reader = arg;
    if (feed_stream_answered(reader->stream)) {
        give_up(reader);
    } else if (reader->paused || reader->over) {
        go_on(reader);
    }
}

static void on_go(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    go_on(arg);
}

static enum http_taken on_piece(struct http_request *req, struct span bytes, void *arg)
{
    struct feed_reader *reader = arg;
    (void)req;
    feed_digest_add(reader->digest, bytes);
    reader->coded = bytes;
    enum step step = run(reader);
    if (step == WAIT) {
        reader->paused = true;
        if (!keep(reader)) {
            refuse(reader, 503, "no-memory", "Memory is short", "Nothing was taken.", NULL, NULL);
        }
        return HTTP_TAKEN_PAUSE;
    }
    return HTTP_TAKEN;
}

static void on_end(struct http_request *req, enum http_body_end why, void *arg)
{
    struct feed_reader *reader = arg;
    (void)req;
    if (why != HTTP_BODY_COMPLETE) {
        give_up(reader);
        return;
    }
    reader->over = true;
    go_on(reader);
}

enum http_result feed_reader_begin(struct feed_writer *writer, struct feed_submission *submission,
                                   struct feed_digest *digest, enum feed_format format, bool gzip)
{
    struct http_request *req = submission->req;
    struct feed_reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        feed_digest_free(digest);
        feed_refuse(submission, 503, "no-memory", "Memory is short", "Nothing was taken.", NULL,
                    NULL);
        feed_submission_free(submission);
        return HTTP_DONE;
    }
    reader->writer = writer;
    reader->submission = submission;
    reader->req = req;
    reader->digest = digest;
    reader->now = instant_now();
    feed_split_init(&reader->split, format);
    reader->go = event_new(feed_writer_base(writer), -1, 0, on_go, reader);
    reader->sha256 = EVP_MD_CTX_new();
    if (gzip) {
        reader->gunzip = feed_gunzip_new();
        reader->unpacked = malloc(PLAIN_SIZE);
    }
    if (!reader->go || !reader->sha256 || (gzip && (!reader->gunzip || !reader->unpacked)) ||
        EVP_DigestInit_ex(reader->sha256, EVP_sha256(), NULL) != 1) {
        refuse(reader, 503, "no-memory", "Memory is short", "Nothing was taken.", NULL, NULL);
        return HTTP_DONE;
    }
    const struct http_receiver receiver = {on_piece, on_end, reader};
    return http_body_receive(req, &receiver);
}
