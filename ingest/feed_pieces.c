/* A receipt read back from submission_answer and sent piece by piece, as the client takes it: by
 * any connection, or that of a dry run within its transaction, where alone it is. */
#include "ingest/feed_stream.h"
#include "ingest/feed_watch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define LIMIT_MS   10000
#define PULL_BYTES ((size_t)64 << 10)
#define PIECE_MAX  ((size_t)8 << 20)

static const struct db_statement read_piece = {
    "feed_piece",
    "SELECT body FROM corridor.submission_answer WHERE submission = $1::bigint AND part = "
    "$2::integer",
    2};

struct pieces {
    struct http_request *req;
    struct db *db;
    struct db_request *asked;
    struct db_transaction *transaction; /* of a dry run; else NULL */
    const struct feed_watch *watch;     /* of that */
    struct db_value values[2];
    struct db_command command;
    void (*over)(void *);
    void *over_arg;
    char submission[24];
    char part_text[12];
    int part; /* to be read next */
    bool last, failed;
    struct out text;
    size_t sent;
};

static void take_piece(struct pieces *pieces, const struct db_result *rows)
{
    if (db_result_rows(rows) == 0) {
        pieces->last = true;
    } else {
        out_span_append(&pieces->text, db_result_span(rows, 0, 0));
        pieces->failed = out_failed(&pieces->text);
        pieces->part++;
    }
}

static void on_piece(const struct db_reply *reply, void *arg)
{
    struct pieces *pieces = arg;
    pieces->asked = NULL;
    if (reply->outcome != DB_OK) {
        pieces->failed = true;
    } else if (!pieces->transaction) {
        take_piece(pieces, reply->result);
    }
    http_resume(pieces->req);
}

static void on_rows(size_t step, const struct db_result *rows, void *arg)
{
    (void)step;
    take_piece(arg, rows);
}

static enum http_pull ask(struct pieces *pieces)
{
    const char *const params[] = {pieces->submission, pieces->part_text};
    (void)snprintf(pieces->part_text, sizeof pieces->part_text, "%d", pieces->part);
    pieces->sent = 0;
    out_clear(&pieces->text);
    if (pieces->transaction) {
        for (size_t i = 0; i < COUNT_OF(params); i++) {
            pieces->values[i] = (struct db_value){params[i], strlen(params[i]), false};
        }
        pieces->command = (struct db_command){&read_piece, pieces->values};
        db_transaction_run(pieces->transaction, &pieces->command, 1, DB_STAY, LIMIT_MS, on_rows,
                           on_piece, pieces);
        return HTTP_PULL_WAIT;
    }
    pieces->asked = db_query(pieces->db, &read_piece, params, LIMIT_MS, on_piece, pieces);
    return pieces->asked ? HTTP_PULL_WAIT : HTTP_PULL_ABORT;
}

static enum http_pull pull(struct http_request *req, struct out *out, void *arg)
{
    struct pieces *pieces = arg;
    (void)req;
    if (pieces->failed || (pieces->watch && feed_watch_look(pieces->watch) != FEED_WATCH_GOES_ON)) {
        return HTTP_PULL_ABORT;
    }
    size_t left = pieces->text.len - pieces->sent;
    if (left > 0) {
        size_t len = left < PULL_BYTES ? left : PULL_BYTES;
        out_bytes(out, pieces->text.at + pieces->sent, len);
        pieces->sent += len;
        return HTTP_PULL_MORE;
    }
    if (pieces->last) {
        return HTTP_PULL_END;
    }
    return ask(pieces);
}

static void done(struct http_request *req, void *arg)
{
    struct pieces *pieces = arg;
    (void)req;
    if (pieces->asked) {
        db_cancel(pieces->asked);
    }
    if (pieces->over) {
        pieces->over(pieces->over_arg); /* a run under way calls back no more */
    }
    out_free(&pieces->text);
    free(pieces);
}

static void answer(struct http_request *req, const struct pieces *what, int status,
                   int64_t submission)
{
    struct pieces *pieces = malloc(sizeof *pieces);
    if (!pieces) {
        const struct http_problem problem = {.status = 503,
                                             .code = "no-memory",
                                             .title = "Memory is short",
                                             .retry_after = FEED_RETRY_S};
        (void)http_problem(req, &problem);
        if (what->over) {
            what->over(what->over_arg);
        }
        return;
    }
    *pieces = *what;
    pieces->req = req;
    out_init(&pieces->text, PIECE_MAX);
    (void)snprintf(pieces->submission, sizeof pieces->submission, "%" PRId64, submission);
    const struct http_head head = {
        .status = status, .content_type = "application/json", .cache_control = "no-store"};
    const struct http_producer producer = {pull, done, pieces};
    (void)http_reply_stream(req, &head, &producer);
}

void feed_answer_pieces(struct http_request *req, struct db *db, int status, int64_t submission)
{
    const struct pieces what = {.db = db};
    answer(req, &what, status, submission);
}

void feed_answer_dry_pieces(struct http_request *req, struct db_transaction *transaction,
                            const struct feed_watch *watch, int64_t submission,
                            void (*over)(void *), void *arg)
{
    const struct pieces what = {
        .transaction = transaction, .watch = watch, .over = over, .over_arg = arg};
    answer(req, &what, 200, submission);
}
