/*
 * Secrets at rest: AES-256-GCM with a master key that lies in a file outside the database
 * (CORRIDOR_MASTER_KEY_FILE), so that neither a copy of the database nor the file alone tells an
 * HMAC secret. Sealed is version (1) || which master key (4) || nonce (12) || ciphertext || tag
 * (16); the name of the key it belongs to is authenticated with it, so that a sealed secret cannot
 * be moved to another row.
 */
#ifndef INGEST_FEED_SEAL_H
#define INGEST_FEED_SEAL_H

#include <corridor/base.h>

enum {
    FEED_SEAL_KEY_SIZE = 32,
    FEED_SEAL_OVERHEAD = 1 + 4 + 12 + 16,
};

struct feed_seal;

/*
 * Reads the master key's file: 64 hexadecimal digits, and readable for its owner alone. With
 * `create` it is made when absent (mode 0600, *created true). NULL with the reason in error.
 */
MUST_CHECK struct feed_seal *feed_seal_load(const char *path, bool create, bool *created,
                                            char *error, size_t size);
void feed_seal_free(struct feed_seal *seal); /* wipes it; NULL is fine */
/* The four bytes that say which master key it is, as 8 hexadecimal digits. */
const char *feed_seal_name(const struct feed_seal *seal);

/* Seals len bytes for the key named; sealed has room for len + FEED_SEAL_OVERHEAD. False when
 * OpenSSL fails. */
MUST_CHECK bool feed_seal_seal(const struct feed_seal *seal, struct span keyid,
                               const uint8_t *secret, size_t len, uint8_t *sealed);
/* The way back: secret has room for len - FEED_SEAL_OVERHEAD. False when it was sealed by another
 * master key or for another name, or was changed. */
MUST_CHECK bool feed_seal_unseal(const struct feed_seal *seal, struct span keyid,
                                 const uint8_t *sealed, size_t len, uint8_t *secret);

#endif
