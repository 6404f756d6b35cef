/* A receipt read back from submission_answer and sent piece by piece, as the client takes it. */
#include "ingest/feed_stream.h"

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
    struct db *db;
    struct http_request *req;
    struct db_request *asked;
    char submission[24];
    int part; /* to be read next */
    bool last, failed;
    struct out text;
    size_t sent;
};

static void on_piece(const struct db_reply *reply, void *arg)
{
    struct pieces *pieces = arg;
    pieces->asked = NULL;
    pieces->sent = 0;
    out_clear(&pieces->text);
    if (reply->outcome != DB_OK) {
        pieces->failed = true;
    } else if (db_result_rows(reply->result) == 0) {
        pieces->last = true;
    } else {
        out_span_append(&pieces->text, db_result_span(reply->result, 0, 0));
        pieces->failed = out_failed(&pieces->text);
        pieces->part++;
    }
    http_resume(pieces->req);
}

static enum http_pull pull(struct http_request *req, struct out *out, void *arg)
{
    struct pieces *pieces = arg;
    (void)req;
    if (pieces->failed) {
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
    char part[12];
    (void)snprintf(part, sizeof part, "%d", pieces->part);
    const char *const params[] = {pieces->submission, part};
    pieces->asked = db_query(pieces->db, &read_piece, params, LIMIT_MS, on_piece, pieces);
    return pieces->asked ? HTTP_PULL_WAIT : HTTP_PULL_ABORT;
}

static void done(struct http_request *req, void *arg)
{
    struct pieces *pieces = arg;
    (void)req;
    if (pieces->asked) {
        db_cancel(pieces->asked);
    }
    out_free(&pieces->text);
    free(pieces);
}

void feed_answer_pieces(struct http_request *req, struct db *db, int status, int64_t submission)
{
    struct pieces *pieces = calloc(1, sizeof *pieces);
    if (!pieces) {
        const struct http_problem problem = {.status = 503,
                                             .code = "no-memory",
                                             .title = "Memory is short",
                                             .retry_after = FEED_RETRY_S};
        (void)http_problem(req, &problem);
        return;
    }
    pieces->db = db;
    pieces->req = req;
    out_init(&pieces->text, PIECE_MAX);
    (void)snprintf(pieces->submission, sizeof pieces->submission, "%" PRId64, submission);
    const struct http_head head = {
        .status = status, .content_type = "application/json", .cache_control = "no-store"};
    const struct http_producer producer = {pull, done, pieces};
    (void)http_reply_stream(req, &head, &producer);
}
