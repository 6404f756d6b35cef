/*
 * One key that signs requests: an Ed25519 public key (RFC 8032) or an HMAC-SHA-256 secret
 * (RFC 2104). Immutable once made; any thread may verify with it.
 */
#ifndef INGEST_FEED_KEY_H
#define INGEST_FEED_KEY_H

#include <corridor/base.h>

enum feed_algorithm {
    FEED_ED25519,
    FEED_HMAC_SHA256,
};
enum {
    FEED_ED25519_KEY_SIZE = 32,
    FEED_ED25519_SIGNATURE_SIZE = 64,
    FEED_HMAC_SECRET_MIN = 32,
    FEED_HMAC_SECRET_MAX = 64,
    FEED_HMAC_SIGNATURE_SIZE = 32,
};

/* The names of RFC 9421 section 6.2: "ed25519", "hmac-sha256". False for others. */
const char *feed_algorithm_code(enum feed_algorithm algorithm);
MUST_CHECK bool feed_algorithm_of(struct span code, enum feed_algorithm *algorithm);

struct feed_key;
/* NULL when the bytes are no such key, or memory is short. They are copied. */
MUST_CHECK struct feed_key *feed_key_new(enum feed_algorithm algorithm, const uint8_t *bytes,
                                         size_t len);
void feed_key_free(struct feed_key *key); /* wipes a secret; NULL is fine */
enum feed_algorithm feed_key_algorithm(const struct feed_key *key);
/* Whether the signature is this key's over the bytes. Takes as long for a wrong one as for a right
 * one of the same length. */
MUST_CHECK bool feed_key_verify(const struct feed_key *key, struct span bytes,
                                const uint8_t *signature, size_t len);

#endif
