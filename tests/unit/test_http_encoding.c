/* Which encoding Accept-Encoding asks for, that what is packed unpacks to the same, and what goes
 * instead where it cannot be packed. */
#include "core/http_engine.h"
#include "http_wire.h"
#include "unit.h"

#include <brotli/decode.h>
#include <zlib.h>

#define I    HTTP_IDENTITY
#define G    HTTP_GZIP
#define B    HTTP_BR
#define NONE (-1)

static const struct {
    const char *list; /* NULL: not sent */
    int large;
    int small;
} lists[] = {
    {NULL, I, I},
    {"", I, I},
    {"gzip", G, I},
    {"br", B, I},
    {"GZip", G, I},
    {"x-gzip", G, I},
    {"gzip, deflate, br", B, I},
    {"gzip, deflate, br, zstd", B, I},
    {"gzip, deflate", G, I},
    {"deflate", I, I},
    {"zstd", I, I},
    {"gzip;q=1.0, br;q=0.5", G, I},
    {"gzip;q=0.5, br;q=0.5", B, I},
    {"gzip;q=0.500,br;q=0.501", B, I},
    {"gzip ; q=0.2 , br;Q=0.1", G, I},
    {"br;q=0", I, I},
    {"gzip;q=0, br;q=0", I, I},
    {"br;q=0, gzip", G, I},
    {"br;q=0.000, gzip;q=0.001", G, I},
    {"*", B, I},
    {"*;q=0.1", B, I},
    {"*, br;q=0", G, I},
    {"gzip, *;q=0", G, G},
    {"identity", I, I},
    {"identity, gzip;q=0.5", I, I},
    {"identity;q=0.5, gzip", G, I},
    {"identity;q=0.5, gzip;q=0.5", G, I},
    {"identity;q=0", NONE, NONE},
    {"identity;q=0, gzip", G, G},
    {"identity;q=0, gzip, br", B, B},
    {"identity;q=0, *", B, B},
    {"*;q=0", NONE, NONE},
    {"*;q=0, identity;q=0.1", I, I},
    {"gzip;q=0, br;q=0, identity;q=0", NONE, NONE},
    {"gzip;q=1.5, br;q=0.9", G, I},
    {"gzip;q=x", I, I},
    {",, gzip ,", G, I},
    {"gzipped, brotli", I, I},
    {"br;level=4", B, I},
};

static void test_lists(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        struct span list = lists[i].list == NULL ? (struct span){NULL, 0} : span_of(lists[i].list);
        int large = http_negotiate_encoding(list, HTTP_ENCODE_MIN);
        int small = http_negotiate_encoding(list, HTTP_ENCODE_MIN - 1);
        if (large != lists[i].large || small != lists[i].small)
            fail_msg("%s: %d, small %d", lists[i].list, large, small);
    }
}

static void unpack_gzip(struct span packed, char *to, size_t len)
{
    z_stream stream = {.avail_in = (uInt)packed.len, .avail_out = (uInt)len};
    union {
        const char *in;
        Bytef *bytes;
    } from = {.in = packed.at};
    stream.next_in = from.bytes;
    stream.next_out = (Bytef *)to;
    assert_int_equal(inflateInit2(&stream, MAX_WBITS + 16), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.total_out, len);
    inflateEnd(&stream);
}

