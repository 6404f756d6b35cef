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

/* ---- What is demanded ---- */

#define NOW      1700000000
#define NONCE    "0123456789abcdef"
#define COVERED  "(\"@method\" \"@target-uri\" \"content-digest\")"
#define INPUT(c) "sig1=" COVERED ";created=" c ";keyid=\"k\";nonce=\"" NONCE "\""
#define SIGNED   "sig1=:AAAA:"

/* Read, then weighed: a request with a body at NOW. */
static const struct {
    const char *input;
    const char *signature;
    enum feed_fault_code code;
    const char *field;
} demands[] = {
    {INPUT("1700000000"), SIGNED, FEED_FAULT_NONE, ""},
    {INPUT("1700000299"), SIGNED, FEED_FAULT_NONE, ""},
    {INPUT("1699999701"), SIGNED, FEED_FAULT_NONE, ""},
    {INPUT("1700000301"), SIGNED, FEED_SIGNATURE_STALE, "created"},
    {INPUT("1699999699"), SIGNED, FEED_SIGNATURE_STALE, "created"},
    {INPUT("1700000000") ";alg=\"hmac-sha256\";tag=\"feed\"", SIGNED, FEED_FAULT_NONE, ""},
    {INPUT("1700000000") ";expires=1700000001", SIGNED, FEED_FAULT_NONE, ""},
    {INPUT("1700000000") ";expires=1699999999", SIGNED, FEED_SIGNATURE_STALE, "expires"},
    {"  sig1=(  \"@method\"   \"@target-uri\" \"content-digest\"  ); "
     "created=1700000000;keyid=\"k\";  "
     "nonce=\"" NONCE "\"  ",
     " sig1=:AAAA: ", FEED_FAULT_NONE, ""},
    /* Not there, or not one. */
    {"", SIGNED, FEED_SIGNATURE_MISSING, "Signature-Input"},
    {INPUT("1700000000"), "", FEED_SIGNATURE_MISSING, "Signature"},
    {"   ", SIGNED, FEED_SIGNATURE_MALFORMED, "Signature-Input"},
    {INPUT("1700000000") ", " INPUT("1700000000"), SIGNED, FEED_SIGNATURE_MALFORMED,
     "Signature-Input"},
    {INPUT("1700000000"), SIGNED ", sig2=:AAAA:", FEED_SIGNATURE_MALFORMED, "Signature"},
    {INPUT("1700000000"), "sig2=:AAAA:", FEED_SIGNATURE_MALFORMED, "Signature"},
    {INPUT("1700000000") ",", SIGNED, FEED_SIGNATURE_MALFORMED, "Signature-Input"},
    {INPUT("1700000000"), "sig1=:AAAA:;a=1", FEED_SIGNATURE_MALFORMED, "Signature"},
    {INPUT("1700000000"), "sig1=AAAA", FEED_SIGNATURE_MALFORMED, "Signature"},
    {INPUT("1700000000"), "sig1=:AAAA", FEED_SIGNATURE_MALFORMED, "Signature"},
    {INPUT("1700000000"), "sig1=:AAA:", FEED_SIGNATURE_MALFORMED, "Signature"},
    {INPUT("1700000000"), "sig1=:AAB=:", FEED_SIGNATURE_MALFORMED,
     "Signature"}, /* a bit too many */
    {INPUT("1700000000"), "sig1=:AA=A:", FEED_SIGNATURE_MALFORMED, "Signature"},
    {INPUT("1700000000"), "sig1=:AAAA::", FEED_SIGNATURE_MALFORMED, "Signature"},
    {INPUT("1700000000"), "sig1", FEED_SIGNATURE_MALFORMED, "Signature"},
    {"sig1", SIGNED, FEED_SIGNATURE_MALFORMED, "Signature-Input"},
    {";a=1 " INPUT("1700000000"), SIGNED, FEED_SIGNATURE_MALFORMED, "Signature-Input"},
    {INPUT("1700000000"), ";a=1 " SIGNED, FEED_SIGNATURE_MALFORMED, "Signature"},
    {"sig1=(;a \"@method\");created=1", SIGNED, FEED_SIGNATURE_MALFORMED, "Signature-Input"},
    {"Sig1=();created=1", SIGNED, FEED_SIGNATURE_MALFORMED, "Signature-Input"},
    {"sig1=(;created=1", SIGNED, FEED_SIGNATURE_MALFORMED, "Signature-Input"},
    {"sig1=(\"a\"\"b\");created=1", SIGNED, FEED_SIGNATURE_MALFORMED, "Signature-Input"},
    {"sig1=(\"a\" b);created=1", SIGNED, FEED_SIGNATURE_MALFORMED, "Signature-Input"},
    {"sig1=(\"a\" \"\");created=1", SIGNED, FEED_SIGNATURE_MALFORMED, "Signature-Input"},
    {"sig1=(\"a\" \"A\");created=1", SIGNED, FEED_SIGNATURE_MALFORMED, "A"},
    {"sig1=(\"a\" \"a\");created=1", SIGNED, FEED_SIGNATURE_MALFORMED, "a"},
    {"sig1=(\"a\\\"\");created=1", SIGNED, FEED_SIGNATURE_MALFORMED, "a\\\""},
    {"sig1=(\"@status\");created=1", SIGNED, FEED_SIGNATURE_MALFORMED, "@status"},
    {"sig1=(\"@query-param\";name=\"a\");created=1", SIGNED, FEED_SIGNATURE_MALFORMED,
     "@query-param"},
    {"sig1=(\"date\";sf);created=1", SIGNED, FEED_SIGNATURE_MALFORMED, "date"},
    {"sig1=();created=\"1\"", SIGNED, FEED_SIGNATURE_MALFORMED, "created"},
    {"sig1=();created=1.5", SIGNED, FEED_SIGNATURE_MALFORMED, "created"},
    {"sig1=();created=-1", SIGNED, FEED_SIGNATURE_MALFORMED, "created"},
    {"sig1=();created", SIGNED, FEED_SIGNATURE_MALFORMED, "created"},
    {"sig1=();created=1;created=2", SIGNED, FEED_SIGNATURE_MALFORMED, "created"},
    {"sig1=();created=1234567890123456", SIGNED, FEED_SIGNATURE_MALFORMED, "Signature-Input"},
    {"sig1=();keyid=k", SIGNED, FEED_SIGNATURE_MALFORMED, "keyid"},
    {"sig1=();keyid=\"k\\\\\"", SIGNED, FEED_SIGNATURE_MALFORMED, "keyid"},
    {"sig1=();keyed=\"k\"", SIGNED, FEED_SIGNATURE_MALFORMED, "keyed"},
    {"sig1=();keyid=\"k", SIGNED, FEED_SIGNATURE_MALFORMED, "Signature-Input"},
    {"sig1=();keyid=\"\xc3\xa9\"", SIGNED, FEED_SIGNATURE_MALFORMED, "Signature-Input"},
    {"sig1=()\t;keyid=\"k\"", SIGNED, FEED_SIGNATURE_MALFORMED, "Signature-Input"},
    /* One signature that says too little. */
    {"sig1=(\"@method\" \"content-digest\");created=1700000000;keyid=\"k\";nonce=\"" NONCE "\"",
     SIGNED, FEED_SIGNATURE_INCOMPLETE, "@target-uri"},
    {"sig1=(\"@target-uri\" \"content-digest\");created=1700000000;keyid=\"k\";nonce=\"" NONCE "\"",
     SIGNED, FEED_SIGNATURE_INCOMPLETE, "@method"},
    {"sig1=(\"@method\" \"@target-uri\");created=1700000000;keyid=\"k\";nonce=\"" NONCE "\"",
     SIGNED, FEED_SIGNATURE_INCOMPLETE, "content-digest"},
    {"sig1=" COVERED ";keyid=\"k\";nonce=\"" NONCE "\"", SIGNED, FEED_SIGNATURE_INCOMPLETE,
     "created"},
    {"sig1=" COVERED ";created=1700000000;nonce=\"" NONCE "\"", SIGNED, FEED_SIGNATURE_INCOMPLETE,
     "keyid"},
    {"sig1=" COVERED ";created=1700000000;keyid=\"\";nonce=\"" NONCE "\"", SIGNED,
     FEED_SIGNATURE_INCOMPLETE, "keyid"},
    {"sig1=" COVERED ";created=1700000000;keyid=\"k\"", SIGNED, FEED_SIGNATURE_INCOMPLETE, "nonce"},
    {"sig1=" COVERED ";created=1700000000;keyid=\"k\";nonce=\"0123456789abcde\"", SIGNED,
     FEED_SIGNATURE_INCOMPLETE, "nonce"},
    {"sig1=" COVERED ";created=1700000000;keyid=\"k\";nonce=\"" NONCE NONCE NONCE NONCE "0\"",
     SIGNED, FEED_SIGNATURE_INCOMPLETE, "nonce"},
};

