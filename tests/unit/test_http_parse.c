/*
 * The parser's own rules, without a connection round it: heads, hosts, targets, percent-encoding,
 * queries and chunks. Every row is also read in two pieces, cut at every position, with the same
 * outcome.
 */
#include "core/http_parse.h"
#include "unit.h"

/* ---- Heads ---- */

static const struct {
    const char *head;
    uint16_t status; /* 0: good */
} heads[] = {
    {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 0},
    {"GET / HTTP/1.0\r\n\r\n", 0},
    {"\r\nGET / HTTP/1.0\r\n\r\n", 0},
    {"\r\n\r\nGET / HTTP/1.0\r\n\r\n", 400},
    {"M-SEARCH /a?b HTTP/1.1\r\nHost: a\r\n\r\n", 0},
    {"GET / HTTP/1.1\r\nHost: a\r\nX:\r\nY:  b c  \r\n\r\n", 0},
    {"GET / HTTP/1.1\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\n X: b\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\n\tX: b\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\n\n", 400},
    {"\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", 400},
    {"GET /HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"GET / HTTP/1.1a\r\nHost: a\r\n\r\n", 400},
    {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
    {"GET / HTTP/1.3\r\nHost: a\r\n\r\n", 505},
    {"GET / HTTPS/1.1\r\nHost: a\r\n\r\n", 400},
    {"(GET) / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\n", 0},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\nContent-Length: 12\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1e3\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 0},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", 501},
    {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", 0},
    {"POST / HTTP/1.1\r\nHost: a\r\nExpect: more\r\n\r\n", 417},
    {"POST / HTTP/1.0\r\nExpect: more\r\n\r\n", 0},
};

static uint16_t head_status(const char *head, size_t first)
{
    static struct http_head_read read;
    size_t len = strlen(head);
    read = (struct http_head_read){0};
    enum http_step step = first == 0 ? HTTP_MORE : http_head_step(&read, head, first);
    if (step == HTTP_MORE) {
        step = http_head_step(&read, head, len);
    }
    assert_int_not_equal(step, HTTP_MORE);
    if (step == HTTP_END) {
        assert_int_equal(read.size, len);
    }
    return read.status;
}

static void reads_heads(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(heads); i++) {
        for (size_t cut = 0; cut < strlen(heads[i].head); cut++) {
            if (head_status(heads[i].head, cut) != heads[i].status) {
                fail_msg("row %zu cut at %zu: %u", i, cut, head_status(heads[i].head, cut));
            }
        }
    }
}

static void keeps_what_a_head_says(void **state)
{
    static const char text[] = "POST /a%20b?c=d HTTP/1.1\r\n"
                               "hOST: example.org:8080\r\n"
                               "content-length: 0042\r\n"
                               "Connection: keep-alive,\t ,CLOSE \r\n"
                               "X-Blank: \t a b\t \r\n"
                               "Expect: 100-Continue\r\n"
                               "\r\nrest";
    static struct http_head_read head;
    (void)state;
    head = (struct http_head_read){0};
    assert_int_equal(http_head_step(&head, text, strlen(text)), HTTP_END);
    assert_int_equal(head.size, strlen(text) - 4);
    assert_true(span_is(http_span(text, head.method), "POST"));
    assert_true(span_is(http_span(text, head.target), "/a%20b?c=d"));
    assert_true(span_is(http_span(text, head.host), "example.org:8080"));
    assert_int_equal(head.minor, 1);
    assert_true(head.length == 42);
    assert_true(head.close && head.expects && !head.chunked);
    assert_int_equal(head.count, 5);
    assert_true(span_is(http_span(text, head.lines[3].name), "X-Blank"));
    assert_true(span_is(http_span(text, head.lines[3].value), "a b"));
}

/* ---- Hosts ---- */

static const struct {
    const char *host;
    bool valid;
} hosts[] = {
    {"example.org", true},
    {"EXAMPLE-1.org.", true},
    {"a_b", true},
    {"10.0.0.1:8080", true},
    {"a:", true},
    {"a:0", true},
    {"a:65535", true},
    {"[::1]", true},
    {"[::ffff:10.0.0.1]:80", true},
    {"", false},
    {":80", false},
    {"a:65536", false},
    {"a:100000", false},
    {"a:8 0", false},
    {"a:-1", false},
    {"a b", false},
    {"a@b", false},
    {"a,b", false},
    {"a/b", false},
    {"a%41", false},
    {"[]", false},
    {"[::1", false},
    {"[::1]a", false},
    {"[v1.a]", false},
    {"::1", false},
};

static void judges_hosts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hosts); i++) {
        if (http_host_valid(span_of(hosts[i].host)) != hosts[i].valid) {
            fail_msg("%s", hosts[i].host);
        }
    }
}

