/* Content-Digest: the RFC's examples, what is refused, and bodies in pieces of any size. */
#include "unit.h"

#include <ingest/feed_digest.h>

#include <openssl/evp.h>

/* RFC 9530 appendix B: the JSON with its line break; RFC 9421 appendix B.2: without. */
#define LINE     "{\"hello\": \"world\"}\n"
#define LINE_256 "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
#define LINE_512                                                                          \
    "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/" \
    "WkppmM44T3"                                                                          \
    "qg==:"
#define EMPTY_256 "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"
#define TEXT      "{\"hello\": \"world\"}"
#define TEXT_256  "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"

static const struct {
    const char *header;
    const char *body;
    enum feed_fault_code code;
} cases[] = {
    {LINE_256, LINE, FEED_FAULT_NONE},
    {LINE_512, LINE, FEED_FAULT_NONE},
    {LINE_256 ", " LINE_512, LINE, FEED_FAULT_NONE},
    {TEXT_256, TEXT, FEED_FAULT_NONE},
    {EMPTY_256, "", FEED_FAULT_NONE},
    {"md5=:AAAA:, " LINE_256 ",unixsum=1;a=b", LINE, FEED_FAULT_NONE}, /* others are passed over */
    {TEXT_256, LINE, FEED_DIGEST_WRONG},
    {LINE_256, TEXT, FEED_DIGEST_WRONG},
    {EMPTY_256, LINE, FEED_DIGEST_WRONG},
    /* All that are known have to be right. */
    {TEXT_256 ", " LINE_512, LINE, FEED_DIGEST_WRONG},
    {LINE_256 ", " LINE_512, TEXT, FEED_DIGEST_WRONG},
    {"", LINE, FEED_DIGEST_MISSING},
    {"md5=:AAAA:", LINE, FEED_DIGEST_MISSING},
    {"SHA-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:", LINE, FEED_DIGEST_MISSING},
    {"sha-256=RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=", LINE, FEED_DIGEST_MISSING},
    {"sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDh=:", LINE, FEED_DIGEST_MISSING},
    {"sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg:", LINE, FEED_DIGEST_MISSING},
    {"sha-256=::", LINE, FEED_DIGEST_MISSING},
    {"sha-256=:AAAA:", LINE, FEED_DIGEST_MISSING},
    {"sha-256", LINE, FEED_DIGEST_MISSING},
    {LINE_256 "," LINE_256, LINE, FEED_DIGEST_MISSING},
    {LINE_256 ",", LINE, FEED_DIGEST_MISSING},
    {LINE_256 " x", LINE, FEED_DIGEST_MISSING},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct feed_fault fault;
        struct feed_digest *digest = feed_digest_new(span_of(cases[i].header), &fault);
        const bool right = digest != NULL;
        if (right) {
            feed_digest_add(digest, span_of(cases[i].body));
            if (feed_digest_end(digest, &fault) != (cases[i].code == FEED_FAULT_NONE)) {
                fail_msg("%s: ends otherwise", cases[i].header);
            }
        }
        feed_digest_free(digest);
        if (fault.code != cases[i].code) {
            fail_msg("%s: %d (%s)", cases[i].header, (int)fault.code, fault.reason);
        }
    }
}

/* What was computed is told, so that a client sees what it should have sent. */
static void test_told(void **state)
{
    (void)state;
    struct feed_fault fault;
    struct feed_digest *digest = feed_digest_new(span_of(EMPTY_256), &fault);
    assert_non_null(digest);
    feed_digest_add(digest, span_of(TEXT));
    assert_false(feed_digest_end(digest, &fault));
    assert_non_null(strstr(fault.reason, TEXT_256));
    feed_digest_free(digest);
}

static void test_pieces(void **state)
{
    (void)state;
    struct unit_random random = unit_random_open("pieces");
    static uint8_t body[100000];
    unsigned char hash[EVP_MAX_MD_SIZE];
    char header[120] = "sha-256=:";
    for (size_t i = 0; i < sizeof body; i++) {
        body[i] = (uint8_t)unit_random_bits(&random);
    }
    assert_int_equal(EVP_Digest(body, sizeof body, hash, NULL, EVP_sha256(), NULL), 1);
    EVP_EncodeBlock((unsigned char *)header + strlen(header), hash, 32);
    header[strlen(header) + 1] = '\0';
    header[strlen(header)] = ':';
    for (int round = 0; round < 50; round++) {
        struct feed_fault fault;
        struct feed_digest *digest = feed_digest_new(span_of(header), &fault);
        assert_non_null(digest);
        for (size_t at = 0; at < sizeof body;) {
            size_t len = (size_t)unit_random_size(&random, 70000) + 1;
            len = len < sizeof body - at ? len : sizeof body - at;
            feed_digest_add(digest, (struct span){(const char *)body + at, len});
            at += len;
        }
        assert_true(feed_digest_end(digest, &fault));
        feed_digest_free(digest);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_told),
        cmocka_unit_test(test_pieces),
    };
    return UNIT_RUN(tests, NULL, NULL);
}
