/* Where connections come from: addresses to numbers, networks to trust, counts, PROXY headers. */
#include "core/http_engine.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct http_address address_of(const char *text)
{
    struct http_address address;
    uint8_t v4[4];
    if (inet_pton(AF_INET, text, v4) == 1) {
        http_address_v4(&address, v4);
    } else {
        assert_int_equal(inet_pton(AF_INET6, text, address.bytes), 1);
    }
    return address;
}

static uint64_t key_of(const char *text)
{
    struct http_address address = address_of(text);
    return http_peer_key(&address);
}

static void one_customer_one_number(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool same;
    } cases[] = {
        {"192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "192.0.2.2", false},
        {"192.0.2.1", "::ffff:192.0.2.1", true},
        {"2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true},
        {"2001:db8:1:2::1", "2001:db8:1:3::1", false},
        {"127.0.0.1", "127.1.2.3", true},
        {"127.0.0.1", "::1", true},
        {"0.0.0.1", "::2", false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(key_of(cases[i].a) == key_of(cases[i].b), cases[i].same);
    }
    assert_int_equal(key_of("127.0.0.1"), 0);
    assert_int_equal(key_of("::ffff:127.0.0.1"), 0);
    assert_int_not_equal(key_of("10.0.0.1"), 0);
}

static void networks(void **state)
{
    (void)state;
    static const struct {
        const char *list, *inside, *outside; /* NULL inside: not a list */
    } cases[] = {
        {"192.0.2.1", "192.0.2.1", "192.0.2.2"},
        {"192.0.2.0/24", "192.0.2.255", "192.0.3.0"},
        {"10.0.0.0/8,192.0.2.1", "10.255.0.1", "11.0.0.0"},
        {" 10.0.0.0/8 ,\t2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::1"},
        {"0.0.0.0/0", "203.0.113.9", "2001:db8::1"},
        {"::/0", "203.0.113.9", NULL},
        {"192.0.2.128/25", "192.0.2.128", "192.0.2.127"},
        {"::ffff:192.0.2.0/120", "192.0.2.9", "192.0.3.9"},
        {"", NULL, "192.0.2.1"},
        {"192.0.2.1/33", NULL, NULL},
        {"2001:db8::/129", NULL, NULL},
        {"192.0.2.1/", NULL, NULL},
        {"192.0.2.1/-1", NULL, NULL},
        {"192.0.2.1/8x", NULL, NULL},
        {"192.0.2", NULL, NULL},
        {"proxy.example", NULL, NULL},
        {"192.0.2.1;192.0.2.2", NULL, NULL},
        {"2001:db8:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", NULL, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct http_prefixes prefixes;
        bool list = cases[i].inside != NULL || cases[i].outside != NULL;
        assert_int_equal(http_prefixes_parse(&prefixes, cases[i].list), list);
        if (cases[i].inside != NULL) {
            struct http_address inside = address_of(cases[i].inside);
            assert_true(http_prefixes_hold(&prefixes, &inside));
        }
        if (cases[i].outside != NULL) {
            struct http_address outside = address_of(cases[i].outside);
            assert_false(http_prefixes_hold(&prefixes, &outside));
        }
    }
    char many[HTTP_PREFIXES_MAX * 4 + 4];
    for (unsigned i = 0; i < HTTP_PREFIXES_MAX + 1; i++) {
        memcpy(many + (size_t)4 * i, "::1,", 4);
    }
    many[sizeof many - 1] = '\0';
    struct http_prefixes prefixes;
    assert_false(http_prefixes_parse(&prefixes, many));
    many[sizeof many - 5] = '\0';
    assert_true(http_prefixes_parse(&prefixes, many));
}

/* Against an array that says the same, with a table so full that every path is walked. */
static void counts(void **state)
{
    (void)state;
    enum {
        KEYS = 40,
        ALL = 30,
        LIMIT = 3
    };
    struct http_peers peers = {0};
    unsigned have[KEYS] = {0};
    unsigned open = 0;
    srand(7);
    assert_true(http_peers_open(&peers, ALL, LIMIT));
    for (unsigned i = 0; i < 200000; i++) {
        unsigned key = (unsigned)rand() % KEYS;
        if (rand() % 2 == 0 && open < ALL) {
            bool may = http_peers_enter(&peers, key + 1);
            assert_int_equal(may, have[key] < LIMIT);
            have[key] += may;
            open += may;
        } else if (have[key] > 0) {
            http_peers_leave(&peers, key + 1);
            have[key]--;
            open--;
        }
    }
    for (unsigned key = 0; key < KEYS; key++) {
        for (; have[key] > 0; have[key]--) {
            http_peers_leave(&peers, key + 1);
        }
        for (unsigned i = 0; i < LIMIT; i++) {
            assert_true(http_peers_enter(&peers, key + 1));
        }
        assert_false(http_peers_enter(&peers, key + 1));
        for (unsigned i = 0; i < LIMIT; i++) {
            http_peers_leave(&peers, key + 1);
        }
    }
    for (unsigned i = 0; i < 2 * LIMIT; i++) {
        assert_true(http_peers_enter(&peers, 0)); /* the machine's own */
    }
    http_peers_close(&peers);
}

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define TCP4      "\x11\0\x0c\xc0\0\2\1\xc0\0\2\2\x1f\x90\0\x50"

static void proxy_headers(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        bool good;
        const char *from; /* NULL: it does not say */
    } cases[] = {
#define CASE(text, good, from) {text, sizeof(text) - 1, good, from}
        CASE(SIGNATURE "\x21" TCP4, true, "192.0.2.1"),
        CASE(SIGNATURE "\x20\0\0\0", true, NULL),
        CASE(SIGNATURE "\x20\x11\0\3abc", true, NULL),
        CASE(SIGNATURE "\x21\0\0\0", true, NULL),
        CASE(SIGNATURE "\x21\0\0\2xx", true, NULL),
        CASE(SIGNATURE "\x21\x21\0\x24"
                       "0123456789abcdefFEDCBA9876543210abcd",
             true, "3031:3233:3435:3637:3839:6162:6364:6566"),
        /* with extras: of nothing, of three bytes, two of them */
        CASE(SIGNATURE "\x21\x11\0\x0f\1\2\3\4\5\6\7\10abcd\4\0\0", true, "1.2.3.4"),
        CASE(SIGNATURE "\x21\x11\0\x12\1\2\3\4\5\6\7\10abcd\4\0\3abc", true, "1.2.3.4"),
        CASE(SIGNATURE "\x21\x11\0\x13\1\2\3\4\5\6\7\10abcd\4\0\0\5\0\1x", true, "1.2.3.4"),
        /* extras that do not fit */
        CASE(SIGNATURE "\x21\x11\0\x0d\1\2\3\4\5\6\7\10abcd\4", false, NULL),
        CASE(SIGNATURE "\x21\x11\0\x0f\1\2\3\4\5\6\7\10abcd\4\0\1", false, NULL),
        CASE(SIGNATURE "\x21\x11\0\x11\1\2\3\4\5\6\7\10abcd\4\xff\xffxy", false, NULL),
        /* addresses too short, other families, versions, commands, signatures */
        CASE(SIGNATURE "\x21\x11\0\x0b\1\2\3\4\5\6\7\10abc", false, NULL),
        CASE(SIGNATURE "\x21\x21\0\x0c\1\2\3\4\5\6\7\10abcd", false, NULL),
        CASE(SIGNATURE "\x21\x12\0\x0c\1\2\3\4\5\6\7\10abcd", false, NULL),
        CASE(SIGNATURE "\x21\x41\0\x0c\1\2\3\4\5\6\7\10abcd", false, NULL),
        CASE(SIGNATURE "\x31" TCP4, false, NULL),
        CASE(SIGNATURE "\x11" TCP4, false, NULL),
        CASE(SIGNATURE "\x22" TCP4, false, NULL),
        CASE("\r\n\r\n\0\r\nQUIX\n\x21" TCP4, false, NULL),
        CASE("PROXY TCP4 192.0.2.1 192.0.2.2 8080 80\r\n", false, NULL),
        CASE("", false, NULL),
#undef CASE
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct http_address from;
        bool told = false;
        /* On the heap, so that reading beyond it is seen. */
        uint8_t *copy = malloc(cases[i].len == 0 ? 1 : cases[i].len);
        assert_non_null(copy);
        memcpy(copy, cases[i].bytes, cases[i].len);
        assert_int_equal(http_proxy_parse(copy, cases[i].len, &from, &told), cases[i].good);
        assert_int_equal(told, cases[i].from != NULL);
        if (told) {
            struct http_address expect = address_of(cases[i].from);
            assert_memory_equal(from.bytes, expect.bytes, sizeof expect.bytes);
        }
        for (size_t len = 0; cases[i].good && len < cases[i].len; len++) {
            assert_false(http_proxy_parse(copy, len, &from, &told));
        }
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_customer_one_number),
        cmocka_unit_test(networks),
        cmocka_unit_test(counts),
        cmocka_unit_test(proxy_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
