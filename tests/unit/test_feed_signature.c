/* Signatures: the RFCs' own vectors, what is demanded beyond them, and every single byte changed.
 */
#include "unit.h"

#include <ingest/feed_digest.h>
#include <ingest/feed_key.h>
#include <ingest/feed_signature.h>
#include <ingest/structured_field.h>

/* The request of RFC 9421 appendix B.2, and headers that cases add. */
struct header {
    const char *name;
    const char *value;
};
static const struct header rfc_headers[] = {
    {"date", "Tue, 20 Apr 2021 02:07:55 GMT"},
    {"content-type", "application/json"},
    {"content-digest",
     "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNye"
     "aldVLvRwEmTHWXvJwew==:"},
    {"content-length", "18"},
    {"x-twice", "a"},
    {"x-twice", "b"},
    {"x-empty", ""},
    {NULL, NULL},
};

static unsigned header_of(const void *arg, const char *name, struct span *value)
{
    unsigned times = 0;
    for (const struct header *h = arg; h->name; h++) {
        if (strcmp(h->name, name) == 0 && times++ == 0) {
            *value = span_of(h->value);
        }
    }
    return times;
}

static struct feed_message rfc_message(void)
{
    return (struct feed_message){.method = span_of("POST"),
                                 .origin = span_of("https://example.com"),
                                 .target = span_of("/foo?param=Value&Pet=dog"),
                                 .header = header_of,
                                 .arg = rfc_headers};
}

static struct feed_key *key_of(enum feed_algorithm algorithm, const char *base64)
{
    uint8_t bytes[128];
    size_t len = 0;
    assert_true(structured_bytes(span_of(base64), bytes, sizeof bytes, &len));
    struct feed_key *key = feed_key_new(algorithm, bytes, len);
    assert_non_null(key);
    return key;
}

#define HMAC_KEY \
    "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
#define ED25519_KEY "JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="

/* RFC 9421 appendix B.2: all of them make our base; the two whose algorithm is ours verify. */
static const struct {
    const char *name;
    const char *input;
    const char *signature;
    const char *key; /* NULL: the algorithm is none of ours */
    enum feed_algorithm algorithm;
    const char *base;
} vectors[] = {
    {"B.2.1",
     "sig-b21=();created=1618884473;keyid=\"test-key-rsa-pss\";nonce=\"b3k2pp5k7z-50gnwp.yemd\"",
     "sig-b21=:AAAA:", NULL, FEED_ED25519,
     "\"@signature-params\": "
     "();created=1618884473;keyid=\"test-key-rsa-pss\";nonce=\"b3k2pp5k7z-50gnwp"
     ".yemd\""},
    {"B.2.3",
     "sig-b23=(\"date\" \"@method\" \"@path\" \"@query\" \"@authority\" \"content-type\" "
     "\"content-digest\" \"content-length\");created=1618884473;keyid=\"test-key-rsa-pss\"",
     "sig-b23=:AAAA:", NULL, FEED_ED25519,
     "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@method\": POST\n\"@path\": /foo\n\"@query\": "
     "?param=Value&Pet=dog\n\"@authority\": example.com\n\"content-type\": application/json\n"
     "\"content-digest\": "
     "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNye"
     "aldVLvRwEmTHWXvJwew==:\n\"content-length\": 18\n\"@signature-params\": (\"date\" \"@method\" "
     "\"@path\" \"@query\" \"@authority\" \"content-type\" \"content-digest\" "
     "\"content-length\");created="
     "1618884473;keyid=\"test-key-rsa-pss\""},
    {"B.2.5",
     "sig-b25=(\"date\" \"@authority\" "
     "\"content-type\");created=1618884473;keyid=\"test-shared-secret\"",
     "sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:", HMAC_KEY, FEED_HMAC_SHA256,
     "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@authority\": example.com\n\"content-type\": "
     "application/json\n\"@signature-params\": (\"date\" \"@authority\" \"content-type\");created="
     "1618884473;keyid=\"test-shared-secret\""},
    {"B.2.6",
     "sig-b26=(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" "
     "\"content-length\");created="
     "1618884473;keyid=\"test-key-ed25519\"",
     "sig-b26=:"
     "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw"
     "==:",
     ED25519_KEY, FEED_ED25519,
     "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@method\": POST\n\"@path\": /foo\n\"@authority\": "
     "example.com\n\"content-type\": application/json\n\"content-length\": "
     "18\n\"@signature-params\": "
     "(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\");created="
     "1618884473;keyid=\"test-key-ed25519\""},
};

static void test_vectors(void **state)
{
    (void)state;
    const struct feed_message message = rfc_message();
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        struct feed_signature signature;
        struct feed_fault fault = {0};
        struct out base;
        out_init(&base, FEED_SIGNATURE_BASE_MAX);
        if (!feed_signature_parse(&signature, span_of(vectors[i].input),
                                  span_of(vectors[i].signature), &fault) ||
            !feed_signature_base(&signature, &message, &base, &fault)) {
            fail_msg("%s: %s: %s", vectors[i].name, fault.field, fault.reason);
        }
        out_char(&base, '\0');
        assert_string_equal(base.at, vectors[i].base);
        if (vectors[i].key) {
            struct feed_key *key = key_of(vectors[i].algorithm, vectors[i].key);
            assert_true(
                feed_key_verify(key, span_of(base.at), signature.bytes, signature.bytes_len));
            feed_key_free(key);
        }
        out_free(&base);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
    };
    return UNIT_RUN(tests, NULL, NULL);
}
