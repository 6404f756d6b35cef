/* Bodies taken apart into quotes, whole and byte by byte, and unpacked within bounds. */
#include "ingest/feed_gunzip.h"
#include "ingest/feed_split.h"
#include "ingest/quote_read.h"

#include "unit.h"

#include <stdlib.h>
#include <zlib.h>

/* What came of a body: its texts with a | behind each, then the code of a refusal, or "". */
struct taken {
    char texts[512];
    enum refusal_code code;
};

static void note(struct taken *taken, struct span text)
{
    (void)snprintf(taken->texts + strlen(taken->texts), sizeof taken->texts - strlen(taken->texts),
                   "%.*s|", (int)text.len, text.at);
}

static struct taken take(enum feed_format format, const char *body, size_t piece)
{
    struct taken taken = {0};
    struct feed_split split;
    struct span text;
    struct refusal why = {0};
    enum feed_split_result result = FEED_SPLIT_MORE;
    size_t len = strlen(body);
    feed_split_init(&split, format);
    for (size_t at = 0; at < len && result != FEED_SPLIT_BROKEN; at += piece) {
        struct span input = {body + at, len - at < piece ? len - at : piece};
        while ((result = feed_split_next(&split, &input, &text, &why)) == FEED_SPLIT_TEXT) {
            note(&taken, text);
        }
        assert_true(result == FEED_SPLIT_BROKEN || input.len == 0);
    }
    while (result != FEED_SPLIT_BROKEN &&
           (result = feed_split_end(&split, &text, &why)) == FEED_SPLIT_TEXT) {
        note(&taken, text);
    }
    taken.code = result == FEED_SPLIT_BROKEN ? why.code : REFUSAL_NONE;
    feed_split_free(&split);
    return taken;
}

static const struct {
    enum feed_format format;
    const char *body;
    const char *texts;
    enum refusal_code code;
} cases[] = {
    {FEED_LINES, "{\"a\":1}\n{\"b\":2}\n", "{\"a\":1}|{\"b\":2}|", REFUSAL_NONE},
    {FEED_LINES, "{\"a\":1}\r\n\n  \n{\"b\":2}", "{\"a\":1}\r|{\"b\":2}|", REFUSAL_NONE},
    {FEED_LINES, "not json\n", "not json|", REFUSAL_NONE}, /* its reader's to judge */
    {FEED_LINES, "", "", REFUSAL_EMPTY_DOCUMENT},
    {FEED_LINES, " \n\t\n", "", REFUSAL_EMPTY_DOCUMENT},
    {FEED_DOCUMENT, "{\"a\":{\"b\":[1,2]}}", "{\"a\":{\"b\":[1,2]}}|", REFUSAL_NONE},
    {FEED_DOCUMENT, " [ {\"a\":\"}]\\\"\"} , {} ] ", "{\"a\":\"}]\\\"\"}|{}|", REFUSAL_NONE},
    {FEED_DOCUMENT, "[]", "", REFUSAL_NONE},
    {FEED_DOCUMENT, "[[1],{}]", "[1]|{}|", REFUSAL_NONE}, /* no object, says its reader */
    {FEED_DOCUMENT, "", "", REFUSAL_EMPTY_DOCUMENT},
    {FEED_DOCUMENT, "7", "", REFUSAL_NOT_AN_OBJECT},
    {FEED_DOCUMENT, "[7]", "", REFUSAL_NOT_AN_OBJECT},
    {FEED_DOCUMENT, "[{},]", "{}|", REFUSAL_NOT_AN_OBJECT},
    {FEED_DOCUMENT, "[{}{}]", "{}|", REFUSAL_NOT_JSON},
    {FEED_DOCUMENT, "{}{}", "{}|", REFUSAL_NOT_JSON},
    {FEED_DOCUMENT, "[{}]x", "{}|", REFUSAL_NOT_JSON},
    {FEED_DOCUMENT, "{\"a\":", "", REFUSAL_CUT_OFF},
    {FEED_DOCUMENT, "[{},{\"a", "{}|", REFUSAL_CUT_OFF},
    {FEED_DOCUMENT, "[{}", "{}|", REFUSAL_CUT_OFF},
};

static void bodies_in_pieces_of_any_size(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (size_t piece = 1; piece <= 40; piece++) {
            struct taken taken = take(cases[i].format, cases[i].body, piece);
            if (strcmp(taken.texts, cases[i].texts) != 0 || taken.code != cases[i].code) {
                fail_msg("%s in pieces of %zu: %s %s", cases[i].body, piece, taken.texts,
                         refusal_word(taken.code));
            }
        }
    }
}

static void a_long_one_is_cut_and_passed_over(void **state)
{
    (void)state;
    for (enum feed_format format = FEED_LINES; format <= FEED_DOCUMENT; format++) {
        size_t len = 3 * QUOTE_BYTES_MAX;
        char *body = malloc(len + 16);
        struct feed_split split;
        struct refusal why;
        struct span text;
        size_t given = 0;
        assert_non_null(body);
        memset(body, 'a', len);
        memcpy(body, format == FEED_LINES ? " {\"" : "[{\"", 3);
        memcpy(body + len - 2, "\"}", 2);
        memcpy(body + len, format == FEED_LINES ? "\n{}\n" : ",{}]", 5);
        feed_split_init(&split, format);
        for (size_t at = 0; at < len + 4; at += 1000) {
            struct span input = {body + at, len + 4 - at < 1000 ? len + 4 - at : 1000};
            while (feed_split_next(&split, &input, &text, &why) == FEED_SPLIT_TEXT) {
                assert_int_equal(text.len, given == 0 ? QUOTE_BYTES_MAX + 1 : 2);
                given++;
            }
        }
        assert_int_equal(given, 2);
        assert_int_equal(feed_split_end(&split, &text, &why), FEED_SPLIT_MORE);
        feed_split_free(&split);
        free(body);
    }
}

