/* What is kept, for which questions, for how long, and within what memory. */
#include "hand_market.h"
#include "server/answer.h"

#define KIB ((size_t)1024)

static const struct answer_source now_standing = {11, 5, 40};

static struct http_content *content_of(size_t bytes)
{
    char *body = test_malloc(bytes);
    memset(body, 'x', bytes);
    struct http_content *content = http_content_new(
        &(struct http_head){.status = 200, .content_type = "text/plain", .etag = "\"e\""},
        (struct span){body, bytes});
    test_free(body);
    assert_non_null(content);
    return content;
}

static bool put(struct answer_cache *cache, const char *key, struct answer_source source,
                int64_t until, size_t bytes)
{
    return answer_cache_put(cache, span_of(key), &source, 0, until, content_of(bytes));
}

static bool has(struct answer_cache *cache, const char *key, struct answer_source standing,
                int64_t now)
{
    return answer_cache_find(cache, span_of(key), &standing, now) != NULL;
}

/* ---- The key of a question ---- */

static void key_of(struct answer_asked *asked, const char *query)
{
    struct ask_parameter parameters[ASK_PARAMETERS_MAX];
    struct ask_error error;
    struct ask ask;
    size_t count = 0;
    while (*query != '\0') {
        size_t name = strcspn(query, "=");
        size_t value = strcspn(query + name + 1, "&");
        parameters[count].name = (struct span){query, name};
        parameters[count++].value = (struct span){query + name + 1, value};
        query += name + 1 + value;
        query += *query == '&';
    }
    if (!ask_read(&ask, parameters, count, 0, HAND_NOW, &error) || !ask_settle(&ask, NULL, &error))
        fail_msg("%s is refused", error.parameter);
    answer_key_ask(asked, &ask);
}

static const struct {
    const char *one;
    const char *other;
    bool same;
} questions[] = {
    {"from=FR&to=SN&amount=200", "amount=200&to=SN&from=FR", true},
    {"from=FR&to=SN&amount=200", "from=FR&to=SN&amount=200.00", true},
    {"from=FR&to=SN&amount=200", "from=FR&to=SN&amount=0200.0", true},
    {"from=FR&to=SN&amount=200", "from=FRA&to=686&amount=200", true},
    {"from=FR&to=SN&amount=200", "from=fr&to=sen&amount=200", true},
    {"from=FR&to=SN&amount=200", "from=FR&to=SN&amount=200&currency=EUR", true},
    {"from=FR&to=SN&amount=200", "from=FR&to=SN&amount=200&receive_currency=XOF", true},
    {"from=FR&to=SN&amount=200", "from=FR&to=SN&amount=200&basis=all_in", true},
    {"from=FR&to=SN&amount=200", "from=FR&to=SN&amount=200&on=2026-03-15", true},
    {"from=FR&to=SN&amount=1&pay_in=cash,debit_card",
     "from=FR&to=SN&amount=1&pay_in=debit_card,cash,cash", true},
    {"from=FR&to=SN&amount=200", "from=FR&to=SN&amount=200.01", false},
    {"from=FR&to=SN&amount=200", "from=FR&to=ML&amount=200", false},
    {"from=FR&to=SN&amount=200", "from=DE&to=SN&amount=200", false},
    {"from=FR&to=SN&amount=200", "from=FR&to=SN&amount=200&currency=USD", false},
    {"from=FR&to=SN&amount=200", "from=FR&to=SN&amount=200&receive_currency=USD", false},
    {"from=FR&to=SN&amount=200", "from=FR&to=SN&amount=200&basis=principal", false},
    {"from=FR&to=SN&amount=200", "from=FR&to=SN&amount=200&pay_in=cash", false},
    {"from=FR&to=SN&amount=200&pay_in=cash", "from=FR&to=SN&amount=200&pay_out=cash", false},
    {"from=FR&to=SN&amount=200", "from=FR&to=SN&amount=200&max_speed=next_day", false},
};

static void test_one_question_has_one_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(questions); i++) {
        struct answer_asked one;
        struct answer_asked other;
        key_of(&one, questions[i].one);
        key_of(&other, questions[i].other);
        bool same = one.key_len == other.key_len && memcmp(one.key, other.key, one.key_len) == 0;
        if (same != questions[i].same)
            fail_msg("%s, %s", questions[i].one, questions[i].other);
    }
}