static void test_demands(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(demands); i++) {
        struct feed_signature signature;
        struct feed_fault fault = {0};
        const bool taken = feed_signature_parse(&signature, span_of(demands[i].input),
                                                span_of(demands[i].signature), &fault) &&
                           feed_signature_check(&signature, true, NOW, &fault);
        if (taken != (demands[i].code == FEED_FAULT_NONE) || fault.code != demands[i].code ||
            strcmp(fault.field, demands[i].field) != 0) {
            fail_msg("%s: %s: %s %s (%s)", demands[i].input, demands[i].signature,
                     taken ? "taken" : feed_fault_problem(fault.code), fault.field, fault.reason);
        }
    }
}

/* Bounds on what a stranger chooses the size of. */
static void test_bounds(void **state)
{
    (void)state;
    struct feed_signature signature;
    struct feed_fault fault;
    struct out text;
    out_init(&text, 1 << 16);
    out_text(&text, "sig1=(");
    for (int i = 0; i <= FEED_SIGNATURE_COMPONENTS; i++) {
        out_printf(&text, "\"h%d\" ", i);
    }
    out_text(&text, ");created=1");
    assert_false(feed_signature_parse(&signature, out_span(&text), span_of(SIGNED), &fault));
    assert_non_null(strstr(fault.reason, "at most 16"));
    out_clear(&text);
    out_text(&text, "sig1=(\"");
    for (int i = 0; i < FEED_SIGNATURE_FIELD_MAX; i++) {
        out_char(&text, 'a');
    }
    out_text(&text, "\");created=1");
    assert_false(feed_signature_parse(&signature, out_span(&text), span_of(SIGNED), &fault));
    assert_non_null(strstr(fault.reason, "2048"));
    out_free(&text);
}

