/* What is written for each place cannot leave it, whatever the text is. */
#include "unit.h"

#include "server/web/atlas.h"
#include "server/web/html.h"
#include "server/web/question.h"
#include "server/web/say.h"

static struct out out;
static struct html h = {.out = &out};

static int setup(void **state)
{
    (void)state;
    out_init(&out, OUT_LIMIT_DEFAULT);
    return codes_open() && i18n_open() && atlas_open() ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    out_free(&out);
    atlas_close();
    i18n_close();
    codes_close();
    return 0;
}

static void begin(const char *language)
{
    h.language = language_find(span_of(language));
    out_clear(&out);
}

static void expect(const char *text)
{
    assert_false(out_failed(&out));
    out_char(&out, '\0');
    assert_string_equal(out.at, text);
}

static void test_text(void **state)
{
    static const struct {
        const char *text;
        const char *html;
    } CASES[] = {
        {"", ""},
        {"Teranga", "Teranga"},
        {"a & b", "a &amp; b"},
        {"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
        {"' onload='x", "&#39; onload=&#39;x"},
        {"\" onload=\"x", "&quot; onload=&quot;x"},
        {"&amp;", "&amp;amp;"},
        {"Sénégal → 世界", "Sénégal → 世界"},
        {"a\x01z\nb\x7f", "a\xEF\xBF\xBDz\xEF\xBF\xBD"
                          "b\xEF\xBF\xBD"},
        {"ok\xC3", "ok\xEF\xBF\xBD"},                             /* cut */
        {"\xC0\xBC", "\xEF\xBF\xBD\xEF\xBF\xBD"},                 /* "<" written too long */
        {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"}, /* half a pair */
        {"\xFF<\xE2\x82\xAC", "\xEF\xBF\xBD&lt;€"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        begin("en");
        html_text(&h, CASES[i].text);
        expect(CASES[i].html);
    }
    begin("en");
    html_span(&h, (struct span){"a\0<", 3});
    expect("a\xEF\xBF\xBD&lt;");
}

/* Whatever the bytes: no character that means something, only UTF-8, and linear in size. */
static void test_text_any(void **state)
{
    struct unit_random random = unit_random_open("any bytes");

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char bytes[64];
        size_t len = (size_t)unit_random_between(&random, 0, sizeof(bytes));

        for (size_t i = 0; i < len; i++)
            bytes[i] = unit_one_in(&random, 3) ? "<>&'\"\x80\xC3\xE2"[unit_random_bits(&random) % 8]
                                               : (char)unit_random_bits(&random);
        begin("en");
        html_span(&h, (struct span){bytes, len});
        assert_true(utf8_valid(out_span(&out)));
        assert_true(out.len <= len * 6);
        for (size_t i = 0; i < out.len; i++)
            assert_null(strchr("<>'\"", out.at[i] == '\0' ? '<' : out.at[i]));
    }
}

static void test_url(void **state)
{
    static const char *const CASES[][2] = {
        {"FR-SN", "FR-SN"},
        {"a b&c=d", "a%20b%26c%3Dd"},
        {"' onclick='", "%27%20onclick%3D%27"},
        {"é/../?#%", "%C3%A9%2F..%2F%3F%23%25"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        begin("en");
        html_url(&h, span_of(CASES[i][0]));
        expect(CASES[i][1]);
    }
}

static void test_say(void **state)
{
    const struct currency *euro = currency_find(span_of("EUR"));
    const struct say_value cost[] = {
        SAY_MONEY("cost", 318, euro),
        SAY_MONEY_SHORT("paid", 20000, euro),
        SAY_PERCENT("share", 1590000, 1),
        {.name = {NULL, 0}},
    };

    (void)state;
    begin("en");
    say_values(&h, "{cost} of your {paid} ({share}) goes.", cost);
    expect("€3.18 of your €200 (1.6%) goes.");
    begin("fr");
    say_values(&h, "{share} {cost} {cost}", cost);
    expect("1,6\u00a0% 3,18\u00a0€ 3,18\u00a0€");

    /* What comes from outside is escaped, and its braces are only braces. */
    begin("en");
    say_values(&h, "We do not know: {typed}", SAY_LIST(SAY_TEXT("typed", "<b>{typed}&")));
    expect("We do not know: &lt;b&gt;{typed}&amp;");

    begin("fr");
    say_with(&h,
             "These prices were found by a survey {period}, for about {amount} US dollars. "
             "Today, or for another amount, they may differ.",
             SAY_PERIOD("period", "2014-Q2"), SAY_NUMBER("amount", 200));
    assert_non_null(memmem(out.at, out.len, "d’avril à juin 2014", strlen("d’avril à juin 2014")));
    assert_null(memchr(out.at, '{', out.len));
}

/* An arrow stands on the line of what it leads to; a hyphen between parts of a name begins none. */
static void test_route(void **state)
{
    const struct country *from = country_find(span_of("FR"));
    const struct country *to = country_find(span_of("CD"));

    (void)state;
    begin("en");
    html_country(&h, from);
    html_arrow(&h);
    html_country(&h, to);
    expect("France →\u00a0Congo\u00a0- Kinshasa");
    begin("tr");
    say_values(&h, "{from} → {to}: {from} -",
               SAY_LIST(SAY_COUNTRY("from", from), SAY_COUNTRY("to", to)));
    expect("Fransa →\u00a0Kongo\u00a0- Kinşasa: Fransa -");
    begin("ar");
    say_values(&h, "→ {n} ← {from}", SAY_LIST(SAY_NUMBER("n", 1), SAY_COUNTRY("from", from)));
    expect("→ ١ ←\u00a0فرنسا");
}

static struct question question_of(const char *const *pairs, size_t count)
{
    struct question question = {.count = count};

    for (size_t i = 0; i < count; i++)
        question.parameters[i] =
            (struct ask_parameter){span_of(pairs[2 * i]), span_of(pairs[2 * i + 1])};
    return question;
}

static void test_question(void **state)
{
    static const char *const PAIRS[] = {"amount", "200",  "pay_in", "cash",
                                        "pay_in", "card", "to",     "<\"&'> +"};
    struct question question = question_of(PAIRS, COUNT_OF(PAIRS) / 2);

    (void)state;
    begin("en");
    question_link(&h, &question, NULL, NULL);
    expect("?amount=200&amp;pay_in=cash&amp;pay_in=card&amp;to=%3C%22%26%27%3E%20%2B");
    begin("en");
    question_link(&h, &question, "pay_in", "mobile_money");
    expect("?amount=200&amp;to=%3C%22%26%27%3E%20%2B&amp;pay_in=mobile_money");
    begin("en");
    question_link_unfiltered(&h, &question);
    expect("?amount=200&amp;to=%3C%22%26%27%3E%20%2B");

    question_unset(&question, "to");
    question_set(&question, "pay_in", span_of("cash"));
    question_set(&question, "currency", span_of("EUR"));
    begin("en");
    question_location(&out, &question);
    expect("?amount=200&pay_in=cash&currency=EUR");
    assert_true(span_is(question_value(&question, "currency"), "EUR"));
    assert_int_equal(question_value(&question, "to").len, 0);

    question = (struct question){.count = 0};
    begin("en");
    question_link(&h, &question, NULL, NULL);
    expect("");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),  cmocka_unit_test(test_text_any),
        cmocka_unit_test(test_url),   cmocka_unit_test(test_say),
        cmocka_unit_test(test_route), cmocka_unit_test(test_question),
    };

    return UNIT_RUN(tests, setup, teardown);
}