static void test_a_key_too_long_is_not_kept(void **state)
{
    (void)state;
    struct answer_asked asked;
    char text[ANSWER_KEY_MAX + 1];
    memset(text, 'k', sizeof(text));
    answer_key(&asked, (struct span){text, ANSWER_KEY_MAX});
    assert_int_equal(asked.key_len, ANSWER_KEY_MAX);
    answer_key(&asked, (struct span){text, ANSWER_KEY_MAX + 1});
    assert_int_equal(asked.key_len, 0);
}

static void test_the_etag_is_of_every_byte(void **state)
{
    (void)state;
    char text[] = "twenty-three bytes here";
    char one[ANSWER_ETAG_MAX];
    char other[ANSWER_ETAG_MAX];
    answer_etag(one, span_of(text));
    assert_int_equal(strlen(one), 18);
    for (size_t i = 0; i < sizeof(text) - 1; i++) {
        text[i] ^= 1;
        answer_etag(other, span_of(text));
        assert_string_not_equal(one, other);
        text[i] ^= 1;
    }
    answer_etag(other, (struct span){text, sizeof(text)}); /* with its NUL */
    assert_string_not_equal(one, other);
}

/* ---- What is kept ---- */

static const struct {
    const char *what;
    struct answer_source made_from;
    int64_t until;
    struct answer_source standing;
    int64_t now;
    bool kept;
} changes[] = {
    {"nothing changed", {11, 5, 40}, 100, {11, 5, 40}, 99, true},
    {"its last microsecond", {11, 0, 0}, 100, {11, 5, 40}, 99, true},
    {"its end", {11, 0, 0}, 100, {11, 5, 40}, 100, false},
    {"another corridor changed", {11, 5, 0}, 100, {11, 5, 41}, 50, true},
    {"its corridor changed", {11, 0, 0}, 100, {12, 5, 41}, 50, false},
    {"its corridor went", {11, 0, 0}, 100, {0, 6, 41}, 50, false},
    {"a corridor came, and that matters", {11, 5, 0}, 100, {11, 6, 41}, 50, false},
    {"a corridor came, and that does not matter", {11, 0, 0}, 100, {11, 6, 41}, 50, true},
    {"nothing was known, and still is", {0, 5, 0}, 100, {0, 5, 41}, 50, true},
    {"nothing was known, now there is", {0, 5, 0}, 100, {12, 6, 41}, 50, false},
    {"any change matters", {0, 0, 40}, 100, {0, 5, 41}, 50, false},
};

static void test_an_answer_goes_with_what_it_was_made_from(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        struct answer_cache *cache = answer_cache_new(64 * KIB, 1);
        assert_true(put(cache, "k", changes[i].made_from, changes[i].until, 100));
        if (has(cache, "k", changes[i].standing, changes[i].now) != changes[i].kept)
            fail_msg("%s", changes[i].what);
        /* What no longer holds has gone, and its memory with it. */
        assert_int_equal(answer_cache_count(cache), changes[i].kept);
        assert_int_equal(answer_cache_bytes(cache) > 0, changes[i].kept);
        answer_cache_free(cache);
    }
}

static void test_keys_are_kept_apart(void **state)
{
    (void)state;
    struct answer_cache *cache = answer_cache_new(KIB * 64, 1);
    assert_true(put(cache, "abcdefgh", now_standing, 10, 100));
    assert_false(has(cache, "abcdefg", now_standing, 1));
    assert_false(has(cache, "abcdefghi", now_standing, 1));
    assert_false(has(cache, "abcdefgi", now_standing, 1));
    assert_true(has(cache, "abcdefgh", now_standing, 1));
    /* The same key again takes the place of the first. */
    size_t before = answer_cache_bytes(cache);
    assert_true(put(cache, "abcdefgh", now_standing, 10, 100));
    assert_int_equal(answer_cache_count(cache), 1);
    assert_int_equal(answer_cache_bytes(cache), before);
    answer_cache_free(cache);
}

