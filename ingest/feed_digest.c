/*
 * A body's digest, reckoned while the body passes. The hard part is none of the hashing: it is that
 * a digest which is announced and not understood must not count as one that was checked, so at
 * least one known algorithm is asked for, and every known one is compared.
 */
#include <ingest/feed_digest.h>

#include <ingest/structured_field.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    KNOWN = 2
};
static const struct {
    const char *name; /* RFC 9530 section 7.2 */
    size_t size;
    const EVP_MD *(*hash)(void);
} known[KNOWN] = {
    {"sha-256", 32, EVP_sha256},
    {"sha-512", 64, EVP_sha512},
};

struct feed_digest {
    struct feed_digest_one {
        EVP_MD_CTX *context; /* NULL: not announced */
        uint8_t announced[EVP_MAX_MD_SIZE];
    } one[KNOWN];
    bool broken; /* OpenSSL failed on the way */
};

void feed_digest_free(struct feed_digest *digest)
{
    if (digest) {
        for (size_t i = 0; i < KNOWN; i++) {
            EVP_MD_CTX_free(digest->one[i].context);
        }
        free(digest);
    }
}

static bool announce(struct feed_digest *digest, size_t index, const struct structured_value *value,
                     struct feed_fault *fault)
{
    struct feed_digest_one *one = &digest->one[index];
    size_t len = 0;
    if (one->context) {
        return feed_fault_set(fault, FEED_DIGEST_MISSING, "Content-Digest", "%s stands there twice",
                              known[index].name);
    }
    if (value->type != STRUCTURED_BYTES ||
        !structured_bytes(value->text, one->announced, sizeof one->announced, &len) ||
        len != known[index].size) {
        return feed_fault_set(fault, FEED_DIGEST_MISSING, "Content-Digest",
                              "%s must be the base64 of %zu bytes between colons: %s=:…:",
                              known[index].name, known[index].size, known[index].name);
    }
    one->context = EVP_MD_CTX_new();
    digest->broken = digest->broken || !one->context ||
                     EVP_DigestInit_ex(one->context, known[index].hash(), NULL) != 1;
    return true;
}

static bool read_header(struct feed_digest *digest, struct span header, struct feed_fault *fault)
{
    struct structured_reader reader;
    struct structured_value value;
    struct span name;
    bool any = false;
    if (header.len > FEED_SIGNATURE_FIELD_MAX) {
        return feed_fault_set(fault, FEED_DIGEST_MISSING, "Content-Digest",
                              "it has %zu bytes; at most %d are read", header.len,
                              FEED_SIGNATURE_FIELD_MAX);
    }
    structured_begin(&reader, header);
    while (structured_next_member(&reader, &name, &value)) {
        for (size_t i = 0; i < KNOWN; i++) {
            if (span_is(name, known[i].name)) {
                any = true;
                if (!announce(digest, i, &value, fault)) {
                    return false;
                }
            }
        }
    }
    if (reader.error) {
        return feed_fault_set(fault, FEED_DIGEST_MISSING, "Content-Digest", "expected %s",
                              reader.error);
    }
    if (!any) {
        return feed_fault_set(fault, FEED_DIGEST_MISSING, "Content-Digest",
                              "send sha-256=:…: or sha-512=:…: of the body's bytes (RFC 9530)");
    }
    return true;
}

struct feed_digest *feed_digest_new(struct span header, struct feed_fault *fault)
{
    *fault = (struct feed_fault){.code = FEED_FAULT_NONE};
    struct feed_digest *digest = calloc(1, sizeof *digest);
    if (!digest || !read_header(digest, header, fault) || digest->broken) {
        feed_digest_free(digest);
        return NULL;
    }
    return digest;
}

void feed_digest_add(struct feed_digest *digest, struct span bytes)
{
    for (size_t i = 0; i < KNOWN; i++) {
        if (digest->one[i].context) {
            digest->broken = EVP_DigestUpdate(digest->one[i].context, bytes.at, bytes.len) != 1 ||
                             digest->broken;
        }
    }
}

bool feed_digest_end(struct feed_digest *digest, struct feed_fault *fault)
{
    *fault = (struct feed_fault){.code = FEED_FAULT_NONE};
    for (size_t i = 0; i < KNOWN; i++) {
        unsigned char computed[EVP_MAX_MD_SIZE];
        unsigned char encoded[EVP_MAX_MD_SIZE * 2];
        unsigned len = 0;
        struct feed_digest_one *one = &digest->one[i];
        if (!one->context) {
            continue;
        }
        if (digest->broken || EVP_DigestFinal_ex(one->context, computed, &len) != 1) {
            return feed_fault_set(fault, FEED_FAULT_NONE, "", "OpenSSL could not reckon a digest");
        }
        if (CRYPTO_memcmp(computed, one->announced, known[i].size) != 0) {
            EVP_EncodeBlock(encoded, computed, (int)len);
            return feed_fault_set(fault, FEED_DIGEST_WRONG, "Content-Digest",
                                  "the bytes received have %s=:%s:", known[i].name,
                                  (const char *)encoded);
        }
    }
    return true;
}
