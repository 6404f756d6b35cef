/* Texts in Markdown: the head is read, what is written is what the text says, and nothing in it can
 * do anything. */
#include "unit.h"

#include "server/web/markdown.h"

#define HEAD "title: A title\n\n"

/* The whole source, and the HTML that it becomes. */
static void test_rendered(void **state)
{
    static const struct {
        const char *text;
        const char *html;
    } CASES[] = {
        {"## One\n\nTwo *three*.", "<h2>One</h2>\n<p>Two <em>three</em>.</p>\n"},
        {"[here](about)", "<p><a href='about'>here</a></p>\n"},
        {"[*here*, now](../data?a=1&b=2)",
         "<p><a href='../data?a=1&amp;b=2'><em>here</em>, now</a></p>\n"},
        {"[World Bank](https://example.org/ \"en\")",
         "<p><a href='https://example.org/' lang='en' hreflang='en'>World Bank</a></p>\n"},
        {"[Banque mondiale](https://example.org/ \"hreflang=en\")",
         "<p><a href='https://example.org/' hreflang='en'>Banque mondiale</a></p>\n"},
        {"[x](https://example.org/ \"A title\")", "<p><a href='https://example.org/'>x</a></p>\n"},
        {"[x](mailto:a@example.org)", "<p><a href='mailto:a@example.org'>x</a></p>\n"},
        {"[x](javascript:alert(1))", "<p><a href=''>x</a></p>\n"},
        {"[x](JaVaScRiPt:alert(1))", "<p><a href=''>x</a></p>\n"},
        {"[x](java&#115;cript:alert(1))", "<p><a href=''>x</a></p>\n"},
        {"[x](data:text/html,x)", "<p><a href=''>x</a></p>\n"},
        {"[x](vbscript:x)", "<p><a href=''>x</a></p>\n"},
        {"[x](<' onclick='alert(1)>)", "<p><a href='&#39; onclick=&#39;alert(1)'>x</a></p>\n"},
        {"[a][b]\n\n[b]: https://example.org/", "<p><a href='https://example.org/'>a</a></p>\n"},
        {"a <script>alert(1)</script>",
         "<p>a <!-- raw HTML omitted -->alert(1)<!-- raw HTML omitted --></p>\n"},
        {"<img src=x onerror=alert(1)>", "<!-- raw HTML omitted -->\n"},
        {"    <pre>\n\na\n\n    b", "<pre><code><span>&lt;pre&gt;\n</span></code></pre>\n<p>a</p>\n"
                                    "<pre><code><span>b\n</span></code></pre>\n"},
        {"`/en/FR-SN` or [`/data/`](/data/)",
         "<p><code class='whole'>/en/FR-SN</code> or "
         "<a href='/data/'><code class='whole'>/data/</code></a></p>\n"},
        {"`/v1/compare?from=FR&to=SN&amount=200`",
         "<p><code>/v1/compare?from=FR&amp;to=SN&amp;amount=200</code></p>\n"},
        {"```sh\na\n\nb < c\n```",
         "<pre><code class=\"language-sh\"><span>a\n</span><span>\n</span><span>b &lt; c\n</span>"
         "</code></pre>\n"},
        {"```\n```", "<pre><code></code></pre>\n"},
        {"```\nGET /a?b=1&c=2 \"d&\"\n```",
         "<pre><code><span>GET /<wbr>a?b=1<wbr>&amp;c=2 &quot;d<wbr>&amp;&quot;\n</span></code>"
         "</pre>\n"},
        {"```\na `b`\n```\n`c`", "<pre><code><span>a `b`\n</span></code></pre>\n"
                                 "<p><code class='whole'>c</code></p>\n"},
        {"a & b \"c\"", "<p>a &amp; b &quot;c&quot;</p>\n"},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct markdown text;
        char source[512];
        const char *error = "";
        int len = snprintf(source, sizeof(source), HEAD "%s", CASES[i].text);

        assert_true(markdown_open(&text, (struct span){source, (size_t)len}, &error));
        if (!span_is(out_span(&text.body), CASES[i].html))
            print_message("%s gave %.*s\n", CASES[i].text, (int)text.body.len, text.body.at);
        assert_true(span_is(out_span(&text.body), CASES[i].html));
        markdown_close(&text);
    }
}