/* Components that the request does not have, or has twice. */
static void test_components(void **state)
{
    static const struct {
        const char *component;
        const char *line; /* NULL: cannot be covered */
    } cases[] = {
        {"@target-uri", "https://example.com/foo?param=Value&Pet=dog"},
        {"@scheme", "https"},
        {"@request-target", "/foo?param=Value&Pet=dog"},
        {"x-empty", ""},
        {"x-twice", NULL},
        {"x-none", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char input[200];
        char line[200];
        struct feed_signature signature;
        struct feed_fault fault;
        struct out base;
        const struct feed_message message = rfc_message();
        out_init(&base, FEED_SIGNATURE_BASE_MAX);
        (void)snprintf(input, sizeof input, "s=(\"%s\");created=1", cases[i].component);
        assert_true(feed_signature_parse(&signature, span_of(input), span_of("s=:AAAA:"), &fault));
        assert_int_equal(feed_signature_base(&signature, &message, &base, &fault),
                         cases[i].line != NULL);
        if (cases[i].line) {
            (void)snprintf(line, sizeof line, "\"%s\": %s\n", cases[i].component, cases[i].line);
            assert_memory_equal(base.at, line, strlen(line));
        } else {
            assert_int_equal(fault.code, FEED_SIGNATURE_INCOMPLETE);
            assert_string_equal(fault.field, cases[i].component);
        }
        out_free(&base);
    }
}

/* Host and port as clients write them (RFC 9421 section 2.2.3). */
static void test_authority(void **state)
{
    static const struct {
        const char *origin;
        const char *authority;
    } cases[] = {
        {"https://Example.COM", "example.com"},       {"https://example.com:443", "example.com"},
        {"http://example.com:80", "example.com"},     {"http://example.com:443", "example.com:443"},
        {"https://example.com:80", "example.com:80"}, {"http://[::1]:8081", "[::1]:8081"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct feed_signature signature;
        struct feed_fault fault;
        struct out base;
        char line[100];
        struct feed_message message = rfc_message();
        message.origin = span_of(cases[i].origin);
        out_init(&base, FEED_SIGNATURE_BASE_MAX);
        assert_true(feed_signature_parse(&signature, span_of("s=(\"@authority\");created=1"),
                                         span_of("s=:AAAA:"), &fault));
        assert_true(feed_signature_base(&signature, &message, &base, &fault));
        (void)snprintf(line, sizeof line, "\"@authority\": %s\n", cases[i].authority);
        assert_memory_equal(base.at, line, strlen(line));
        out_free(&base);
    }
}

/* ---- Every byte that is signed ---- */

#define BODY          "{\"hello\": \"world\"}"
#define DIGEST_SHA256 "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"

struct request {
    char method[8];
    char origin[32];
    char target[64];
    char digest[80];
    char input[200];
    char signature[120];
    char body[32];
};

/* Whether a request would be believed, body and all. */
static bool believed(const struct feed_key *key, const struct request *r)
{
    const struct header headers[] = {{"content-digest", r->digest}, {NULL, NULL}};
    const struct feed_message message = {.method = span_of(r->method),
                                         .origin = span_of(r->origin),
                                         .target = span_of(r->target),
                                         .header = header_of,
                                         .arg = headers};
    struct feed_signature signature;
    struct feed_fault fault;
    struct feed_digest *digest = NULL;
    struct out base;
    out_init(&base, FEED_SIGNATURE_BASE_MAX);
    bool right =
        feed_signature_parse(&signature, span_of(r->input), span_of(r->signature), &fault) &&
        feed_signature_check(&signature, true, NOW, &fault) &&
        feed_signature_base(&signature, &message, &base, &fault) && !out_failed(&base) &&
        feed_key_verify(key, out_span(&base), signature.bytes, signature.bytes_len);
    if (right) {
        digest = feed_digest_new(span_of(r->digest), &fault);
        right = digest != NULL;
    }
    if (right) {
        feed_digest_add(digest, span_of(r->body));
        right = feed_digest_end(digest, &fault);
    }
    feed_digest_free(digest);
    out_free(&base);
    return right;
}

/* Signed by other hands: openssl pkeyutl -sign -rawin, and Python's hmac. */
static const struct {
    enum feed_algorithm algorithm;
    const char *key;
    const char *signature;
} signers[] = {
    {FEED_ED25519, "CtDXtSl92d+O8yAKE+leA+6xhqWo4BtHXBIOewA8RvY=",
     "sig1=:bn+/kf/1gQony0Gsel895x/"
     "vjf7gup58G8nZCaK+2jBEgOxz61xtP6PehSMviEiX8UBBfHHK+hyr3SRPGW8SAg==:"},
    {FEED_HMAC_SHA256, HMAC_KEY, "sig1=:ZFuvS8XfSbIYghHf9tquDcrRUAOR0uKF2VfdM1VcGcI=:"},
};

static size_t changes_believed(const struct feed_key *key, struct request *r, char *field,
                               size_t *tried)
{
    size_t believed_all = 0;
    /* The label is not signed: it only has to be the same twice. */
    for (char *at = field; *at; at++) {
        const char was = *at;
        for (int change = 1; change < 256; change++) {
            *at = (char)change;
            if (*at == was) {
                continue;
            }
            ++*tried;
            if (believed(key, r)) {
                believed_all++;
                print_error("believed: byte %zu of '%s' was %c\n", (size_t)(at - field), field,
                            was);
            }
        }
        *at = was;
    }
    return believed_all;
}

static void test_every_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(signers); i++) {
        size_t tried = 0;
        size_t wrong = 0;
        struct feed_key *key = key_of(signers[i].algorithm, signers[i].key);
        struct request r = {.method = "POST",
                            .origin = "http://127.0.0.1:8081",
                            .target = "/v1/operators/acme/quotes?dry_run=true",
                            .digest = DIGEST_SHA256,
                            .input = INPUT("1700000000"),
                            .body = BODY};
        (void)snprintf(r.signature, sizeof r.signature, "%s", signers[i].signature);
        assert_true(believed(key, &r));
        char *const fields[] = {r.method, r.origin, r.target,   r.digest,
                                r.input,  r.body,   r.signature};
        for (size_t j = 0; j < COUNT_OF(fields); j++) {
            wrong += changes_believed(key, &r, fields[j], &tried);
        }
        print_message("# %s: %zu changes of one byte, %zu believed\n",
                      feed_algorithm_code(signers[i].algorithm), tried, wrong);
        assert_int_equal(wrong, 0);
        feed_key_free(key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),   cmocka_unit_test(test_demands),
        cmocka_unit_test(test_bounds),    cmocka_unit_test(test_components),
        cmocka_unit_test(test_authority), cmocka_unit_test(test_every_byte),
    };
    return UNIT_RUN(tests, NULL, NULL);
}
