/*
 * Content-Digest (RFC 9530) of a body that comes in pieces: begun with the header's value, fed,
 * and compared at its end. Knows sha-256 and sha-512; all that are announced of these must be
 * right; others are passed over, as the RFC says.
 */
#ifndef INGEST_FEED_DIGEST_H
#define INGEST_FEED_DIGEST_H

#include <ingest/feed_signature.h>

struct feed_digest;

/* NULL with *fault set: no header, one that cannot be read, no algorithm that is known; or, with
 * FEED_FAULT_NONE, no memory. */
MUST_CHECK struct feed_digest *feed_digest_new(struct span header, struct feed_fault *fault);
void feed_digest_free(struct feed_digest *digest); /* NULL is fine */
void feed_digest_add(struct feed_digest *digest, struct span bytes);
/* Once, after the last piece. False with *fault set, which names the digest that was computed. */
MUST_CHECK bool feed_digest_end(struct feed_digest *digest, struct feed_fault *fault);

#endif
