/* The output buffer, JSON, UTF-8, metrics and log lines: what is written, byte for byte. */
#include "unit.h"

#include <corridor/log.h>
#include <corridor/metrics.h>

#include <jansson.h>
#include <unistd.h>

static struct out out;

static void expect(const char *text)
{
    assert_false(out_failed(&out));
    if (!span_is(out_span(&out), text)) {
        fail_msg("%.*s", (int)out.len, out.at);
    }
    out_clear(&out);
}

static void writes_numbers_and_text(void **state)
{
    (void)state;
    out_int(&out, INT64_MIN);
    out_char(&out, ' ');
    out_int(&out, INT64_MAX);
    out_char(&out, ' ');
    out_uint(&out, UINT64_MAX);
    out_char(&out, ' ');
    out_int(&out, 0);
    out_text(&out, "");
    out_printf(&out, " %s %d", "a", 7);
    expect("-9223372036854775808 9223372036854775807 18446744073709551615 0 a 7");
}

static void remembers_a_failure(void **state)
{
    struct out small;
    (void)state;
    out_init(&small, 10);
    out_text(&small, "0123456789");
    assert_false(out_failed(&small));
    out_char(&small, 'a');
    assert_true(out_failed(&small));
    out_clear(&small);
    out_text(&small, "abc");
    assert_true(!out_failed(&small) && small.len == 3);
    assert_null(out_room(&small, 8));
    out_char(&small, 'd');
    assert_int_equal(small.len, 3);
    out_clear(&small);
    assert_null(out_room(&small, SIZE_MAX));
    out_free(&small);
}

static void places_commas(void **state)
{
    (void)state;
    json_open(&out, '{');
    json_key(&out, "a");
    json_open(&out, '[');
    json_int(&out, 1);
    json_int(&out, -2);
    json_open(&out, '{');
    json_close(&out, '}');
    json_open(&out, '[');
    json_close(&out, ']');
    json_none(&out);
    json_bool(&out, true);
    json_close(&out, ']');
    json_member_text(&out, "b:", "{");
    json_member_text(&out, "c", NULL);
    json_member_int(&out, "d", 3);
    json_member_bool(&out, "e", false);
    json_key(&out, "f");
    json_raw(&out, span_of("[0.5]"));
    json_close(&out, '}');
    expect(
        "{\"a\":[1,-2,{},[],null,true],\"b:\":\"{\",\"c\":null,\"d\":3,\"e\":false,\"f\":[0.5]}");
}

