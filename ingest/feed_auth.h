/*
 * From a request's head to who sent it, or to the answer that says why that is not believed. This
 * is where the signature's pure parts meet the HTTP engine. Nothing of the body is needed, so a
 * request is refused before its body is read; whoever reads the body feeds `digest` with it and
 * calls feed_digest_end.
 */
#ifndef INGEST_FEED_AUTH_H
#define INGEST_FEED_AUTH_H

#include <corridor/http.h>

#include <ingest/feed_digest.h>
#include <ingest/feed_keys.h>

struct feed_auth_config {
    struct feed_keys *keys;
    /* The origin that clients sign for (CORRIDOR_FEED_ORIGIN); empty: "http://" and the request's
     * Host, which is the client's word: a request meant for another service that has the same key
     * would be taken. */
    const char *origin;
};

struct feed_auth {
    struct feed_party who;
    char nonce[FEED_SIGNATURE_NONCE_MAX + 1];
    int64_t created; /* seconds since 1970 */
    struct feed_digest
        *digest; /* what the body must be; NULL without a body. The caller frees it. */
};

/*
 * Checks the signature of a request with or without a body at the time `now` (seconds since 1970).
 * Its nonce is not taken yet: that is done where the submission is stored, or by feed_take_nonces
 * for a request that stores nothing. False: `return feed_auth_refuse(req, &fault,
 * out_span(&base))`; base must be initialised (FEED_SIGNATURE_BASE_MAX) and freed by the caller.
 */
MUST_CHECK bool feed_auth_check(const struct feed_auth_config *config,
                                const struct http_request *req, bool has_body, int64_t now,
                                struct feed_auth *auth, struct feed_fault *fault, struct out *base);

/*
 * Answers with problem details: code, title, reason, the field at fault and, for
 * FEED_SIGNATURE_WRONG, the signature base that was computed here. A 401 also says what a signature
 * must cover (Accept-Signature, RFC 9421 section 5.1).
 */
enum http_result feed_auth_refuse(struct http_request *req, const struct feed_fault *fault,
                                  struct span base);

#endif