/* ---- Targets ---- */

static const struct {
    const char *method;
    const char *target;
    const char *path; /* NULL: refused */
    const char *query;
    const char *authority;
} targets[] = {
    {"GET", "/", "/", "", ""},
    {"GET", "/a/b?c=d?e", "/a/b", "c=d?e", ""},
    {"GET", "/?", "/", "", ""},
    {"GET", "//a", "//a", "", ""},
    {"GET", "http://a", "/", "", "a"},
    {"GET", "http://a?b", "/", "b", "a"},
    {"GET", "HTTPS://a:1/b", "/b", "", "a:1"},
    {"OPTIONS", "*", "*", "", ""},
    {"GET", "*", NULL, NULL, NULL},
    {"OPTIONS", "*a", NULL, NULL, NULL},
    {"GET", "a", NULL, NULL, NULL},
    {"GET", "http://", NULL, NULL, NULL},
    {"GET", "http:///a", NULL, NULL, NULL},
    {"GET", "ftp://a/", NULL, NULL, NULL},
    {"GET", "http:/a", NULL, NULL, NULL},
    {"GET", "/%", NULL, NULL, NULL},
    {"GET", "/%4", NULL, NULL, NULL},
    {"GET", "/a%4x", NULL, NULL, NULL},
    {"GET", "/?a=%%", NULL, NULL, NULL},
    {"GET", "/a#b", NULL, NULL, NULL},
    {"GET", "/a?b#c", NULL, NULL, NULL},
    {"GET", "/a\"b", NULL, NULL, NULL},
    {"GET", "/a\\b", NULL, NULL, NULL},
    {"GET", "/a?b\\c|d{e}^`[f]", "/a", "b\\c|d{e}^`[f]", ""},
    {"GET", "/a?<b>", NULL, NULL, NULL},
    {"GET", "/\x80", NULL, NULL, NULL},
};

static void reads_targets(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        struct http_target target;
        bool good =
            http_target_parse(&target, span_of(targets[i].target), span_of(targets[i].method));
        if (good != (targets[i].path != NULL) ||
            (good &&
             !(span_is(target.path, targets[i].path) && span_is(target.query, targets[i].query) &&
               span_is(target.authority, targets[i].authority)))) {
            fail_msg("%s %s", targets[i].method, targets[i].target);
        }
    }
}

static const struct {
    const char *text;
    bool plus;
    const char *decoded; /* NULL: refused */
} encoded[] = {
    {"", true, ""},
    {"abc", true, "abc"},
    {"a+b", true, "a b"},
    {"a+b", false, "a+b"},
    {"%2B%2b", true, "++"},
    {"%e2%82%AC", false, "\xe2\x82\xac"},
    {"%F0%9F%92%B6", false, "\xf0\x9f\x92\xb6"},
    {"a%26b%3Dc", true, "a&b=c"},
    {"%25zz", false, "%zz"},
    {"%00", false, NULL},
    {"%1f", false, NULL},
    {"%7F", false, NULL},
    {"a%0Ab", false, NULL},
    {"%80", false, NULL},
    {"%c0%80", false, NULL},
    {"%e2%82", false, NULL},
    {"%ed%a0%80", false, NULL},
    {"%f4%90%80%80", false, NULL},
    {"%c3x", false, NULL},
};

static void decodes_strictly(void **state)
{
    char to[64];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(encoded); i++) {
        struct span out;
        bool good = http_decode(&out, to, span_of(encoded[i].text), encoded[i].plus);
        if (good != (encoded[i].decoded != NULL) || (good && !span_is(out, encoded[i].decoded))) {
            fail_msg("%s", encoded[i].text);
        }
    }
}

static void takes_pairs(void **state)
{
    static const char *const expect[][2] = {
        {"a", "1"}, {"b", ""}, {"", "c"}, {"d", "e=f"}, {"g", ""}};
    struct span query = span_of("&a=1&&b=&=c&d=e=f&g&");
    struct span name;
    struct span value;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(expect); i++) {
        assert_true(http_pair_next(&query, &name, &value));
        assert_true(span_is(name, expect[i][0]) && span_is(value, expect[i][1]));
    }
    assert_false(http_pair_next(&query, &name, &value));
    query = span_of("");
    assert_false(http_pair_next(&query, &name, &value));
}

