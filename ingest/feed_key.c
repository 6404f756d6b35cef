/*
 * Keys and the verification of signatures, by OpenSSL's EVP. The hard part is telling nothing by
 * time: an HMAC is computed whole and compared in constant time; Ed25519 verification handles only
 * what is public.
 */
#include <ingest/feed_key.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

struct feed_key {
    enum feed_algorithm algorithm;
    EVP_PKEY *public_key;                 /* of Ed25519 */
    uint8_t secret[FEED_HMAC_SECRET_MAX]; /* of HMAC */
    size_t secret_len;
};

static const char *const codes[] = {[FEED_ED25519] = "ed25519", [FEED_HMAC_SHA256] = "hmac-sha256"};

const char *feed_algorithm_code(enum feed_algorithm algorithm)
{
    return codes[algorithm];
}

bool feed_algorithm_of(struct span code, enum feed_algorithm *algorithm)
{
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        if (span_is(code, codes[i])) {
            *algorithm = (enum feed_algorithm)i;
            return true;
        }
    }
    return false;
}

struct feed_key *feed_key_new(enum feed_algorithm algorithm, const uint8_t *bytes, size_t len)
{
    if (algorithm == FEED_ED25519 ? len != FEED_ED25519_KEY_SIZE
                                  : len < FEED_HMAC_SECRET_MIN || len > FEED_HMAC_SECRET_MAX) {
        return NULL;
    }
    struct feed_key *key = calloc(1, sizeof *key);
    if (!key) {
        return NULL;
    }
    key->algorithm = algorithm;
    if (algorithm == FEED_ED25519) {
        key->public_key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, bytes, len);
        if (!key->public_key) {
            free(key);
            return NULL;
        }
    } else {
        memcpy(key->secret, bytes, len);
        key->secret_len = len;
    }
    return key;
}

void feed_key_free(struct feed_key *key)
{
    if (key) {
        EVP_PKEY_free(key->public_key);
        OPENSSL_cleanse(key, sizeof *key);
        free(key);
    }
}

enum feed_algorithm feed_key_algorithm(const struct feed_key *key)
{
    return key->algorithm;
}

static bool verify_ed25519(const struct feed_key *key, struct span bytes, const uint8_t *signature)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    const bool right = context &&
                       EVP_DigestVerifyInit(context, NULL, NULL, NULL, key->public_key) == 1 &&
                       EVP_DigestVerify(context, signature, FEED_ED25519_SIGNATURE_SIZE,
                                        (const unsigned char *)bytes.at, bytes.len) == 1;
    EVP_MD_CTX_free(context);
    return right;
}

static bool verify_hmac(const struct feed_key *key, struct span bytes, const uint8_t *signature)
{
    unsigned char right[FEED_HMAC_SIGNATURE_SIZE];
    unsigned len = 0;
    return HMAC(EVP_sha256(), key->secret, (int)key->secret_len, (const unsigned char *)bytes.at,
                bytes.len, right, &len) != NULL &&
           len == sizeof right && CRYPTO_memcmp(right, signature, sizeof right) == 0;
}

bool feed_key_verify(const struct feed_key *key, struct span bytes, const uint8_t *signature,
                     size_t len)
{
    if (key->algorithm == FEED_ED25519) {
        return len == FEED_ED25519_SIGNATURE_SIZE && verify_ed25519(key, bytes, signature);
    }
    return len == FEED_HMAC_SIGNATURE_SIZE && verify_hmac(key, bytes, signature);
}
