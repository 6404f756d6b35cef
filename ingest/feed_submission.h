/*
 * One submission on its way: who sent it under which key, its quotes, and the answer it gets. Made
 * when a request is believed, owned by whoever has it (the request's reader, the writer, a stream),
 * freed once the answer is given.
 */
#ifndef INGEST_FEED_SUBMISSION_H
#define INGEST_FEED_SUBMISSION_H

#include <corridor/http.h>

#include "ingest/feed_auth.h"
#include "ingest/feed_item.h"

#include <sys/queue.h>

enum feed_kind {
    FEED_QUOTES,   /* POST …/quotes */
    FEED_BOOK,     /* PUT …/book */
    FEED_WITHDRAW, /* DELETE …/quotes/{ref} */
};
#define FEED_KEY_MAX    255U
#define FEED_SOURCE_MAX 300U
#define FEED_SHA256     32
#define FEED_RETRY_S    1U /* Retry-After of a 503 */

struct feed_submission {
    TAILQ_ENTRY(feed_submission) entry; /* of a queue */
    struct http_request *req;
    enum feed_kind kind;
    bool dry_run;
    char operator_id[FEED_PARTY_ID_MAX + 1];
    char key_id[FEED_SIGNATURE_KEYID_MAX + 1]; /* that signed */
    char nonce[FEED_SIGNATURE_NONCE_MAX + 1];
    int64_t signed_at; /* seconds since 1970 */
    bool nonce_taken;
    char key[FEED_KEY_MAX + 1];       /* Idempotency-Key; "" for a dry run without */
    char source[FEED_SOURCE_MAX + 1]; /* "POST quotes": with sha256, the payload's fingerprint */
    unsigned char sha256[FEED_SHA256];
    char ref[QUOTE_REF_MAX + 1]; /* what is withdrawn */
    struct feed_item *items;
    size_t count, cap;
    int64_t queued_us; /* monotonic, for the metrics */
    int64_t until_us;  /* when waiting for the operator's lock ends */
    /* Its answer, once decided. */
    int64_t id;
    int64_t counts[FEED_STATUSES];
    int64_t withdrawn;
    int status;
    struct out answer;
};

struct feed_submission *feed_submission_new(struct http_request *req); /* NULL: no memory */
void feed_submission_free(struct feed_submission *submission);         /* NULL is fine */
/* Room for one more item, not counted yet; NULL: no memory. */
struct feed_item *feed_submission_room(struct feed_submission *submission);
/* Adds its items, from `first` on, to the counts. */
void feed_submission_count(struct feed_submission *submission, size_t first);

/* The receipt up to its quotes, and whole. */
void feed_receipt_head(const struct feed_submission *submission, int64_t at, struct out *out);
void feed_receipt(const struct feed_submission *submission, int64_t at, struct out *out);

#endif