static void escapes_strings(void **state)
{
    (void)state;
    json_span(&out, (struct span){"\"\\/\b\f\n\r\t\x01\x1f\x7f\0z", 13});
    expect("\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f\\u0000z\"");
    json_text(&out, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\xb6");
    expect("\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\xb6\"");
    json_text(&out, "a\xff\xc3"
                    "b\xed\xa0\x80"
                    "c\xe2\x82");
    expect("\"a\xef\xbf\xbd\xef\xbf\xbd"
           "b\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
           "c\xef\xbf\xbd\xef\xbf\xbd\"");
}

/* Whatever the bytes, a JSON reader takes the string. */
static void writes_strings_any_reader_takes(void **state)
{
    struct unit_random random = unit_random_open("strings");
    (void)state;
    for (int round = 0; round < 20000; round++) {
        char bytes[16];
        size_t len = (size_t)unit_random_between(&random, 0, sizeof bytes);
        for (size_t i = 0; i < len; i++) {
            bytes[i] = (char)unit_random_bits(&random);
        }
        json_open(&out, '[');
        json_span(&out, (struct span){bytes, len});
        json_close(&out, ']');
        json_t *read = json_loadb(out.at, out.len, JSON_ALLOW_NUL, NULL);
        assert_non_null(read);
        if (utf8_valid((struct span){bytes, len})) {
            const json_t *string = json_array_get(read, 0);
            assert_int_equal(json_string_length(string), len);
            assert_memory_equal(json_string_value(string), bytes, len);
        }
        json_decref(read);
        out_clear(&out);
    }
}

static void cuts_between_characters(void **state)
{
    static const struct {
        const char *text;
        size_t max;
        size_t len;
    } rows[] = {
        {"abc", 5, 3},
        {"abc", 2, 2},
        {"a\xc3\xa9", 2, 1},
        {"a\xc3\xa9", 3, 3},
        {"", 0, 0},
        {"\xe2\x82\xac", 2, 0},
        {"\xf0\x9f\x92\xb6", 3, 0},
        {"a\xf0\x9f\x92\xb6z", 5, 5},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(utf8_cut(span_of(rows[i].text), rows[i].max).len, rows[i].len);
    }
}

static void tells_metrics(void **state)
{
    static struct metric one = {
        .kind = METRIC_COUNTER, .name = "corridor_one_total", .help = "One."};
    static struct metric two = {
        .kind = METRIC_GAUGE, .name = "corridor_two", .labels = "a=\"b\"", .help = "Two."};
    static struct metric three = {
        .kind = METRIC_COUNTER, .name = "corridor_one_total", .labels = "c=\"d\"", .help = "One."};
    (void)state;
    metric_register(&one);
    metric_register(&two);
    metric_register(&three);
    metric_register(&one);
    metric_add(&one, 2);
    metric_add(&one, 3);
    metric_set(&two, -7);
    metrics_write(&out);
    expect(
        "# HELP corridor_one_total One.\n# TYPE corridor_one_total counter\ncorridor_one_total 5\n"
        "corridor_one_total{c=\"d\"} 0\n"
        "# HELP corridor_two Two.\n# TYPE corridor_two gauge\ncorridor_two{a=\"b\"} -7\n");
}

static void counts_latencies(void **state)
{
    static struct metric_histogram first;
    static struct metric_histogram second;
    (void)state;
    metric_observe(&first, 0);
    metric_observe(&first, 50);
    metric_observe(&first, 51);
    metric_observe(&second, 99999999);
    metric_histogram_merge(&first, &second);
    metric_histogram_write(&out, "t", "a=\"b\"", &first);
    assert_non_null(memmem(out.at, out.len, "t_bucket{a=\"b\",le=\"0.000050\"} 2\n", 31));
    assert_non_null(memmem(out.at, out.len, "t_bucket{a=\"b\",le=\"0.000100\"} 3\n", 31));
    assert_non_null(memmem(out.at, out.len, "t_bucket{a=\"b\",le=\"10.000000\"} 3\n", 32));
    assert_non_null(memmem(out.at, out.len, "t_bucket{a=\"b\",le=\"+Inf\"} 4\n", 27));
    assert_non_null(memmem(out.at, out.len, "t_sum{a=\"b\"} 100.000100\nt_count{a=\"b\"} 4\n", 40));
    out_clear(&out);
}

/* What the call writes to standard error. */
static size_t logged(char *text, size_t size, void (*call)(void))
{
    int ends[2];
    int before = dup(STDERR_FILENO);
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    call();
    dup2(before, STDERR_FILENO);
    close(ends[1]);
    close(before);
    ssize_t got = read(ends[0], text, size - 1);
    close(ends[0]);
    size_t len = got < 0 ? 0 : (size_t)got;
    text[len] = '\0';
    return len;
}

static void log_two_lines(void)
{
    log_info("a\nb\x1b[0m%d", 3);
    log_debug("not shown");
}

static void log_long_line(void)
{
    static char text[5000];
    memset(text, 'x', sizeof text - 1);
    log_error("%s", text);
}

static void log_many(void)
{
    static struct log_site site;
    for (int i = 0; i < 100; i++) {
        log_warn_sometimes(&site, "often");
    }
}

static void logs_whole_lines(void **state)
{
    char text[8192];
    (void)state;
    size_t len = logged(text, sizeof text, log_two_lines);
    assert_string_equal(text + 24, " info a?b?[0m3\n");
    assert_int_equal(text[10], 'T');
    assert_int_equal(text[23], 'Z');
    len = logged(text, sizeof text, log_long_line);
    assert_int_equal(len, 1024);
    assert_int_equal(text[len - 1], '\n');
    logged(text, sizeof text, log_many);
    assert_int_equal(strlen(strstr(text, "often\n")), strlen("often\n"));
}

static int open_out(void **state)
{
    (void)state;
    out_init(&out, OUT_LIMIT_DEFAULT);
    return 0;
}

static int close_out(void **state)
{
    (void)state;
    out_free(&out);
    return 0;
}

static void counts_characters(void **state)
{
    (void)state;
    assert_int_equal(utf8_length(span_of("")), 0);
    assert_int_equal(utf8_length(span_of("Sahéline")), 8);
    assert_int_equal(utf8_length(span_of("你好 ✓")), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_characters),
        cmocka_unit_test(writes_numbers_and_text),
        cmocka_unit_test(remembers_a_failure),
        cmocka_unit_test(places_commas),
        cmocka_unit_test(escapes_strings),
        cmocka_unit_test(writes_strings_any_reader_takes),
        cmocka_unit_test(cuts_between_characters),
        cmocka_unit_test(tells_metrics),
        cmocka_unit_test(counts_latencies),
        cmocka_unit_test(logs_whole_lines),
    };
    return UNIT_RUN(tests, open_out, close_out);
}