static void test_what_is_packed_unpacks(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 1024, 30000, 1000000};
    struct http_packer *packer = NULL;
    struct unit_random random = unit_random_open("bodies");
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        char *body = test_malloc(sizes[i] + 1);
        char *back = test_malloc(sizes[i] + 1);
        for (size_t at = 0; at < sizes[i]; at++)
            body[at] = unit_one_in(&random, 3) ? (char)unit_random_between(&random, 0, 255) : 'a';
        for (unsigned best = 0; best < 2; best++) {
            struct span plain = {body, sizes[i]};
            struct out packed;
            if (best != 0 && sizes[i] > 100000)
                continue; /* seconds, under sanitizers */
            out_init(&packed, OUT_LIMIT_DEFAULT);
            assert_true(http_encode(&packed, HTTP_GZIP, plain, best != 0));
            unpack_gzip(out_span(&packed), back, sizes[i]);
            assert_memory_equal(body, back, sizes[i]);
            out_clear(&packed);
            assert_true(http_encode(&packed, HTTP_BR, plain, best != 0));
            size_t len = sizes[i] + 1;
            assert_int_equal(BrotliDecoderDecompress(packed.len, (const uint8_t *)packed.at, &len,
                                                     (uint8_t *)back),
                             BROTLI_DECODER_RESULT_SUCCESS);
            assert_int_equal(len, sizes[i]);
            assert_memory_equal(body, back, sizes[i]);
            out_free(&packed);
        }
        /* By packers that were used before, the same bytes. */
        for (enum http_encoding encoding = HTTP_GZIP; encoding <= HTTP_BR; encoding++) {
            struct span plain = {body, sizes[i]};
            struct out fresh;
            struct out again;
            out_init(&fresh, OUT_LIMIT_DEFAULT);
            out_init(&again, OUT_LIMIT_DEFAULT);
            assert_true(http_encode(&fresh, encoding, plain, false));
            assert_true(http_encode_once(&packer, &again, encoding, plain));
            assert_int_equal(fresh.len, again.len);
            assert_memory_equal(fresh.at, again.at, fresh.len);
            out_free(&fresh);
            out_free(&again);
        }
        test_free(body);
        test_free(back);
    }
    http_packer_free(packer);
}

static void test_what_does_not_fit_is_not_packed(void **state)
{
    (void)state;
    struct out packed;
    out_init(&packed, 100);
    assert_false(http_encode(&packed, HTTP_GZIP, span_of("text"), false) && packed.len > 100);
    out_clear(&packed);
    char body[4000] = {0};
    assert_false(http_encode(&packed, HTTP_BR, (struct span){body, sizeof(body)}, false));
    assert_false(http_encode(&packed, HTTP_IDENTITY, span_of("text"), false));
    out_free(&packed);
}

/* 4 MiB fit, but packed they might not. */
static void test_plain_goes_where_packing_fails(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        const char *accept;
        int status;
        const char *encoding; /* NULL: none */
    } cases[] = {
        {"bytes=5000", "gzip", 200, "Content-Encoding: gzip\r\n"},
        {"bytes=5000", "br", 200, "Content-Encoding: br\r\n"},
        {"bytes=4194304", "gzip", 200, NULL},
        {"bytes=4194304", "br, *;q=0.1", 200, NULL},
        {"bytes=4194304", "gzip, identity;q=0", 406, NULL},
        {"bytes=4194304", "zstd, *;q=0", 406, NULL},
    };
    wire_open();
    for (size_t i = 0; i < 2 * COUNT_OF(cases); i++) {
        const char *kept = i < COUNT_OF(cases) ? "" : "&kept";
        size_t k = i % COUNT_OF(cases);
        struct wire_answer answer;
        char text[200];
        snprintf(text, sizeof text,
                 "GET /packed?%s%s HTTP/1.1\r\nHost: a\r\nAccept-Encoding: %s\r\n\r\n",
                 cases[k].query, kept, cases[k].accept);
        wire_talk(&answer, span_of(text), NULL, 0);
        bool packed = memmem(answer.bytes.at, answer.bytes.len, "Content-Encoding: ", 18) != NULL;
        bool right = cases[k].encoding == NULL
                         ? !packed
                         : memmem(answer.bytes.at, answer.bytes.len, cases[k].encoding,
                                  strlen(cases[k].encoding)) != NULL;
        if (answer.count != 1 || answer.statuses[0] != cases[k].status || !answer.whole || !right) {
            fail_msg("%s%s, %s: %d, %s", cases[k].query, kept, cases[k].accept, answer.statuses[0],
                     packed ? "packed" : "plain");
        }
        wire_answer_free(&answer);
    }
    wire_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_what_is_packed_unpacks),
        cmocka_unit_test(test_what_does_not_fit_is_not_packed),
        cmocka_unit_test(test_plain_goes_where_packing_fails),
    };
    return UNIT_RUN(tests, NULL, NULL);
}
