/* A submission's life and its receipt. */
#include "ingest/feed_submission.h"

#include <stdlib.h>

#define ANSWER_MAX ((size_t)16 << 20)

struct feed_submission *feed_submission_new(struct http_request *req)
{
    struct feed_submission *submission = calloc(1, sizeof *submission);
    if (submission) {
        submission->req = req;
        out_init(&submission->answer, ANSWER_MAX);
    }
    return submission;
}

void feed_submission_free(struct feed_submission *submission)
{
    if (submission) {
        free(submission->items);
        out_free(&submission->answer);
        free(submission);
    }
}

struct feed_item *feed_submission_room(struct feed_submission *submission)
{
    if (submission->count == submission->cap) {
        size_t cap = submission->cap == 0 ? 1 : submission->cap * 4;
        struct feed_item *grown = realloc(submission->items, cap * sizeof *grown);
        if (!grown) {
            return NULL;
        }
        submission->items = grown;
        submission->cap = cap;
    }
    return &submission->items[submission->count];
}

void feed_submission_count(struct feed_submission *submission, size_t first)
{
    for (size_t i = first; i < submission->count; i++) {
        submission->counts[submission->items[i].status]++;
    }
}

/* ---- Receipts ---- */

void feed_receipt_head(const struct feed_submission *submission, int64_t at, struct out *out)
{
    char text[INSTANT_TEXT_MAX];
    int64_t total = 0;
    for (size_t i = 0; i < FEED_STATUSES; i++) {
        total += submission->counts[i];
    }
    json_open(out, '{');
    json_key(out, "submission");
    if (submission->dry_run) {
        json_none(out);
    } else {
        json_int(out, submission->id);
    }
    json_member_text(out, "operator", submission->operator_id);
    json_member_text(out, "key", submission->key[0] != '\0' ? submission->key : NULL);
    (void)instant_print(text, sizeof text, at);
    json_member_text(out, "received_at", text);
    json_member_bool(out, "dry_run", submission->dry_run);
    json_key(out, "counts");
    json_open(out, '{');
    json_member_int(out, "quotes", total);
    for (size_t i = 0; i < FEED_STATUSES; i++) {
        json_member_int(out, feed_status_word((enum feed_status)i), submission->counts[i]);
    }
    json_member_int(out, "withdrawn", submission->withdrawn);
    json_close(out, '}');
}

void feed_receipt(const struct feed_submission *submission, int64_t at, struct out *out)
{
    feed_receipt_head(submission, at, out);
    json_key(out, "quotes");
    json_open(out, '[');
    for (size_t i = 0; i < submission->count; i++) {
        feed_item_receipt(&submission->items[i], submission->dry_run, out);
    }
    json_close(out, ']');
    json_close(out, '}');
    out_char(out, '\n');
}
