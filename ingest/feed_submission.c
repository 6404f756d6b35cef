/* A submission's life, its receipt, and the answers that are no receipt. */
#include "ingest/feed_submission.h"

#include "ingest/feed_metrics.h"

#include <stdio.h>
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
        feed_item_receipt(&submission->items[i], out);
    }
    json_close(out, ']');
    json_close(out, '}');
    out_char(out, '\n');
}

/* ---- Answers ---- */

void feed_answer(struct feed_submission *submission, int status, struct span body)
{
    char location[64 + FEED_PARTY_ID_MAX + 3 * FEED_KEY_MAX];
    size_t len = (size_t)snprintf(location, sizeof location, "/v1/operators/%s/submissions/",
                                  submission->operator_id);
    for (const char *c = submission->key; *c; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                     (*c >= '0' && *c <= '9') || strchr("-._~", *c);
        len += (size_t)snprintf(location + len, sizeof location - len, plain ? "%c" : "%%%02X",
                                (unsigned char)*c);
    }
    const struct http_field place = {"Location", location};
    const struct http_head head = {.status = status,
                                   .content_type = "application/json",
                                   .cache_control = "no-store",
                                   .fields = &place,
                                   .field_count = status == 201 ? 1 : 0};
    (void)http_reply_bytes(submission->req, &head, body);
    submission->req = NULL;
}

void feed_refuse(struct feed_submission *submission, int status, const char *code,
                 const char *title, const char *reason, const char *field, const char *limit)
{
    const struct http_problem problem = {.status = status,
                                         .code = code,
                                         .title = title,
                                         .detail = reason,
                                         .parameter = field,
                                         .allowed = limit,
                                         .retry_after =
                                             status == 503 || status == 409 ? FEED_RETRY_S : 0,
                                         .more = "code",
                                         .more_text = span_of(code)};
    (void)http_problem(submission->req, &problem);
    submission->req = NULL;
    feed_metrics_refused_request(status);
}

void feed_refuse_document(struct feed_submission *submission, const struct refusal *why,
                          uint64_t place)
{
    char code[64];
    char reason[REFUSAL_REASON_MAX + 80];
    /* Problem types are written with hyphens, refusal codes with underscores. */
    (void)snprintf(code, sizeof code, "%s", refusal_word(why->code));
    for (char *c = code; *c; c++) {
        *c = *c == '_' ? '-' : *c;
    }
    if (place > 0) {
        (void)snprintf(reason, sizeof reason,
                       "Quote %llu: %s. Nothing of the submission was taken.",
                       (unsigned long long)place, why->reason);
    } else {
        (void)snprintf(reason, sizeof reason, "%s. Nothing of the submission was taken.",
                       why->reason);
    }
    const struct http_problem problem = {.status = 400,
                                         .code = code,
                                         .title = "The document cannot be taken",
                                         .detail = reason,
                                         .parameter = why->field[0] != '\0' ? why->field : NULL,
                                         .more = "code",
                                         .more_text = span_of(refusal_word(why->code))};
    (void)http_problem(submission->req, &problem);
    submission->req = NULL;
    feed_metrics_refused_request(400);
}
