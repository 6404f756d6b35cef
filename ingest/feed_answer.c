/* The feed's answers but for long receipts, which feed_pieces.c reads back. */
#include "ingest/feed_answer.h"

#include "ingest/feed_metrics.h"

#include <stdio.h>

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

void feed_refuse_entry(struct feed_submission *submission, const struct feed_entry *entry)
{
    struct feed_fault fault;
    switch (entry->state) {
    case FEED_ENTRY_BELIEVED_NOT:
        (void)feed_fault_set(&fault, entry->nonce,
                             entry->nonce == FEED_NONCE_USED ? "nonce" : "Signature-Input", "%s",
                             entry->nonce == FEED_NONCE_USED
                                 ? "this nonce was used before; sign every request, repeats "
                                   "too, with a new one"
                             : entry->nonce == FEED_SIGNATURE_STALE
                                 ? "it was signed too long ago; check your clock"
                                 : "the key is not valid any more");
        (void)feed_auth_refuse(submission->req, &fault, (struct span){0});
        submission->req = NULL;
        feed_metrics_refused_request(feed_fault_status(entry->nonce));
        break;
    case FEED_ENTRY_RUNNING:
        feed_refuse(submission, 409, "still-running", "The submission is still being taken",
                    "A submission with this Idempotency-Key is under way. Ask again for its "
                    "receipt in a moment.",
                    "Idempotency-Key", NULL);
        break;
    case FEED_ENTRY_REUSED:
        feed_refuse(submission, 422, "key-reused", "The Idempotency-Key was used before",
                    "This Idempotency-Key was used for another submission. Use a new key for "
                    "every submission, and the old one only to repeat it unchanged.",
                    "Idempotency-Key", NULL);
        break;
    default:
        feed_refuse(submission, 503, "operator-busy", "Another submission is being taken",
                    "A long submission of yours is being stored; this one was not taken. Send it "
                    "again when that one is answered.",
                    NULL, NULL);
    }
}

void feed_refuse_watched(struct feed_submission *submission, enum feed_watch_why why)
{
    const struct feed_entry entry = {.state = FEED_ENTRY_BELIEVED_NOT,
                                     .nonce = FEED_SIGNATURE_WRONG};
    if (why == FEED_WATCH_KEY) {
        feed_refuse_entry(submission, &entry);
    } else {
        feed_refuse(submission, 408, "too-long-under-way", "The submission took too long",
                    "It was not over in time; nothing of it was taken. Send it faster, packed with "
                    "gzip, or in several submissions.",
                    NULL, NULL);
    }
}

/* By its SQLSTATE: a standby, a deadlock, a full disk, a lock not had in time, a shutdown. */
static bool passes(const char *sqlstate)
{
    static const char *const begins[] = {"25006", "40", "53", "55P03", "57", "58"};
    for (size_t i = 0; i < COUNT_OF(begins); i++) {
        if (strncmp(sqlstate, begins[i], strlen(begins[i])) == 0) {
            return true;
        }
    }
    return false;
}

void feed_refuse_failed(struct feed_submission *submission, const struct db_reply *reply)
{
    if (reply->outcome != DB_FAILED) {
        feed_refuse(submission, 503, "database-away", "The submission could not be stored now",
                    "The database did not answer. Send the submission again with the same "
                    "Idempotency-Key: if it was stored after all, you get its receipt.",
                    NULL, NULL);
    } else if (passes(reply->sqlstate)) {
        feed_refuse(submission, 503, "database-away", "The submission could not be stored now",
                    "The database can store nothing for the moment. Nothing of it was taken; send "
                    "it again with the same Idempotency-Key.",
                    NULL, NULL);
    } else {
        feed_refuse(submission, 500, "not-stored", "The submission could not be stored",
                    "The database refused it. Nothing of it was taken; we have the reason in our "
                    "log.",
                    NULL, NULL);
    }
}