/* What stands in the middle of a line is not lost where both ends of it are blank. */
static void a_line_that_is_blank_but_for_its_middle(void **state)
{
    (void)state;
    for (size_t end = 0; end < 2; end++) {
        size_t len = 6 * QUOTE_BYTES_MAX;
        char *body = malloc(len);
        struct feed_split split;
        struct refusal why;
        struct span text;
        size_t given = 0;
        assert_non_null(body);
        memset(body, ' ', len);
        memcpy(body + len / 2, "{}", 2);
        body[len - 1] = end == 0 ? '\n' : ' ';
        feed_split_init(&split, FEED_LINES);
        for (size_t at = 0; at < len; at += 1024) {
            struct span input = {body + at, 1024};
            given += feed_split_next(&split, &input, &text, &why) == FEED_SPLIT_TEXT;
        }
        given += feed_split_end(&split, &text, &why) == FEED_SPLIT_TEXT;
        assert_int_equal(given, 1);
        assert_int_equal(feed_split_end(&split, &text, &why), FEED_SPLIT_MORE);
        feed_split_free(&split);
        free(body);
    }
}

/* Packs so many zero bytes. */
static size_t pack(unsigned char *to, size_t room, size_t zeros)
{
    static unsigned char nothing[1 << 16];
    z_stream zlib = {.next_out = to, .avail_out = (uInt)room};
    assert_int_equal(deflateInit2(&zlib, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    for (size_t left = zeros; left > 0;
         left -= zlib.total_in > 0 && left > sizeof nothing ? sizeof nothing : left) {
        zlib.next_in = nothing;
        zlib.avail_in = (uInt)(left < sizeof nothing ? left : sizeof nothing);
        assert_int_equal(deflate(&zlib, Z_NO_FLUSH), Z_OK);
    }
    assert_int_equal(deflate(&zlib, Z_FINISH), Z_STREAM_END);
    size_t len = zlib.total_out;
    assert_int_equal(deflateEnd(&zlib), Z_OK);
    return len;
}

static enum feed_gunzip_result unpack(struct span input, size_t piece, size_t *total, bool *ended)
{
    char room[4096];
    struct feed_gunzip *gunzip = feed_gunzip_new();
    enum feed_gunzip_result result = FEED_GUNZIP_MORE;
    size_t len;
    *total = 0;
    assert_non_null(gunzip);
    for (size_t at = 0; at < input.len; at += piece) {
        struct span part = {input.at + at, input.len - at < piece ? input.len - at : piece};
        do {
            result = feed_gunzip_next(gunzip, &part, room, sizeof room, &len);
            *total += len;
        } while (result == FEED_GUNZIP_FULL);
        if (result != FEED_GUNZIP_MORE) {
            break;
        }
    }
    *ended = feed_gunzip_ended(gunzip);
    feed_gunzip_free(gunzip);
    return result;
}

static void packed_bodies(void **state)
{
    (void)state;
    static unsigned char packed[1 << 20];
    size_t total;
    bool ended;
    size_t one = pack(packed, sizeof packed, 5000);
    size_t two = one + pack(packed + one, sizeof packed - one, 6000);
    for (size_t piece = 1; piece < 80; piece++) {
        assert_int_equal(unpack((struct span){(char *)packed, two}, piece, &total, &ended),
                         FEED_GUNZIP_MORE);
        assert_true(total == 11000 && ended);
    }
    assert_int_equal(unpack((struct span){(char *)packed, two - 1}, 64, &total, &ended),
                     FEED_GUNZIP_MORE);
    assert_false(ended);
    packed[two - 6] ^= 1; /* the checksum */
    assert_int_equal(unpack((struct span){(char *)packed, two}, 64, &total, &ended),
                     FEED_GUNZIP_BROKEN);
    assert_int_equal(unpack(span_of("{\"no\":\"gzip\"}"), 64, &total, &ended), FEED_GUNZIP_BROKEN);
    size_t bomb = pack(packed, sizeof packed, (size_t)100 << 20);
    assert_int_equal(unpack((struct span){(char *)packed, bomb}, 1024, &total, &ended),
                     FEED_GUNZIP_BURST);
    assert_true(total < 2 * FEED_GUNZIP_FREE);
    /* What is small may grow as it likes. */
    size_t small = pack(packed, sizeof packed, FEED_GUNZIP_FREE);
    assert_int_equal(unpack((struct span){(char *)packed, small}, 64, &total, &ended),
                     FEED_GUNZIP_MORE);
    assert_true(total == FEED_GUNZIP_FREE && ended);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_in_pieces_of_any_size),
        cmocka_unit_test(a_long_one_is_cut_and_passed_over),
        cmocka_unit_test(a_line_that_is_blank_but_for_its_middle),
        cmocka_unit_test(packed_bodies),
    };
    return UNIT_RUN(tests, NULL, NULL);
}