static void test_memory_is_bounded_and_the_least_used_go(void **state)
{
    (void)state;
    struct answer_cache *cache = answer_cache_new(256 * KIB, 7);
    assert_true(put(cache, "popular", now_standing, 10, 8 * KIB));
    for (int i = 0; i < 10000; i++) {
        char key[32];
        (void)snprintf(key, sizeof(key), "key %d", i);
        assert_true(put(cache, key, now_standing, 10, 1 + (size_t)(i * 37 % 16000)));
        assert_true(answer_cache_bytes(cache) <= 256 * KIB);
        assert_true(has(cache, key, now_standing, 1));
        if (i % 5 == 0)
            assert_true(has(cache, "popular", now_standing, 1));
    }
    assert_false(has(cache, "key 0", now_standing, 1));
    assert_true(answer_cache_count(cache) > 10);
    answer_cache_free(cache);
}

static void test_those_whose_time_is_over_go(void **state)
{
    (void)state;
    struct answer_cache *cache = answer_cache_new(64 * KIB, 7);
    assert_true(put(cache, "short", now_standing, 10, 100));
    assert_true(put(cache, "long", now_standing, 30, 100));
    assert_true(put(cache, "behind it", now_standing, 10, 100));
    assert_true(answer_cache_put(cache, span_of("new"), &now_standing, 10, 40, content_of(100)));
    assert_int_equal(answer_cache_count(cache), 3); /* in order of use: one is behind a good one */
    assert_true(has(cache, "long", now_standing, 11));
    assert_true(answer_cache_put(cache, span_of("newer"), &now_standing, 11, 40, content_of(100)));
    assert_int_equal(answer_cache_count(cache), 3);
    answer_cache_free(cache);
}

static void test_one_too_large_is_not_kept(void **state)
{
    (void)state;
    struct answer_cache *cache = answer_cache_new(64 * KIB, 7);
    assert_true(put(cache, "small", now_standing, 10, 1000));
    assert_false(put(cache, "large", now_standing, 10, 17 * KIB));
    assert_true(has(cache, "small", now_standing, 1));
    answer_cache_free(cache);
    cache = answer_cache_new(0, 7);
    assert_false(put(cache, "none", now_standing, 10, 10));
    assert_int_equal(answer_cache_count(cache), 0);
    answer_cache_free(cache);
}

static void test_what_is_packed_later_counts_too(void **state)
{
    (void)state;
    struct answer_cache *cache = answer_cache_new(64 * KIB, 7);
    assert_true(put(cache, "a", now_standing, 10, 8 * KIB));
    size_t plain = answer_cache_bytes(cache);
    struct http_content *content = answer_cache_find(cache, span_of("a"), &now_standing, 1);
    assert_true(http_content_prepare(content));
    answer_cache_weigh(cache);
    assert_true(answer_cache_bytes(cache) > plain);
    answer_cache_free(cache);
}

static void test_only_the_second_asking_is_kept(void **state)
{
    (void)state;
    struct answer_cache *cache = answer_cache_new(64 * KIB, 7);
    char key[32];
    unsigned again = 0;
    for (int i = 0; i < 100000; i++) {
        (void)snprintf(key, sizeof(key), "never twice %d", i);
        again += answer_cache_asked(cache, span_of(key));
    }
    assert_int_equal(again, 0);
    assert_true(answer_cache_asked(cache, span_of(key)));
    answer_cache_free(cache);
}

static int setup(void **state)
{
    (void)state;
    return codes_open() ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    codes_close();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_question_has_one_key),
        cmocka_unit_test(test_a_key_too_long_is_not_kept),
        cmocka_unit_test(test_the_etag_is_of_every_byte),
        cmocka_unit_test(test_an_answer_goes_with_what_it_was_made_from),
        cmocka_unit_test(test_keys_are_kept_apart),
        cmocka_unit_test(test_memory_is_bounded_and_the_least_used_go),
        cmocka_unit_test(test_those_whose_time_is_over_go),
        cmocka_unit_test(test_one_too_large_is_not_kept),
        cmocka_unit_test(test_what_is_packed_later_counts_too),
        cmocka_unit_test(test_only_the_second_asking_is_kept),
    };
    return UNIT_RUN(tests, setup, teardown);
}