/* What stands under a condition, kept and taken out. */
static void test_kept(void **state)
{
    static const struct {
        const char *text;
        const char *with;
        const char *without;
    } CASES[] = {
        {"a.{x} b.{/x} c{x}d{/x}", "<p>a. b. cd</p>\n", "<p>a. c</p>\n"},
        {"a\n\n{x}\n\n## b\n\nc\n\n{/x}\n\nd", "<p>a</p>\n<h2>b</h2>\n<p>c</p>\n<p>d</p>\n",
         "<p>a</p>\n<p>d</p>\n"},
        {"{x}\n\na\n\n{/x}", "<p>a</p>\n", ""},
        {"{y}a{/y}", "<p>{y}a{/y}</p>\n", "<p>{y}a{/y}</p>\n"},
        {"{x}", "", ""},
    };

    (void)state;
    for (size_t i = 0; i < 2 * COUNT_OF(CASES); i++) {
        const char *expected = i % 2 == 0 ? CASES[i / 2].without : CASES[i / 2].with;
        struct markdown text;
        char source[512];
        const char *error = "";
        int len = snprintf(source, sizeof(source), HEAD "%s", CASES[i / 2].text);

        assert_true(markdown_open(&text, (struct span){source, (size_t)len}, &error));
        markdown_keep(&text, "x", i % 2 != 0);
        if (!span_is(out_span(&text.body), expected))
            print_message("%s gave %.*s\n", CASES[i / 2].text, (int)text.body.len, text.body.at);
        assert_true(span_is(out_span(&text.body), expected));
        markdown_close(&text);
    }
}

static void test_table(void **state)
{
    static const char SOURCE[] = HEAD "| a | b |\n|---|---:|\n| <b> | 2 |\n";
    struct markdown text;
    const char *error;

    (void)state;
    assert_true(markdown_open(&text, span_of(SOURCE), &error));
    assert_non_null(memmem(text.body.at, text.body.len, "<td align=\"right\">2</td>", 24));
    assert_null(memmem(text.body.at, text.body.len, "<b>", 3));
    markdown_close(&text);
}

static void test_head(void **state)
{
    static const char SOURCE[] =
        "title:  À propos \ndescription: a: b\nupdated: 2026-11-25\n\nText\n";
    struct markdown text;
    const char *error;
    int32_t day = 0;

    (void)state;
    assert_true(markdown_open(&text, span_of(SOURCE), &error));
    assert_true(span_is(markdown_field(&text, "title"), "À propos"));
    assert_true(span_is(markdown_field(&text, "description"), "a: b"));
    assert_int_equal(markdown_field(&text, "Text").len, 0);
    assert_int_equal(markdown_field(&text, "titl").len, 0);
    assert_true(markdown_day(&text, "updated", &day));
    assert_int_equal(day, 20782);
    assert_false(markdown_day(&text, "title", &day));
    markdown_close(&text);
}

static void test_refused(void **state)
{
    static const char *const CASES[] = {
        "",
        "title: x",
        "title: x\nText",
        "name: x\n\nText",
        "title:\n\nText",
        "title: \xC3\n\nText",
    };
    struct markdown text;
    const char *error;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        error = NULL;
        assert_false(markdown_open(&text, span_of(CASES[i]), &error));
        assert_non_null(error);
        markdown_close(&text);
    }
    assert_false(markdown_open_file(&text, "pages/none.md"));
    markdown_close(&text);
}

/* Whatever a text holds, its HTML has no tag of the text's own and the sanitizers see nothing. */
static void test_any(void **state)
{
    static const char *const PIECES[] = {
        "<script>",     "](", "[",  "*", "`",  "\n\n", "|", "---",       "javascript:", "&#60;",
        "<a href=",     "'",  "\"", ">", "- ", "1. ",  "!", "https://x", " ",           "\\",
        "\xE2\x80\xA8", "a",
    };
    struct unit_random random = unit_random_open("texts");

    (void)state;
    for (int round = 0; round < 3000; round++) {
        char source[1024] = HEAD;
        size_t len = strlen(source);
        struct markdown text;
        const char *error;

        for (int n = 0; n < 40; n++) {
            const char *piece = PIECES[unit_random_bits(&random) % COUNT_OF(PIECES)];

            memcpy(source + len, piece, strlen(piece));
            len += strlen(piece);
        }
        assert_true(markdown_open(&text, (struct span){source, len}, &error));
        assert_null(memmem(text.body.at == NULL ? "" : text.body.at, text.body.len, "<script", 7));
        assert_null(memmem(text.body.at == NULL ? "" : text.body.at, text.body.len,
                           "<a href='javascript", 19));
        markdown_close(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rendered), cmocka_unit_test(test_kept),
        cmocka_unit_test(test_table),    cmocka_unit_test(test_head),
        cmocka_unit_test(test_refused),  cmocka_unit_test(test_any),
    };

    return UNIT_RUN(tests, NULL, NULL);
}