/* ---- Chunks ---- */

static const struct {
    const char *bytes;
    const char *body; /* NULL: refused */
    size_t after;     /* bytes behind the end */
} chunks[] = {
    {"0\r\n\r\n", "", 0},
    {"5\r\nhello\r\n0\r\n\r\nGET", "hello", 3},
    {"3\r\nabc\r\n2\r\nde\r\n000\r\n\r\n", "abcde", 0},
    {"00000002\r\n\r\n\r\n0\r\n\r\n", "\r\n", 0},
    {"1;a\r\nx\r\n0;b=c\r\n\r\n", "x", 0},
    {"1 ;\ta = b;c=\"\\\"; \xff\" ;d\r\nx\r\n0\r\n\r\n", "x", 0},
    {"1\r\nx\r\n0\r\nA: b\r\nC:\r\n\r\n", "x", 0},
    {"\r\n", NULL, 0},
    {" 1\r\nx\r\n0\r\n\r\n", NULL, 0},
    {"1 \r\nx\r\n0\r\n\r\n", NULL, 0},
    {"+1\r\nx\r\n0\r\n\r\n", NULL, 0},
    {"0x1\r\nx\r\n0\r\n\r\n", NULL, 0},
    {"1\nx\r\n0\r\n\r\n", NULL, 0},
    {"1\r\r\nx\r\n0\r\n\r\n", NULL, 0},
    {"1\r\nxy\r\n0\r\n\r\n", NULL, 0},
    {"1\r\nx0\r\n\r\n", NULL, 0},
    {"1\r\nx\n0\r\n\r\n", NULL, 0},
    {"1;\r\nx\r\n0\r\n\r\n", NULL, 0},
    {"1;a=\r\nx\r\n0\r\n\r\n", NULL, 0},
    {"1;a=\"b\r\nx\r\n0\r\n\r\n", NULL, 0},
    {"1;a=\"b\"c\r\nx\r\n0\r\n\r\n", NULL, 0},
    {"1;a b\r\nx\r\n0\r\n\r\n", NULL, 0},
    {"123456789\r\n", NULL, 0},
    {"0\r\n A: b\r\n\r\n", NULL, 0},
    {"0\r\nA\r\n\r\n", NULL, 0},
    {"0\r\nA : b\r\n\r\n", NULL, 0},
    {"0\r\nA: \x01\r\n\r\n", NULL, 0},
    {"0\r\nA: b\n\r\n", NULL, 0},
    {"0\r\n\rx", NULL, 0},
};

/* Feeds the bytes in two pieces; the body is put into `body`. True at a good end. */
static bool chunks_read(const char *bytes, size_t cut, char *body, size_t *after)
{
    struct http_chunk_read chunk = {0};
    size_t len = strlen(bytes);
    size_t at = 0;
    size_t limit = cut;
    size_t size = 0;
    for (;;) {
        size_t used = 0;
        struct span data = {"", 0};
        enum http_step step = http_chunk_step(&chunk, bytes + at, limit - at, &used, &data);
        at += used;
        if (step == HTTP_DATA) {
            memcpy(body + size, data.at, data.len);
            size += data.len;
        } else if (step == HTTP_MORE && limit < len) {
            limit = len;
        } else {
            body[size] = '\0';
            *after = len - at;
            return step == HTTP_END;
        }
    }
}

static void reads_chunks(void **state)
{
    char body[64];
    size_t after;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(chunks); i++) {
        for (size_t cut = 0; cut <= strlen(chunks[i].bytes); cut++) {
            bool good = chunks_read(chunks[i].bytes, cut, body, &after);
            if (good != (chunks[i].body != NULL) ||
                (good && (strcmp(body, chunks[i].body) != 0 || after != chunks[i].after))) {
                fail_msg("row %zu cut at %zu: %d %s", i, cut, good, body);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_heads),      cmocka_unit_test(keeps_what_a_head_says),
        cmocka_unit_test(judges_hosts),     cmocka_unit_test(reads_targets),
        cmocka_unit_test(decodes_strictly), cmocka_unit_test(takes_pairs),
        cmocka_unit_test(reads_chunks),
    };
    return UNIT_RUN(tests, NULL, NULL);
}
